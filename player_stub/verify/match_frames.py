"""Matches every frame of a film to a source frame, and says how certain each match is."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player_stub.render.video_source import VideoSource
from player_stub.verify.alignment import SourceFrame
from player_stub.verify.copied_packets import find_copied_packets
from player_stub.verify.film_packets import FilmVideo
from player_stub.verify.frame_path import FrameComparison, Proof, cheapest_path, proof_of
from player_stub.verify.judge_frames import (
    FAR,
    MIN_NOISE,
    Compared,
    NearFrames,
    choose,
    far_frames,
    noise_of,
    suspects,
)
from player_stub.verify.measure_pictures import PictureMeter
from player_stub.verify.overlays import uncovered_pixels
from player_stub.verify.prefetch import prefetch
from player_stub.verify.search_media import MediaSearch
from player_stub.verify.thumbnails import (
    FilmFrame,
    SourceThumbnails,
    correlation,
    distances,
    film_frames,
)
from sizzle.reel.timecode_list import TimecodeList

_Pixels = NDArray[np.float32]
_Comparison = Callable[[_Pixels, _Pixels], tuple[NDArray[np.float64], float, float]]

NEAR: Final = 12
"""Frames before and after the expected one that a frame is compared with first."""

_AT_ONCE: Final = 160  # frames of a cut that are held at a time
_AHEAD: Final = 80  # frames of the film that are decoded in advance
_UNCLEAR: Final = 4.0  # times the noise that the expected frame may be further off than another
_CERTAIN: Final = 3.0  # times the noise of its cut that a right frame may be off without a doubt


@dataclass(frozen=True, slots=True)
class FrameMatches:
    """What a film shows.

    Attributes:
        frames: the source frame of each of its frames; None where it resembles none.
        proofs: how certain each match is.
        pictures: how each picture differs from that source frame, a row each; NaN where it was
            copied or resembles none.
    """

    frames: list[SourceFrame]
    proofs: list[Proof]
    pictures: NDArray[np.void]


def match_frames(
    reel: TimecodeList, path: Path, film: FilmVideo, source: VideoSource, meter: PictureMeter
) -> FrameMatches:
    """Match every frame of a film to a source frame.

    Copied packets are recognized by their bytes. All other frames are decoded and compared with the
    source frames near the expected one; those that resemble none of them, with all of the media.

    Args:
        reel: what the film should be.
        path: the film.
        film: its packets.
        source: the media.
        meter: measures how the pictures differ.

    Raises:
        MediaError: the film or the media cannot be read.
    """
    copied = find_copied_packets(reel, film, source)
    costs: list[dict[int, float]] = [{} for _ in film.times]
    for index, frame in copied.items():
        costs[index] = {frame: 0.0}
    rest = [index for index in range(len(film.times)) if index not in copied]
    if rest:
        matcher = _FrameMatcher(reel, path, film, source, meter)
        for index, comparison in matcher.compare(rest).items():
            costs[index] = comparison.costs() if comparison else {}
    cuts = {cut.record.start.frame for cut in reel.cuts}
    frames = cheapest_path(costs, reel.source_frames(), cuts)
    proofs: list[Proof] = [
        "exact" if index in copied else proof_of(cost, frame)
        for index, (cost, frame) in enumerate(zip(costs, frames, strict=True))
    ]
    return FrameMatches(frames, proofs, meter.found(frames))


class _FrameMatcher:
    """Compares decoded frames of a film with those of the media."""

    def __init__(
        self,
        reel: TimecodeList,
        path: Path,
        film: FilmVideo,
        source: VideoSource,
        meter: PictureMeter,
    ) -> None:
        self._reel = reel
        self._meter = meter
        self._expected = reel.source_frames()
        self._starts = [cut.record.start.frame for cut in reel.cuts]
        self._sources = [cut.source.to_time_range() for cut in reel.cuts]
        self._path = path
        self._film = film
        self._thumbnails = SourceThumbnails(source, source.length(), meter.expected, film.size)

    def compare(self, indexes: Sequence[int]) -> dict[int, FrameComparison | None]:
        """These frames compared with source frames; None where a frame resembles none."""
        compared = [self._measure_batch(batch) for batch in self._batches(indexes)]
        noises = [
            noise_of(near, {index: self._expected_at(index) for index in near}) for near in compared
        ]
        usual = median([noise for noise in noises if noise is not None] or [MIN_NOISE])
        found: dict[int, FrameComparison] = {}
        for near, noise in zip(compared, noises, strict=True):
            for index, (apart, similarity, whole) in near.items():
                least = max(usual if noise is None else noise, min(apart.values()))
                found[index] = FrameComparison(apart, least, similarity, whole)
        far = far_frames(self._cuts_of(found), found, usual)
        return {**found, **(self._search(far, found, usual) if far else {})}

    def _batches(self, indexes: Sequence[int]) -> Iterator[list[FilmFrame]]:
        """Decoded frames; those of one cut together, as they share their noise."""
        scaled, shape = self._meter.scaled, self._thumbnails.shape
        frames = film_frames(self._path, self._film, shape, {*indexes}, scaled)
        # The film is decoded in a thread while the media is decoded here: two cores are busy.
        return self._by_cut(prefetch(frames, _AHEAD))

    def _by_cut(self, frames: Iterator[FilmFrame]) -> Iterator[list[FilmFrame]]:
        for _, cut in groupby(frames, key=lambda each: self._cut_at(each.index)):
            batch: list[FilmFrame] = []
            for each in cut:
                batch.append(each)
                if len(batch) == _AT_ONCE:
                    yield batch
                    batch = []
            if batch:
                yield batch

    def _measure_batch(self, batch: Sequence[FilmFrame]) -> Compared:
        self._thumbnails.begin(self._reel.cuts[self._cut_at(batch[0].index)])
        compared = self._compare_batch(batch)
        pictures = {each.index: each.picture for each in batch if each.picture is not None}
        self._meter.measure(pictures, self._shown(compared))
        return compared

    def _shown(self, compared: Compared) -> dict[int, int]:
        """The source frame that each frame seems to show; the expected one where that is unclear.

        A frame that resembles none may be the expected one with its picture spoilt.
        """
        noise = max(MIN_NOISE, median(min(each.apart.values()) for each in compared.values()))
        shown = {}
        for index, (apart, *_) in compared.items():
            nearest, expected = min(apart, key=apart.__getitem__), self._expected_at(index)
            # As the path has it: a single frame that is somewhat closer is not worth two jumps.
            least = apart[nearest] + _UNCLEAR * max(noise, apart[nearest])
            unclear = apart[nearest] > FAR or apart.get(expected, FAR) <= least
            shown[index] = expected if unclear else nearest
        return shown

    def _compare_batch(self, batch: Sequence[FilmFrame]) -> Compared:
        """Each frame compared with the source frames near the expected one.

        What surrounds a clip is decoded only if its own frames do not explain everything shown:
        for short clips that saves more than half of the time.
        """
        own = {each.index: self._inside_clip(each.index) for each in batch}
        compared = self._compare_with(batch, own, _compare)
        if self._explains(compared):
            return compared
        near = {each.index: self._near(each.index) for each in batch}
        return self._compare_with(batch, near, _compare_uncovered)

    def _compare_with(
        self,
        batch: Sequence[FilmFrame],
        wanted: dict[int, set[int]],
        compare: _Comparison,
    ) -> Compared:
        near = {index: self._thumbnails.existing(frames) for index, frames in wanted.items()}
        frames = self._thumbnails.existing({frame for each in near.values() for frame in each})
        self._thumbnails.prepare(frames)
        sources, row = self._thumbnails.of(frames), {frame: at for at, frame in enumerate(frames)}
        compared: Compared = {}
        for each in batch:
            candidates = near[each.index]
            apart, similarity, whole = compare(
                each.thumbnail.astype(np.float32), sources[_rows(row, candidates)]
            )
            by_frame = dict(zip(candidates, map(float, apart), strict=True))
            compared[each.index] = NearFrames(by_frame, similarity, whole)
        return compared

    def _explains(self, compared: Compared) -> bool:
        """Whether every frame is as close to the expected one as encoding leaves it."""
        noise = max(MIN_NOISE, median(min(each.apart.values()) for each in compared.values()))
        return all(
            index < len(self._expected)
            and (distance := apart[self._expected[index]]) <= min(apart.values()) + noise
            and distance <= min(_CERTAIN * noise, FAR)
            for index, (apart, *_) in compared.items()
        )

    def _inside_clip(self, index: int) -> set[int]:
        """Source frames of its own clip near the expected one."""
        cut = self._sources[self._cut_at(index)]
        expected = self._expected_at(index)
        return {*range(max(cut.start, expected - NEAR), min(cut.end, expected + NEAR + 1))}

    def _near(self, index: int) -> set[int]:
        """Source frames near the expected one, in the reel and in the media."""
        last = len(self._expected) - 1
        around = range(max(0, min(index, last) - NEAR), min(index, last) + NEAR + 1)
        expected = self._expected_at(index)
        in_media = range(expected - NEAR, expected + NEAR + 1)
        return {*in_media, *(self._expected[each] for each in around if each <= last)}

    def _search(
        self, far: Collection[int], found: dict[int, FrameComparison], usual: float
    ) -> dict[int, FrameComparison | None]:
        """Compare frames that are far from all near the expected one with all of the media.

        Where most of a cut is far, its other frames are searched for too: they may only seem close.
        """
        search = MediaSearch(self._thumbnails)
        indexes = [index for cut in self._cuts_of(found) for index in suspects(cut, far)]
        frames = film_frames(self._path, self._film, self._thumbnails.shape, {*indexes})
        searched: dict[int, FrameComparison | None] = {}
        for batch in self._by_cut(frames):
            self._thumbnails.begin(self._reel.cuts[self._cut_at(batch[0].index)])
            offset = self._offset(search, batch)
            suggested = [(each.thumbnail, self._expected_at(each.index) + offset) for each in batch]
            for each, elsewhere in zip(batch, search.nearest(suggested), strict=True):
                far_off = each.index in far
                searched[each.index] = choose(found[each.index], elsewhere, usual, far=far_off)
        return searched

    def _cuts_of(self, indexes: Iterable[int]) -> Iterator[list[int]]:
        for _, cut in groupby(indexes, key=self._cut_at):
            yield [*cut]

    def _offset(self, search: MediaSearch, batch: Sequence[FilmFrame]) -> int:
        """How far from the expected one most of a cut's frames are found."""
        offsets = Counter(
            search.coarse_match(each.thumbnail) - self._expected_at(each.index) for each in batch
        )
        return offsets.most_common(1)[0][0]

    def _cut_at(self, index: int) -> int:
        """The number of the cut that a frame belongs to; past the end, of the last one."""
        return bisect_right(self._starts, index) - 1

    def _expected_at(self, index: int) -> int:
        return self._expected[min(index, len(self._expected) - 1)]


def _compare(thumbnail: _Pixels, candidates: _Pixels) -> tuple[NDArray[np.float64], float, float]:
    """Distances of a thumbnail from others, its correlation with the closest, the distance of that.

    The last of all that the thumbnail shows, even where the others leave out what is drawn over it.
    """
    apart = distances(thumbnail, candidates)
    nearest = apart.argmin()
    return apart, correlation(thumbnail, candidates[nearest]), float(apart[nearest])


def _compare_uncovered(
    thumbnail: _Pixels, candidates: _Pixels
) -> tuple[NDArray[np.float64], float, float]:
    """The same without what differs in few places from the closest: that may be burnt-in text."""
    apart, similarity, whole = _compare(thumbnail, candidates)
    mask = uncovered_pixels(thumbnail, candidates[apart.argmin()])
    if mask is None:
        return apart, similarity, whole
    return *_compare(thumbnail[mask], candidates[:, mask])[:2], whole


def _rows(row: dict[int, int], frames: Sequence[int]) -> slice | list[int]:
    """The rows of frames; as a slice where they are adjacent, which saves a copy."""
    rows = [row[frame] for frame in frames]
    return slice(rows[0], rows[-1] + 1) if rows[-1] - rows[0] + 1 == len(rows) else rows
