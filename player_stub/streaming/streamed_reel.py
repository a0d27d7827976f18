"""A reel as bytes to fetch: for every size of the video and for the music, where each slot lies.

It is read from the document that `ranges.json` is, so that what plays here is what devices get.
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

PIECES = 4
"""Parts of a fragment of music that are played as they come.

Packets of sound are alike in size and each is decoded by itself, so a player that appends bytes as
they arrive can play about a quarter of a fragment once a quarter of it is there.
"""

_Count = Annotated[int, Field(ge=0, lt=2**53)]
_Size = Annotated[int, Field(gt=0, lt=2**53)]


class _Track(BaseModel):
    name: str
    address: str
    timescale: _Size
    ticks: _Size
    init: tuple[_Count, _Size]
    ranges: Annotated[list[tuple[_Count, _Size, _Count, _Count]], Field(min_length=1)]


class _Document(BaseModel):
    kind: Literal["byte-ranges"]
    reel: TimecodeList
    segments: list[tuple[_Count, float]]
    rungs: Annotated[list[_Track], Field(min_length=1)]
    bed: _Track


@dataclass(frozen=True, eq=False)
class Track:
    """The video at one size, or the music: a file of which ranges are fetched.

    Attributes:
        name: such as `720p`.
        address: of its file.
        init_size: bytes of the init segment, which the file begins with.
        ranges: first byte and end (exclusive) of each slot.
        fragment: seconds that each lasts.
        pieces: slots that a fragment of the file is divided into, to be played as they come.
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
        """A second, on average over the reel."""
        return 8 * sum(self.sizes) / float(self.fragment * len(self.sizes))

    def neighbours(self, slot: int) -> int:
        """The first slot from here on that does not lie right behind the one before."""
        for behind, (one, other) in enumerate(pairwise(self.ranges[slot:]), start=slot + 1):
            if one[1] != other[0]:
                return behind
        return len(self.ranges)


@dataclass(frozen=True, eq=False)
class StreamedReel:
    """A reel as a player sees it.

    Attributes:
        reel_id: of the timecode list.
        rungs: of the video, the one of the fewest bits first.
        bed: the music.
        cuts: the slot at which each cut begins, and last the number of slots.
        frames: of the video.
        frame: seconds that one lasts.
    """

    reel_id: str
    rungs: tuple[Track, ...]
    bed: Track
    cuts: tuple[int, ...]
    frames: int
    frame: Fraction

    @classmethod
    def of(cls, reel: TimecodeList, segment_map: SegmentMap) -> Self:
        """A reel of a packaged asset. Raises as `plan_reel`, above all for another version."""
        return cls.read(ranges_document(reel, plan_reel(reel, segment_map), "."))

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """From what `ranges.json` holds. Raises InputError: it is malformed."""
        try:
            read = _Document.model_validate(document)
        except ValidationError as error:
            first = error.errors()[0]
            raise _malformed(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        rate, slots = read.reel.rate, len(read.segments)
        if any(len(track.ranges) != slots for track in read.rungs):
            raise _malformed("a rung has not one range for each segment")
        rungs = sorted(map(_track, read.rungs), key=lambda track: track.bits)
        frame = Fraction(rate.denominator, rate.numerator)
        return cls(
            reel_id=read.reel.reel_id,
            rungs=tuple(rungs),
            bed=_track(read.bed, PIECES),
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
        """Of each rung: 0 is the least, 1 the best, between them by the logarithm of their bits."""
        least, most = self.rungs[0].bits, self.rungs[-1].bits
        if least == most:
            return (1.0,) * len(self.rungs)
        return tuple(log(rung.bits / least) / log(most / least) for rung in self.rungs)


def _track(track: _Track, pieces: int = 1) -> Track:
    ranges = tuple(
        piece
        for first, end, header, _ in track.ranges
        for piece in _divided(track.name, first, end, header, pieces)
    )
    fragment = Fraction(track.ticks, track.timescale) / pieces
    return Track(track.name, track.address, track.init[1], ranges, fragment, pieces)


def _divided(name: str, first: int, end: int, header: int, pieces: int) -> list[tuple[int, int]]:
    """A fragment's bytes in equal pieces, the first with the header before it."""
    if end - first - header < pieces:
        raise _malformed(f"{name} has a range without bytes")
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
