"""Says of every frame of a film which source frame it shows, and how surely."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player_stub.render.source import VideoSource
from player_stub.verify.alignment import Number
from player_stub.verify.copied_packets import find_copies
from player_stub.verify.film_packets import FilmPicture
from player_stub.verify.frame_path import Proof, Seen, explain, proof_of
from player_stub.verify.overlays import free_of_letters
from player_stub.verify.prefetch import ahead
from player_stub.verify.search_media import Survey
from player_stub.verify.thumbnails import Look, SourceLooks, distances, film_looks, likeness
from sizzle.reel.timecode_list import TimecodeList

_Compared = dict[int, tuple[dict[int, float], float]]
"""For frames of a film: how far they are from source frames, and how like the nearest."""

_Pixels = NDArray[np.float32]
_Comparison = Callable[[_Pixels, _Pixels], tuple[NDArray[np.float64], float]]

NEAR: Final = 12
"""Frames before and behind its place within which a frame is looked for first."""

_AT_ONCE: Final = 160  # frames whose looks are held at a time
_LEAST_NOISE: Final = 0.35  # of a look: over half a level, which rounding alone makes
# A frame that is further off than encoding explains may be from elsewhere. To look there is slow.
_FAR_TIMES: Final = 9.0
_FAR_MORE: Final = 4.0
_FAR: Final = 25.0
_ALIKE: Final = 0.8  # correlation under which two pictures may not be of the same thing
_USUAL: Final = 3.0  # times the noise of its cut that a right frame may be off without a doubt
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
    joins = {cut.record.start.frame for cut in reel.cuts}
    numbers = explain(costs, reel.source_frames(), joins)
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
        self._starts = [cut.record.start.frame for cut in reel.cuts]
        self._sources = [cut.source.to_time_range() for cut in reel.cuts]
        self._path = path
        self._film = film
        self._looks = SourceLooks(source, source.length())

    def seen(self, places: Sequence[int]) -> dict[int, Seen | None]:
        """How alike each of these frames and source frames are; None where it is like none."""
        compared = [self._compared(batch) for batch in self._batches(places)]
        noises = [_noise(near) for near in compared]
        usual = median([noise for noise in noises if noise is not None] or [_LEAST_NOISE])
        seen: dict[int, Seen | None] = {}
        for near, noise in zip(compared, noises, strict=True):
            for place, (apart, alike) in near.items():
                least = max(usual if noise is None else noise, min(apart.values()))
                seen[place] = Seen(apart, least, alike)
        far = {place for place, each in seen.items() if each and _is_far(each, usual)}
        if far:
            seen |= self._searched(far, seen, usual)
        return seen

    def _batches(self, places: Sequence[int]) -> Iterator[list[tuple[int, Look]]]:
        """Frames with their looks, those of one cut together, as they share their noise."""
        looks = film_looks(self._path, self._film, self._looks.shape, {*places})
        # The film is decoded beside the media: of two cores that takes both.
        return self._by_cut(ahead(looks, _AT_ONCE))

    def _by_cut(self, looks: Iterator[tuple[int, Look]]) -> Iterator[list[tuple[int, Look]]]:
        for _, cut in groupby(looks, key=lambda each: bisect_right(self._starts, each[0])):
            batch: list[tuple[int, Look]] = []
            for each in cut:
                batch.append(each)
                if len(batch) == _AT_ONCE:
                    yield batch
                    batch = []
            if batch:
                yield batch

    def _compared(self, batch: Sequence[tuple[int, Look]]) -> _Compared:
        """Each frame beside the source frames near its place, and how like the nearest it is.

        What lies around a clip is decoded only where its own frames do not explain all that is
        shown: for short clips that saves more than half of the time.
        """
        own = self._beside(batch, {place: self._inside(place) for place, _ in batch}, _compare)
        if self._explains(own):
            return own
        asked = {place: self._near(place) for place, _ in batch}
        return self._beside(batch, asked, _compare_around_letters)

    def _beside(
        self, batch: Sequence[tuple[int, Look]], asked: dict[int, set[int]], compare: _Comparison
    ) -> _Compared:
        near = {place: self._looks.there(frames) for place, frames in asked.items()}
        frames = self._looks.there({frame for each in near.values() for frame in each})
        self._looks.prepare(frames)
        looks, row = self._looks.of(frames), {frame: place for place, frame in enumerate(frames)}
        compared: _Compared = {}
        for place, small in batch:
            look, there = small.astype(np.float32), looks[_rows(row, near[place])]
            apart, alike = compare(look, there)
            compared[place] = dict(zip(near[place], map(float, apart), strict=True)), alike
        return compared

    def _explains(self, compared: _Compared) -> bool:
        """Whether every frame is as near to the one that it should be as encoding leaves it."""
        noise = max(_LEAST_NOISE, median(min(apart.values()) for apart, _ in compared.values()))
        return all(
            place < len(self._expected)
            and (due := apart[self._expected[place]]) <= min(apart.values()) + noise
            and due <= min(_USUAL * noise, _FAR)
            for place, (apart, _) in compared.items()
        )

    def _inside(self, place: int) -> set[int]:
        """Source frames of its own clip near where a frame should be from."""
        cut = self._sources[bisect_right(self._starts, place) - 1]
        expected = self._expected_at(place)
        return {*range(max(cut.start, expected - NEAR), min(cut.end, expected + NEAR + 1))}

    def _near(self, place: int) -> set[int]:
        """Source frames near where a frame should be from, in the reel and in the media."""
        last = len(self._expected) - 1
        around = range(max(0, min(place, last) - NEAR), min(place, last) + NEAR + 1)
        expected = self._expected_at(place)
        in_media = range(expected - NEAR, expected + NEAR + 1)
        return {*in_media, *(self._expected[each] for each in around if each <= last)}

    def _searched(
        self, far: Collection[int], seen: dict[int, Seen | None], usual: float
    ) -> dict[int, Seen | None]:
        """Frames that are unlike all near their place, beside all of the media.

        So are the others of their cut where most of it is from elsewhere: they may be, too.
        """
        survey = Survey(self._looks)
        places = [place for cut in self._cuts_of(seen) for place in _doubted(cut, far)]
        looks = film_looks(self._path, self._film, self._looks.shape, {*places})
        found: dict[int, Seen | None] = {}
        for batch in self._by_cut(looks):
            offset = self._offset(survey, batch)
            asked = [(look, self._expected_at(place) + offset) for place, look in batch]
            for (place, _), elsewhere in zip(batch, survey.nearest(asked), strict=True):
                near = seen[place]
                assert near is not None
                found[place] = _settled(near, elsewhere, usual, far=place in far)
        return found

    def _cuts_of(self, places: Iterable[int]) -> Iterator[list[int]]:
        for _, cut in groupby(places, key=lambda place: bisect_right(self._starts, place)):
            yield [*cut]

    def _offset(self, survey: Survey, batch: Sequence[tuple[int, Look]]) -> int:
        """How far from its place most of a cut's frames are found."""
        offsets = Counter(survey.glimpse(look) - self._expected_at(place) for place, look in batch)
        return offsets.most_common(1)[0][0]

    def _expected_at(self, place: int) -> int:
        return self._expected[min(place, len(self._expected) - 1)]


