"""Renders a reel: the cuts' packets, bit for bit, over the continuous bed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from player_stub.media import audio_of, opened, reading
from player_stub.output import writing
from player_stub.render.bed import SAMPLE_RATE, encode_bed, sample_at
from player_stub.render.source import VideoSource
from sizzle.errors import MediaError
from sizzle.reel.timecode_list import TimecodeList

_Packet: TypeAlias = "Packet[VideoStream] | Packet[AudioStream]"

Progress = Callable[[int, int], None]
"""Called with the frames done and the frames of the reel."""


@dataclass(frozen=True, slots=True)
class ReelMedia:
    """What a reel is made from.

    Attributes:
        video: the Mega Asset's media, with a closed GOP and a key frame at each clip's start.
        bed: any file whose first audio track is the music.
    """

    video: Path
    bed: Path


@dataclass(frozen=True, slots=True)
class Rendered:
    """A film that was made.

    Attributes:
        path: where it is.
        cuts: how many it joins.
        frames: of video.
        samples: of audio, at `render.bed.SAMPLE_RATE`.
        duration: of the video, in seconds.
        size: bytes.
    """

    path: Path
    cuts: int
    frames: int
    samples: int
    duration: Fraction
    size: int


def render(
    reel: TimecodeList, media: ReelMedia, output: Path, on_progress: Progress | None = None
) -> Rendered:
    """Make an MP4 of a reel without encoding a frame; only the bed is encoded, once, as a whole.

    The film appears under its name when it is whole, and not before. Memory stays the same
    however many cuts there are.

    Args:
        reel: what to play when.
        media: what to take it from.
        output: the MP4 to write.
        on_progress: called after each cut.

    Raises:
        MediaError: media of another rate or too short, a cut that does not start on a key frame or
            leans on frames outside it, a bed that ends before the reel, or a film that cannot be
            written.
        InputError: the output's folder does not exist.
        ProcessError: ffmpeg could not encode the bed.
    """
    _refuse_to_overwrite(media, output)
    with opened(media.video) as container, writing(output) as unfinished:
        source = VideoSource(container)
        depth = source.check(reel)
        picture = _picture(reel, source, depth, on_progress or _in_silence)
        with _encoded(reel, media.bed) as bed:
            _mux(reel, unfinished, (source.stream, picture), (audio_of(bed), _sound(bed)))
    return _rendered(reel, output)


@contextmanager
def _encoded(reel: TimecodeList, bed: Path) -> Iterator[InputContainer]:
    with TemporaryDirectory() as scratch:
        encoded = Path(scratch) / "bed.m4a"
        encode_bed(reel, bed, encoded)
        with opened(encoded) as container:
            yield container


def _mux(
    reel: TimecodeList, path: Path, *inputs: tuple[VideoStream | AudioStream, Iterator[_Packet]]
) -> None:
    with _film(path, reel) as film:
        # Opaque: described as they are, without asking for an encoder of their kind.
        tracks = {
            stream.type: film.add_stream_from_template(stream, opaque=True) for stream, _ in inputs
        }
        tracks["video"].time_base = Fraction(1, reel.rate.numerator)
        # In order of decoding, so that the muxer has to hold back no more than a packet.
        for packet in merge(*(packets for _, packets in inputs), key=_decoding_time):
            packet.stream = tracks[packet.stream.type]
            film.mux_one(packet)


def _picture(
    reel: TimecodeList, source: VideoSource, depth: int, on_progress: Progress
) -> Iterator[_Packet]:
    """The cuts' packets, one after the other, stamped with reel time in ticks.

    A tick is one over the rate's numerator, so that a frame is exactly its denominator of them.
    """
    tick, a_frame = Fraction(1, reel.rate.numerator), reel.rate.denominator
    decoded = -depth
    for cut in reel.cuts:
        for place, packet in source.packets(cut):
            shown = cut.record.start.frame + place
            if decoded > shown:
                raise _reorders_deeper(source, cut.clip_key)
            packet.time_base = tick
            packet.pts, packet.dts = shown * a_frame, decoded * a_frame
            packet.duration = a_frame
            decoded += 1
            yield packet
        on_progress(cut.record.stop.frame, reel.duration.frame)


def _sound(bed: InputContainer) -> Iterator[_Packet]:
    """The encoded bed, stamped as it is: priming before zero, its first sample at zero."""
    with reading(bed.name):
        yield from (packet for packet in bed.demux(audio_of(bed)) if packet.pts is not None)


def _decoding_time(packet: _Packet) -> Fraction:
    assert packet.dts is not None
    return packet.dts * packet.time_base


@contextmanager
def _film(path: Path, reel: TimecodeList) -> Iterator[OutputContainer]:
    options = {
        # The index goes to the front, so that a film plays while it loads.
        "movflags": "+faststart",
        # Edit lists are counted in these ticks: by default milliseconds, in which neither a frame
        # nor a sample is a whole number.
        "movie_timescale": str(math.lcm(reel.rate.numerator, SAMPLE_RATE)),
        # No version of the muxer in the file: the same input gives the same bytes.
        "fflags": "+bitexact",
    }
    with av.open(str(path), "w", format="mp4", options=options) as film:
        yield film


def _refuse_to_overwrite(media: ReelMedia, output: Path) -> None:
    if output.resolve() in (media.video.resolve(), media.bed.resolve()):
        raise MediaError(
            "The film would overwrite the media that it is made from.",
            where=str(output),
            fix="give the film another name.",
        )


def _reorders_deeper(source: VideoSource, clip_key: str) -> MediaError:
    return MediaError(
        f"The frames of {clip_key} are reordered over more frames than the media says.",
        where=source.stream.container.name,
        fix="export the media as one film, with one setting of B-frames.",
    )


def _rendered(reel: TimecodeList, output: Path) -> Rendered:
    rate, frames = reel.rate.to_frame_rate(), reel.duration.frame
    bed = reel.bed.range
    return Rendered(
        path=output,
        cuts=len(reel.cuts),
        frames=frames,
        samples=sample_at(bed.stop.frame, rate) - sample_at(bed.start.frame, rate),
        duration=rate.seconds(frames),
        size=output.stat().st_size,
    )


def _in_silence(done: int, total: int) -> None:
    """Progress that nobody asked for."""
