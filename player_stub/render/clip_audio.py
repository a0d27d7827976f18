"""The clips' own audio in sequence, each exactly as long as its frames."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from av import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from player_stub.media import audio_stream, media_errors, open_media
from player_stub.render.bed import SAMPLE_RATE, sample_at
from sizzle.media.probe import probe_video
from sizzle.reel.timecode_list import TimecodeList

_Samples = NDArray[np.float32]
"""Samples x channels."""

_WARM_UP = 0.1  # seconds decoded before a cut, since codecs depend on earlier packets
_EDGE = SAMPLE_RATE // 200  # samples to fade each clip in and out, so that it does not click


def clip_audio(reel: TimecodeList, video: Path) -> Iterator[bytes]:
    """Stereo 32-bit floats at `SAMPLE_RATE`, one block per cut; holds one cut at a time.

    Samples are counted from the start of the reel: lengths rounded cut by cut would add up to a
    drift.

    Raises:
        MediaError: the media cannot be read, or has no audio.
    """
    rate = reel.rate.to_frame_rate()
    facts = probe_video(video, whole=False)
    # Files may start at any time, and their sound earlier or later than their picture.
    origin = round(facts.start * facts.tick * SAMPLE_RATE)
    with open_media(video) as container:
        stream = audio_stream(container)
        for cut in reel.cuts:
            first, last = cut.record.start.frame, cut.record.stop.frame
            length = sample_at(last, rate) - sample_at(first, rate)
            start = origin + sample_at(cut.source.start.frame, rate)
            yield _faded_at_ends(_samples(container, stream, start, length)).tobytes()


def _samples(container: InputContainer, stream: AudioStream, start: int, length: int) -> _Samples:
    """A cut's samples, from one counted by the file's times; silence where the media has none."""
    samples = np.zeros((length, 2), np.float32)
    for at, block in _decoded(container, stream, start):
        if at >= start + length:
            break
        block = block[max(0, start - at) :]
        into = max(0, at - start)
        samples[into : into + len(block)] = block[: max(0, length - into)]
    return samples


def _decoded(
    container: InputContainer, stream: AudioStream, start: int
) -> Iterator[tuple[int, _Samples]]:
    """Blocks from a little before a sample, each with the sample at which it begins."""
    assert stream.time_base is not None
    # Mono goes to both sides at full level; the resampler would lower it by 3 dB.
    channels = min(2, stream.codec_context.channels)
    layout = "mono" if channels == 1 else "stereo"
    resampler = AudioResampler(format="flt", layout=layout, rate=SAMPLE_RATE)
    seconds = max(0.0, start / SAMPLE_RATE - _WARM_UP)
    with media_errors(container.name):
        container.seek(int(seconds / stream.time_base), stream=stream)
        at: int | None = None
        for frame in container.decode(stream):
            if at is None:
                at = round((frame.pts or 0) * stream.time_base * SAMPLE_RATE)
            for made in resampler.resample(frame):
                block = np.asarray(made.to_ndarray(), np.float32).reshape(-1, channels)
                yield at, block  # one channel goes into two as numpy broadcasts
                at += len(block)


def _faded_at_ends(samples: _Samples) -> _Samples:
    edge = min(_EDGE, len(samples) // 2)
    if edge:
        rise = np.linspace(0, 1, edge, endpoint=False, dtype=np.float32)[:, None]
        samples[:edge] *= rise
        samples[-edge:] *= rise[::-1]
    return samples
