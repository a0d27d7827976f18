"""Cadences: plans of reels, and the one way to choose one of them."""

from sizzle.cadence.choose import MAX_LENGTH, MAX_SEED, RANDOM, STANDARD, Cadences
from sizzle.cadence.plan import CADENCES, DEFAULT, MAX_RANKS, Cadence, Slot

__all__ = [
    "CADENCES",
    "DEFAULT",
    "MAX_LENGTH",
    "MAX_RANKS",
    "MAX_SEED",
    "RANDOM",
    "STANDARD",
    "Cadence",
    "Cadences",
    "Slot",
]
