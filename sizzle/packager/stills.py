"""Stills: pictures of clips, made once, for messages that are kept for years.

    <root>/stills/3f/3fa9….jpg           a picture, named by a digest of its bytes
    <root>/<package id>/stills.json      which pictures the clips of a package have

A picture's name says what it holds, so its address holds the same bytes for ever, also after the
package is removed: the pictures of all packages are kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from sizzle.clips import Clip, Index
from sizzle.errors import NotFoundError
from sizzle.files import write_text
from sizzle.hls import SegmentMap
from sizzle.packager.errors import PackageError
from sizzle.packager.folder import STILLS

if TYPE_CHECKING:
    from sizzle.packager.still_frames import StillFrames

WIDTHS: Final = (320, 640, 1280)
"""In pixels, for lists, notifications and mails; none is wider than the package's video."""

_FILE: Final = "stills.json"
_FORMAT: Final = 1  # raised when other frames are chosen, or other sizes made
_NAME_DIGITS: Final = 32
_NAME: Final = re.compile(rf"[0-9a-f]{{{_NAME_DIGITS}}}", re.ASCII)


class ClipStills(msgspec.Struct, frozen=True):
    """The pictures of a clip.

    Attributes:
        frame: of the asset's media, which they show.
        names: of the pictures, by width in pixels.
    """

    frame: int
    names: dict[int, str]


class Stills(msgspec.Struct, frozen=True):
    """The pictures of a package's clips.

    Attributes:
        format: of this file.
        width: of the widest.
        height: of the widest.
        clips: by clip key.
    """

    format: int
    width: int
    height: int
    clips: dict[str, ClipStills]

    def name(self, clip_key: str, width: int) -> str | None:
        """The smallest picture of a clip that is at least so wide, or else its widest."""
        names = self.names(clip_key)
        wide = [name for name in names if name >= width]
        return names.get(min(wide, default=max(names, default=0)))

    def names(self, clip_key: str) -> Mapping[int, str]:
        """All pictures of a clip, by width; empty where there are none."""
        clip = self.clips.get(clip_key)
        return clip.names if clip is not None else {}


def make_stills(root: Path, folder: Path, segment_map: SegmentMap, index: Index) -> bool:
    """Make the stills of a complete package, unless it has them all.

    Args:
        root: the folder of all packages.
        folder: of the package.
        segment_map: of the package.
        index: of its clips.

    Returns:
        Whether they were made.

    Raises:
        PackageError: the package's video cannot be decoded.
        InputError: the folder cannot be written to.
    """
    known = read_stills(folder)
    if known is not None and _are_there(root, known):
        return False
    # It loads PyAV: 16 MB that a service, which only reads stills, does not need.
    from sizzle.packager.still_frames import StillFrames

    with StillFrames(folder, segment_map, WIDTHS) as frames:
        clips = {
            clip.key: _clip_stills(root, clip, frames)
            for title in index.titles
            for clip in index.clips_of(title.title_id)
        }
    os.sync()  # all pictures at once, before what names them
    stills = Stills(_FORMAT, frames.width, frames.height, clips)
    write_text(folder / _FILE, msgspec.json.encode(stills).decode())
    return True


def read_stills(folder: Path) -> Stills | None:
    """The stills of a package; None where it has none, as it was made by an earlier version."""
    try:
        stills = msgspec.json.decode((folder / _FILE).read_bytes(), type=Stills)
    except (OSError, msgspec.MsgspecError):
        return None
    return stills if stills.format == _FORMAT else None


def _are_there(root: Path, stills: Stills) -> bool:
    """Whether all pictures are there: a package may have been copied without them."""
    names = (name for clip in stills.clips.values() for name in clip.names.values())
    return all(_path(root, name).exists() for name in names)


def still_path(root: Path, name: str) -> Path:
    """The file of a still.

    Raises:
        NotFoundError: there is none of that name.
    """
    path = _path(root, name) if _NAME.fullmatch(name) else None
    if path is None or not path.is_file():
        raise NotFoundError(f"There is no still {name[:40]!r}.", fix="use an address as it came.")
    return path


def _path(root: Path, name: str) -> Path:
    return root / STILLS / name[:2] / f"{name}.jpg"


def _clip_stills(root: Path, clip: Clip, frames: StillFrames) -> ClipStills:
    frame, pictures = frames.of(clip)
    return ClipStills(frame, {width: _kept(root, data) for width, data in pictures.items()})


def _kept(root: Path, data: bytes) -> str:
    """Write a picture, unless it is there whole; returns its name."""
    name = sha256(data).hexdigest()[:_NAME_DIGITS]
    path = _path(root, name)
    try:
        if not path.exists() or path.stat().st_size != len(data):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_suffix(f".{os.getpid()}")
            temporary.write_bytes(data)
            temporary.replace(path)
    except OSError as error:
        raise PackageError(
            f"A still cannot be written: {error.strerror}.", where=str(path), fix="check the path."
        ) from error
    return name
