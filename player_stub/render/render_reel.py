"""Renders a reel: the cuts' packets, copied wherever they can be, over the continuous bed."""

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

from player_stub.media import open_media
from player_stub.output import write_whole
from player_stub.render.audio_track import AudioTrack, open_audio_track
from player_stub.render.recorded_settings import record_settings
from player_stub.render.settings import DEFAULTS, ReelMedia, RenderSettings
from player_stub.render.video_source import VideoSource
from player_stub.render.video_track import Progress, choose_video_track
from sizzle.errors import InputError, MediaError
from sizzle.media.digest import unchanged
from sizzle.reel.timecode_list import TimecodeList

_Packet: TypeAlias = "Packet[VideoStream] | Packet[AudioStream]"

FORMATS = {".mp4": "mp4", ".mov": "mov"}
"""Suffixes of films, and what ffmpeg calls their containers."""


@dataclass(frozen=True, slots=True)
class RenderedFilm:
    """A finished film.

    Attributes:
        path: where it is.
        cuts: how many there are.
        frames: of video.
        encoded: how many of those were not copied.
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


def render_reel(
    reel: TimecodeList,
    media: ReelMedia,
    output: Path,
    settings: RenderSettings = DEFAULTS,
    on_progress: Progress | None = None,
) -> RenderedFilm:
    """Make a film of a reel, encoding only what cannot be copied or what settings ask for.

    The film appears under its name only when it is complete. Memory stays the same
    however many cuts there are.

    Args:
        reel: what to play when.
        media: what to take it from.
        output: the `.mp4` or `.mov` to write.
        settings: how to make it.
        on_progress: called after each cut.

    Raises:
        MediaError: media that cannot be used, is not the published one, was changed meanwhile, has
            another rate or is too short, a bed that ends before the reel, or a film
            that cannot be written.
        InputError: the output's folder does not exist, or its suffix is another.
        ProcessError: ffmpeg could not encode the audio.
    """
    _check_output(media, output)
    media.check(reel.asset_id)
    with (
        unchanged(media.video, media.bed) as check_unchanged,
        open_media(media.video) as container,
        open_audio_track(reel, media, settings) as audio,
        write_whole(output) as unfinished,
    ):
        source = VideoSource(container)
        source.check(reel)
        track = choose_video_track(reel, source, settings, output.suffix.lower())
        with _film(unfinished, reel, audio.rate) as film:
            record_settings(film, settings)
            # Requested before the first packet: the muxer fixes its time base then.
            video = track.add_track(film)
            video.time_base = Fraction(1, reel.rate.numerator)
            sound = audio.add_track(film)
            packets = track.packets(on_progress or _no_progress)
            _mux(film, _timed(video, packets), _timed(sound, audio.packets()))
        check_unchanged()
    return _rendered_film(reel, output, audio, track.encoded)


def _timed(
    track: VideoStream | AudioStream, packets: Iterator[_Packet]
) -> Iterator[tuple[float, int, _Packet]]:
    """A track's packets, each with its decoding time in seconds and the track's index."""
    tick = 0.0
    for packet in packets:
        tick = tick or float(packet.time_base)
        packet.stream = track
        yield (packet.dts or 0) * tick, track.index, packet


def _mux(film: OutputContainer, *tracks: Iterator[tuple[float, int, _Packet]]) -> None:
    # In decoding order, so that the muxer holds back at most a packet.
    for _, _, packet in merge(*tracks):
        film.mux_one(packet)


@contextmanager
def _film(path: Path, reel: TimecodeList, samples: int) -> Iterator[OutputContainer]:
    options = {
        # The index goes to the front, so that a film plays while it downloads.
        "movflags": "+faststart",
        # Edit lists are counted in these ticks. The default is milliseconds, of which neither a
        # frame nor a sample is a whole number.
        "movie_timescale": str(math.lcm(reel.rate.numerator, samples)),
        # No muxer version in the file: the same input gives the same bytes.
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


def _rendered_film(
    reel: TimecodeList, output: Path, audio: AudioTrack, encoded: int
) -> RenderedFilm:
    return RenderedFilm(
        path=output,
        cuts=len(reel.cuts),
        frames=reel.duration.frame,
        encoded=encoded,
        samples=audio.samples,
        duration=reel.rate.to_frame_rate().seconds(reel.duration.frame),
        size=output.stat().st_size,
    )


def _no_progress(done: int, total: int) -> None:
    """Ignore progress."""
