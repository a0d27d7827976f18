"""Engagement: which reels were shown, what became of them, and the figures of both."""

from sizzle.engagement.exposure import (
    CERTAIN,
    SITTING,
    Exposure,
    Probabilities,
    ShownReel,
    exposure_key,
    to_record,
)
from sizzle.engagement.figures import (
    MEASURES,
    CutFigures,
    ExposureRow,
    Figures,
    ShownKind,
    Tally,
    TitleFigures,
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
from sizzle.engagement.period import Period
from sizzle.engagement.treatments import Comparison, Treatments, compare_treatments, named

__all__ = [
    "CERTAIN",
    "FRAMES_BYTES",
    "MEASURES",
    "PLAYED",
    "REEL_TYPES",
    "SITTING",
    "TOLERANCE",
    "WINDOW",
    "Comparison",
    "CutFigures",
    "Exposure",
    "ExposureRow",
    "Figures",
    "Outcome",
    "Period",
    "Probabilities",
    "ShownKind",
    "ShownReel",
    "Tally",
    "TitleFigures",
    "Treatments",
    "Unused",
    "compare_treatments",
    "exposure_key",
    "named",
    "pack",
    "to_record",
    "unpack",
]
