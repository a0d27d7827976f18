"""Reads from a Matroska or WebM file's header what ffmpeg does not hand on (RFC 9559)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

_HEADER: Final = 1 << 20  # bytes from the start of a file, among which its tracks are listed

_SEGMENT: Final = 0x18538067
_TRACKS: Final = 0x1654AE6B
_TRACK_ENTRY: Final = 0xAE
_VIDEO: Final = 0xE0
_CROPPED: Final = frozenset({0x54AA, 0x54BB, 0x54CC, 0x54DD})  # bottom, top, left and right


def is_cropped(path: Path) -> bool:
    """Whether players are to leave out edges of a video track's pictures.

    False too where the file cannot be read; whoever decodes it says why.
    """
    try:
        with path.open("rb") as file:
            head = memoryview(file.read(_HEADER))
    except OSError:
        return False
    videos = _inside(head, _SEGMENT, _TRACKS, _TRACK_ENTRY, _VIDEO)
    return any(
        kind in _CROPPED and any(content) for video in videos for kind, content in _elements(video)
    )


def _inside(data: memoryview, *path: int) -> Iterator[memoryview]:
    """The contents of all elements at the end of a path of ids."""
    if not path:
        yield data
        return
    for kind, content in _elements(data):
        if kind == path[0]:
            yield from _inside(content, *path[1:])


def _elements(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Ids and contents, to the first that is damaged; the last one may be cut short."""
    at = 0
    while at < len(data):
        kind, at = _number(data, at, keeps_length=True)
        size, at = _number(data, at)
        if not kind or size is None:
            return
        yield kind, data[at : at + size]
        at += size


def _number(data: memoryview, at: int, *, keeps_length: bool = False) -> tuple[int | None, int]:
    """An integer whose leading zeros give its length, and where the next one starts.

    An unknown size, all ones, is larger than any file; None where the data ends.
    """
    if at >= len(data) or not data[at]:
        return None, at
    length = 9 - data[at].bit_length()
    if at + length > len(data):
        return None, at
    value = int.from_bytes(data[at : at + length], "big")
    return (value if keeps_length else value - (1 << 7 * length)), at + length
