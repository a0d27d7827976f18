"""What an editor may ask of a film beyond the reel itself."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

Audio = Literal["bed", "clips", "mix"]
"""The bed alone, the clips' own audio alone, or the clips over a bed that gives way to them."""


@dataclass(frozen=True, slots=True)
class ReelMedia:
    """What a reel is made from.

    Attributes:
        video: the Mega Asset's media. Cuts that start on a key frame and end on a closed GOP are
            copied; elsewhere the frames next to the cut are encoded.
        bed: any file whose first audio track is the music.
        aac: the same music as AAC, where it has been encoded, to be copied.
    """

    video: Path
    bed: Path
    aac: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How to make a film.

    Attributes:
        reencode: encode every frame, even where it could be copied.
        size: width and height of the film in pixels, or None for the media's own; where its shape
            differs, black fills the rest.
        burn_in: write timecodes and clip key over each frame.
        title_cards: name the title where one begins.
        audio: what to hear.
        fade: seconds over which the sound fades at the end.
        loudness: integrated loudness in LUFS by EBU R128, or None to leave it as it is.
    """

    reencode: bool = False
    size: tuple[int, int] | None = None
    burn_in: bool = False
    title_cards: bool = False
    audio: Audio = "bed"
    fade: Fraction = Fraction(0)
    loudness: float | None = None

    @property
    def draws(self) -> bool:
        """Whether every frame has to be encoded."""
        return self.reencode or self.size is not None or self.burn_in or self.title_cards

    @property
    def keeps_the_bed(self) -> bool:
        """Whether the bed is heard as it is."""
        return self.audio == "bed" and not self.fade and self.loudness is None


PLAIN = Settings()
