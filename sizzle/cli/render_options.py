"""Options of rendering that verifying shares."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from sizzle.errors import InputError

AudioChoice = Literal["bed", "clips", "mix"]
LoudnessChoice = Literal["-23", "-14"]


def read_size(text: str) -> tuple[int, int]:
    """Width and height from `640x360`. Raises InputError: it is none, or beyond all limits."""
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal() and len(text) < 12):
        raise InputError(f"{text!r} is not a picture size.", fix="write it as 640x360.")
    size = int(width), int(height)
    if not all(16 <= length <= 8192 for length in size):
        raise InputError(f"Cannot render at {text}.", fix="use 16 to 8192 pixels.")
    return size


def read_fade(seconds: float | None) -> Fraction | None:
    """Seconds of a fade, exactly as they were given."""
    return None if seconds is None else Fraction(seconds)
