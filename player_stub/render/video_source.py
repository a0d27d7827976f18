"""Reads the Mega Asset's video: the packets and the decoded pictures of cuts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import dropwhile
from pathlib import Path

from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from player_stub.media import FrameClock, media_errors, video_stream
from player_stub.render.h264 import Configuration, is_random_access
from player_stub.render.smart_cut import CutPart, StoredFrame, split_cut
from sizzle.errors import MediaError
from sizzle.media.checked import refuse
from sizzle.media.gate import normalised, video_problems
from sizzle.media.probe import probe_video, video_facts
from sizzle.reel.timecode_list import TimecodeList
from sizzle.timecode import TimeRange

_ENDLESS = 2**31
_NO_LENGTH = frozenset({"mpeg", "mpegts"})  # streams, whose header says nothing of their end
# Seconds to seek ahead of a frame, each tried where the one before led to a later key frame.
_LEADS = (0, 1, 10, 60)


def _is_no_key(packet: Packet[VideoStream]) -> bool:
    return not packet.is_keyframe


class VideoSource:
    """Reads cuts from opened media; holds one packet or picture at a time.

    Args:
        container: the media, open for reading.

    Raises:
        MediaError: it has no video track, or one that cannot be used.
    """

    def __init__(self, container: InputContainer) -> None:
        self.stream = video_stream(container)
        self.stream.thread_type = "AUTO"
        # The times of most media without an index were read when the asset was published.
        whole = container.format.name in _NO_LENGTH
        path = Path(container.name)
        self.facts = video_facts(path, container, whole=whole)
        refuse(path, video_problems(self.facts))
        self.clock = FrameClock(self.facts.start, self.facts.tick, self.facts.rate.fraction)
        self.normalised = normalised(self.facts)
        self._container = container
        self._codec = self.stream.codec_context.name
        self.configuration = self._configuration()
        self._starts: dict[int, bool] = {}

    def check(self, reel: TimecodeList) -> None:
        """Check that the reel was made for this media, as far as its headers show.

        Raises:
            MediaError: its rate is not the reel's, or a cut is past the end.
        """
        wanted = reel.rate.to_frame_rate().fraction
        if self.clock.rate != wanted:
            raise MediaError(
                f"The media has {self.clock.rate} frames per second, the reel {wanted}.",
                where=self._container.name,
                fix="render from the media that the asset was ingested with.",
            )
        for cut in reel.cuts:
            if cut.source.stop.frame > (length := self.length()):
                raise self._too_short(cut.source.to_time_range(), length)

    def length(self) -> int:
        """Frames, by the index or the headers; where neither says, reading finds the end."""
        if self.facts.frames is not None:
            return self.facts.frames
        if self.stream.duration is not None:
            return self.clock.frame(self.clock.start + self.stream.duration)
        if self.stream.frames:
            return self.stream.frames
        if self._container.duration:
            return round(Fraction(self._container.duration, 10**6) * self.clock.rate)
        return _ENDLESS

    def split(self, source: TimeRange) -> list[CutPart]:
        """Split a cut into parts to copy and parts to encode.

        Raises:
            MediaError: its frames are not all in the media.
        """
        if self._starts_at(source.start) and self._starts_at(source.end):
            return [CutPart(source, copied=True)]
        return split_cut(source, self._stored(source))

    def reorder_depth(self, frame: int) -> int:
        """Frames by which decoding must run ahead of display, by the stamps of a key frame."""
        for packet in self.packets_from(frame):
            lead = self.frame_of(packet) - self.clock.frame(packet.dts) if packet.dts else 0
            return max(self.stream.codec_context.reorder_depth, lead)
        return 0

    def packets(self, source: TimeRange) -> Iterator[tuple[int, Packet[VideoStream]]]:
        """The packets of frames that can be copied, in decoding order, with their frames.

        Raises:
            MediaError: they depend on frames outside, or are not all in the media.
        """
        missing = set(range(source.start, source.end))
        from_key = self.packets_from(source.start)
        for packet in dropwhile(lambda each: self.frame_of(each) != source.start, from_key):
            frame = self.frame_of(packet)
            if frame not in missing:
                raise MediaError(
                    f"Frames {source} cannot be copied: they depend on media frame {frame}.",
                    where=self._container.name,
                    fix="encode all frames with --reencode.",
                )
            missing.remove(frame)
            yield frame, packet
            if not missing:
                return
        raise self._too_short(source, min(missing))

    def pictures(self, source: TimeRange) -> Iterator[VideoFrame]:
        """Decoded frames in display order.

        Raises:
            MediaError: they are not all in the media.
        """
        wanted = source.start
        for packet in self.packets_from(source.start, flush=True):
            for picture in packet.decode():
                if picture.pts is None or self.clock.frame(picture.pts) < wanted:
                    continue
                if self.clock.frame(picture.pts) != wanted:
                    raise self._too_short(source, wanted)
                yield picture
                wanted += 1
                if wanted == source.end:
                    return
        raise self._too_short(source, wanted)

    def packets_from(self, frame: int, *, flush: bool = False) -> Iterator[Packet[VideoStream]]:
        """Packets in decoding order, from a key frame at or before a frame; the last one if it can.

        With `flush`, also the empty one at the end, which flushes the decoder.
        """
        with media_errors(self._container.name):
            for packet in self._from_key_frame(frame):
                if packet.pts is not None or flush:
                    yield packet

    def _from_key_frame(self, frame: int) -> Iterator[Packet[VideoStream]]:
        for lead in _LEADS:
            ahead = round(lead * self.clock.rate)
            self._container.seek(self.clock.stamp(frame - ahead), stream=self.stream)
            packets = dropwhile(_is_no_key, self._container.demux(self.stream))
            key = next(packets, None)
            # By showing, not by storing: a frame stored after a key frame but shown before it
            # depends on the key frame before.
            if key is not None and key.pts is not None and self.frame_of(key) <= frame:
                yield key
                yield from packets
                return
        self._container.seek(self.clock.start, stream=self.stream)
        yield from self._container.demux(self.stream)

    def frame_of(self, packet: Packet[VideoStream]) -> int:
        """The frame that a packet holds."""
        assert packet.pts is not None
        return self.clock.frame(packet.pts)

    def _configuration(self) -> Configuration | None:
        if self._codec != "h264":
            return None
        return Configuration.parse(self.stream.codec_context.extradata)

    def _starts_at(self, frame: int) -> bool:
        """Whether decoding can start at a frame, or the media ends there."""
        if frame not in self._starts:
            self._starts[frame] = frame == self.length() or self._reads_start(frame)
        return self._starts[frame]

    def _reads_start(self, frame: int) -> bool:
        packets = self.packets_from(frame)
        first, second = next(packets, None), next(packets, None)
        if first is None or self.frame_of(first) != frame or not self._is_random_access(first):
            return False
        # A frame shown before a key frame but stored after it depends on what came before.
        return second is None or self.frame_of(second) > frame

    def _stored(self, source: TimeRange) -> Iterator[StoredFrame]:
        """The packets from before a cut's start until all of its frames have been read."""
        missing = set(range(source.start, source.end))
        for packet in self.packets_from(source.start):
            frame = self.frame_of(packet)
            yield StoredFrame(frame, self._is_random_access(packet))
            missing.discard(frame)
            if not missing:
                return
        raise self._too_short(source, min(missing))

    def _is_random_access(self, packet: Packet[VideoStream]) -> bool:
        prefix = self._length_prefix()
        return is_random_access(bytes(packet), self._codec, packet.is_keyframe, prefix)

    def _length_prefix(self) -> int | None:
        if self.configuration is not None:
            return self.configuration.prefix
        extradata = self.stream.codec_context.extradata
        # HEVC's record starts with 1, unlike start codes, and has the length at byte 21.
        if self._codec == "hevc" and extradata and extradata[0] == 1 and len(extradata) > 21:
            return (extradata[21] & 3) + 1
        return None

    def _too_short(self, source: TimeRange, end: int) -> MediaError:
        if self.facts.frames is None:  # then its times were not read yet, and may be why
            path = Path(self._container.name)
            refuse(path, video_problems(probe_video(path)))
        return MediaError(
            f"Frames {source} are not all in the media: frame {end} is missing.",
            where=self._container.name,
            fix="render from the complete media that the asset was ingested with.",
        )
