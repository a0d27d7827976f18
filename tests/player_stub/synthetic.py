"""Makes media with known truth: pictures that carry their number, music that never repeats."""

from __future__ import annotations

import wave
from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import PictureType, VideoFrame
from numpy.typing import NDArray

from fixtures.media import key_frames
from player_stub import barcode
from sizzle.clips import Clip
from sizzle.reel.timecode_list import BedEntry, CutEntry, Moment, Range, Rate, TimecodeList
from sizzle.timecode import FrameRate

RATE = FrameRate(24000, 1001)
SIZE = (256, 144)
SAMPLE_RATE = 48_000
START = 86_400
"""The media's start timecode, 01:00:00:00."""

CLIP_STARTS = [0, 40, 60, 61, 63, 66, 106, 146, 186, 266, 306, 320]
"""Where the shared media has clips: of 40 and 80 frames, and of 1, 2 and 3, which hurry a seek."""

Samples = NDArray[np.float32]
"""Shape (channels, samples), from -1 to 1."""

_X264 = "keyint=infinite:scenecut=0:open-gop=0:bframes=3:b-pyramid=normal:threads=1"


def reel_of(
    *sources: tuple[int, int], bed_start: int = 0, rate: FrameRate = RATE, segments: int = 1
) -> TimecodeList:
    """A reel of half-open source ranges, in that order."""
    at = 0
    cuts = []
    for index, (start, end) in enumerate(sources):
        cuts.append(
            CutEntry(
                clip_key=f"title-{start}-clip-1",
                title_id=f"title-{start}",
                title=f"Title {start}",
                rank=index % 5 + 1,
                segment=1 + index * segments // len(sources),
                source=_range(rate, start, end, START),
                record=_range(rate, at, at + end - start),
            )
        )
        at += end - start
    return TimecodeList(
        reel_id="ada-1",
        member_id="ada",
        asset_id="autumn",
        asset_version="1",
        cadence="test",
        model_version="1",
        seed=0,
        cold_start=False,
        rate=Rate(numerator=rate.numerator, denominator=rate.denominator),
        duration=_moment(rate, at),
        cuts=tuple(cuts),
        bed=BedEntry(bed_id="main", range=_range(rate, bed_start, bed_start + at)),
    )


def write_video(
    path: Path,
    numbers: Sequence[int | None],
    keys: Collection[int] = (0,),
    *,
    rate: FrameRate = RATE,
    size: tuple[int, int] = SIZE,
    x264: str = _X264,
) -> Path:
    """Encode a film whose pictures carry these numbers, or none, as H.264 with B-frames.

    Args:
        path: where to write it; the suffix says which container.
        numbers: of each picture.
        keys: places in the film that get an IDR frame.
        rate: constant.
        size: width and height.
        x264: parameters of the encoder.
    """
    places = frozenset(keys)
    with av.open(str(path), "w") as film:
        options = {"crf": "28", "preset": "ultrafast", "forced-idr": "1", "x264-params": x264}
        video = film.add_stream("libx264", rate=rate.fraction, options=options)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.codec_context.time_base = 1 / rate.fraction
        for index, number in enumerate(numbers):
            frame = VideoFrame.from_ndarray(picture(number, size), format="yuv420p")
            frame.pts = index
            if index in places:
                frame.pict_type = PictureType.I
            film.mux(video.encode(frame))
        film.mux(video.encode(None))
    return path


def write_asset(
    path: Path, clips: Sequence[Clip], rate: FrameRate = RATE, size: tuple[int, int] = SIZE
) -> Path:
    """Encode a Mega Asset as its editor would: a key frame at each clip's start and every 40th.

    It takes a tenth of what the demo's drawn pictures take.
    """
    return write_video(path, range(clips[-1].source.end), key_frames(clips), rate=rate, size=size)


def picture(number: int | None, size: tuple[int, int]) -> NDArray[np.uint8]:
    """A textured picture in yuv420p, its number at the bottom unless it has none."""
    width, height = size
    shift = 3 * (number or 0) % width
    planes = np.full((height * 3 // 2, width), 128, np.uint8)
    planes[:height] = _texture(size)[:, shift : shift + width]
    if number is not None:
        barcode.paint(planes[:height], number)
    return planes


@cache
def _texture(size: tuple[int, int]) -> NDArray[np.uint8]:
    """Twice as wide as a picture, which moves along it."""
    across, down = np.meshgrid(np.arange(2 * size[0]), np.arange(size[1]))
    return (120 + 60 * np.sin(across / 9) * np.cos(down / 7)).astype(np.uint8)


def luma(frame: VideoFrame) -> barcode.Luma:
    """A decoded picture's luma."""
    if frame.format.name == "yuv420p":  # as it is: to convert takes five times as long as to decode
        return np.asarray(frame.to_ndarray()[: frame.height], np.uint8)
    return frame.to_ndarray(format="gray").astype(np.uint8)


def shown(path: Path) -> list[tuple[int | None, Fraction | None]]:
    """What number each picture carries and when it is shown, in seconds."""
    with av.open(str(path)) as film:
        return [
            (barcode.read(luma(frame)), frame.pts * frame.time_base)
            for frame in film.decode(video=0)
            if frame.pts is not None and frame.time_base is not None
        ]


def expected(reel: TimecodeList) -> list[tuple[int, Fraction]]:
    """What each picture of the reel should carry, and when it should be shown."""
    rate = reel.rate.to_frame_rate()
    return [(frame, rate.seconds(at)) for at, frame in enumerate(reel.source_frames())]


def music(seconds: float, rate: int = SAMPLE_RATE, channels: int = 1) -> Samples:
    """Plucked notes of a random tune: loud and quiet, low and high, never twice the same."""
    dice = np.random.default_rng(7)
    tune = np.zeros(int(seconds * rate))
    ring = np.arange(rate) / rate
    for at in range(0, len(tune), rate // 4):
        note = 110 * 2 ** (dice.integers(0, 36) / 12)
        pluck = np.sin(2 * np.pi * note * ring) * np.exp(-5 * ring)
        tune[at : at + rate] += dice.uniform(0.2, 1) * pluck[: len(tune) - at]
    tune += 0.01 * dice.standard_normal(len(tune))
    loud = tune / (1.2 * np.abs(tune).max())
    return np.stack([loud * 0.9**channel for channel in range(channels)]).astype(np.float32)


def write_wav(path: Path, samples: Samples, rate: int = SAMPLE_RATE) -> Path:
    """Write 16-bit PCM."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(samples))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples.T * 32767).astype("<i2").tobytes())
    return path


def audio_frames(sound: Samples) -> Iterator[AudioFrame]:
    """Samples as an encoder takes them."""
    for start in range(0, sound.shape[1], 1024):
        block = np.ascontiguousarray(sound[:, start : start + 1024])
        frame = AudioFrame.from_ndarray(block, format="fltp", layout="mono")
        frame.sample_rate, frame.pts = SAMPLE_RATE, start
        yield frame


def _range(rate: FrameRate, start: int, end: int, offset: int = 0) -> Range:
    return Range(start=_moment(rate, start, offset), stop=_moment(rate, end, offset))


def _moment(rate: FrameRate, frame: int, offset: int = 0) -> Moment:
    seconds = float(rate.seconds(frame))
    return Moment(frame=frame, timecode=rate.timecode(frame + offset), seconds=seconds)
