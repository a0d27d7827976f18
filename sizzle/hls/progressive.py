"""A reel as one ordinary MP4: the index first, then packets copied from the packaged files.

The index is computed from the fragments' headers alone, so the film's length is known before any
media is read, and sending can start at once.
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
_TRACK_ID = 20  # offset of the track's number in its header
_TKHD_DURATION, _MDHD_DURATION, _MVHD_TIMESCALE, _MVHD_NEXT_TRACK = 28, 24, 20, 104


@dataclass(frozen=True, slots=True)
class FilmTrack:
    """One track of a film.

    Attributes:
        source: the packaged track.
        init: the bytes of its init segment.
        fragments: which of its fragments play, in order.
        samples: from the header of each of them.
        seconds: how long it is shown or heard.
    """

    source: Track
    init: bytes
    fragments: Sequence[int]
    samples: Sequence[Samples]
    seconds: Fraction

    @property
    def ticks(self) -> int:
        """How long its samples last."""
        return sum(sum(fragment.durations) for fragment in self.samples)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive bytes of a packaged file that the film contains unchanged.

    Attributes:
        seconds: when they are decoded.
        track: index of the film's track.
        position: index among the chunks of that track; chunks of equal times keep this order.
        start: offset in the packaged file.
        size: bytes.
    """

    seconds: Fraction
    track: int
    position: int
    start: int
    size: int


def film(tracks: Sequence[FilmTrack]) -> tuple[bytes, list[Chunk]]:
    """The film: its first bytes, and what follows them, interleaved by time.

    Raises:
        ReelError: it would be over 4 GiB.
        FragmentError: an init segment is not one.
    """
    by_track = [_chunks(number, track) for number, track in enumerate(tracks)]
    chunks = list(merge(*by_track, key=lambda chunk: chunk.seconds))
    payload = HEADER_SIZE + sum(chunk.size for chunk in chunks)
    file_type = box(b"ftyp", b"isom", pack(">I", 0x200), b"isomiso2avc1mp41")
    # The index holds the chunks' offsets, which depend on its own length. That is the same
    # whatever the offsets are, so a draft with offsets from 0 tells it.
    start = len(file_type) + len(_index(tracks, chunks, 0)) + HEADER_SIZE
    if start + payload > _LARGEST:
        raise ReelError("The film would be over 4 GiB.", fix="play the reel in segments.")
    index = _index(tracks, chunks, start)
    return file_type + index + pack(">I4s", payload, b"mdat"), chunks


def _chunks(number: int, track: FilmTrack) -> Iterable[Chunk]:
    source, ticks = track.source, 0
    pairs = zip(track.fragments, track.samples, strict=True)
    for position, (fragment, samples) in enumerate(pairs):
        start = source.offsets[fragment] + source.header_sizes[fragment] + HEADER_SIZE
        time = Fraction(ticks, source.timescale)
        yield Chunk(time, number, position, start, sum(samples.sizes))
        ticks += sum(samples.durations)


def _index(tracks: Sequence[FilmTrack], chunks: Sequence[Chunk], start: int) -> bytes:
    timescale = lcm(*(track.source.timescale for track in tracks))
    header = copied(tracks[0].init, b"moov", b"mvhd")
    duration = max(int(track.seconds * timescale) for track in tracks)
    pack_into(">II", header, _MVHD_TIMESCALE, timescale, duration)
    pack_into(">I", header, _MVHD_NEXT_TRACK, len(tracks) + 1)
    offsets = _offsets(len(tracks), chunks, start)
    traks = [
        _trak(number, track, timescale, offsets[number]) for number, track in enumerate(tracks)
    ]
    return box(b"moov", bytes(header), *traks)


def _offsets(track_count: int, chunks: Sequence[Chunk], start: int) -> list[list[int]]:
    """Offsets of each track's chunks in the film."""
    offsets: list[list[int]] = [[] for _ in range(track_count)]
    for chunk in chunks:
        offsets[chunk.track].append(start)
        start += chunk.size
    return offsets


def _trak(number: int, track: FilmTrack, timescale: int, offsets: Sequence[int]) -> bytes:
    shown = int(track.seconds * timescale)
    header = copied(track.init, b"moov", b"trak", b"tkhd")
    pack_into(">I", header, _TRACK_ID, number + 1)
    pack_into(">I", header, _TKHD_DURATION, shown)
    edits = full_box(b"elst", 0, 0, pack(">IIIHH", 1, shown, track.source.delay, 1, 0))
    return box(b"trak", bytes(header), box(b"edts", edits), _media(track, offsets))


def _media(track: FilmTrack, offsets: Sequence[int]) -> bytes:
    header = copied(track.init, b"moov", b"trak", b"mdia", b"mdhd")
    pack_into(">I", header, _MDHD_DURATION, track.ticks)
    handler = copied(track.init, b"moov", b"trak", b"mdia", b"hdlr")
    kind = b"smhd" if handler[16:20] == b"soun" else b"vmhd"
    inside = (b"moov", b"trak", b"mdia", b"minf")
    information = box(
        b"minf",
        bytes(copied(track.init, *inside, kind)),
        bytes(copied(track.init, *inside, b"dinf")),
        box(
            b"stbl", bytes(copied(track.init, *inside, b"stbl", b"stsd")), *_tables(track, offsets)
        ),
    )
    return box(b"mdia", bytes(header), bytes(handler), information)


def _tables(track: FilmTrack, offsets: Sequence[int]) -> Iterable[bytes]:
    """Durations, composition offsets, key frames and sizes of samples; offsets of chunks."""
    samples = track.samples
    yield _runs(b"stts", chain.from_iterable(fragment.durations for fragment in samples))
    composition = list(chain.from_iterable(fragment.offsets for fragment in samples))
    if any(composition):
        yield _runs(b"ctts", composition)
    sync = list(chain.from_iterable(fragment.sync for fragment in samples))
    if not all(sync):
        yield _numbers(b"stss", [number for number, key in enumerate(sync, 1) if key])
    yield _samples_to_chunks(samples)
    sizes = list(chain.from_iterable(fragment.sizes for fragment in samples))
    yield full_box(b"stsz", 0, 0, pack(f">II{len(sizes)}I", 0, len(sizes), *sizes))
    yield _numbers(b"stco", offsets)


def _samples_to_chunks(samples: Sequence[Samples]) -> bytes:
    rows: list[int] = []
    number = 1
    for count, equal in groupby(len(fragment.sizes) for fragment in samples):
        rows += number, count, 1
        number += len(list(equal))
    return full_box(b"stsc", 0, 0, pack(f">I{len(rows)}I", len(rows) // 3, *rows))


def _runs(kind: bytes, values: Iterable[int]) -> bytes:
    """A table of values, each with the number of samples in a row that have it."""
    cells = [cell for value, equal in groupby(values) for cell in (len(list(equal)), value)]
    return full_box(kind, 0, 0, pack(f">I{len(cells)}I", len(cells) // 2, *cells))


def _numbers(kind: bytes, numbers: Sequence[int]) -> bytes:
    return full_box(kind, 0, 0, pack(f">I{len(numbers)}I", len(numbers), *numbers))
