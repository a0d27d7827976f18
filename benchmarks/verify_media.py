"""Footage, music and films to verify: filmed shots at two sizes, and a bed of two sides."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import PictureType, VideoFrame

from fixtures.footage import MOVES, FilmedShot, Planes, film
from player_stub import ReelMedia, RenderSettings
from player_stub.render.recorded_settings import record_settings
from tests.player_stub import synthetic
from tests.player_stub.synthetic import SAMPLE_RATE, Samples

LENGTH: Final = 40
BLACK: Final = 12 * LENGTH
"""The frame at which a shot of black starts, the last."""

MOVING: Final = (0, 120, 240, 360)
"""Shots in which every frame differs from the next."""

GRAIN: Final = (80, 320)
"""Shots of which only the grain moves."""

QUIET: Final = (3.0, 4.5)
"""Seconds of the bed that are quiet."""

SAMPLES_A_FRAME: Final = 2002
SIZES: Final = {"small": (320, 180), "large": (640, 360)}

_SECONDS = 25
_FADE = SAMPLE_RATE // 20
_QUIET_LEVEL = 0.01


@dataclass(frozen=True, slots=True)
class Footage:
    """Media, its pictures as any player decodes them, and its music."""

    media: ReelMedia
    pictures: list[Planes]
    music: Samples
    size: tuple[int, int]


def make_footage(folder: Path) -> None:
    """Two assets of thirteen shots, with a key frame at each and sound of their own, and a bed."""
    bed = synthetic.write_wav(folder / "bed.wav", music())
    own = np.stack([synthetic.music(25)[0][::-1]] * 2) * np.float32(0.5)
    for number, (name, size) in enumerate(SIZES.items()):
        shots = [
            FilmedShot(move, 10 * number + index // 2, LENGTH)
            for index, move in enumerate(MOVES * 2)
        ]
        black = np.full((size[1] * 3 // 2, size[0]), 128, np.uint8)
        black[: size[1]] = 16
        pictures = [*film(shots, size), *[black] * LENGTH]
        keys = range(0, len(pictures), LENGTH)
        sound = own[:, : len(pictures) * SAMPLES_A_FRAME]
        write_film(folder / f"{name}.mp4", pictures, sound, keys=keys, crf=18)
    assert bed.exists()


def read_footage(folder: Path, name: str) -> Footage:
    """What was made there."""
    video = folder / f"{name}.mp4"
    with av.open(str(video)) as container:
        pictures = [
            np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8)
            for frame in container.decode(video=0)
        ]
    return Footage(ReelMedia(video, folder / "bed.wav"), pictures, music(), SIZES[name])


def music() -> Samples:
    """Music whose sides differ, with a quiet passage."""
    tune = synthetic.music(_SECONDS + 2)[0]
    left, other = tune[: _SECONDS * SAMPLE_RATE], tune[SAMPLE_RATE:][: _SECONDS * SAMPLE_RATE]
    both = np.stack([left, 0.5 * left + 0.5 * other])
    level = np.ones(both.shape[1], np.float32)
    start, end = (round(seconds * SAMPLE_RATE) for seconds in QUIET)
    level[start:end] = _QUIET_LEVEL
    level[start - _FADE : start] = np.linspace(1, _QUIET_LEVEL, _FADE)
    level[end : end + _FADE] = np.linspace(_QUIET_LEVEL, 1, _FADE)
    return np.asarray(both * level, np.float32)


def write_film(
    path: Path,
    pictures: Iterable[Planes],
    sound: Samples,
    *,
    keys: Collection[int] = (0,),
    crf: int = 23,
    preset: str = "veryfast",
    settings: RenderSettings | None = None,
) -> Path:
    """Encode pictures as H.264 and sound as AAC.

    Args:
        path: of the film.
        pictures: of it.
        sound: one channel or two.
        keys: indexes of key frames.
        crf: the rate factor.
        preset: of the encoder.
        settings: what the film says that it was rendered with; None for nothing.
    """
    options = {
        "crf": str(crf),
        "preset": preset,
        "forced-idr": "1",
        "x264-params": "keyint=250:scenecut=0:open-gop=0:threads=1",
    }
    with av.open(str(path), "w") as container:
        if settings is not None:
            record_settings(container, settings)
        video = container.add_stream("libx264", rate=synthetic.RATE.fraction, options=options)
        video.pix_fmt, video.codec_context.time_base = "yuv420p", 1 / synthetic.RATE.fraction
        layout = "stereo" if len(sound) == 2 else "mono"
        audio = container.add_stream(
            "aac", rate=SAMPLE_RATE, layout=layout, options={"b": "192k", "aac_coder": "fast"}
        )
        for index, picture in enumerate(pictures):
            if index == 0:
                video.width, video.height = picture.shape[1], picture.shape[0] * 2 // 3
            frame = VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts = index
            frame.pict_type = PictureType.I if index in keys else PictureType.NONE
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        for start in range(0, sound.shape[1], 1024):
            block = np.ascontiguousarray(sound[:, start : start + 1024])
            heard = AudioFrame.from_ndarray(block, format="fltp", layout=layout)
            heard.sample_rate, heard.pts = SAMPLE_RATE, start
            container.mux(audio.encode(heard))
        container.mux(audio.encode(None))
    return path
