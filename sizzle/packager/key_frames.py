"""Tells an encoder where to put key frames: by frame number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sizzle.errors import InputError

_LONGEST: Final = 128 * 1024 - 1  # bytes of one argument that Linux hands to a program


def key_frame_expression(starts: Sequence[int], step: int) -> str:
    """The value of ffmpeg's `-force_key_frames` that forces key frames at exactly these frames.

    Times would do for most media, but ffmpeg rounds them to microseconds and compares them to the
    frames' own rounded times: the key frame may come a frame late.

    Args:
        starts: numbers of frames, ascending from 0, at most `step` apart.
        step: frames from one to the next wherever nothing else is wanted.

    Raises:
        InputError: they are so irregular that no program can be given them all.
    """
    runs = [
        start
        for start, before in zip(starts, (None, *starts), strict=False)
        if before is None or start - before != step
    ]
    expression = f"expr:{_search(runs, step)}"
    if len(expression) > _LONGEST:
        raise InputError(
            f"The distance of {len(runs)} clips from the one before is not a multiple of {step} "
            "frames: their key frames do not fit on one command line.",
            fix=f"lay the clips out with gaps of multiples of {step} frames, or without gaps.",
        )
    return expression


def _search(runs: Sequence[int], step: int) -> str:
    """A binary search for the run that frame `n` is in: ffmpeg evaluates it for every frame."""
    if len(runs) == 1:
        # A run ends less than a step after its last key frame, so no more of its multiples follow.
        return f"eq(mod(n,{step}),{runs[0] % step})"
    middle = len(runs) // 2
    return f"if(lt(n,{runs[middle]}),{_search(runs[:middle], step)},{_search(runs[middle:], step)})"
