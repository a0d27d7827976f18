"""What a media file is, as MediaInfo probes it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from pymediainfo import MediaInfo

from sizzle.errors import MediaError, TimecodeError
from sizzle.timecode import FrameRate

_Track = dict[str, Any]  # MediaInfo's fields, numbers as int, float or text


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """A video file: its exact rate, its frames and its picture size in pixels."""

    rate: FrameRate
    frames: int
    width: int
    height: int


def probe_video(path: Path) -> VideoFacts:
    """Probe a video file.

    Raises:
        MediaError: absent, no video in it, or one whose rate varies or is not said.
    """
    track = _first_track(path, "Video")
    if track.get("frame_rate_mode") == "VFR":
        raise MediaError(
            "The video's frame rate varies.", where=str(path), fix="export it at a constant rate."
        )
    try:
        rate = _rate(track)
        frames = int(track["frame_count"])
        return VideoFacts(rate, frames, int(track["width"]), int(track["height"]))
    except (KeyError, TypeError, ValueError, TimecodeError) as error:
        raise MediaError(
            "The video does not say its rate, frame count and size.",
            where=str(path),
            fix="wrap it in MP4 or MOV, or export it again.",
        ) from error


def probe_audio_seconds(path: Path) -> Fraction:
    """The exact duration of an audio file, in seconds.

    Raises:
        MediaError: absent, no audio in it, or one whose length is not said.
    """
    track = _first_track(path, "Audio")
    try:
        return Fraction(int(track["samples_count"]), int(track["sampling_rate"]))
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise MediaError(
            "The audio does not say how long it is.",
            where=str(path),
            fix="export it as WAV or M4A.",
        ) from error


def _rate(track: _Track) -> FrameRate:
    if "framerate_num" in track and "framerate_den" in track:
        return FrameRate.snapped(
            Fraction(int(str(track["framerate_num"])), int(str(track["framerate_den"])))
        )
    return FrameRate.parse(str(track["frame_rate"]))


def _first_track(path: Path, kind: str) -> _Track:
    if not path.is_file():
        raise MediaError("There is no such file.", where=str(path), fix="check the path.")
    try:
        tracks = MediaInfo.parse(path).tracks
    except (OSError, RuntimeError) as error:
        raise MediaError(
            f"It cannot be probed: {error}.", where=str(path), fix="export it again."
        ) from error
    for track in tracks:
        if track.track_type == kind:
            facts: _Track = track.to_data()
            return facts
    raise MediaError(
        f"There is no {kind.lower()} in it.",
        where=str(path),
        fix=f"name a file with {kind.lower()}.",
    )
