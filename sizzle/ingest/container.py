"""What kind of media file one is, by its first bytes and never by its name.

Left to guess, ffmpeg takes a text for a playlist and opens the files that it names. So the demuxer
is always forced, and only those are used that read one file by itself.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from sizzle.errors import MediaError

_HEAD: Final = 1024  # bytes
_KINDS: Final = (
    ("mov", re.compile(rb"....(?:ftyp|moov|mdat|wide|free|skip)", re.DOTALL)),
    ("matroska", re.compile(rb"\x1a\x45\xdf\xa3")),
    ("mxf", re.compile(rb"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02")),
    ("avi", re.compile(rb"RIFF....AVI ", re.DOTALL)),
    ("wav", re.compile(rb"RIFF....WAVE|RF64....WAVE", re.DOTALL)),
    ("mpegts", re.compile(rb"\x47.{187}\x47.{187}\x47", re.DOTALL)),
    ("aiff", re.compile(rb"FORM....AIF[FC]", re.DOTALL)),
    ("flac", re.compile(rb"fLaC")),
    ("ogg", re.compile(rb"OggS")),
    ("mp3", re.compile(rb"ID3|\xff[\xfb\xf3\xf2]")),
)


def demuxer_of(path: Path) -> str:
    """The ffmpeg demuxer that reads a media file.

    Raises:
        MediaError: the file is absent, or of no kind that we read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise MediaError(
            f"It cannot be read: {error.strerror}.", where=str(path), fix="check the path."
        ) from error
    for demuxer, start in _KINDS:
        if start.match(head):
            return demuxer
    raise MediaError(
        "It is no media file of a kind that we read.",
        where=str(path),
        fix="export it as MP4, MOV, MXF or MKV, and sound as WAV or M4A.",
    )


def safe_options(demuxer: str) -> dict[str, str]:
    """The options under which ffmpeg's libraries open the one file they are given, and no other."""
    return {"format_whitelist": demuxer, "protocol_whitelist": "file"}
