"""Figures of exposures: counted, with the denominators of their shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from sizzle.engagement.exposure import slots_of
from sizzle.experiments import Count

STARTED, COMPLETED, PLAYED = "started", "completed", "title_started"
MEASURES: Final = (STARTED, COMPLETED, PLAYED)
"""What treatments are compared by, as shares of their members."""

Array = NDArray[Any]

_BITS: Final = {STARTED: 1, COMPLETED: 2, PLAYED: 4}
_titles = msgspec.json.Decoder(list[str])
_played = msgspec.json.Decoder(dict[str, int])


class ShownKind(NamedTuple):
    """What exposures have in common that are counted together."""

    asset_id: str
    cadence: str
    plan: str
    rate: str
    treatment: str


class ExposureRow(NamedTuple):
    """An exposure and its outcome, as they are stored; `ShownKind` has the fields before."""

    asset_id: str
    cadence: str
    plan: str
    rate: str
    treatment: str
    member_id: str
    time: int
    started: int | None
    completed: int | None
    left: int | None
    reached: int
    seen: bytes
    titles: str
    played: str


@dataclass(slots=True)
class Figures:
    """Counts of exposures, and the seconds that were seen of them.

    Attributes:
        shown: reels that were answered.
        started: of those, how many were seen at all.
        completed: of those that started, how many were shown to their end.
        left_unstarted: how many were left before they were seen.
        title_started: of those shown, how many had a title started within seven days.
        seconds: seen of all together.
    """

    shown: int = 0
    started: int = 0
    completed: int = 0
    left_unstarted: int = 0
    title_started: int = 0
    seconds: float = 0.0

    def add(self, other: Figures) -> None:
        """Count those of another one too."""
        self.shown += other.shown
        self.started += other.started
        self.completed += other.completed
        self.left_unstarted += other.left_unstarted
        self.title_started += other.title_started
        self.seconds += other.seconds


@dataclass(slots=True)
class TitleFigures:
    """Of a title in an asset.

    Attributes:
        shown: reels that had it.
        seen: of those, how many showed a frame of it to the member.
        started: of those shown, how many had it started within seven days.
        seconds: seen of it.
    """

    shown: int = 0
    seen: int = 0
    started: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class CutFigures:
    """Of the cuts of a cadence, in playing order; lists have an item for each cut.

    Attributes:
        shown: exposures of the cadence.
        started: of those, how many were seen at all.
        completed: of those, how many were shown to their end.
        reached: of those that started, how many came to the cut.
        left: of those that started, how many came no further, and did not complete.
        seconds: seen of the cut.
    """

    shown: int
    started: int
    completed: int
    reached: list[int]
    left: list[int]
    seconds: list[float]

    @classmethod
    def of_cuts(cls, cuts: int) -> CutFigures:
        """Of no exposures of so many cuts."""
        return cls(0, 0, 0, [0] * cuts, [0] * cuts, [0.0] * cuts)


CadenceKey = tuple[str, str, str, str]
"""Asset, cadence, its plan and its frame rate."""


@dataclass(slots=True)
class Tally:
    """Counts exposures, page by page.

    Attributes:
        total: of all.
        kinds: by what they have in common.
        titles: by asset and title.
        cuts: by asset and cadence.
        members: by member and treatment: when first shown one, and what came of them all.
    """

    total: Figures = field(default_factory=Figures)
    kinds: dict[ShownKind, Figures] = field(default_factory=dict)
    titles: dict[tuple[str, str], TitleFigures] = field(default_factory=dict)
    cuts: dict[CadenceKey, CutFigures] = field(default_factory=dict)
    members: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def add(self, rows: Sequence[ExposureRow]) -> None:
        """Count exposures, each of them given once."""
        kinds: dict[ShownKind, list[ExposureRow]] = {}
        for row in rows:
            kinds.setdefault(ShownKind._make(row[:5]), []).append(row)
        for kind, some in kinds.items():
            self._add_kind(kind, some)
        self._add_members(rows)

    def treatment_members(self) -> tuple[dict[str, dict[str, Count]], dict[str, int], int]:
        """Members by the treatment that they were shown first, whatever they were shown later.

        Returns:
            For each treatment and measure, those of its members with whom it came about; for each
            treatment, its members; and how many members were shown several.
        """
        first: dict[str, tuple[int, str, int]] = {}
        for (member, treatment), (time, bits) in self.members.items():
            found = time, treatment, bits
            first[member] = min(found, first.get(member, found))
        sizes = Counter(treatment for _, treatment, _ in first.values())
        hits = Counter((treatment, bits) for _, treatment, bits in first.values())
        counts = {
            treatment: {
                name: Count(
                    sum(n for (of, bits), n in hits.items() if of == treatment and bits & bit), size
                )
                for name, bit in _BITS.items()
            }
            for treatment, size in sizes.items()
        }
        return counts, dict(sizes), len(self.members) - len(first)

    def _add_kind(self, kind: ShownKind, rows: Sequence[ExposureRow]) -> None:
        slots = slots_of(kind.plan)
        rate = float(Fraction(kind.rate))
        started = np.array([row.started is not None for row in rows])
        completed = np.array([row.completed is not None for row in rows])
        seen = np.frombuffer(b"".join([row.seen for row in rows]), "<u4").reshape(-1, len(slots))
        figures = Figures(
            shown=len(rows),
            started=int(started.sum()),
            completed=int(completed.sum()),
            left_unstarted=sum(row.left is not None and row.started is None for row in rows),
            title_started=sum(bool(row.played) for row in rows),
            seconds=float(seen.sum()) / rate,
        )
        self.total.add(figures)
        self.kinds.setdefault(kind, Figures()).add(figures)
        reached = np.where(started, [row.reached for row in rows], 0)
        # Whoever completed a reel came to its last cut, even if a report of that was lost.
        reached = np.where(completed, len(slots), reached)
        self._add_cuts(kind, figures, reached, completed, seen.sum(axis=0) / rate)
        cut_ranks = np.eye(max(slot.rank for slot in slots))[[slot.rank - 1 for slot in slots]]
        self._add_titles(kind.asset_id, rows, seen @ cut_ranks / rate)

    def _add_cuts(
        self,
        kind: ShownKind,
        figures: Figures,
        reached: Array,
        completed: Array,
        seconds: Array,
    ) -> None:
        found = self.cuts.setdefault(kind[:4], CutFigures.of_cuts(len(seconds)))
        found.shown += figures.shown
        found.started += figures.started
        found.completed += figures.completed
        ended = np.bincount(reached, minlength=len(seconds) + 1)[1:]
        left = np.bincount(np.where(completed, 0, reached), minlength=len(seconds) + 1)[1:]
        for number, (come, gone, seen) in enumerate(
            zip(ended[::-1].cumsum()[::-1], left, seconds, strict=True)
        ):
            found.reached[number] += int(come)
            found.left[number] += int(gone)
            found.seconds[number] += float(seen)

    def _add_titles(self, asset_id: str, rows: Sequence[ExposureRow], seconds: Array) -> None:
        codes: dict[str, int] = {}
        coded = [
            [codes.setdefault(title, len(codes)) for title in _titles.decode(row.titles)]
            for row in rows
        ]
        flat = np.array(coded).ravel()
        shown = np.bincount(flat, minlength=len(codes))
        seen = np.bincount(flat, weights=(seconds > 0).ravel(), minlength=len(codes))
        seen_seconds = np.bincount(flat, weights=seconds.ravel(), minlength=len(codes))
        for title, code in codes.items():
            found = self.titles.setdefault((asset_id, title), TitleFigures())
            found.shown += int(shown[code])
            found.seen += int(seen[code])
            found.seconds += float(seen_seconds[code])
        for text in [row.played for row in rows if row.played]:
            for title in _played.decode(text):
                self.titles.setdefault((asset_id, title), TitleFigures()).started += 1

    def _add_members(self, rows: Sequence[ExposureRow]) -> None:
        for row in rows:
            key = row.member_id, row.treatment
            bits = (
                (row.started is not None) * _BITS[STARTED]
                | (row.completed is not None) * _BITS[COMPLETED]
                | bool(row.played) * _BITS[PLAYED]
            )
            time, before = self.members.get(key, (row.time, 0))
            self.members[key] = min(time, row.time), before | bits
