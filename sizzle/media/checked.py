"""Media that came through the gate, or the error that says why it did not."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from sizzle.errors import MediaError
from sizzle.media.facts import AudioFacts, VideoFacts
from sizzle.media.gate import Problem, audio_problems, video_problems
from sizzle.media.probe import probe_audio, probe_video


def checked_video(path: Path, *, whole: bool = True) -> VideoFacts:
    """The facts of a video that can be used.

    Args:
        path: of the file.
        whole: as for `probe_video`.

    Raises:
        MediaError: it cannot be read, or has a problem.
    """
    facts = probe_video(path, whole=whole)
    refuse(path, video_problems(facts))
    return facts


def checked_audio(path: Path) -> AudioFacts:
    """The facts of music that can be used, without its length.

    Raises:
        MediaError: it cannot be read, or has a problem.
    """
    facts = probe_audio(path, whole=False)
    refuse(path, audio_problems(facts))
    return facts


def checked_length(path: Path) -> Fraction:
    """The exact length of music that can be used, in seconds. Raises as `checked_audio`."""
    checked_audio(path)
    return probe_audio(path).seconds or Fraction(0)


def refuse(path: Path, problems: Sequence[Problem]) -> None:
    """Raises MediaError: there is a problem."""
    for problem in problems:
        others = "".join(f" {other.what}" for other in problems[1:])
        raise MediaError(f"{problem.what}{others}", where=str(path), fix=problem.fix)
