"""Reads a file's facts: its headers, or its first frame, and the times of its frames.

The times come from the container's index where it has one, so that a film of hours takes as long as
one of seconds. Other files are read once to their end, unless that is not wanted.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from numpy.typing import NDArray

from sizzle.errors import MediaError, TimecodeError
from sizzle.media.facts import UPRIGHT, AudioFacts, Colours, Orientation, VideoFacts
from sizzle.media.frame_times import rate_of
from sizzle.media.matroska import is_cropped
from sizzle.media.mp4_times import read_mp4_times
from sizzle.media_input import STANDARD, MediaLimits, opened
from sizzle.timecode import FrameRate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.sidedata.sidedata import SideData
    from av.stream import Stream
    from av.video.codeccontext import VideoCodecContext
    from av.video.format import VideoFormat
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_FULL_RANGE: Final = 2  # of ffmpeg's AVColorRange
_INTERLACED: Final = range(2, 6)  # of ffmpeg's AVFieldOrder: unknown, progressive, then four others
_DOLBY_VISION: Final = frozenset({"dvh1", "dvhe", "dva1", "dvav", "dav1"})
# Codecs whose headers say all that is asked, fields too: to decode a frame takes as long again.
_TELLING: Final = frozenset({"h264", "hevc", "av1", "vp9", "prores"})
_EXPORT_AGAIN: Final = "wrap it in MP4 or MOV, or export it again."


def probe_video(path: Path, *, whole: bool = True, limits: MediaLimits = STANDARD) -> VideoFacts:
    """The facts of a file's video.

    Args:
        path: of the file.
        whole: whether a file without an index is read to its end to count its frames.
        limits: of what its headers may state.

    Raises:
        MediaError: absent, without video, without a rate, or it cannot be read or decoded.
    """
    with opened(path, limits) as container:
        # Not by frames: the next ones would be decoded too, beside the first.
        video_track(path, container).thread_type = "SLICE"
        return video_facts(path, container, whole=whole)


def video_facts(path: Path, container: InputContainer, *, whole: bool = True) -> VideoFacts:
    """The facts of the video of a file that was just opened; seek before reading on.

    Args:
        path: of the file.
        container: the file, whose streams may be set to decode as they will be used.
        whole: as for `probe_video`.

    Raises:
        MediaError: as `probe_video`.
    """
    stream = video_track(path, container)
    # ffmpeg's programs crop what a container says, its libraries do not.
    cropped = "matroska" in container.format.name and is_cropped(path)
    index = read_mp4_times(path) if "mov" in container.format.name else None
    rates = _stated_rates(path, stream)
    if index is None:
        facts = replace(_by_first_frame(path, container, stream, rates[0]), cropped=cropped)
        return _read_whole(path, facts, rates) if whole else facts
    context = stream.codec_context
    if index.matrix is not None and context.format and context.name in _TELLING:
        facts = _by_headers(path, container, stream, rates[0])
        facts = replace(facts, orientation=Orientation.of_matrix(index.matrix))
    else:
        facts = _by_first_frame(path, container, stream, rates[0])
    facts = replace(facts, edits=index.edits, retimed=index.retimed, cropped=index.cropped)
    return _timed(facts, index.shown, rates)


def _read_whole(path: Path, facts: VideoFacts, rates: list[FrameRate]) -> VideoFacts:
    with opened(path) as container:
        shown, decoded = _read_times(container, video_track(path, container))
    if None not in shown:
        known = [time for time in shown if time is not None and time >= facts.start]
        return _timed(facts, np.unique(known), rates)
    known = [time for time in decoded if time is not None]
    return replace(_timed(facts, np.unique(known), rates), timed=False)


def probe_audio(path: Path, *, whole: bool = True) -> AudioFacts:
    """The facts of a file's audio.

    Args:
        path: of the file.
        whole: whether audio without an index is decoded to its end to count its samples.

    Raises:
        MediaError: absent, without audio, or it cannot be read or decoded.
    """
    with opened(path) as container:
        facts = audio_facts(path, container)
        if not whole:
            return facts
        return replace(facts, seconds=_length(path, container, container.streams.audio[0]))


def audio_facts(path: Path, container: InputContainer) -> AudioFacts:
    """The facts of an opened file's audio, without its length. Raises MediaError: it has none."""
    tracks = container.streams.audio
    if not tracks:
        raise no_track(path, "audio")
    context = tracks[0].codec_context
    return AudioFacts(
        seconds=None,
        channels=context.channels,
        layout=context.layout.name,
        sample_rate=tracks[0].rate,
        mono_tracks=sum(track.codec_context.channels == 1 for track in tracks),
        tracks=len(tracks),
    )


def video_track(path: Path, container: InputContainer) -> VideoStream:
    """The first video track that is no cover picture. Raises MediaError: there is none."""
    from av.stream import Disposition

    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    raise no_track(path, "video")


def _is_hidden(stream: VideoStream, container: InputContainer) -> bool:
    """Whether another video track is the default one."""
    from av.stream import Disposition

    chosen = [each for each in container.streams.video if each.disposition & Disposition.default]
    return bool(chosen) and stream not in chosen


def no_track(path: Path, kind: str) -> MediaError:
    """The error for a file without video, or without audio."""
    return MediaError(
        f"The file has no {kind} track.", where=str(path), fix=f"name a file with {kind}."
    )


