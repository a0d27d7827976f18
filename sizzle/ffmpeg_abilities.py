"""The abilities that we need of an ffmpeg, and whether one has them, by what it prints.

Builds differ: distributions leave encoders out, and versions have other options and defaults. An
ffmpeg that lacks something is refused before any work; otherwise it could fail hours later, or make
files that look right and do not play in sync.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sizzle.errors import SizzleError

OLDEST: Final = (5, 1)
"""The oldest version that was tried: the tests pass with 5.1.9, 7.0.2 and the pinned one."""

_OLDEST_LIBAVFORMAT: Final = (59, 27)  # of version 5.1: builds between releases have only this
_SHOWN = 8  # missing abilities that a message lists

QUESTIONS: Final = {
    "version": ("-version",),
    "options": ("-h", "full"),
    "encoders": ("-encoders",),
    "muxers": ("-muxers",),
    "filters": ("-filters",),
}
"""The arguments that make ffmpeg print what it can do, by what the answer holds."""

_OPTIONS: Final = (
    "autorotate",  # off, since versions differ in what they turn and mirror
    "fps_mode",  # each frame once, whatever ffmpeg thinks of its time
    "force_key_frames",  # by frame number, where fragments begin
    "progress",
    "format_whitelist",  # a file is read as what it is, and opens no other
    "protocol_whitelist",
    "max_pixels",
    "movie_timescale",  # edit lists in the ticks of the track, so that nothing is rounded
    "video_track_timescale",
    "frag_duration",
    "forced-idr",
    "use_editlist",  # by which players show frame 0, and hear sample 0, at time 0
)
_FLAGS: Final = ("cmaf", "delay_moov", "skip_trailer", "frag_keyframe", "faststart", "cgop")
_NAMED: Final = {
    "encoders": ("libx264", "aac", "mjpeg", "pcm_f32le", "rawvideo"),
    "muxers": ("mp4", "mov", "ipod", "wav", "f32le", "rawvideo", "image2pipe", "null"),
    "filters": (
        *("aformat", "afade", "alimiter", "aloop", "ametadata", "amix", "apad", "aresample"),
        *("asetpts", "asplit", "atrim", "colorspace", "ebur128", "format", "hflip"),
        *("scale", "select", "setparams", "setpts", "setsar", "settb", "sidechaincompress"),
        *("split", "transpose", "trim", "vflip", "volume"),
    ),
}

_RELEASE = re.compile(r"^ffmpeg version n?(\d+)\.(\d+)")
_LIBAVFORMAT = re.compile(r"^libavformat\s+(\d+)\.\s*(\d+)\.", re.MULTILINE)
_OPTION = re.compile(r"^\s*-([\w-]+)", re.MULTILINE)
_FLAG = re.compile(r"^ {5}(\w+) ", re.MULTILINE)
_ROW = re.compile(r"^ +[A-Z.|]+ +([\w,-]+) ", re.MULTILINE)


class FfmpegError(SizzleError):
    """An ffmpeg that does not exist, or that lacks an ability."""

    status = 500
    slug = "unsuitable-ffmpeg"
    title = "Unusable ffmpeg"


@dataclass(frozen=True, slots=True)
class Build:
    """An ffmpeg build.

    Attributes:
        version: as printed, such as `5.1.9-0+deb12u1`.
        missing: the abilities that it lacks and everything needs, each as a phrase.
        encoders: the names of all that it has.
    """

    version: str
    missing: tuple[str, ...]
    encoders: frozenset[str]


def read_build(printed: Mapping[str, str]) -> Build:
    """Read what an ffmpeg printed.

    Args:
        printed: its answers, by the names of `QUESTIONS`.
    """
    words = printed["version"].split(maxsplit=3)
    version = words[2] if words[:2] == ["ffmpeg", "version"] else "unknown"
    return Build(version, tuple(_missing(printed)), _names(printed["encoders"]))


def check(build: Build, path: str, fix: str, encoders: Sequence[str] = ()) -> None:
    """Refuse an ffmpeg that lacks something.

    Args:
        build: what it is.
        path: where it is; named in the error.
        fix: how to use another.
        encoders: that are needed too.

    Raises:
        FfmpegError: it is too old, or lacks an option, encoder, muxer or filter.
    """
    wanted = [f"encoder {name}" for name in encoders if name not in build.encoders]
    missing = [*build.missing, *wanted]
    if not missing:
        return
    shown = ", ".join(missing[:_SHOWN])
    more = len(missing) - _SHOWN
    raise FfmpegError(
        f"This is ffmpeg {build.version}, which lacks: {shown}"
        f"{f' and {more} more' if more > 0 else ''}.",
        where=path,
        fix=fix,
    )


def _missing(printed: Mapping[str, str]) -> Iterator[str]:
    if not _is_new_enough(printed["version"]):
        yield f"version {OLDEST[0]}.{OLDEST[1]} or newer"
    options = set(_OPTION.findall(printed["options"]))
    yield from (f"option -{name}" for name in _OPTIONS if name not in options)
    flags = set(_FLAG.findall(printed["options"]))
    yield from (f"flag {name}" for name in _FLAGS if name not in flags)
    for kind, names in _NAMED.items():
        there = _names(printed[kind])
        yield from (f"{kind[:-1]} {name}" for name in names if name not in there)


def _names(printed: str) -> frozenset[str]:
    """What a list names. A row may give one thing several names: `mov,mp4`."""
    return frozenset(name for row in _ROW.findall(printed) for name in row.split(","))


def _is_new_enough(text: str) -> bool:
    release, library = _RELEASE.search(text), _LIBAVFORMAT.search(text)
    if release is not None:
        return (int(release[1]), int(release[2])) >= OLDEST
    return library is not None and (int(library[1]), int(library[2])) >= _OLDEST_LIBAVFORMAT
