"""Settings of a render: its media, and what to change or add."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from sizzle.clips import MediaDigest
from sizzle.media.digest import check_digest

Audio = Literal["bed", "clips", "mix"]
"""The bed alone, the clips' own audio alone, or the clips over the ducked bed."""


@dataclass(frozen=True, slots=True)
class ReelMedia:
    """The media that a reel is made from.

    Attributes:
        video: the Mega Asset's media. Cuts that start on a key frame and end on a closed GOP are
            copied; elsewhere, frames next to the cut are encoded.
        bed: any file whose first audio track is the music.
        aac: the same music, already encoded as AAC, to copy.
        video_digest: of the published video; None where that is not known.
        bed_digest: of the published bed; likewise.
    """

    video: Path
    bed: Path
    aac: Path | None = None
    video_digest: MediaDigest | None = None
    bed_digest: MediaDigest | None = None

    def check(self, asset_id: str, *, whole: bool = False) -> None:
        """Check that the files are those that were published.

        Args:
            asset_id: of the asset, named in errors.
            whole: whether all of them is read, not only samples.

        Raises:
            MediaError: one cannot be read, or is another.
        """
        check_digest(self.video, self.video_digest, f"the video of {asset_id}", whole=whole)
        check_digest(self.bed, self.bed_digest, f"a bed of {asset_id}", whole=whole)


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """How to make a film.

    Attributes:
        reencode: encode every frame, even where it could be copied.
        size: width and height of the film in pixels, or None for the media's own; where its aspect
            ratio differs, black bars fill the rest.
        burn_in: burn timecodes and the clip key into each frame.
        title_cards: show each title's name where it begins.
        audio: which audio to use.
        fade: seconds over which the sound fades at the end.
        loudness: integrated loudness in LUFS (EBU R128), or None to leave it unchanged.
    """

    reencode: bool = False
    size: tuple[int, int] | None = None
    burn_in: bool = False
    title_cards: bool = False
    audio: Audio = "bed"
    fade: Fraction = Fraction(0)
    loudness: float | None = None

    @property
    def encodes_all(self) -> bool:
        """Whether every frame has to be encoded."""
        return self.reencode or self.size is not None or self.burn_in or self.title_cards

    @property
    def bed_unchanged(self) -> bool:
        """Whether the audio is the unchanged bed."""
        return self.audio == "bed" and not self.fade and self.loudness is None


DEFAULTS = RenderSettings()
