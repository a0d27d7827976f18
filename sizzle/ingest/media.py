"""The packets of a video, and statistics of some of its frames."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from sizzle.errors import MediaError
from sizzle.media_input import opened

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    _Pixels: TypeAlias = npt.NDArray[np.int16]

_SMALL: Final = (32, 18)  # width and height of the copy: large enough pixels to average noise away


@dataclass(frozen=True, slots=True)
class Packets:
    """The packets of a video, in the order in which they are stored and decoded.

    Attributes:
        shown: the number of each packet's frame in the order of showing, from 0.
        keys: positions of the packets at which decoding can start, in order.
        times: the frame number of each presentation time, in the stream's own unit.
        start: the time before which packets were left out, in that unit.
    """

    shown: tuple[int, ...]
    keys: tuple[int, ...]
    times: dict[int, int]
    start: int | None = None

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


def read_packets(path: Path, start: int | None = None) -> Packets:
    """List the packets of a file's video, without decoding any.

    Args:
        path: of the file.
        start: time of its first frame in ticks; packets before it are left out.

    Raises:
        MediaError: it cannot be read, or its packets have no presentation times.
    """
    from sizzle.media.probe import video_track

    with opened(path) as container:
        stream = video_track(path, container)
        packets = [
            (packet.pts, packet.is_keyframe) for packet in _payload(container, stream, start)
        ]
    times = {time: frame for frame, time in enumerate(sorted({pts or 0 for pts, _ in packets}))}
    keys = tuple(position for position, (_, is_key) in enumerate(packets) if is_key)
    if not keys or len(times) < len(packets):
        raise MediaError(
            "The video's packets have no presentation times.",
            where=str(path),
            fix="wrap it in MP4 or MOV, or export it again.",
        )
    return Packets(tuple(times[pts or 0] for pts, _ in packets), keys, times, start)


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

    from sizzle.media.probe import video_track

    shrink = VideoReformatter()
    with opened(path) as container:
        stream = video_track(path, container)
        for picture in _decoded(container, stream, packets, frames):
            frame = packets.times.get(picture.pts or 0)
            if frame is not None and frame in frames:
                small = shrink.reformat(picture, *_SMALL, "rgb24", interpolation="AREA")
                yield frame, small.to_ndarray().astype("int16")


def _decoded(
    container: InputContainer, stream: VideoStream, packets: Packets, frames: Collection[int]
) -> Iterator[VideoFrame]:
    """Decode frames and what they lean on; the decoder is emptied between runs of packets."""
    stream.thread_type = "AUTO"
    decoder = stream.codec_context
    runs = iter(packets.needed_for(frames))
    run = next(runs, None)
    for position, packet in enumerate(_payload(container, stream, packets.start)):
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


def _payload(
    container: InputContainer, stream: VideoStream, start: int | None
) -> Iterator[Packet[VideoStream]]:
    """The packets that hold a frame which is shown."""
    for packet in container.demux(stream):
        is_early = start is not None and packet.pts is not None and packet.pts < start
        if packet.size and not packet.is_discard and not is_early:
            yield packet
