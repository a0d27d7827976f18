"""A Mega Asset that looks filmed, and films of it that were encoded again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import av
import numpy as np
from av.video.frame import PictureType, VideoFrame

from fixtures.footage import MOVES, FilmedShot, Planes, film
from tests.player_stub import synthetic

SIZE = (320, 180)
LENGTH = 40
SHOTS = [FilmedShot(move, index // 2, LENGTH) for index, move in enumerate(MOVES * 2)]


@dataclass(frozen=True, slots=True)
class Footage:
    """Media, and its pictures as any player decodes them."""

    video: Path
    bed: Path
    pictures: list[Planes]


def make_footage(folder: Path) -> Footage:
    """Twelve shots of 40 frames, a key frame at each, and music."""
    encode(folder / "mega.mp4", film(SHOTS, SIZE), range(0, 480, LENGTH), crf=18)
    synthetic.write_wav(folder / "bed.wav", synthetic.music(25))
    return read_footage(folder)


def read_footage(folder: Path) -> Footage:
    """What was made there."""
    video = folder / "mega.mp4"
    with av.open(str(video)) as container:
        pictures = [
            np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8)
            for frame in container.decode(video=0)
        ]
    return Footage(video, folder / "bed.wav", pictures)


def encode(
    path: Path,
    pictures: Iterable[Planes],
    keys: Collection[int],
    *,
    crf: int = 23,
    preset: str = "veryfast",
    sound: synthetic.Samples | None = None,
) -> Path:
    """Encode pictures as H.264, and sound as AAC."""
    options = {
        "crf": str(crf),
        "preset": preset,
        "forced-idr": "1",
        "x264-params": "keyint=250:scenecut=0:open-gop=0:threads=1",
    }
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=synthetic.RATE.fraction, options=options)
        video.width, video.height, video.pix_fmt = *SIZE, "yuv420p"
        video.codec_context.time_base = 1 / synthetic.RATE.fraction
        audio = None
        if sound is not None:
            audio = container.add_stream("aac", rate=synthetic.SAMPLE_RATE, layout="mono")
        for index, picture in enumerate(pictures):
            frame = VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts = index
            frame.pict_type = PictureType.I if index in keys else PictureType.NONE
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None and sound is not None:
            for block in synthetic.audio_frames(sound):
                container.mux(audio.encode(block))
            container.mux(audio.encode(None))
    return path


def encode_again(
    footage: Footage, path: Path, numbers: Sequence[int], *, crf: int = 23, preset: str = "veryfast"
) -> Path:
    """A film of these frames of the media, encoded once more, over the bed's start."""
    sound = _music()[:, : len(numbers) * 2002]
    pictures = (footage.pictures[number] for number in numbers)
    return encode(path, pictures, {0}, crf=crf, preset=preset, sound=sound)


def encode_silent(footage: Footage, path: Path, numbers: Sequence[int], *, crf: int = 23) -> Path:
    """Such a film without sound, for what is told by its pictures alone."""
    return encode(path, (footage.pictures[number] for number in numbers), {0}, crf=crf)


@cache
def _music() -> synthetic.Samples:
    return synthetic.music(25)
