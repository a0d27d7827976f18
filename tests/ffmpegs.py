"""Programs that look like an ffmpeg, for tests of which one is used and which is refused."""

from __future__ import annotations

from pathlib import Path

_OLD = """#!/bin/sh
echo "$@" >> "$0.used"
case "$*" in
*-version*) echo "ffmpeg version 5.1.9-0+deb12u1 Copyright (c) 2000-2026 the FFmpeg developers"
  echo "libavformat    59. 27.100 / 59. 27.100" ;;
*-encoders*) echo " V....D mjpeg                MJPEG (Motion JPEG)" ;;
*-muxers*) echo "  E mp4             MP4 (MPEG-4 Part 14)" ;;
*-filters*) echo " ..C scale             V->V       Scale the input video size." ;;
*full*) echo "-vsync              set video sync method globally" ;;
*) echo "Unrecognized option 'fps_mode'." >&2; exit 1 ;;
esac
"""


def write_old(folder: Path) -> Path:
    """A program named `ffmpeg` that says it is 5.1, has next to nothing, and fails at any work.

    What it is called with is noted in `ffmpeg.used` beside it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ffmpeg"
    path.write_text(_OLD)
    path.chmod(0o755)
    return path
