"""The times of an MP4's or a QuickTime movie's frames, from its index: no frame is read.

All boxes are of ISO/IEC 14496-12.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import error, unpack_from
from typing import BinaryIO, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Times: TypeAlias = NDArray[np.int64]
"""Ticks, one a frame."""

_LARGEST_INDEX: Final = 1 << 28  # bytes: a day of video and audio has less
_MOST_FRAMES: Final = 24 * 3600 * 240
_PLAIN: Final = 1 << 16  # an edit's rate of 1
_UPRIGHT: Final = (1 << 16, 0, 0, 0, 1 << 16)  # the first entries of a matrix that turns nothing


class _UnreadableIndexError(Exception):
    """An index that is damaged, or of a kind that is not read here."""


@dataclass(frozen=True, slots=True)
class Mp4Times:
    """The first video track of a movie.

    Attributes:
        shown: the times of the frames that are shown, ascending; counted from the track's start.
        edits: pieces that the edit list plays; 1 without a list.
        retimed: whether one of them plays at another than normal speed.
        matrix: a, b, c and d by which the picture is turned; None where the movie turns it too.
        cropped: whether its clean aperture leaves out edges of the pictures.
    """

    shown: Times
    edits: int
    retimed: bool
    matrix: tuple[int, int, int, int] | None
    cropped: bool


def read_mp4_times(path: Path) -> Mp4Times | None:
    """Read the index of a movie; None where it has none that lists its frames, as in fragments."""
    try:
        with path.open("rb") as file:
            moov = _moov(file)
        return _times(moov)
    except (OSError, _UnreadableIndexError, error, ValueError, OverflowError):
        return None  # ffmpeg then reads the file, or says what is wrong with it


def _moov(file: BinaryIO) -> bytes:
    size = os.fstat(file.fileno()).st_size
    at = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16)
        length, kind = unpack_from(">I4s", head)
        begin = 8
        if length == 1:
            (length,), begin = unpack_from(">Q", head, 8), 16
        length = length or size - at
        if length < begin:
            break
        if kind == b"moov":
            if length > _LARGEST_INDEX:
                break
            file.seek(at + begin)
            return file.read(length - begin)
        at += length
    raise _UnreadableIndexError


def _children(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, kind = unpack_from(">I4s", data, at)
        if not 8 <= size <= len(data) - at:
            return  # a QuickTime list may end with zeros
        yield kind, data[at + 8 : at + size]
        at += size


def _child(data: bytes, *path: bytes) -> bytes | None:
    """The content of the first box at the end of a path of types."""
    for kind in path:
        found = next(
            (content for found_kind, content in _children(data) if found_kind == kind), None
        )
        if found is None:
            return None
        data = found
    return data


def _needed(data: bytes, *path: bytes) -> bytes:
    found = _child(data, *path)
    if found is None:
        raise _UnreadableIndexError
    return found


def _times(moov: bytes) -> Mp4Times:
    if _child(moov, b"mvex") is not None:
        raise _UnreadableIndexError  # the frames are listed in fragments
    track = next(
        filter(_is_video, (body for kind, body in _children(moov) if kind == b"trak")), b""
    )
    table = _needed(track, b"mdia", b"minf", b"stbl")
    times = _presented(table)
    edits = list(_edits(_child(track, b"edts", b"elst") or bytes(8)))
    played = [edit for edit in edits if edit[1] >= 0]  # others are empty: they wait
    if len(played) == 1:
        times = _inside(
            times, played[0], _timescale(moov, b"mvhd"), _timescale(track, b"mdia", b"mdhd")
        )
    retimed = any(rate != _PLAIN for _, _, rate in played)
    matrix, cropped = _matrix(moov, track), _is_cropped(_needed(table, b"stsd"))
    return Mp4Times(np.sort(times), max(1, len(played)), retimed, matrix, cropped)


def _matrix(moov: bytes, track: bytes) -> tuple[int, int, int, int] | None:
    movie, own = _needed(moov, b"mvhd"), _needed(track, b"tkhd")
    if unpack_from(">5i", movie, 48 if movie[0] else 36) != _UPRIGHT:
        return None
    a, b, _, c, d = unpack_from(">5i", own, 52 if own[0] else 40)
    return a, b, c, d


def _is_cropped(descriptions: bytes) -> bool:
    """Whether the first sample entry has a clean aperture smaller than its pictures."""
    for _, entry in _children(descriptions[8:]):
        aperture = _child(entry[78:], b"clap")
        if aperture is None:
            return False
        stored = unpack_from(">2H", entry, 24)
        width, across, height, down = unpack_from(">4I", aperture)
        return bool(width < stored[0] * across or height < stored[1] * down)
    return False


def _is_video(track: bytes) -> bool:
    handler = _child(track, b"mdia", b"hdlr")
    return handler is not None and handler[8:12] == b"vide"


def _presented(table: bytes) -> Times:
    """The time of each frame, in the order of decoding."""
    stts = _runs(_needed(table, b"stts"))
    counts, lasting = stts[:, 0], stts[:, 1]
    if counts.sum() > _MOST_FRAMES:
        raise _UnreadableIndexError
    steps = np.repeat(lasting, counts)
    times: Times = np.concatenate([[0], np.cumsum(steps)[:-1]]) if len(steps) else steps
    offsets = _child(table, b"ctts")
    if offsets is not None:
        runs = _runs(offsets)
        if runs[:, 0].sum() < len(times) or runs[:, 0].sum() > _MOST_FRAMES:
            raise _UnreadableIndexError
        # Signed in version 1, and read so in version 0 as well, as QuickTime writes it.
        signed = runs[:, 1].astype(np.uint32).view(np.int32).astype(np.int64)
        times = times + np.repeat(signed, runs[:, 0])[: len(times)]
    return times


def _runs(content: bytes) -> NDArray[np.int64]:
    """Pairs of a count and a value."""
    (count,) = unpack_from(">I", content, 4)
    if 8 + 8 * count > len(content):
        raise _UnreadableIndexError
    return np.frombuffer(content, ">u4", 2 * count, 8).reshape(-1, 2).astype(np.int64)


def _edits(elst: bytes) -> Iterator[tuple[int, int, int]]:
    """Duration in ticks of the movie, start in ticks of the track, and rate of each edit."""
    version, (count,) = elst[0], unpack_from(">I", elst, 4)
    layout, size = (">Qqi", 20) if version else (">Iii", 12)
    for number in range(count):
        duration, start, rate = unpack_from(layout, elst, 8 + number * size)
        yield duration, start, rate


def _inside(times: Times, edit: tuple[int, int, int], movie: int, track: int) -> Times:
    """The times of an edit, by the rule of ffmpeg, which reads the frames."""
    duration, start, _ = edit
    if not duration or not movie:
        return times[times >= start]
    end = start + (2 * duration * track + movie) // (2 * movie)
    return times[(times >= start) & (times < end)]


def _timescale(data: bytes, *path: bytes) -> int:
    header = _needed(data, *path)
    return int(unpack_from(">I", header, 20 if header[0] else 12)[0])
