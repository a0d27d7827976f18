"""Media from others, opened with no more trust than it needs.

ffmpeg guesses what a file is from its content, and some of what it knows are lists of other files:
an `ffconcat` text that is called `film.mp4` makes it open any file of this machine, although only
the protocol `file` is allowed. So it is told what the file is, by its first bytes, of the kinds
that editors export; and that it may be nothing else. What the file says of itself is held against
limits before anything of it is decoded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sizzle.errors import MediaError

if TYPE_CHECKING:
    from av.container import InputContainer

_HEAD = 4096  # bytes that tell what a file is
_TS_PACKET = 188

# The demuxer's name in ffmpeg, the first bytes of such a file, and where in it they are.
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
    """What a media file may be, by what it says of itself.

    Attributes:
        pixels: of a picture.
        seconds: of its length.
        streams: how many.
        patience: seconds until it must have said so, and until each read must have come.
    """

    pixels: int = 64_000_000  # above 8K
    seconds: float = 24 * 3600.0
    streams: int = 64
    patience: float = 60.0


STANDARD: Final = MediaLimits()


def demuxer_of(path: Path) -> str:
    """What ffmpeg is to read a file with, by the file's first bytes.

    Raises:
        MediaError: absent, unreadable, or of none of the kinds that are taken.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise MediaError(
            f"It cannot be read: {error.strerror}.", where=str(path), fix="check the path."
        ) from error
    kind = _kind(head)
    if kind is None:
        raise MediaError(
            "It cannot be read: it is media of no kind that is taken, whatever it is called.",
            where=str(path),
            fix="export MOV, MP4, MXF, Matroska, MPEG, WAV, AIFF, FLAC, Ogg, MP3 or AAC.",
        )
    return kind


def input_options(path: Path) -> Mapping[str, str]:
    """Options for ffmpeg to stand in front of `-i`: what the file is, and that it opens no other.

    Raises:
        MediaError: as `demuxer_of`.
    """
    demuxer = demuxer_of(path)
    return {"f": demuxer, "format_whitelist": _name(demuxer), "protocol_whitelist": "file"}


@contextmanager
def opened(path: Path, limits: MediaLimits = STANDARD) -> Iterator[InputContainer]:
    """A media file opened with PyAV, held against limits; nothing of it is decoded yet.

    Args:
        path: of a local file.
        limits: what it may be.

    Raises:
        MediaError: absent, unreadable, of no kind that is taken, or beyond a limit; and from the
            block, what ffmpeg cannot read.
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
            fix="check that the file is there, is whole and plays.",
        ) from error


def _kind(head: bytes) -> str | None:
    for name, at, marks in _KINDS:
        marked = any(head.startswith(mark, at) for mark in marks)
        if marked and head.startswith(_INSIDE.get(name, b""), 8):
            return name
    if head.startswith(b"RIFF") and head.startswith(_AVI, 8):
        return "avi"
    packets = head[::_TS_PACKET][:8]
    return "mpegts" if len(packets) == 8 and set(packets) == {0x47} else None


def _name(demuxer: str) -> str:
    """The full name of a demuxer: a whitelist is of those."""
    full = {"mov": "mov,mp4,m4a,3gp,3g2,mj2", "matroska": "matroska,webm"}
    return full.get(demuxer, demuxer)


def _check(path: Path, container: InputContainer, limits: MediaLimits) -> None:
    said = len(container.streams)
    if said > limits.streams:
        raise _beyond(path, f"It has {said} streams", f"{limits.streams}")
    if container.duration is not None and container.duration / 1e6 > limits.seconds:
        raise _beyond(
            path, f"It says that it lasts {container.duration / 1e6:.0f} s", f"{limits.seconds:g} s"
        )
    for stream in container.streams.video:
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > limits.pixels:
            raise _beyond(
                path, f"Its picture has {width} by {height} pixels", f"{limits.pixels} pixels"
            )


def _beyond(path: Path, what: str, most: str) -> MediaError:
    return MediaError(
        f"{what}; at most {most} are taken.", where=str(path), fix="export it smaller."
    )
