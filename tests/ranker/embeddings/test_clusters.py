"""Clusters of members by their intents."""

from collections import Counter

import numpy as np

from fixtures.members import GENRES, World
from ranker import (
    BatchScorer,
    Checkpoint,
    TrainedModel,
    ViewingLog,
)
from ranker.embeddings.clusters import cluster_members, k_means


def test_clusters_find_the_planted_tastes(
    world: World, log: ViewingLog, planted: TrainedModel
) -> None:
    """Clusters by intents are clusters by taste: most members of a cluster share its genre."""
    member_vectors = BatchScorer(Checkpoint(planted.network, "v")).member_vectors(log)
    found = cluster_members(member_vectors, planted.network.schema, count=10)
    assert sum(len(cluster.members) for cluster in found) == 150
    assert all(trait.lift > 1 for cluster in found for trait in cluster.traits[:1])
    agree = sum(
        Counter(world.tastes[member][0] for member in cluster.members).most_common(1)[0][1]
        for cluster in found
    )
    assert agree / 150 > 2 / len(GENRES)


def test_k_means_finds_separate_groups() -> None:
    """Points around three centres are three clusters, with any seed."""
    random = np.random.default_rng(0)
    points = np.concatenate([random.normal(at, 0.1, (20, 2)) for at in (0, 5, 10)])
    for seed in range(5):
        groups = k_means(points, 3, seed)
        assert [len(set(groups[start : start + 20])) for start in (0, 20, 40)] == [1, 1, 1]
        assert len(set(groups)) == 3
