"""The video track of a film: copied or encoded packets, stamped with the reel's time.

A tick is 1 / numerator of the frame rate, so that a frame is exactly `denominator` ticks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from player_stub.render.canvas import Canvas
from player_stub.render.encoder import WHOLE, PartEncoder, set_color_tags
from player_stub.render.settings import RenderSettings
from player_stub.render.smart_cut import CutPart
from player_stub.render.video_source import VideoSource
from sizzle.errors import MediaError
from sizzle.media.facts import UPRIGHT
from sizzle.reel.timecode_list import CutEntry, TimecodeList

Progress = Callable[[int, int], None]
"""Called with the number of frames done, and that of the reel."""

_KEY_FRAME_SECONDS = 2  # at most between key frames of an encoded film, for seeking
# Codecs that go into each container.
_IN_MP4 = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4"})
_IN_MOV = _IN_MP4 - {"vp9"} | {
    *("prores", "dnxhd", "cfhd", "mjpeg", "jpeg2000", "mpeg2video", "dvvideo", "qtrle", "png"),
    *("rawvideo", "v210", "hap"),
}
# Of HEVC: a muxer left to itself writes `hev1`, which Apple's players do not take.
_KEPT_TAGS = frozenset({"hvc1", "hev1"})


class VideoTrack(Protocol):
    """A way of making the video track."""

    @property
    def encoded(self) -> int:
        """Number of frames that are not copied."""

    def add_track(self, film: OutputContainer) -> VideoStream:
        """Add the track to a film."""

    def packets(self, on_progress: Progress) -> Iterator[Packet[VideoStream]]:
        """Its packets, in decoding order."""


def choose_video_track(
    reel: TimecodeList, source: VideoSource, settings: RenderSettings, suffix: str
) -> VideoTrack:
    """Choose the way that encodes least: copy, encode next to cuts, or encode everything.

    Raises:
        MediaError: a cut's frames are not all in the media.
    """
    codec = source.stream.codec_context.name
    turned = source.normalised.orientation != UPRIGHT  # and no film says so in its header
    fits = codec in (_IN_MP4 if suffix == ".mp4" else _IN_MOV)
    if settings.encodes_all or turned or not fits:
        return _EncodedTrack(reel, source, settings)
    plans = [source.split(cut.source.to_time_range()) for cut in reel.cuts]
    if all(part.copied for plan in plans for part in plan):
        return _CopiedTrack(reel, source, plans)
    encoder = PartEncoder.of(source)
    anything_kept = any(part.copied for plan in plans for part in plan)
    if encoder is None or not anything_kept:
        return _EncodedTrack(reel, source, settings)
    return _CopiedTrack(reel, source, plans, encoder)


@dataclass(frozen=True, slots=True)
class _CopiedTrack:
    """The cuts' packets, copied bit for bit, and encoded ones where a cut falls inside a GOP."""

    reel: TimecodeList
    source: VideoSource
    plans: list[list[CutPart]]
    encoder: PartEncoder | None = None

    @property
    def encoded(self) -> int:
        parts = [part for plan in self.plans for part in plan]
        return sum(part.source.duration for part in parts if not part.copied)

    def add_track(self, film: OutputContainer) -> VideoStream:
        # Opaque: the description is copied, without an encoder for its codec.
        track = film.add_stream_from_template(self.source.stream, opaque=True)
        if self.source.facts.tag in _KEPT_TAGS:
            track.codec_context.codec_tag = self.source.facts.tag
        if self.encoder is not None:
            first = self.reel.cuts[0].source.to_time_range()
            joined = self.encoder.configuration(self.source.pictures(first))
            assert joined is not None, "x264 describes what it encodes"
            track.codec_context.extradata = joined.to_bytes()
        return track

    def packets(self, on_progress: Progress) -> Iterator[Packet[VideoStream]]:
        tick, frame_ticks = Fraction(1, self.reel.rate.numerator), self.reel.rate.denominator
        decoded = -self._depth()
        for cut, plan in zip(self.reel.cuts, self.plans, strict=True):
            offset = cut.record.start.frame - cut.source.start.frame
            for frame, packet in self._of(plan):
                shown = offset + frame
                if decoded > shown:
                    raise _reorders_deeper(self.source, cut.clip_key)
                packet.time_base = tick
                packet.pts, packet.dts = shown * frame_ticks, decoded * frame_ticks
                packet.duration = frame_ticks
                decoded += 1
                yield packet
            on_progress(cut.record.stop.frame, self.reel.duration.frame)

    def _depth(self) -> int:
        """The frames by which decoding runs ahead of display."""
        copied = [part.source.start for plan in self.plans for part in plan if part.copied]
        return max(map(self.source.reorder_depth, copied))

    def _of(self, plan: list[CutPart]) -> Iterator[tuple[int, Packet[VideoStream]]]:
        for part in plan:
            if part.copied:
                yield from self.source.packets(part.source)
                continue
            assert self.encoder is not None
            made = self.encoder.packets(self.source.pictures(part.source))
            yield from enumerate(made, part.source.start)


class _EncodedTrack:
    """Every frame encoded again, with a key frame at each cut."""

    def __init__(self, reel: TimecodeList, source: VideoSource, settings: RenderSettings) -> None:
        self._reel = reel
        self._source = source
        self._canvas = Canvas(reel, source, settings)
        self._track: VideoStream | None = None

    @property
    def encoded(self) -> int:
        return self._reel.duration.frame

    def add_track(self, film: OutputContainer) -> VideoStream:
        rate = self._source.clock.rate
        self._track = film.add_stream("libx264", rate=rate, options=WHOLE)
        context = self._track.codec_context
        context.width, context.height = self._canvas.size
        context.pix_fmt = "yuv420p"
        context.time_base = Fraction(1, self._reel.rate.numerator)
        set_color_tags(context, self._source.normalised.target)
        return self._track

    def packets(self, on_progress: Progress) -> Iterator[Packet[VideoStream]]:
        assert self._track is not None
        for cut in self._reel.cuts:
            for picture in self._pictures(cut):
                yield from self._timed(self._track.encode(picture))
            on_progress(cut.record.stop.frame, self._reel.duration.frame)
        yield from self._timed(self._track.encode(None))

    def _timed(self, packets: list[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
        for packet in packets:
            packet.duration = self._reel.rate.denominator
            yield packet

    def _pictures(self, cut: CutEntry) -> Iterator[VideoFrame]:
        interval = round(_KEY_FRAME_SECONDS * self._source.clock.rate)
        for index, picture in enumerate(self._source.pictures(cut.source.to_time_range())):
            drawn = self._canvas.draw(picture, cut, index)
            drawn.pts = (cut.record.start.frame + index) * self._reel.rate.denominator
            drawn.time_base = Fraction(1, self._reel.rate.numerator)
            drawn.pict_type = PictureType.NONE if index % interval else PictureType.I
            yield drawn


def _reorders_deeper(source: VideoSource, clip_key: str) -> MediaError:
    return MediaError(
        f"{clip_key} reorders frames further than the media declares.",
        where=source.stream.container.name,
        fix="encode all frames with --reencode.",
    )
