"""A reel as byte ranges to fetch: where each slot is, in every video rendition and in the music.

It is read from the document that `ranges.json` holds, so what plays here is what devices get.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import log
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, ValidationError

from sizzle.errors import InputError
from sizzle.hls import SegmentMap, plan_reel, ranges_document
from sizzle.reel import TimecodeList

MUSIC_PIECES = 4
"""Slots that a fragment of music is divided into.

Audio packets have about the same size and are decoded one by one, so a player that appends bytes
as they arrive can play about a quarter of a fragment once a quarter of it has arrived.
"""

_Count = Annotated[int, Field(ge=0, lt=2**53)]
_Size = Annotated[int, Field(gt=0, lt=2**53)]


class _TrackFields(BaseModel):
    name: str
    address: str
    timescale: _Size
    ticks: _Size
    init: tuple[_Count, _Size]
    ranges: Annotated[list[tuple[_Count, _Size, _Count, _Count]], Field(min_length=1)]


class _ByteRangesDocument(BaseModel):
    kind: Literal["byte-ranges"]
    reel: TimecodeList
    segments: list[tuple[_Count, float]]
    renditions: Annotated[list[_TrackFields], Field(min_length=1)]
    bed: _TrackFields


@dataclass(frozen=True, eq=False)
class StreamedTrack:
    """A video rendition, or the music: a file to fetch ranges of.

    Attributes:
        name: such as `720p`.
        address: of its file, relative to the document.
        init_size: bytes of the init segment, at the start of the file.
        ranges: first byte and end (exclusive) of each slot.
        fragment: seconds that each lasts.
        pieces: slots per fragment of the file.
    """

    name: str
    address: str
    init_size: int
    ranges: tuple[tuple[int, int], ...]
    fragment: Fraction
    pieces: int = 1

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Bytes of each slot."""
        return tuple(end - first for first, end in self.ranges)

    @cached_property
    def bits(self) -> float:
        """Bits per second, on average over the reel."""
        return 8 * sum(self.sizes) / float(self.fragment * len(self.sizes))

    def adjacent_end(self, slot: int) -> int:
        """The end (exclusive) of the slots from here on that are adjacent in the file."""
        for following, (one, other) in enumerate(pairwise(self.ranges[slot:]), start=slot + 1):
            if one[1] != other[0]:
                return following
        return len(self.ranges)


@dataclass(frozen=True, eq=False)
class StreamedReel:
    """A reel as a player sees it.

    Attributes:
        reel_id: of the timecode list.
        renditions: of the video, the lowest bit rate first.
        bed: the music.
        cuts: the slot at which each cut begins, and at the end the number of slots.
        frames: of the video.
        frame: seconds that one lasts.
    """

    reel_id: str
    renditions: tuple[StreamedTrack, ...]
    bed: StreamedTrack
    cuts: tuple[int, ...]
    frames: int
    frame: Fraction

    @classmethod
    def from_package(cls, reel: TimecodeList, segment_map: SegmentMap) -> Self:
        """A reel of a packaged asset. Raises ReelError: another version, or it does not fit."""
        return cls.from_document(ranges_document(reel, plan_reel(reel, segment_map), "."))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """A reel from the content of `ranges.json`. Raises InputError: it is malformed."""
        try:
            read = _ByteRangesDocument.model_validate(document)
        except ValidationError as error:
            first = error.errors()[0]
            raise _malformed(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        rate, slots = read.reel.rate, len(read.segments)
        if any(len(track.ranges) != slots for track in read.renditions):
            raise _malformed("a rendition does not have one range per segment")
        renditions = sorted(map(_track, read.renditions), key=lambda track: track.bits)
        frame = Fraction(rate.denominator, rate.numerator)
        return cls(
            reel_id=read.reel.reel_id,
            renditions=tuple(renditions),
            bed=_track(read.bed, MUSIC_PIECES),
            cuts=_cuts([cut for cut, _ in read.segments]),
            frames=read.reel.duration.frame,
            frame=frame,
        )

    @property
    def slots(self) -> int:
        """Fragments of the video."""
        return self.cuts[-1]

    @cached_property
    def seconds(self) -> float:
        """How long it plays."""
        return float(self.frames * self.frame)

    @cached_property
    def qualities(self) -> tuple[float, ...]:
        """Of each rendition: 0 is the lowest, 1 the highest, by the logarithm of their bits."""
        least, most = self.renditions[0].bits, self.renditions[-1].bits
        if least == most:
            return (1.0,) * len(self.renditions)
        return tuple(
            log(rendition.bits / least) / log(most / least) for rendition in self.renditions
        )


def _track(track: _TrackFields, pieces: int = 1) -> StreamedTrack:
    ranges = tuple(
        piece
        for first, end, header, _ in track.ranges
        for piece in _divided(track.name, first, end, header, pieces)
    )
    fragment = Fraction(track.ticks, track.timescale) / pieces
    return StreamedTrack(track.name, track.address, track.init[1], ranges, fragment, pieces)


def _divided(name: str, first: int, end: int, header: int, pieces: int) -> list[tuple[int, int]]:
    """A fragment's byte range in equal pieces, the first of them with the header."""
    if end - first - header < pieces:
        raise _malformed(f"{name} has an empty range")
    edges = [end - (end - first - header) * left // pieces for left in range(pieces, -1, -1)]
    return list(pairwise([first, *edges[1:]]))


def _cuts(of_slots: Sequence[int]) -> tuple[int, ...]:
    begins = [slot for slot, cut in enumerate(of_slots) if not slot or cut != of_slots[slot - 1]]
    return (*begins, len(of_slots))


def _malformed(what: str) -> InputError:
    return InputError(
        f"Not a reel with byte ranges: {what}.",
        fix="fetch the reel's ranges.json again, or give the timecode list and --packages.",
    )
