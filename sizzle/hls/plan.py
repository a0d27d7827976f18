"""A reel as numbers of fragments: all its playlists and films are written from this plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import itemgetter

from sizzle.errors import ReelError
from sizzle.hls.segment_map import BedSegments, BedTrack, SegmentMap
from sizzle.reel.timecode_list import TimecodeList

_FIX = "compose the reel again from the packaged version, or package the reel's version."


@dataclass(frozen=True, slots=True)
class ReelPlan:
    """A reel as fragments of its packaged asset.

    Attributes:
        segment_map: of the asset.
        fragments: the number of the one that plays in each slot; a slot is as long as a fragment.
        bed: the music.
        playing: the part of the music that plays.
    """

    segment_map: SegmentMap
    fragments: tuple[int, ...]
    bed: BedTrack
    playing: BedSegments

    @property
    def bed_fragments(self) -> tuple[int, ...]:
        """The fragments of the music that play, in order; the last one up to the video's end."""
        return self.playing.fragments

    @property
    def frames(self) -> int:
        """Of the video."""
        return len(self.fragments) * self.segment_map.fragment

    def values_in_order(self, table: Sequence[int]) -> tuple[int, ...]:
        """The values that a table of a rendition has for the fragments that play, in order."""
        return chosen(table, self.fragments)

    @property
    def seconds(self) -> Fraction:
        """Of the video."""
        return self.segment_map.rate.seconds(self.frames)


def chosen(table: Sequence[int], indices: Sequence[int]) -> tuple[int, ...]:
    """The values at these indices of a table; `itemgetter` is the fastest way to get them."""
    if len(indices) == 1:  # it would not give a tuple
        return (table[indices[0]],)
    values: tuple[int, ...] = itemgetter(*indices)(table)
    return values


def plan_reel(reel: TimecodeList, segment_map: SegmentMap) -> ReelPlan:
    """Lay a reel out in fragments.

    Raises:
        ReelError: the reel is of another version of the asset, reaches past its end, or has an
            edge inside a fragment; or its bed does not start at its beginning or ends too early.
        NotFoundError: the package has no such bed.
    """
    if reel.asset_version != segment_map.asset_version:
        raise ReelError(
            f"The reel is of version {reel.asset_version[:16]} of {reel.asset_id}, the segment map "
            f"of version {segment_map.asset_version[:16]}.",
            fix=_FIX,
        )
    fragments = _fragments(reel, segment_map)
    bed = segment_map.bed(reel.bed.bed_id)
    return ReelPlan(segment_map, fragments, bed, _playing(reel, segment_map, bed))


def _fragments(reel: TimecodeList, segment_map: SegmentMap) -> tuple[int, ...]:
    at, numbers, fragments = segment_map.fragment_at, segment_map.numbers, list[int]()
    for cut in reel.cuts:
        source = cut.source
        try:
            fragments += numbers[at[source.start.frame] : at[source.stop.frame]]
        except KeyError:
            raise _not_whole(source.start.frame, source.stop.frame, segment_map) from None
    # No fragment is longer than those of clips, so this holds only where none is shorter either.
    if len(fragments) * segment_map.fragment != reel.duration.frame:
        raise _not_whole(0, reel.duration.frame, segment_map)
    return tuple(fragments)


def _not_whole(start: int, stop: int, segment_map: SegmentMap) -> ReelError:
    where = f"a cut of frames [{start}, {stop})"
    if stop > segment_map.duration:
        return ReelError(
            f"The reel has {where}, the packaged media has {segment_map.duration} frames.", fix=_FIX
        )
    return ReelError(
        f"The reel has {where}, which is not made of whole fragments of "
        f"{segment_map.fragment} frames.",
        fix=_FIX,
    )


def _playing(reel: TimecodeList, segment_map: SegmentMap, bed: BedTrack) -> BedSegments:
    """All of the reel's music, faded out if the bed fades."""
    start, stop = reel.bed.range.start.frame, reel.bed.range.stop.frame
    if start:
        raise ReelError(
            f"The reel's music starts {start} frames into bed {bed.bed_id}. Fragments of audio do "
            "not start on frames, so it could not be in sync to the sample.",
            fix="start the music at its beginning, or publish a bed that begins there.",
        )
    rate = segment_map.rate
    samples = -(-stop * rate.denominator * bed.timescale // rate.numerator)
    if samples > bed.samples:
        raise ReelError(
            f"The reel needs {stop} frames of bed {bed.bed_id}, which ends before.",
            fix="package the asset with its beds looped to the length of the longest reel.",
        )
    return bed.playing(samples, stop // segment_map.fragment)
