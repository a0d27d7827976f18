"""The Mega Asset's video as the packets of cuts, untouched.

A cut can be copied where it starts on a key frame and no frame of it leans on one outside: the
packets from that key frame on, in decoding order, are then exactly the cut's frames.
"""

from __future__ import annotations

from collections.abc import Iterator

from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from player_stub.media import clock_of, reading, video_of
from sizzle.errors import MediaError
from sizzle.reel.timecode_list import CutEntry, TimecodeList

_ENDLESS = 2**31

_CLOSE_THE_GOPS = (
    "export the media with a closed GOP and a key frame at each clip's start "
    "(x264: keyint=40:scenecut=0:open-gop=0)."
)


class VideoSource:
    """Reads cuts from opened media; holds one packet at a time.

    Args:
        container: the media, open for reading.

    Raises:
        MediaError: it has no video track, or one without a rate.
    """

    def __init__(self, container: InputContainer) -> None:
        self.stream = video_of(container)
        self._container = container
        self._clock = clock_of(self.stream)

    def check(self, reel: TimecodeList) -> int:
        """Prove that every cut can be copied, as far as the packets it starts with tell.

        Returns:
            The frames by which decoding runs ahead of showing.

        Raises:
            MediaError: another rate than the reel's, a cut past the end, or one that does not
                start on a key frame.
        """
        self._check_rate(reel)
        depths = (self._reorder_depth(self._checked_start(cut)) for cut in reel.cuts)
        return max(self.stream.codec_context.reorder_depth, *depths)

    def packets(self, cut: CutEntry) -> Iterator[tuple[int, Packet[VideoStream]]]:
        """A cut's packets in decoding order, each with its place in the cut, from 0.

        Raises:
            MediaError: its frames lean on frames outside it, or are not all there.
        """
        source = cut.source.to_time_range()
        missing = set(range(source.duration))
        for packet in self._from(source.start):
            place = self._frame(packet) - source.start
            if place not in missing:
                raise self._leaning(cut, place + source.start)
            missing.remove(place)
            yield place, packet
            if not missing:
                return
        raise self._too_short(cut, source.start + min(missing))

    def _check_rate(self, reel: TimecodeList) -> None:
        wanted = reel.rate.to_frame_rate().fraction
        if self._clock.rate != wanted:
            raise MediaError(
                f"It has {self._clock.rate} frames a second, the reel counts {wanted}.",
                where=self._container.name,
                fix="render from the media that the asset was ingested with.",
            )

    def _checked_start(self, cut: CutEntry) -> Packet[VideoStream]:
        source = cut.source.to_time_range()
        if source.end > (length := self._length()):
            raise self._too_short(cut, length)
        for packet in self._from(source.start):
            if not packet.is_keyframe or self._frame(packet) != source.start:
                raise self._not_on_a_key_frame(cut)
            return packet
        raise self._too_short(cut, length)

    def _reorder_depth(self, packet: Packet[VideoStream]) -> int:
        """The lead that a key frame's time stamps leave for frames shown before they are sent."""
        if packet.dts is None:
            return 0
        return self._frame(packet) - self._clock.frame(packet.dts)

    def _length(self) -> int:
        """Frames, as far as the headers tell; where they do not, reading finds the end."""
        if self.stream.duration is not None:
            return self._clock.frame(self._clock.start + self.stream.duration)
        return self.stream.frames or _ENDLESS

    def _from(self, frame: int) -> Iterator[Packet[VideoStream]]:
        """Packets in decoding order, from the last key frame at or before a frame."""
        with reading(self._container.name):
            self._container.seek(self._clock.stamp(frame), stream=self.stream)
            for packet in self._container.demux(self.stream):
                if packet.pts is not None:
                    yield packet

    def _frame(self, packet: Packet[VideoStream]) -> int:
        assert packet.pts is not None
        return self._clock.frame(packet.pts)

    def _key_frames_around(self, frame: int) -> list[int]:
        """The last key frame at or before, and the first one after, where there are such."""
        keys = (self._frame(packet) for packet in self._from(frame) if packet.is_keyframe)
        found: list[int] = []
        for key in keys:
            found.append(key)
            if key > frame:
                break
        return found[-2:]

    def _not_on_a_key_frame(self, cut: CutEntry) -> MediaError:
        start = cut.source.start
        keys = " and ".join(map(str, self._key_frames_around(start.frame)))
        return MediaError(
            f"It starts at media frame {start.frame} ({start.timecode}), which is no key frame; "
            f"the nearest are {keys}.",
            where=_place(cut),
            fix=_CLOSE_THE_GOPS,
        )

    def _leaning(self, cut: CutEntry, frame: int) -> MediaError:
        return MediaError(
            f"Its frames {cut.source.to_time_range()} cannot be copied without media frame "
            f"{frame}, which they are encoded with.",
            where=_place(cut),
            fix=_CLOSE_THE_GOPS,
        )

    def _too_short(self, cut: CutEntry, end: int) -> MediaError:
        return MediaError(
            f"Its frames {cut.source.to_time_range()} are not all in {self._container.name}, "
            f"which has none at {end}.",
            where=_place(cut),
            fix="render from the media that the asset was ingested with, whole.",
        )


def _place(cut: CutEntry) -> str:
    return f"cut {cut.clip_key} at {cut.record.start.timecode} of the reel"
