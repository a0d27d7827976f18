"""Assignment by hash: the same member gets the same treatment everywhere, and nothing is stored."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Final

from sizzle.errors import InputError

HOLDOUT: Final = ""
"""The treatment of members who are held out."""


def assign(
    salt: str, experiment: str, member_id: str, weights: Mapping[str, float], holdout: float = 0.0
) -> str:
    """A member's treatment: always the same for the same arguments.

    Where a weight changes, or a treatment comes or goes, only the members move who have to; and
    whoever is held out stays so while the holdout grows.

    Args:
        salt: secret or not; another one draws anew.
        experiment: its name, so that experiments do not give the same members the same fate.
        member_id: compared character by character.
        weights: of the treatments; shares of those who are not held out.
        holdout: the share of members who get none of them.

    Returns:
        The name of a treatment, or `HOLDOUT`.

    Raises:
        InputError: no treatment, a weight that is not above 0, or a holdout outside [0, 1].
    """
    check_weights(weights)
    if not 0 <= holdout <= 1:  # also refuses NaN
        raise InputError(f"The holdout is {holdout}.", fix="use a share from 0 to 1.")
    key = _key(salt, experiment, member_id)
    # A draw of its own, so that changing the holdout does not change who gets which treatment.
    if fraction("holdout", f"holdout\0{key}") < holdout:
        return HOLDOUT
    return weighted_choice(weights, key)


def check_weights(weights: Mapping[str, float]) -> None:
    """Raises InputError: no treatment, or a weight that is not a number above 0."""
    if not weights:
        raise InputError("There is no treatment.", fix="name at least one, with its weight.")
    for name, weight in weights.items():
        if not name or not 0 < weight < math.inf:
            raise InputError(
                f"Treatment {name[:120]!r} has the weight {weight}.",
                fix="give each treatment a name, and a weight above 0.",
            )


def weighted_choice(weights: Mapping[str, float], key: str) -> str:
    """One of the names, by weight and key.

    Rendezvous hashing: where a weight changes or a name comes or goes, no key moves but to or from
    that name.
    """
    return max(weights, key=lambda name: (weights[name] / -math.log(fraction(name, key)), name))


def fraction(name: str, key: str) -> float:
    """A number in (0, 1), by name and key."""
    digest = hashlib.sha256(f"{name}\0{key}".encode(errors="surrogatepass")).digest()
    return (int.from_bytes(digest[:6]) + 0.5) / 2**48


def _key(*parts: str) -> str:
    """The parts with their lengths, so that no two lists of parts give the same key."""
    return "".join(f"{len(part)}:{part}" for part in parts)