def picture_colours(picture: VideoFrame) -> Colours:
    """The colours that a decoded picture is tagged with."""
    return _colours(picture, picture.format)


def _by_first_frame(
    path: Path, container: InputContainer, stream: VideoStream, rate: FrameRate
) -> VideoFacts:
    """What headers and the first frame state."""
    first = next(container.decode(stream), None)
    if first is None:
        raise MediaError("None of its frames can be decoded.", where=str(path), fix=_EXPORT_AGAIN)
    facts = _by_headers(path, container, stream, rate)
    return replace(
        facts,
        stored=(first.width, first.height),
        orientation=_orientation(first),
        colours=_colours(first, first.format),
        depth=_depth(first.format),
        interlaced=facts.interlaced or first.interlaced_frame,
        # Not by the header: frames that lean on what was cut off before them are not shown.
        start=facts.start if first.pts is None else first.pts,
        lead=_lead(container, facts.tick, facts.start if first.pts is None else first.pts),
    )


def _by_headers(
    path: Path, container: InputContainer, stream: VideoStream, rate: FrameRate
) -> VideoFacts:
    context = stream.codec_context
    tag, pixels = _printable(context.codec_tag), context.format
    tick = Fraction(stream.time_base or 1)
    return VideoFacts(
        rate=rate,
        frames=None,
        stored=(context.width, context.height),
        codec=context.name,
        tag=tag,
        pixel_aspect=stream.sample_aspect_ratio or Fraction(1),
        colours=_colours(context, pixels) if pixels else Colours(),
        depth=_depth(pixels) if pixels else 8,
        interlaced=context.field_order in _INTERLACED,
        dolby_vision=tag in _DOLBY_VISION,
        lacking=_first_lacking(path, stream),
        start=stream.start_time or 0,
        lead=_lead(container, tick, stream.start_time or 0),
        tick=tick,
        timecode=_timecode(container, stream),
        hidden=_is_hidden(stream, container),
    )


def _stated_rates(path: Path, stream: VideoStream) -> list[FrameRate]:
    """The rates that headers state, without those that nothing can count."""
    rates = []
    for stated in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        try:
            rates.append(FrameRate.snapped(stated or Fraction()))
        except TimecodeError:
            continue
    if not rates:
        raise MediaError(
            "Its header gives no frame rate.",
            where=str(path),
            fix="export it at a constant frame rate.",
        )
    return list(dict.fromkeys(rates))


def _timed(facts: VideoFacts, times: NDArray[np.int64], rates: list[FrameRate]) -> VideoFacts:
    rate, irregular = rate_of(times, facts.tick, rates)
    return replace(facts, rate=rate, frames=len(times), irregular=irregular)


def _read_times(
    container: InputContainer, stream: VideoStream
) -> tuple[list[int | None], list[int | None]]:
    """The times at which frames are shown, and at which they are decoded, as stored."""
    packets = container.demux(stream)
    times = [
        (packet.pts, packet.dts) for packet in packets if packet.size and not packet.is_discard
    ]
    return [shown for shown, _ in times], [decoded for _, decoded in times]


def _orientation(first: VideoFrame) -> Orientation | None:
    for data in cast("Iterable[SideData]", first.side_data):  # typed as if it were of names
        if data.type.name == "DISPLAYMATRIX":
            # a, b and u of the first row, then c, d and v; in the machine's order of bytes.
            a, b, _, c, d = np.frombuffer(bytes(data), np.int32, 5).tolist()
            return Orientation.of_matrix((a, b, c, d))
    return UPRIGHT


def _colours(tagged: VideoFrame | VideoCodecContext, pixels: VideoFormat) -> Colours:
    if pixels.is_rgb:
        return Colours(0, tagged.color_primaries, tagged.color_trc, full_range=True)
    full = tagged.color_range == _FULL_RANGE or pixels.name.startswith("yuvj")
    return Colours(tagged.colorspace, tagged.color_primaries, tagged.color_trc, full)


def _lead(container: InputContainer, tick: Fraction, start: int) -> Fraction:
    return max(Fraction(0), start * tick - Fraction(container.start_time or 0, 1_000_000))


def _depth(pixels: VideoFormat) -> int:
    return max(component.bits for component in pixels.components)


def _first_lacking(path: Path, stream: Stream) -> int | None:
    """The first frame of an index that is not whole in the file; None where the last one is."""
    entries, size = stream.index_entries, path.stat().st_size
    if not len(entries) or entries[-1].pos + entries[-1].size <= size:
        return None
    return next(number for number, entry in enumerate(entries) if entry.pos + entry.size > size)


def _length(path: Path, container: InputContainer, stream: AudioStream) -> Fraction:
    """Seconds: by the index of a movie, and by decoding what has none."""
    if "mov" in container.format.name and stream.duration and _first_lacking(path, stream) is None:
        return Fraction(stream.duration * Fraction(stream.time_base or 0))
    samples = sum(frame.samples for frame in container.decode(stream))
    return Fraction(samples, stream.rate)


def _timecode(container: InputContainer, stream: VideoStream) -> str:
    tags = (stream.metadata, *(other.metadata for other in container.streams), container.metadata)
    return next((value for metadata in tags if (value := metadata.get("timecode"))), "")


def _printable(tag: str) -> str:
    """A four-character code; empty where the container has none."""
    return tag if tag.isascii() and tag.isprintable() and tag.strip() else ""
