"""Says of every frame of a film which source frame it shows, and how surely."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np

from player_stub.render.source import VideoSource
from player_stub.verify.alignment import Number
from player_stub.verify.copies import find_copies
from player_stub.verify.film import FilmPicture
from player_stub.verify.looks import Look, SourceLooks, distances, film_looks
from player_stub.verify.matching import Proof, Seen, explain, proof_of
from player_stub.verify.survey import Survey
from sizzle.reel.timecode_list import TimecodeList

NEAR: Final = 12
"""Frames before and behind its place within which a frame is looked for first."""

_AT_ONCE: Final = 160  # frames whose looks are held at a time
_LEAST_NOISE: Final = 0.25  # of a look: half a level, which rounding alone makes
# A frame that is further off than encoding explains may be from elsewhere. To look there is slow.
_FAR_TIMES: Final = 9.0
_FAR_MORE: Final = 4.0
_FAR: Final = 25.0
_BETTER: Final = 0.5  # how much nearer a frame elsewhere must be to be taken for the right one


@dataclass(frozen=True, slots=True)
class Sight:
    """What a film shows.

    Attributes:
        numbers: the source frame of each of its frames; None where it is like none.
        proofs: how surely.
    """

    numbers: list[Number]
    proofs: list[Proof]


def see(reel: TimecodeList, path: Path, film: FilmPicture, source: VideoSource) -> Sight:
    """Match every frame of a film to a source frame.

    Copied packets are told by their bytes. What is left is decoded and compared with the source
    frames near its place; what is like none of them, with all of the media.

    Raises:
        MediaError: the film or the media cannot be read.
    """
    copies = find_copies(reel, film, source)
    costs: list[dict[int, float]] = [{} for _ in film.times]
    for place, frame in copies.items():
        costs[place] = {frame: 0.0}
    rest = [place for place in range(len(film.times)) if place not in copies]
    if rest:
        for place, seen in _Beholder(reel, path, film, source).seen(rest).items():
            costs[place] = seen.costs() if seen else {}
    numbers = explain(costs, reel.source_frames())
    proofs: list[Proof] = [
        "exact" if place in copies else proof_of(cost, number)
        for place, (cost, number) in enumerate(zip(costs, numbers, strict=True))
    ]
    return Sight(numbers, proofs)


class _Beholder:
    """Compares decoded frames of a film with those of the media."""

    def __init__(
        self, reel: TimecodeList, path: Path, film: FilmPicture, source: VideoSource
    ) -> None:
        self._expected = reel.source_frames()
        self._path = path
        self._film = film
        self._looks = SourceLooks(source, source.length())

    def seen(self, places: Sequence[int]) -> dict[int, Seen | None]:
        """How alike each of these frames and source frames are; None where it is like none."""
        seen: dict[int, Seen | None] = {}
        noises: list[float] = []
        for batch in self._batches(places):
            near = self._compared(batch)
            noise = median(min(apart.values()) for apart in near.values())
            noises.append(noise)
            for place, apart in near.items():
                seen[place] = Seen(apart, max(_LEAST_NOISE, noise, min(apart.values())))
        usual = max(_LEAST_NOISE, median(noises))
        far = [place for place, each in seen.items() if each and _is_far(each, usual)]
        if far:
            seen |= self._searched(far, seen, usual)
        return seen

    def _batches(self, places: Sequence[int]) -> Iterator[list[tuple[int, Look]]]:
        """Frames with their looks, those of one cut together, as they share their noise."""
        looks = film_looks(self._path, self._film, self._looks.shape, {*places})
        ends = [
            place
            for place, (a, b) in enumerate(zip(self._expected, self._expected[1:], strict=False), 1)
            if b != a + 1
        ]
        for _, cut in groupby(looks, key=lambda each: int(np.searchsorted(ends, each[0], "right"))):
            batch: list[tuple[int, Look]] = []
            for each in cut:
                batch.append(each)
                if len(batch) == _AT_ONCE:
                    yield batch
                    batch = []
            if batch:
                yield batch

    def _compared(self, batch: Sequence[tuple[int, Look]]) -> dict[int, dict[int, float]]:
        """Each frame beside the source frames near its place."""
        near = {place: self._looks.there(self._near(place)) for place, _ in batch}
        frames = self._looks.there({frame for each in near.values() for frame in each})
        self._looks.prepare(frames)
        looks, row = self._looks.of(frames), {frame: place for place, frame in enumerate(frames)}
        compared: dict[int, dict[int, float]] = {}
        for place, look in batch:
            apart = distances(look.astype(np.float32), looks[_rows(row, near[place])])
            compared[place] = dict(zip(near[place], map(float, apart), strict=True))
        return compared

    def _near(self, place: int) -> set[int]:
        """Source frames near where a frame should be from, in the reel and in the media."""
        last = len(self._expected) - 1
        around = range(max(0, min(place, last) - NEAR), min(place, last) + NEAR + 1)
        expected = self._expected[min(place, last)]
        in_media = range(expected - NEAR, expected + NEAR + 1)
        return {*in_media, *(self._expected[each] for each in around if each <= last)}

    def _searched(
        self, places: Sequence[int], seen: dict[int, Seen | None], usual: float
    ) -> dict[int, Seen | None]:
        """Frames that are unlike all near their place, beside all of the media."""
        survey = Survey(self._looks)
        found: dict[int, Seen | None] = {}
        for place, look in film_looks(self._path, self._film, self._looks.shape, {*places}):
            near = seen[place]
            assert near is not None
            nearest = min(near.apart, key=lambda frame: near.apart[frame])
            elsewhere = survey.nearest(look)
            best = min(elsewhere, key=lambda frame: elsewhere[frame])
            if elsewhere[best] < _BETTER * near.apart[nearest]:
                noise = max(usual, elsewhere[best])
                found[place] = Seen({**near.apart, **elsewhere}, noise)
                nearest = best
            if not survey.is_like(look, nearest):
                found[place] = None
        return found


def _is_far(seen: Seen, usual: float) -> bool:
    return min(seen.apart.values()) > min(_FAR_TIMES * usual + _FAR_MORE, _FAR)


def _rows(row: dict[int, int], frames: Sequence[int]) -> slice | list[int]:
    """The rows of frames: as a slice where they stand together, which saves a copy."""
    rows = [row[frame] for frame in frames]
    return slice(rows[0], rows[-1] + 1) if rows[-1] - rows[0] + 1 == len(rows) else rows
