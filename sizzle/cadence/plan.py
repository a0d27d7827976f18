"""Plans of reels: which rank plays, for how long, and when.

A cadence is written as one line per segment, with ranks as letters: `A:160 B:80 C:40` plays the
first title for 160 frames, then the second for 80 and the third for 40.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Self

from sizzle.errors import PolicyError

_SLOT = re.compile(r"([A-Z]):([1-9]\d{0,5})", re.ASCII)


MAX_RANKS: Final = 26
"""Ranks are the letters from A to Z."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Room for one clip: `rank` counts from 1 (the best), `length` is in frames."""

    rank: int
    length: int

    @property
    def letter(self) -> str:
        """The rank as a letter, A for the first."""
        return chr(ord("A") + self.rank - 1)

    def __str__(self) -> str:
        return f"{self.letter}:{self.length}"


@dataclass(frozen=True, slots=True)
class Cadence:
    """A named plan of a reel: segments of slots.

    Raises:
        PolicyError: no slots, a rank left out between others, or a higher rank with less time
            than a lower one.
    """

    name: str
    segments: tuple[tuple[Slot, ...], ...]

    def __post_init__(self) -> None:
        if not self.segments or not all(self.segments):
            raise self._malformed("has an empty segment", "give each segment at least one slot")
        times = self.time_by_rank()
        if set(times) != set(range(1, len(times) + 1)):
            raise self._malformed(
                "leaves a rank out", "use the letters from A on without leaving one out"
            )
        for rank in range(1, len(times)):
            if times[rank] < times[rank + 1]:
                raise self._malformed(
                    f"gives rank {rank} {times[rank]} frames and rank {rank + 1} {times[rank + 1]}",
                    "give higher ranks at least as much time as lower ones",
                )

    @classmethod
    def parse(cls, name: str, lines: Iterable[str]) -> Self:
        """Read one line a segment, such as `A:160 B:80 C:40`.

        Raises:
            PolicyError: as the class, or a slot of another form.
        """
        return cls(name, tuple(_parse_segment(name, line) for line in lines))

    @property
    def slots(self) -> Iterator[tuple[int, Slot]]:
        """Every slot in playing order, with the number of its segment, from 1."""
        for number, segment in enumerate(self.segments, start=1):
            for slot in segment:
                yield number, slot

    @property
    def duration(self) -> int:
        """Frames of a reel of this cadence."""
        return sum(slot.length for _, slot in self.slots)

    @property
    def ranks(self) -> int:
        """How many titles a reel of this cadence shows."""
        return max(slot.rank for _, slot in self.slots)

    def time_by_rank(self) -> dict[int, int]:
        """Frames that each rank plays in all."""
        times: Counter[int] = Counter()
        for _, slot in self.slots:
            times[slot.rank] += slot.length
        return dict(times)

    def demand(self) -> dict[tuple[int, int], int]:
        """How many different clips each (rank, length) asks for."""
        return dict(Counter((slot.rank, slot.length) for _, slot in self.slots))

    def __str__(self) -> str:
        return " | ".join(" ".join(map(str, segment)) for segment in self.segments)

    def _malformed(self, what: str, fix: str) -> PolicyError:
        return PolicyError(f"Cadence {self.name[:120]} {what}.", fix=f"{fix}.")


def _parse_segment(name: str, line: str) -> tuple[Slot, ...]:
    return tuple(_parse_slot(name, text) for text in line.split())


def _parse_slot(name: str, text: str) -> Slot:
    match = _SLOT.fullmatch(text)
    if match is None:
        raise PolicyError(
            f"Cadence {name[:120]} has a slot {text[:120]!r}.",
            fix="write a slot as a rank's letter and frames, such as A:160.",
        )
    return Slot(rank=ord(match[1]) - ord("A") + 1, length=int(match[2]))


DEFAULT = Cadence.parse(
    "three-act",
    (
        "A:80 B:80 C:40 D:40 E:40",  # meet the five
        "A:160 B:160 C:80 D:80 E:40",  # stay a while with the best
        "A:80 B:40 C:80 D:40 E:40",  # and once more around
    ),
)

QUICK = Cadence.parse(
    "quick",
    (
        "A:40 B:40 C:40 D:40 E:40",  # a glance at the five
        "A:80 B:80 C:40",  # a look at the best
    ),
)

HEADLINER = Cadence.parse(
    "headliner",
    (
        "A:160 B:40 C:40",  # one title leads
        "A:80 B:80 D:40 E:40",  # the others answer
        "A:160 C:40",  # and it has the last word
    ),
)

CADENCES: Mapping[str, Cadence] = MappingProxyType(
    {cadence.name: cadence for cadence in (DEFAULT, QUICK, HEADLINER)}
)