def _noise(near: _Compared) -> float | None:
    """What encoding makes of a frame of a cut; None where no frame is like what it should be.

    Frames that are from elsewhere are not counted, be they most of the cut.
    """
    least = [min(apart.values()) for apart, _ in near.values()]
    known = [each for each in least if each <= _FAR]
    return max(_LEAST_NOISE, median(known)) if known else None


def _compare(look: _Pixels, there: _Pixels) -> tuple[NDArray[np.float64], float]:
    """How far a look is from others, and how like the nearest."""
    apart = distances(look, there)
    return apart, likeness(look, there[apart.argmin()])


def _compare_around_letters(look: _Pixels, there: _Pixels) -> tuple[NDArray[np.float64], float]:
    """The same, by what no letters stand over. What is seen in only one of them may be letters."""
    apart, alike = _compare(look, there)
    free = free_of_letters(look, there[apart.argmin()])
    return (apart, alike) if free is None else _compare(look[free], there[:, free])


def _doubted(cut: list[int], far: Collection[int]) -> list[int]:
    """Which of a cut's frames to look for elsewhere."""
    doubted = [place for place in cut if place in far]
    return cut if 2 * len(doubted) > len(cut) else doubted


def _settled(near: Seen, elsewhere: Mapping[int, float], usual: float, *, far: bool) -> Seen | None:
    """What a frame is after all of the media was looked at; None where it is like nothing."""
    apart = {**near.apart, **elsewhere}
    least, nearest = min(apart.values()), min(near.apart.values())
    if not far:
        return Seen(apart, near.noise, near.likeness)
    if least < _BETTER * nearest:
        return Seen(apart, max(usual, least))
    return None if nearest > _FAR and near.likeness < _ALIKE else near


def _is_far(seen: Seen, usual: float) -> bool:
    least = min(seen.apart.values())
    return least > min(_FAR_TIMES * usual + _FAR_MORE, _FAR) or seen.likeness < _ALIKE


def _rows(row: dict[int, int], frames: Sequence[int]) -> slice | list[int]:
    """The rows of frames: as a slice where they stand together, which saves a copy."""
    rows = [row[frame] for frame in frames]
    return slice(rows[0], rows[-1] + 1) if rows[-1] - rows[0] + 1 == len(rows) else rows
