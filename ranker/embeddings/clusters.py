"""Members in groups of like intents, each with a profile that a person can read.

Names of arrays end in their shape: M members, K clusters, D the width of an intent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ranker.data.arrays import Floats, Ints
from ranker.data.schema import Schema
from ranker.errors import TrainingError
from ranker.serving.rank_batch import Portraits

_ROUNDS: Final = 100
_TELLING: Final = 4


@dataclass(frozen=True, slots=True)
class Trait:
    """A class of an intent that sets a cluster apart.

    Args:
        intent: such as "genres".
        name: of the class.
        chance: of it, on average over the cluster.
        lift: that chance over the one of all members.
    """

    intent: str
    name: str
    chance: float
    lift: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group of members, and what sets it apart, the most telling first."""

    members: tuple[str, ...]
    traits: tuple[Trait, ...]


def clusters(
    portraits: Portraits, schema: Schema, count: int = 10, seed: int = 0
) -> tuple[Cluster, ...]:
    """Members grouped by their intents, the largest group first.

    Args:
        portraits: of the members.
        schema: of their model, which names the classes.
        count: groups at most.
        seed: of where groups begin.

    Raises:
        TrainingError: the model has no intents.
    """
    if not portraits.likely:
        raise TrainingError("The model has no intents.", "train one with `intent=hierarchical`.")
    point_MD = portraits.intent_MD.double().numpy()
    group_M = k_means(point_MD, min(count, len(np.unique(point_MD, axis=0))), seed)
    likely = {name: chance.double().numpy() for name, chance in portraits.likely.items()}
    found = [
        Cluster(
            tuple(np.array(portraits.members)[group_M == number].tolist()),
            _traits(likely, group_M == number, schema),
        )
        for number in np.unique(group_M)
    ]
    return tuple(sorted(found, key=lambda cluster: -len(cluster.members)))


def k_means(point_MD: Floats, count: int, seed: int = 0) -> Ints:
    """The group of each point, by k-means that begins as k-means++ does."""
    random = np.random.default_rng(seed)
    centre_KD = _plus_plus(point_MD, count, random)
    group_M = _nearest(point_MD, centre_KD)
    for _ in range(_ROUNDS):
        # A group that lost all its points stays where it was.
        centre_KD = np.stack(
            [
                point_MD[group_M == number].mean(axis=0) if (group_M == number).any() else centre
                for number, centre in enumerate(centre_KD)
            ]
        )
        moved_M = _nearest(point_MD, centre_KD)
        if np.array_equal(moved_M, group_M):
            break
        group_M = moved_M
    return group_M


def _plus_plus(point_MD: Floats, count: int, random: np.random.Generator) -> Floats:
    """Centres far from each other: each a point, drawn by its squared distance to those before."""
    centres = [point_MD[random.integers(len(point_MD))]]
    while len(centres) < count:
        away_M = _distances(point_MD, np.stack(centres)).min(axis=1)
        centres.append(point_MD[random.choice(len(point_MD), p=away_M / away_M.sum())])
    return np.stack(centres)


def _nearest(point_MD: Floats, centre_KD: Floats) -> Ints:
    nearest_M: Ints = _distances(point_MD, centre_KD).argmin(axis=1)
    return nearest_M


def _distances(point_MD: Floats, centre_KD: Floats) -> Floats:
    """Squared distances, MK."""
    apart_MK: Floats = ((point_MD[:, None] - centre_KD) ** 2).sum(axis=2)
    return apart_MK


def _traits(
    likely: Mapping[str, Floats], inside_M: NDArray[np.bool_], schema: Schema
) -> tuple[Trait, ...]:
    """What is likelier inside than among all, by how much it tells."""
    traits = []
    for intent, chance_MC in likely.items():
        inside_C, all_C = chance_MC[inside_M].mean(axis=0), chance_MC.mean(axis=0)
        for name, inside, everywhere in zip(
            schema.intent_names(intent), inside_C.tolist(), all_C.tolist(), strict=True
        ):
            traits.append(Trait(intent, name, inside, inside / everywhere))
    traits.sort(key=lambda trait: -trait.chance * np.log(trait.lift))
    return tuple(traits[:_TELLING])
