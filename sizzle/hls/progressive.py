"""A reel as one ordinary MP4: an index in front, then packets copied from where they lie.

The index is written from the fragments' headers, so that nothing of the media is read before it is
sent, and the film's length is known before its first byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from itertools import chain, groupby
from math import lcm
from struct import pack, pack_into

from sizzle.errors import ReelError
from sizzle.hls.boxes import HEADER_SIZE, box, copied, full_box
from sizzle.hls.fragment import Samples
from sizzle.hls.segment_map import Track

_LARGEST = 2**32 - 1  # what offsets of 32 bits reach
_TRACK_ID = 20  # place of the track's number in its header
_TKHD_DURATION, _MDHD_DURATION, _MVHD_TIMESCALE, _MVHD_NEXT_TRACK = 28, 24, 20, 104


@dataclass(frozen=True, slots=True)
class Strip:
    """One track of a film.

    Attributes:
        track: where it comes from.
        init: the bytes of its init segment.
        fragments: which of its fragments play, in order.
        samples: what the header of each of them says.
        seconds: how long it is shown or heard.
    """

    track: Track
    init: bytes
    fragments: Sequence[int]
    samples: Sequence[Samples]
    seconds: Fraction

    @property
    def ticks(self) -> int:
        """How long its samples last."""
        return sum(sum(each.durations) for each in self.samples)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes of a track's file that the film holds as they lie, and when they are decoded."""

    seconds: Fraction
    strip: int
    place: int
    start: int
    size: int


def film(strips: Sequence[Strip]) -> tuple[bytes, list[Chunk]]:
    """The film: its first bytes, and what follows them, interleaved by time.

    Raises:
        ReelError: it would be over 4 GiB.
        FragmentError: an init segment is not one.
    """
    each = [_chunks(number, strip) for number, strip in enumerate(strips)]
    chunks = list(merge(*each, key=lambda chunk: chunk.seconds))
    payload = HEADER_SIZE + sum(chunk.size for chunk in chunks)
    front = box(b"ftyp", b"isom", pack(">I", 0x200), b"isomiso2avc1mp41")
    # The index is as long whatever offsets it holds, so its length is found by a draft of it.
    start = len(front) + len(_index(strips, chunks, 0)) + HEADER_SIZE
    if start + payload > _LARGEST:
        raise ReelError("The film would be over 4 GiB.", fix="play the reel in segments.")
    index = _index(strips, chunks, start)
    return front + index + pack(">I4s", payload, b"mdat"), chunks


def _chunks(number: int, strip: Strip) -> Iterable[Chunk]:
    track, at = strip.track, 0
    for place, (fragment, samples) in enumerate(zip(strip.fragments, strip.samples, strict=True)):
        start = track.offsets[fragment] + track.header_sizes[fragment] + HEADER_SIZE
        yield Chunk(Fraction(at, track.timescale), number, place, start, sum(samples.sizes))
        at += sum(samples.durations)


def _index(strips: Sequence[Strip], chunks: Sequence[Chunk], start: int) -> bytes:
    timescale = lcm(*(strip.track.timescale for strip in strips))
    header = copied(strips[0].init, b"moov", b"mvhd")
    duration = max(int(strip.seconds * timescale) for strip in strips)
    pack_into(">II", header, _MVHD_TIMESCALE, timescale, duration)
    pack_into(">I", header, _MVHD_NEXT_TRACK, len(strips) + 1)
    tracks = [
        _track(number, strip, timescale, offsets)
        for (number, strip), offsets in zip(
            enumerate(strips), _offsets(len(strips), chunks, start), strict=True
        )
    ]
    return box(b"moov", bytes(header), *tracks)


def _offsets(strips: int, chunks: Sequence[Chunk], start: int) -> list[list[int]]:
    """Where each strip's chunks lie in the film."""
    offsets: list[list[int]] = [[] for _ in range(strips)]
    for chunk in chunks:
        offsets[chunk.strip].append(start)
        start += chunk.size
    return offsets


def _track(number: int, strip: Strip, timescale: int, offsets: Sequence[int]) -> bytes:
    shown = int(strip.seconds * timescale)
    header = copied(strip.init, b"moov", b"trak", b"tkhd")
    pack_into(">I", header, _TRACK_ID, number + 1)
    pack_into(">I", header, _TKHD_DURATION, shown)
    edits = full_box(b"elst", 0, 0, pack(">IIIHH", 1, shown, strip.track.delay, 1, 0))
    return box(b"trak", bytes(header), box(b"edts", edits), _media(strip, offsets))


def _media(strip: Strip, offsets: Sequence[int]) -> bytes:
    header = copied(strip.init, b"moov", b"trak", b"mdia", b"mdhd")
    pack_into(">I", header, _MDHD_DURATION, strip.ticks)
    handler = copied(strip.init, b"moov", b"trak", b"mdia", b"hdlr")
    kind = b"smhd" if handler[16:20] == b"soun" else b"vmhd"
    inside = (b"moov", b"trak", b"mdia", b"minf")
    information = box(
        b"minf",
        bytes(copied(strip.init, *inside, kind)),
        bytes(copied(strip.init, *inside, b"dinf")),
        box(
            b"stbl", bytes(copied(strip.init, *inside, b"stbl", b"stsd")), *_tables(strip, offsets)
        ),
    )
    return box(b"mdia", bytes(header), bytes(handler), information)


def _tables(strip: Strip, offsets: Sequence[int]) -> Iterable[bytes]:
    """Of each sample its length, showing, decoding start and size; of each chunk its place."""
    samples = strip.samples
    yield _runs(b"stts", chain.from_iterable(each.durations for each in samples))
    composition = list(chain.from_iterable(each.offsets for each in samples))
    if any(composition):
        yield _runs(b"ctts", composition)
    sync = list(chain.from_iterable(each.sync for each in samples))
    if not all(sync):
        yield _numbers(b"stss", [number for number, key in enumerate(sync, 1) if key])
    yield _samples_to_chunks(samples)
    sizes = list(chain.from_iterable(each.sizes for each in samples))
    yield full_box(b"stsz", 0, 0, pack(f">II{len(sizes)}I", 0, len(sizes), *sizes))
    yield _numbers(b"stco", offsets)


def _samples_to_chunks(samples: Sequence[Samples]) -> bytes:
    rows: list[int] = []
    number = 1
    for count, equal in groupby(len(each.sizes) for each in samples):
        rows += number, count, 1
        number += len(list(equal))
    return full_box(b"stsc", 0, 0, pack(f">I{len(rows)}I", len(rows) // 3, *rows))


def _runs(kind: bytes, values: Iterable[int]) -> bytes:
    """A table that says how many samples in a row have a value."""
    cells = [cell for value, equal in groupby(values) for cell in (len(list(equal)), value)]
    return full_box(kind, 0, 0, pack(f">I{len(cells)}I", len(cells) // 2, *cells))


def _numbers(kind: bytes, numbers: Sequence[int]) -> bytes:
    return full_box(kind, 0, 0, pack(f">I{len(numbers)}I", len(numbers), *numbers))
