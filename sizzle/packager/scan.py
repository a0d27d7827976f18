"""Reads packaged files: their init segment, and where their fragments are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import pack, unpack_from
from typing import BinaryIO, Final

from sizzle.hls import FragmentError, Samples, read_samples
from sizzle.hls.boxes import HEADER_SIZE, Box, boxes, child, find, read_header

_TIMESCALE_OFFSET = 12
_MATRIX_OFFSET, _LONG_MATRIX_OFFSET = 40, 52  # with times of 32 and of 64 bits
_ENTRY_HEADER = 8  # bytes of version, flags and count before a table's entries
_VISUAL_ENTRY = 78  # bytes of size, resolution and so on before the decoder's own boxes

UPRIGHT_MATRIX = pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
"""The matrix of a track header that turns nothing."""


@dataclass(frozen=True, slots=True)
class ScannedFragment:
    """A fragment in a file, from `start` to `end`, with its header as bytes and decoded."""

    start: int
    end: int
    header: bytes
    samples: Samples


@dataclass(frozen=True, slots=True)
class Scan:
    """What a file holds.

    Attributes:
        init: its init segment.
        fragments: all complete ones, up to the first that is not.
        torn: whether anything else follows them.
    """

    init: bytes
    fragments: tuple[ScannedFragment, ...]
    torn: bool


@dataclass(frozen=True, slots=True)
class InitSegment:
    """What an init segment says about its one track.

    Attributes:
        timescale: ticks per second.
        delay: ticks that its edit list skips.
        codecs: of the video, as in RFC 6381; empty for audio.
        width: of the picture, in pixels; 0 for audio.
        height: of the picture, in pixels; 0 for audio.
    """

    timescale: int
    delay: int
    codecs: str
    width: int
    height: int


def scan(path: Path) -> Scan:
    """Read a file's init segment and the headers of its fragments.

    Raises:
        FragmentError: it has no whole init segment.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        init = b"".join(_read_box(file, kind) for kind in (b"ftyp", b"moov"))
        found = tuple(_fragments(file))
        end = found[-1].end if found else len(init)
        return Scan(init, found, torn=path.stat().st_size != end)


def matrix_at(init: bytes) -> int:
    """The offset of the matrix that turns the picture. Raises FragmentError: there is no track."""
    header = find(init, b"moov", b"trak", b"tkhd")
    return header.body + (_LONG_MATRIX_OFFSET if init[header.body] else _MATRIX_OFFSET)


def read_init(init: bytes) -> InitSegment:
    """Read an init segment. Raises FragmentError: it is not laid out as packaging does."""
    track = (b"moov", b"trak")
    timescale = _u32(init, find(init, *track, b"mdia", b"mdhd").body + _TIMESCALE_OFFSET)
    table = find(init, *track, b"mdia", b"minf", b"stbl", b"stsd")
    entry = next(boxes(init, table.body + _ENTRY_HEADER, table.end))
    delay = _delay(init, _edit_list(init, *track))
    if entry.kind not in _CODECS:
        return InitSegment(timescale, delay, "", 0, 0)
    width, height = unpack_from(">HH", init, entry.body + 24)
    return InitSegment(timescale, delay, _CODECS[entry.kind](init, entry), width, height)


def _edit_list(init: bytes, *track: bytes) -> Box:
    try:
        return find(init, *track, b"edts", b"elst")
    except FragmentError:
        raise FragmentError(
            "Expected an edit list that skips the encoder's delay, found none."
        ) from None


def _delay(init: bytes, elst: Box) -> int:
    """The start of the only edit: players skip what comes before it."""
    version, entries = init[elst.body], _u32(init, elst.body + 4)
    if version != 0 or entries != 1:
        raise FragmentError(f"The edit list has {entries} entries of version {version}.")
    return _u32(init, elst.body + 12)


def _avc(init: bytes, entry: Box) -> str:
    """The codec string: profile, constraints and level of the decoder configuration."""
    configuration = _configuration(init, entry, b"avcC")
    return f"avc1.{init[configuration + 1 : configuration + 4].hex()}"


def _av1(init: bytes, entry: Box) -> str:
    """The codec string: profile, level, tier and bit depth (AV1 in ISOBMFF, sections 2.3 and 5)."""
    configuration = _configuration(init, entry, b"av1C")
    profile, level = init[configuration + 1] >> 5, init[configuration + 1] & 0x1F
    flags = init[configuration + 2]
    tier = "H" if flags & 0x80 else "M"
    depth = (12 if flags & 0x20 else 10) if flags & 0x40 else 8
    return f"av01.{profile}.{level:02}{tier}.{depth:02}"


def _configuration(init: bytes, entry: Box, kind: bytes) -> int:
    """Where the decoder's configuration begins in a video's sample entry."""
    inside = Box(entry.kind, entry.body + _VISUAL_ENTRY - HEADER_SIZE, entry.end)
    return child(init, kind, inside).body


_CODECS: Final = {b"avc1": _avc, b"av01": _av1}
"""By the kind of a sample entry, what reads the codec string from it."""


def _fragments(file: BinaryIO) -> Iterator[ScannedFragment]:
    """Complete fragments, up to the first that is not."""
    while True:
        start = file.tell()
        try:
            header = _read_box(file, b"moof")
            size = _size_of(file, b"mdat")
        except FragmentError:
            return
        end = start + len(header) + size
        if file.seek(0, 2) < end:
            return
        yield ScannedFragment(start, end, header, read_samples(header))
        file.seek(end)


def _read_box(file: BinaryIO, kind: bytes) -> bytes:
    size = _size_of(file, kind)
    data = file.read(size)
    if len(data) != size:
        raise FragmentError(f"A {kind.decode()} box is cut short.")
    return data


def _size_of(file: BinaryIO, kind: bytes) -> int:
    """The size of the next box; the file's position stays before it."""
    at = file.tell()
    size, found = read_header(file.read(HEADER_SIZE))
    if found != kind:
        raise FragmentError(f"There is a {found!r} box where a {kind.decode()} should be.")
    file.seek(at)
    return size


def _u32(data: bytes, at: int) -> int:
    (number,) = unpack_from(">I", data, at)
    return int(number)
