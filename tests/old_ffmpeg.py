"""Programs that look like an ffmpeg, for tests of which one is used and which is refused."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from sizzle import process

_OLD = """#!/bin/sh
echo "$@" >> "$0.used"
case "$*" in
*-version*) echo "ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright (c) 2000-2021"
  echo "libavformat    58. 76.100 / 58. 76.100" ;;
*-encoders*) echo " V....D mjpeg                MJPEG (Motion JPEG)" ;;
*-muxers*) echo "  E mp4             MP4 (MPEG-4 Part 14)" ;;
*-filters*) echo " ..C scale             V->V       Scale the input video size." ;;
*full*) echo "-vsync              set video sync method globally" ;;
*) echo "Unrecognized option 'fps_mode'." >&2; exit 1 ;;
esac
"""


_CHANGING = """#!{python} -IS
import os, sys
options, changed = sys.argv[1:], {changed}
for place, option in enumerate(options[:-1]):
    if option in changed:
        options[place + 1] = changed[option]
os.execv({ffmpeg!r}, [{ffmpeg!r}, *options])
"""


def write_changing(folder: Path, changed: Mapping[str, str]) -> Path:
    """An ffmpeg that has all abilities, and takes other values for some options than it is given.

    Args:
        folder: where to write it.
        changed: values by option, such as `{"-use_editlist": "0"}`.
    """
    path = folder / "ffmpeg"
    ffmpeg = process.ffmpeg()
    path.write_text(_CHANGING.format(python=sys.executable, changed=dict(changed), ffmpeg=ffmpeg))
    path.chmod(0o755)
    return path


_LACKING = """#!/bin/sh
case "$*" in
*-encoders*) {ffmpeg} "$@" | grep -v {encoder}; exit ;;
esac
exec {ffmpeg} "$@"
"""


def write_without(folder: Path, encoder: str) -> Path:
    """An ffmpeg without one encoder."""
    path = folder / "ffmpeg"
    path.write_text(_LACKING.format(ffmpeg=process.ffmpeg(), encoder=encoder))
    path.chmod(0o755)
    return path


def write_old(folder: Path) -> Path:
    """A program named `ffmpeg` that says it is 4.4, has next to nothing, and fails at any work.

    What it is called with is noted in `ffmpeg.used` beside it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ffmpeg"
    path.write_text(_OLD)
    path.chmod(0o755)
    return path
