"""Reads the edit lists of a film's tracks (ISO/IEC 14496-12, 8.6.6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import unpack_from
from typing import BinaryIO

from sizzle.hls.boxes import HEADER_SIZE, Box, boxes, child
from sizzle.hls.errors import FragmentError

_MOST_HEADERS = 64 * 2**20  # bytes of `moov`; a film of a day has about ten
_EMPTY = -1
_NORMAL_SPEED = 0x10000
_KINDS = {"vide": "video", "soun": "audio"}


@dataclass(frozen=True, slots=True)
class Edit:
    """One entry: `duration` in the movie's ticks, `start` in the track's; -1 is an empty edit."""

    duration: int
    start: int
    speed: int


@dataclass(frozen=True, slots=True)
class EditList:
    """The edit list of a track, whose `kind` is `video`, `audio` or another handler type."""

    kind: str
    entries: tuple[Edit, ...]

    def problems(self) -> Iterator[str]:
        """What players disagree on."""
        if len(self.entries) > 1:
            yield f"{len(self.entries)} edits, where players agree only on one"
        for edit in self.entries:
            if edit.start == _EMPTY:
                yield "an empty edit, which delays the track"
            if edit.speed != _NORMAL_SPEED:
                yield f"an edit at {edit.speed / _NORMAL_SPEED:g} times normal speed"


def read_edit_lists(film: Path) -> list[EditList] | None:
    """The edit lists of an MP4 or MOV file; None where it is neither, or broken."""
    try:
        with film.open("rb") as file:
            moov = _moov(file)
        if moov is None:
            return None
        tracks = [box for box in boxes(moov, HEADER_SIZE) if box.kind == b"trak"]
        return [_edit_list(moov, track) for track in tracks]
    except (OSError, FragmentError):
        return None


def _moov(file: BinaryIO) -> bytes | None:
    """The `moov` box of a file, wherever it is."""
    while len(head := file.read(16)) >= HEADER_SIZE:
        size, kind = unpack_from(">I4s", head)
        if size == 1 and len(head) == 16:
            (size,) = unpack_from(">Q", head, HEADER_SIZE)
        if kind == b"moov" and HEADER_SIZE <= size <= _MOST_HEADERS:
            return head + file.read(size - len(head))
        if size < HEADER_SIZE:
            return None
        file.seek(size - len(head), 1)
    return None


def _edit_list(moov: bytes, track: Box) -> EditList:
    handler = child(moov, b"hdlr", child(moov, b"mdia", track))
    handler_type = moov[handler.body + 8 : handler.body + 12].decode("latin-1")
    kind = _KINDS.get(handler_type, handler_type)
    try:
        listed = child(moov, b"elst", child(moov, b"edts", track))
    except FragmentError:
        return EditList(kind, ())
    return EditList(kind, tuple(_entries(moov[listed.body : listed.end])))


def _entries(body: bytes) -> Iterator[Edit]:
    form, size = (">QqI", 20) if body[:1] == b"\x01" else (">IiI", 12)
    for at in range(8, len(body) - size + 1, size):
        yield Edit(*unpack_from(form, body, at))
