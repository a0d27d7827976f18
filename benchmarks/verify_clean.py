"""Clean films in all the ways that they are made: rendered with each option, or encoded again."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Final

from benchmarks.reel_media import timecode_list
from benchmarks.verify_media import LENGTH, SAMPLES_A_FRAME, Footage, write_film
from player_stub import RenderSettings, render_reel
from sizzle.reel.timecode_list import TimecodeList

_SHOTS: Final = 13
_LEAST: Final = 145  # frames: six seconds
_HALF: Final = Fraction(1, 2)

_RENDERED: Final = {
    "copied": RenderSettings(),
    "cut smart": RenderSettings(),
    "copied to .mov": RenderSettings(),
    "reencode": RenderSettings(reencode=True),
    "size 240x134": RenderSettings(size=(240, 134)),
    "size 360x360": RenderSettings(size=(360, 360)),
    "burn-in": RenderSettings(burn_in=True),
    "title cards": RenderSettings(title_cards=True),
    "audio clips": RenderSettings(audio="clips"),
    "audio mix": RenderSettings(audio="mix"),
    "fade 1": RenderSettings(fade=Fraction(1)),
    "loudness -23": RenderSettings(loudness=-23.0),
    "loudness -14": RenderSettings(loudness=-14.0),
    "fade 1, loudness -23": RenderSettings(fade=Fraction(1), loudness=-23.0),
    "everything": RenderSettings(
        size=(480, 300),
        burn_in=True,
        title_cards=True,
        audio="mix",
        fade=_HALF,
        loudness=-23.0,
    ),
}
_ENCODED: Final = (
    (14, "medium"),
    (16, "veryfast"),
    (18, "ultrafast"),
    (20, "medium"),
    (23, "veryfast"),
    (23, "medium"),
    (26, "veryfast"),
    (28, "ultrafast"),
    (28, "veryfast"),
    (28, "medium"),
)
KINDS: Final = (*_RENDERED, *(f"crf {crf}, {preset}" for crf, preset in _ENCODED))


def clean_film(footage: Footage, seed: int, folder: Path) -> tuple[str, TimecodeList, Path]:
    """A film of random cuts of at least six seconds, and how it was made.

    Args:
        footage: what to make it from.
        seed: of the cuts; seeds go round the ways.
        folder: where to write it.
    """
    dice = Random(seed)  # noqa: S311 - the same films every time
    kind = KINDS[seed % len(KINDS)]
    whole = kind in ("copied", "copied to .mov")
    reel = timecode_list(_cuts(dice, whole=whole))
    if kind in _RENDERED:
        film = folder / ("film.mov" if kind == "copied to .mov" else "film.mp4")
        render_reel(reel, footage.media, film, _RENDERED[kind])
        return kind, reel, film
    crf, preset = _ENCODED[seed % len(KINDS) - len(_RENDERED)]
    numbers = reel.source_frames()
    film = write_film(
        folder / "film.mp4",
        (footage.pictures[number] for number in numbers),
        footage.music[:, : len(numbers) * SAMPLES_A_FRAME],
        crf=crf,
        preset=preset,
        keys=range(0, len(numbers), dice.choice((12, 48, 250))),
        settings=RenderSettings(reencode=True) if dice.random() < 0.5 else None,
    )
    return kind, reel, film


def _cuts(dice: Random, *, whole: bool) -> list[tuple[int, int]]:
    cuts: list[tuple[int, int]] = []
    while sum(end - start for start, end in cuts) < _LEAST:
        if whole:
            start = LENGTH * dice.randrange(_SHOTS)
            cuts.append((start, start + LENGTH))
        else:
            start = dice.randrange(_SHOTS * LENGTH - LENGTH)
            cuts.append((start, start + dice.randint(12, LENGTH)))
    return cuts
