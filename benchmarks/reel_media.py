"""Media and reels to render and verify: they look filmed, and every frame carries its number."""

from __future__ import annotations

import wave
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random

import numpy as np

from fixtures.bed import SAMPLE_RATE
from fixtures.footage import FilmedShot, Move, film
from player_stub import barcode
from sizzle.process import ffmpeg, run
from sizzle.reel.timecode_list import BedEntry, CutEntry, Moment, Range, Rate, TimecodeList
from sizzle.timecode import FrameRate

RATE = FrameRate(24000, 1001)
SIZE = (1280, 720)
LENGTHS = (160, 80, 40) * 4
"""Of the asset's clips, in frames."""

_MOVES: tuple[Move, ...] = ("pan", "figure", "creep", "grain")

_X264 = "keyint=40:min-keyint=40:scenecut=0:open-gop=0"


def write_media(folder: Path) -> tuple[Path, Path]:
    """A Mega Asset of 1,120 frames of 720p with a key frame every 40, and a bed as AAC."""
    video, bed = folder / "mega.mp4", folder / "bed.m4a"
    rate, size = str(RATE.fraction), f"{SIZE[0]}x{SIZE[1]}"
    raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", size, "-r", rate, "-i", "pipe:0"]
    encode = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-x264-params", _X264]
    ticks = ["-video_track_timescale", str(RATE.numerator)]
    run([ffmpeg(), "-y", *raw, *encode, *ticks, str(video)], stdin=_pictures(), timeout=3600)
    wav = folder / "bed.wav"
    _write_music(wav, seconds=2400)
    run([ffmpeg(), "-y", "-i", str(wav), "-c:a", "aac", "-b:a", "192k", str(bed)], timeout=3600)
    return video, bed


def reel_of(cuts: int) -> TimecodeList:
    """A reel of so many clips in a shuffled order; 60 of them last 5,600 frames."""
    clips = list(pairwise(accumulate(LENGTHS, initial=0)))
    order = clips * (-(-cuts // len(clips)))
    Random(5).shuffle(order)  # noqa: S311 - the same order every time
    return timecode_list(order[:cuts])


def timecode_list(cuts: Sequence[tuple[int, int]]) -> TimecodeList:
    """Half-open source ranges as a reel."""
    ends = list(accumulate(end - start for start, end in cuts))
    entries = tuple(
        CutEntry(
            clip_key=f"clip-at-{start}-clip-1",
            title_id=f"clip-at-{start}",
            title=f"Clip at {start}",
            rank=1,
            segment=1,
            source=_range(start, end),
            record=_range(stop - (end - start), stop),
        )
        for (start, end), stop in zip(cuts, ends, strict=True)
    )
    return TimecodeList(
        reel_id="bench",
        member_id="bench",
        asset_id="bench",
        asset_version="1",
        cadence="bench",
        model_version="1",
        seed=0,
        cold_start=False,
        rate=Rate(numerator=RATE.numerator, denominator=RATE.denominator),
        duration=_moment(ends[-1]),
        cuts=entries,
        bed=BedEntry(bed_id="main", range=_range(0, ends[-1])),
    )


def _range(start: int, end: int) -> Range:
    return Range(start=_moment(start), stop=_moment(end))


def _moment(frame: int) -> Moment:
    seconds = float(RATE.seconds(frame))
    return Moment(frame=frame, timecode=RATE.timecode(frame), seconds=seconds)


def _pictures() -> Iterator[bytes]:
    """Texture, motion and grain as in filmed footage, over each frame's number."""
    width, height = SIZE
    shots = [
        FilmedShot(_MOVES[index % len(_MOVES)], index, each) for index, each in enumerate(LENGTHS)
    ]
    strip = barcode.strip_height(height, width) // 2
    for number, planes in enumerate(film(shots, SIZE)):
        barcode.paint(planes[:height], number)
        planes[height:].reshape(2, height // 2, -1)[:, -strip:] = 128
        yield planes.tobytes()


def _write_music(path: Path, seconds: int) -> None:
    """Notes that never repeat."""
    dice = np.random.default_rng(7)
    ring = np.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        for _ in range(2 * seconds):
            note = 110 * 2 ** (dice.integers(0, 36) / 12)
            pluck = np.sin(2 * np.pi * note * ring) * np.exp(-5 * ring)
            pluck += 0.02 * dice.standard_normal(len(ring))
            file.writeframes(np.repeat((20_000 * pluck).astype("<i2"), 2).tobytes())
