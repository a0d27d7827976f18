"""The rate of a transport, as moments at which messages are handed over."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

_SECOND: Final = 1_000_000  # microseconds, as all times here
# Slots are taken for a few seconds at most. What is further ahead was written by a clock that has
# been put back since.
_AHEAD: Final = 30 * _SECOND


@dataclass(frozen=True, slots=True)
class Slots:
    """Moments that were taken.

    Attributes:
        first: microseconds since 1970.
        spacing: microseconds between two.
        next: when the first one begins that is free.
    """

    first: int
    spacing: int
    next: int


def take_slots(now: int, next_slot: int, rate: float, count: int) -> Slots:
    """Take moments for messages, evenly spaced: no burst after a pause.

    Args:
        now: microseconds since 1970.
        next_slot: the first free moment, as the store has it; 0 where it has none.
        rate: messages a second.
        count: of messages.
    """
    spacing = math.ceil(_SECOND / rate)
    first = max(now, next_slot if next_slot - now <= _AHEAD else now + spacing)
    return Slots(first, spacing, first + spacing * count)
