"""The facts of a media file: its header by MediaInfo, its frames by its packets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sizzle.errors import MediaError, TimecodeError
from sizzle.media_input import demuxer_of, opened
from sizzle.timecode import FrameRate

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    _Pixels: TypeAlias = npt.NDArray[np.int16]

_Track = dict[str, Any]  # MediaInfo's fields, numbers as int, float or text

_SMALL: Final = (32, 18)  # width and height of the copy: large enough pixels to average noise away


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """The facts in a video file's header.

    Attributes:
        rate: frames a second, exactly; the mean where it varies.
        frames: how many.
        width: of the picture, in pixels.
        height: of the picture, in pixels.
        constant: whether the rate is the same throughout.
    """

    rate: FrameRate
    frames: int
    width: int
    height: int
    constant: bool = True


@dataclass(frozen=True, slots=True)
class Packets:
    """The packets of a video, in the order in which they are stored and decoded.

    Attributes:
        shown: the number of each packet's frame in the order of showing, from 0.
        keys: positions of the packets at which decoding can start, in order.
        times: the frame number of each presentation time, in the stream's own unit.
    """

    shown: tuple[int, ...]
    keys: tuple[int, ...]
    times: dict[int, int]

    @property
    def key_frames(self) -> frozenset[int]:
        """The frames at which decoding can start, in the order of showing."""
        return frozenset(self.shown[position] for position in self.keys)

    def needed_for(self, frames: Collection[int]) -> list[range]:
        """The runs of packets to decode for some frames, each from a key frame on."""
        key_frames = [self.shown[position] for position in self.keys]
        needed = []
        for position, frame in enumerate(self.shown):
            if frame in frames:
                # By showing, not by storing: a frame shown before a key frame but stored after it
                # depends on the key frame before.
                key = bisect_right(key_frames, frame) - 1
                needed.append(range(self.keys[max(key, 0)], position + 1))
        return _merged(needed)


@dataclass(frozen=True, slots=True)
class FrameStats:
    """Statistics of a frame, from a copy of a few pixels.

    Attributes:
        brightest: the highest value of red, green or blue in a pixel, 0 (all black) to 255.
        change: the mean difference of its pixels from the frame before, 0 (the same) to 255; None
            where that frame was not decoded.
    """

    brightest: int
    change: float | None


def _merged(runs: list[range]) -> list[range]:
    """The same positions in runs that neither overlap nor touch, in order."""
    merged: list[range] = []
    for run in sorted(runs, key=lambda run: run.start):
        if merged and run.start <= merged[-1].stop:
            merged[-1] = range(merged[-1].start, max(merged[-1].stop, run.stop))
        else:
            merged.append(run)
    return merged


def probe_video(path: Path) -> VideoFacts:
    """Probe a video file that must have a constant rate.

    Raises:
        MediaError: absent, without video, or with a rate that varies or is unknown.
    """
    facts = read_facts(path)
    if not facts.constant:
        raise MediaError(
            "The video's frame rate varies.", where=str(path), fix="export it at a constant rate."
        )
    return facts


def read_facts(path: Path) -> VideoFacts:
    """Probe any video file.

    Raises:
        MediaError: absent, without video, or without rate, frame count or size.
    """
    track = _first_track(path, "Video")
    try:
        return VideoFacts(
            rate=_rate(track),
            frames=int(track["frame_count"]),
            width=int(track["width"]),
            height=int(track["height"]),
            constant=track.get("frame_rate_mode") != "VFR",
        )
    except (KeyError, TypeError, ValueError, TimecodeError) as error:
        raise MediaError(
            "The video's rate, frame count or size is unknown.",
            where=str(path),
            fix="wrap it in MP4 or MOV, or export it again.",
        ) from error


def probe_audio_seconds(path: Path) -> Fraction:
    """The exact duration of an audio file, in seconds.

    Raises:
        MediaError: absent, without audio, or of unknown duration.
    """
    track = _first_track(path, "Audio")
    try:
        return Fraction(int(track["samples_count"]), int(track["sampling_rate"]))
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise MediaError(
            "The audio's duration is unknown.",
            where=str(path),
            fix="export it as WAV or M4A.",
        ) from error


def read_packets(path: Path) -> Packets:
    """List the packets of a file's first video stream, without decoding any.

    Raises:
        MediaError: it cannot be read, or its packets have no presentation times.
    """
    with _opened(path) as container:
        stream = container.streams.video[0]
        packets = [(packet.pts, packet.is_keyframe) for packet in _payload(container, stream)]
    times = {time: frame for frame, time in enumerate(sorted({pts or 0 for pts, _ in packets}))}
    keys = tuple(position for position, (_, is_key) in enumerate(packets) if is_key)
    if not keys or len(times) < len(packets):
        raise MediaError(
            "The video's packets have no presentation times.",
            where=str(path),
            fix="wrap it in MP4 or MOV, or export it again.",
        )
    return Packets(tuple(times[pts or 0] for pts, _ in packets), keys, times)


def read_frame_stats(
    path: Path, packets: Packets, frames: Collection[int]
) -> dict[int, FrameStats]:
    """Decode some frames of a file, and only the packets they need, for their statistics.

    Returns:
        The statistics by frame; frames that are not there are left out.

    Raises:
        MediaError: it cannot be read or decoded.
    """
    stats: dict[int, FrameStats] = {}
    before: tuple[int, _Pixels] | None = None
    for frame, pixels in _small_pictures(path, packets, frames):
        follows = before is not None and before[0] == frame - 1
        change = float(abs(pixels - before[1]).mean()) if before and follows else None
        stats[frame] = FrameStats(int(pixels.max()), change)
        before = frame, pixels
    return stats


def _small_pictures(
    path: Path, packets: Packets, frames: Collection[int]
) -> Iterator[tuple[int, _Pixels]]:
    """Frames as height x width x red, green and blue; signed, to be subtracted."""
    from av.video.reformatter import VideoReformatter

    shrink = VideoReformatter()
    with _opened(path) as container:
        for picture in _decoded(container, packets, frames):
            frame = packets.times.get(picture.pts or 0)
            if frame is not None and frame in frames:
                small = shrink.reformat(picture, *_SMALL, "rgb24", interpolation="AREA")
                yield frame, small.to_ndarray().astype("int16")


def _decoded(
    container: InputContainer, packets: Packets, frames: Collection[int]
) -> Iterator[VideoFrame]:
    """Decode frames and what they lean on; the decoder is emptied between runs of packets."""
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    decoder = stream.codec_context
    runs = iter(packets.needed_for(frames))
    run = next(runs, None)
    for position, packet in enumerate(_payload(container, stream)):
        if run is None:
            return
        if position in run:
            # Of the other frames only those are decoded that any frame leans on.
            decoder.skip_frame = "DEFAULT" if packets.shown[position] in frames else "NONREF"
            yield from decoder.decode(packet)
        if position + 1 == run.stop:
            yield from decoder.decode(None)
            decoder.flush_buffers()
            run = next(runs, None)


def _payload(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    """The packets that hold a frame which is shown."""
    for packet in container.demux(stream):
        if packet.size and not packet.is_discard:
            yield packet


@contextmanager
def _opened(path: Path) -> Iterator[InputContainer]:
    """A media file with video, opened with PyAV, whose errors become ours."""
    with opened(path) as container:
        if not container.streams.video:
            raise _no_track(path, "Video")
        yield container


def _rate(track: _Track) -> FrameRate:
    if "framerate_num" in track and "framerate_den" in track:
        return FrameRate.snapped(
            Fraction(int(str(track["framerate_num"])), int(str(track["framerate_den"])))
        )
    return FrameRate.parse(str(track["frame_rate"]))


def _first_track(path: Path, kind: str) -> _Track:
    from pymediainfo import MediaInfo  # slow to load, and no reader of a timeline needs it

    if not path.is_file():
        raise MediaError("The file does not exist.", where=str(path), fix="check the path.")
    demuxer_of(path)  # MediaInfo follows lists of other files too
    try:
        tracks = MediaInfo.parse(path).tracks
    except (OSError, RuntimeError) as error:
        raise MediaError(
            f"The file cannot be probed: {error}.", where=str(path), fix="export it again."
        ) from error
    for track in tracks:
        if track.track_type == kind:
            facts: _Track = track.to_data()
            return facts
    raise _no_track(path, kind)


def _no_track(path: Path, kind: str) -> MediaError:
    return MediaError(
        f"The file has no {kind.lower()}.",
        where=str(path),
        fix=f"name a file with {kind.lower()}.",
    )
