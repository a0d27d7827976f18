"""Opens untrusted media safely.

ffmpeg guesses the format of a file from its content, and some formats are lists of other files: an
`ffconcat` text named `film.mp4` makes it open any file of this machine, even if only the protocol
`file` is allowed. So the format is determined here, by the file's first bytes, among those that
editors export, and ffmpeg may read it as nothing else. The properties in its headers are checked
against limits before anything is decoded.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sizzle.errors import MediaError

if TYPE_CHECKING:
    from av.container import InputContainer

_HEAD = 4096  # bytes that determine the format
# Bytes before the first packet of a transport stream, and from one to the next: plain, and with a
# time before each as on Blu-ray discs and in AVCHD cameras (`.m2ts`).
_TS_FORMS: Final = ((0, 188), (4, 192))

# The demuxer's name in ffmpeg, the offset of the bytes that identify the format, and those bytes.
_KINDS: Final = (
    ("mov", 4, (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")),
    ("matroska", 0, (b"\x1a\x45\xdf\xa3",)),
    ("wav", 0, (b"RIFF", b"RF64")),
    ("aiff", 0, (b"FORM",)),
    ("w64", 0, (b"riff\x2e\x91\xcf\x11",)),
    ("caf", 0, (b"caff",)),
    ("mxf", 0, (b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02",)),
    ("flac", 0, (b"fLaC",)),
    ("ogg", 0, (b"OggS",)),
    ("mp3", 0, (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    ("aac", 0, (b"\xff\xf1", b"\xff\xf9")),
    ("mpeg", 0, (b"\x00\x00\x01\xba",)),
)
_INSIDE: Final = {"wav": b"WAVE", "aiff": b"AIF"}
_AVI: Final = b"AVI "


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """The largest values that the headers of a media file may state.

    Attributes:
        pixels: of a picture.
        seconds: of duration.
        streams: of all kinds.
        patience: seconds to wait for the headers, and for each read.
    """

    pixels: int = 64_000_000  # above 8K
    seconds: float = 24 * 3600.0
    streams: int = 64
    patience: float = 60.0


STANDARD: Final = MediaLimits()


def demuxer_of(path: Path) -> str:
    """The ffmpeg demuxer for a file, by the file's first bytes.

    Raises:
        MediaError: it is missing, cannot be read, or has an unsupported format.
    """
    try:
        head = _head(path)
    except OSError as error:
        raise unreadable(path, error) from error
    kind = _kind(head)
    if kind is None:
        raise MediaError(
            "It cannot be read: its content is in no supported media format, whatever its name.",
            where=str(path),
            fix="export MOV, MP4, MXF, Matroska, MPEG, WAV, AIFF, FLAC, Ogg, MP3 or AAC.",
        )
    return kind


def input_options(path: Path) -> Mapping[str, str]:
    """Options of ffmpeg to give before `-i`: the file's format, and to open no other file.

    Raises:
        MediaError: as `demuxer_of`.
    """
    demuxer = demuxer_of(path)
    return {"f": demuxer, "format_whitelist": _name(demuxer), "protocol_whitelist": "file"}


@contextmanager
def opened(path: Path, limits: MediaLimits = STANDARD) -> Iterator[InputContainer]:
    """A media file opened with PyAV and checked against limits; nothing is decoded yet.

    Args:
        path: of a local file.
        limits: of its properties.

    Raises:
        MediaError: it is missing, cannot be read, has an unsupported format or exceeds a limit;
            and from the block, what ffmpeg cannot read.
    """
    import av  # only where media is read: importing it costs 100 ms

    demuxer = demuxer_of(path)
    options = {"format_whitelist": _name(demuxer), "protocol_whitelist": "file"}
    patience = (limits.patience, limits.patience)
    try:
        with av.open(
            str(path.absolute()), format=demuxer, options=options, timeout=patience
        ) as container:
            _check(path, container, limits)
            yield container
    except (av.FFmpegError, OSError) as error:
        raise MediaError(
            f"It cannot be read as media: {error.strerror or error}.",
            where=str(path),
            fix="check that the file exists, is complete and plays.",
        ) from error


def unreadable(path: Path, error: OSError) -> MediaError:
    """The error for a file that is missing or cannot be opened."""
    missing = isinstance(error, FileNotFoundError)
    why = "the file does not exist" if missing else error.strerror
    return MediaError(f"It cannot be read: {why}.", where=str(path), fix="check the path.")


def _head(path: Path) -> bytes:
    """The first bytes of a regular file: a pipe would be waited for. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        return file.read(_HEAD)


def _kind(head: bytes) -> str | None:
    for name, at, marks in _KINDS:
        marked = any(head.startswith(mark, at) for mark in marks)
        if marked and head.startswith(_INSIDE.get(name, b""), 8):
            return name
    if head.startswith(b"RIFF") and head.startswith(_AVI, 8):
        return "avi"
    return "mpegts" if any(_is_transport(head, *form) for form in _TS_FORMS) else None


def _is_transport(head: bytes, before: int, packet: int) -> bool:
    """Whether each packet begins with the byte by which decoders find packets."""
    first = head[before::packet][:8]
    return len(first) == 8 and set(first) == {0x47}


def _name(demuxer: str) -> str:
    """The full name of a demuxer, as whitelists need it."""
    full = {"mov": "mov,mp4,m4a,3gp,3g2,mj2", "matroska": "matroska,webm"}
    return full.get(demuxer, demuxer)


def _check(path: Path, container: InputContainer, limits: MediaLimits) -> None:
    count = len(container.streams)
    if count > limits.streams:
        raise _beyond(path, f"It has {count} streams", f"{limits.streams}")
    if container.duration is not None and container.duration / 1e6 > limits.seconds:
        raise _beyond(path, f"It lasts {container.duration / 1e6:.0f} s", f"{limits.seconds:g} s")
    for stream in container.streams.video:
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > limits.pixels:
            raise _beyond(
                path, f"Its picture has {width} by {height} pixels", f"{limits.pixels} pixels"
            )


def _beyond(path: Path, what: str, most: str) -> MediaError:
    return MediaError(f"{what}; the limit is {most}.", where=str(path), fix="export it smaller.")
