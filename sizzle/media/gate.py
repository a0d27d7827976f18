"""Which media can be used, and what is wrong with the rest: one answer for everything (pure).

What can be normalised without a choice to be made is no problem: see `normalised`. All else is
refused, with the reason and what to do, wherever media comes in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from sizzle.media import colours
from sizzle.media.facts import UNSPECIFIED, UPRIGHT, AudioFacts, Colours, Orientation, VideoFacts

ProblemKind: TypeAlias = Literal[
    "truncated",
    "no-times",
    "variable-rate",
    "edit-list",
    "orientation",
    "cropped",
    "tracks",
    "interlaced",
    "hdr",
    "colour",
    "channels",
]

_MOST_CHANNELS: Final = 8  # ffmpeg mixes no more down


@dataclass(frozen=True, slots=True)
class Problem:
    """Why media cannot be used.

    Attributes:
        kind: of problem.
        what: a sentence about the file.
        expected: what it should have, as a phrase.
        found: what it has, as a phrase.
        fix: what to do.
        frame: the first frame that it concerns, or None for all.
    """

    kind: ProblemKind
    what: str
    expected: str
    found: str
    fix: str
    frame: int | None = None


@dataclass(frozen=True, slots=True)
class Normalised:
    """How pictures are made what every player shows alike.

    Attributes:
        size: width and height, upright and in square pixels.
        orientation: how they are turned.
        colours: what they have, with every tag.
        target: what they are given.
    """

    size: tuple[int, int]
    orientation: Orientation
    colours: Colours
    target: Colours

    @property
    def changes_gamut(self) -> bool:
        """Whether the primaries are converted, not only the matrix."""
        return self.colours.primaries in colours.WIDE


def normalised(facts: VideoFacts) -> Normalised:
    """How the pictures of a video without problems are normalised."""
    own = colours.resolved(facts.colours, facts.stored)
    return Normalised(facts.size, facts.orientation or UPRIGHT, own, colours.target(own))


def video_problems(facts: VideoFacts) -> list[Problem]:
    """Why a video cannot be used; empty where it can."""
    return [*_problems_of_frames(facts), *_problems_of_pictures(facts)]


def audio_problems(facts: AudioFacts) -> list[Problem]:
    """Why a file's audio cannot be used as music; empty where it can."""
    if facts.channels == 1 and facts.mono_tracks > 1:
        return [
            Problem(
                "channels",
                f"It has {facts.mono_tracks} audio tracks of one channel each: only the first, "
                "often the left side, would be heard.",
                "one track with all channels",
                f"{facts.mono_tracks} tracks of one channel each",
                "export the music as one stereo track.",
            )
        ]
    unordered = facts.channels > 2 and (not facts.layout or "channels" in facts.layout)
    if unordered or facts.channels > _MOST_CHANNELS:
        return [
            Problem(
                "channels",
                f"It has {facts.channels} channels, and nothing says which of them is left or "
                "right.",
                "mono, stereo or a known order of up to 8 channels",
                f"{facts.channels} channels in no known order",
                "export the music in stereo.",
            )
        ]
    return []


def _problems_of_frames(facts: VideoFacts) -> Iterator[Problem]:
    if facts.lacking is not None:
        yield Problem(
            "truncated",
            f"The file is cut short: frame {facts.lacking} of {facts.frames} is not in it.",
            "every frame that its index lists",
            f"{facts.lacking} whole frames of {facts.frames}",
            "copy it again from its origin, or export it again.",
            facts.lacking,
        )
    if not facts.timed:
        yield Problem(
            "no-times",
            "The video's packets have no presentation times.",
            "a presentation time for each frame",
            "frames without one",
            "wrap it in MP4 or MOV, or export it again.",
        )
    if facts.irregular is not None:
        yield Problem(
            "variable-rate",
            f"Frame {facts.irregular} does not come at its time: the rate varies, or a frame is "
            "missing.",
            "a constant frame rate",
            f"a variable frame rate, from frame {facts.irregular} on",
            "export it at a constant frame rate.",
            facts.irregular,
        )
    yield from _problems_of_edits(facts)


def _problems_of_edits(facts: VideoFacts) -> Iterator[Problem]:
    if facts.edits != 1 or facts.retimed:
        how = "at another speed" if facts.retimed else f"in {facts.edits} pieces"
        yield Problem(
            "edit-list",
            f"Its edit list plays the video {how}, which players do differently.",
            "one edit at normal speed",
            f"an edit list that plays it {how}",
            "export it again, without references to parts of itself.",
        )


def _problems_of_pictures(facts: VideoFacts) -> Iterator[Problem]:
    if facts.hidden:
        yield Problem(
            "tracks",
            "It has several video tracks, and players show another than the first.",
            "one video track",
            "several video tracks, the first of them switched off",
            "export it again with one video track.",
        )
    if facts.cropped:
        yield Problem(
            "cropped",
            "Its container leaves out edges of the pictures, which players do differently.",
            "whole pictures",
            "pictures that the container crops",
            "export it again in the size that is meant to be seen.",
        )
    if facts.orientation is None:
        yield Problem(
            "orientation",
            "Its header turns the picture by an angle that is not a multiple of 90 degrees.",
            "a picture turned by a multiple of 90 degrees",
            "another angle",
            "export it upright.",
        )
    if facts.interlaced:
        yield Problem(
            "interlaced",
            "It is interlaced: its frames would show combing at every movement.",
            "progressive frames",
            "interlaced frames",
            "export it progressive, or deinterlace it first, keeping its frame rate.",
        )
    yield from _problems_of_colour(facts)


def _problems_of_colour(facts: VideoFacts) -> Iterator[Problem]:
    own = facts.colours
    if facts.dolby_vision or own.transfer in colours.HDR:
        which = "Dolby Vision" if facts.dolby_vision else colours.HDR[own.transfer]
        yield Problem(
            "hdr",
            f"It is in high dynamic range ({which}): in the standard range its pictures would be "
            "grey, and how to map them is a colourist's choice.",
            "standard dynamic range",
            f"high dynamic range ({which})",
            "export it graded for bt709.",
        )
        return
    for name, tag, known in (
        ("matrix", own.matrix, colours.MATRICES),
        ("primaries", own.primaries, colours.PRIMARIES),
        ("transfer", own.transfer, colours.TRANSFERS),
    ):
        if tag != UNSPECIFIED and tag not in known:
            yield Problem(
                "colour",
                f"Its colours have {name} {tag} of ISO/IEC 23091-2, which is not converted here.",
                "colours of bt709, bt601, bt2020 or RGB",
                f"{name} {tag} of ISO/IEC 23091-2",
                "export it in bt709.",
            )
