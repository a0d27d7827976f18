"""The limits of editors' uploads and jobs."""

from __future__ import annotations

from dataclasses import dataclass

_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class JobLimits:
    """Sizes in bytes, times in seconds.

    Attributes:
        timeline: the largest timeline.
        layout: the largest layout policy.
        sheet: the largest sheet of titles or clips.
        queued: jobs that may wait; further uploads are refused for a while.
        running: jobs that run at once, in all processes together.
        attempts: how often a job may crash its process before it fails.
        upload_time: in which an upload must be complete.
        job_time: that a job may take.
        kept: finished jobs that are kept; older ones are removed.
        kept_for: how long a finished job is kept.
        pixels: the largest picture that is decoded.
        frames: the longest media that is decoded.
        cached_frames: pictures of frames that are kept.
    """

    timeline: int = 256 << 20
    layout: int = 64 << 10
    sheet: int = 4 << 20
    queued: int = 32
    running: int = 2
    attempts: int = 2
    upload_time: float = 600.0
    job_time: float = 900.0
    kept: int = 500
    kept_for: float = 30 * _DAY
    pixels: int = 8192 * 4352
    frames: int = 24 * 3600 * 60
    cached_frames: int = 5000
