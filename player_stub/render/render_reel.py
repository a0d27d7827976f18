"""Renders a reel: the cuts' packets, bit for bit where they can be, over the continuous bed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import TypeAlias

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from player_stub.media import opened
from player_stub.output import writing
from player_stub.render.audio_track import Sound, sound_of
from player_stub.render.settings import PLAIN, ReelMedia, Settings
from player_stub.render.source import VideoSource
from player_stub.render.video_track import Progress, picture_of
from sizzle.errors import InputError, MediaError
from sizzle.reel.timecode_list import TimecodeList

_Packet: TypeAlias = "Packet[VideoStream] | Packet[AudioStream]"

FORMATS = {".mp4": "mp4", ".mov": "mov"}
"""Suffixes of films, and what ffmpeg calls their containers."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A film that was made.

    Attributes:
        path: where it is.
        cuts: how many it joins.
        frames: of video.
        encoded: how many of them were not copied.
        samples: of audio.
        duration: of the video, in seconds.
        size: bytes.
    """

    path: Path
    cuts: int
    frames: int
    encoded: int
    samples: int
    duration: Fraction
    size: int


def render(
    reel: TimecodeList,
    media: ReelMedia,
    output: Path,
    settings: Settings = PLAIN,
    on_progress: Progress | None = None,
) -> Rendered:
    """Make a film of a reel, encoding no more than is asked for or cannot be copied.

    The film appears under its name when it is whole, and not before. Memory stays the same
    however many cuts there are.

    Args:
        reel: what to play when.
        media: what to take it from.
        output: the `.mp4` or `.mov` to write.
        settings: what to add or change.
        on_progress: called after each cut.

    Raises:
        MediaError: media of another rate or too short, a bed that ends before the reel, or a film
            that cannot be written.
        InputError: the output's folder does not exist, or its suffix is another.
        ProcessError: ffmpeg could not encode the sound.
    """
    _check_output(media, output)
    with (
        opened(media.video) as container,
        sound_of(reel, media, settings) as sound,
        writing(output) as unfinished,
    ):
        source = VideoSource(container)
        source.check(reel)
        picture = picture_of(reel, source, settings, output.suffix.lower())
        with _film(unfinished, reel, sound.rate) as film:
            # The picture's ticks are asked of the muxer before the first packet fixes them.
            video = picture.add_track(film)
            video.time_base = Fraction(1, reel.rate.numerator)
            audio = sound.add_track(film)
            packets = picture.packets(on_progress or _in_silence)
            _mux(film, _timed(video, packets), _timed(audio, sound.packets()))
    return _rendered(reel, output, sound, picture.encoded)


def _timed(
    track: VideoStream | AudioStream, packets: Iterator[_Packet]
) -> Iterator[tuple[float, int, _Packet]]:
    """A track's packets, each with the second at which it is decoded, and the track's number."""
    tick = 0.0
    for packet in packets:
        tick = tick or float(packet.time_base)
        packet.stream = track
        yield (packet.dts or 0) * tick, track.index, packet


def _mux(film: OutputContainer, *tracks: Iterator[tuple[float, int, _Packet]]) -> None:
    # In order of decoding, so that the muxer has to hold back no more than a packet.
    for _, _, packet in merge(*tracks):
        film.mux_one(packet)


@contextmanager
def _film(path: Path, reel: TimecodeList, samples: int) -> Iterator[OutputContainer]:
    options = {
        # The index goes to the front, so that a film plays while it loads.
        "movflags": "+faststart",
        # Edit lists are counted in these ticks: by default milliseconds, in which neither a frame
        # nor a sample is a whole number.
        "movie_timescale": str(math.lcm(reel.rate.numerator, samples)),
        # No version of the muxer in the file: the same input gives the same bytes.
        "fflags": "+bitexact",
    }
    container = FORMATS[path.suffix.lower()]
    with av.open(str(path), "w", format=container, options=options) as film:
        yield film


def _check_output(media: ReelMedia, output: Path) -> None:
    if output.resolve() in (media.video.resolve(), media.bed.resolve()):
        raise MediaError(
            "The film would overwrite its own media.",
            where=str(output),
            fix="give the film another name.",
        )
    if output.suffix.lower() not in FORMATS:
        raise InputError(
            f"A film cannot be a {output.suffix or 'file without a suffix'}.",
            where=str(output),
            fix=f"name it {' or '.join(FORMATS)}, or a sequence .otio or .xml.",
        )


def _rendered(reel: TimecodeList, output: Path, sound: Sound, encoded: int) -> Rendered:
    return Rendered(
        path=output,
        cuts=len(reel.cuts),
        frames=reel.duration.frame,
        encoded=encoded,
        samples=sound.samples,
        duration=reel.rate.to_frame_rate().seconds(reel.duration.frame),
        size=output.stat().st_size,
    )


def _in_silence(done: int, total: int) -> None:
    """Progress that nobody asked for."""
