"""Engagement: which reels were shown, what became of them, and the figures of both.

What reads or writes events needs the exposures and their outcomes; the figures, and reels as they
are answered, are in modules of their own, which take longer to load.
"""

from sizzle.engagement.exposure import (
    CERTAIN,
    SITTING,
    Exposure,
    Probabilities,
    exposure_key,
    to_record,
)
from sizzle.engagement.outcome import (
    FRAMES_BYTES,
    PLAYED,
    REEL_TYPES,
    TOLERANCE,
    WINDOW,
    Outcome,
    Unused,
    pack,
    unpack,
)

__all__ = [
    "CERTAIN",
    "FRAMES_BYTES",
    "PLAYED",
    "REEL_TYPES",
    "SITTING",
    "TOLERANCE",
    "WINDOW",
    "Exposure",
    "Outcome",
    "Probabilities",
    "Unused",
    "exposure_key",
    "pack",
    "to_record",
    "unpack",
]
