"""Clusters of members with similar intents, each with a readable profile.

Names of arrays end in their shape: M members, K clusters, D the width of an intent, C its classes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ranker.data.arrays import Floats, Ints
from ranker.data.schema import Schema
from ranker.errors import TrainingError
from ranker.serving.rank_batch import MemberVectors

_MAX_ITERATIONS: Final = 100
_TRAITS: Final = 4
"""The most traits of a cluster's profile."""


@dataclass(frozen=True, slots=True)
class Trait:
    """A class of an intent that sets a cluster apart.

    Args:
        intent: such as "genres".
        name: of the class.
        chance: its mean over the cluster.
        lift: that chance relative to the mean over all members.
    """

    intent: str
    name: str
    chance: float
    lift: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """A cluster of members, and its traits, most distinctive first."""

    members: tuple[str, ...]
    traits: tuple[Trait, ...]


def cluster_members(
    vectors: MemberVectors, schema: Schema, count: int = 10, seed: int = 0
) -> tuple[Cluster, ...]:
    """Members clustered by their intents, the largest cluster first.

    Args:
        vectors: of the members.
        schema: of their model, which names the classes.
        count: the most clusters.
        seed: for the initial centres.

    Raises:
        TrainingError: the model has no intents.
    """
    if not vectors.chances:
        raise TrainingError(
            "The model does not predict intents.", "train one with `intent=hierarchical`."
        )
    point_MD = vectors.intent_MD.double().numpy()
    cluster_M = k_means(point_MD, min(count, len(np.unique(point_MD, axis=0))), seed)
    chances = {name: chance_MC.double().numpy() for name, chance_MC in vectors.chances.items()}
    clusters = [
        Cluster(
            tuple(np.array(vectors.members)[cluster_M == number].tolist()),
            _traits(chances, cluster_M == number, schema),
        )
        for number in np.unique(cluster_M)
    ]
    return tuple(sorted(clusters, key=lambda cluster: -len(cluster.members)))


def k_means(point_MD: Floats, count: int, seed: int = 0) -> Ints:
    """The cluster of each point, by k-means with k-means++ initialisation."""
    random = np.random.default_rng(seed)
    centre_KD = _plus_plus(point_MD, count, random)
    cluster_M = _nearest(point_MD, centre_KD)
    for _ in range(_MAX_ITERATIONS):
        # A cluster that lost all its points keeps its centre.
        centre_KD = np.stack(
            [
                point_MD[cluster_M == number].mean(axis=0)
                if (cluster_M == number).any()
                else centre
                for number, centre in enumerate(centre_KD)
            ]
        )
        updated_M = _nearest(point_MD, centre_KD)
        if np.array_equal(updated_M, cluster_M):
            break
        cluster_M = updated_M
    return cluster_M


def _plus_plus(point_MD: Floats, count: int, random: np.random.Generator) -> Floats:
    """k-means++: each centre is a point, drawn by its squared distance to those before."""
    centres = [point_MD[random.integers(len(point_MD))]]
    while len(centres) < count:
        distance_M = _distances(point_MD, np.stack(centres)).min(axis=1)
        index = random.choice(len(point_MD), p=distance_M / distance_M.sum())
        centres.append(point_MD[index])
    return np.stack(centres)


def _nearest(point_MD: Floats, centre_KD: Floats) -> Ints:
    nearest_M: Ints = _distances(point_MD, centre_KD).argmin(axis=1)
    return nearest_M


def _distances(point_MD: Floats, centre_KD: Floats) -> Floats:
    """Squared distances, MK."""
    distance_MK: Floats = ((point_MD[:, None] - centre_KD) ** 2).sum(axis=2)
    return distance_MK


def _traits(
    chances: Mapping[str, Floats], inside_M: NDArray[np.bool_], schema: Schema
) -> tuple[Trait, ...]:
    """The classes that are likelier inside than among all members, most distinctive first."""
    traits = []
    for intent, chance_MC in chances.items():
        inside_C, all_C = chance_MC[inside_M].mean(axis=0), chance_MC.mean(axis=0)
        for name, inside, overall in zip(
            schema.intent_classes(intent), inside_C.tolist(), all_C.tolist(), strict=True
        ):
            traits.append(Trait(intent, name, inside, inside / overall))
    traits.sort(key=lambda trait: -trait.chance * np.log(trait.lift))
    return tuple(traits[:_TRAITS])
