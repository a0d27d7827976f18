"""The picture of a film: a track, and its packets stamped with the reel's time.

A tick is one over the rate's numerator, so that a frame is exactly its denominator of them.
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
from player_stub.render.encoder import WHOLE, PieceEncoder, tag_alike
from player_stub.render.settings import Settings
from player_stub.render.smart_cut import Piece
from player_stub.render.source import VideoSource
from sizzle.errors import MediaError
from sizzle.reel.timecode_list import CutEntry, TimecodeList

Progress = Callable[[int, int], None]
"""Called with the frames done and the frames of the reel."""

_SECONDS_A_KEY = 2  # at most so long to wait after a jump in a film that was encoded
# What goes into an MP4 beside H.264; a QuickTime movie takes anything.
_IN_MP4 = frozenset({"h264", "hevc", "av1", "vp9", "mpeg4"})


class Picture(Protocol):
    """A way to make the picture."""

    @property
    def encoded(self) -> int:
        """Frames that are not copied."""

    def add_track(self, film: OutputContainer) -> VideoStream:
        """Describe it to the film."""

    def packets(self, on_progress: Progress) -> Iterator[Packet[VideoStream]]:
        """Its packets, in decoding order."""


def picture_of(reel: TimecodeList, source: VideoSource, settings: Settings, suffix: str) -> Picture:
    """The way that changes least: copy, encode next to cuts, or encode all.

    Raises:
        MediaError: a cut's frames are not all there.
    """
    codec = source.stream.codec_context.name
    if settings.draws or (suffix == ".mp4" and codec not in _IN_MP4):
        return _Encoded(reel, source, settings)
    plans = [source.pieces(cut.source.to_time_range()) for cut in reel.cuts]
    if all(piece.copied for plan in plans for piece in plan):
        return _Copied(reel, source, plans)
    encoder = PieceEncoder.of(source)
    anything_kept = any(piece.copied for plan in plans for piece in plan)
    if encoder is None or not anything_kept:
        return _Encoded(reel, source, settings)
    return _Copied(reel, source, plans, encoder)


@dataclass(frozen=True, slots=True)
class _Copied:
    """The cuts' packets, bit for bit, and a few encoded ones where a cut falls inside a GOP."""

    reel: TimecodeList
    source: VideoSource
    plans: list[list[Piece]]
    encoder: PieceEncoder | None = None

    @property
    def encoded(self) -> int:
        pieces = [piece for plan in self.plans for piece in plan]
        return sum(piece.source.duration for piece in pieces if not piece.copied)

    def add_track(self, film: OutputContainer) -> VideoStream:
        # Opaque: described as it is, without asking for an encoder of its kind.
        track = film.add_stream_from_template(self.source.stream, opaque=True)
        if self.encoder is not None:
            first = self.reel.cuts[0].source.to_time_range()
            joined = self.encoder.configuration(self.source.pictures(first))
            assert joined is not None, "x264 describes what it encodes"
            track.codec_context.extradata = joined.to_bytes()
        return track

    def packets(self, on_progress: Progress) -> Iterator[Packet[VideoStream]]:
        tick, a_frame = Fraction(1, self.reel.rate.numerator), self.reel.rate.denominator
        decoded = -self._depth()
        for cut, plan in zip(self.reel.cuts, self.plans, strict=True):
            offset = cut.record.start.frame - cut.source.start.frame
            for frame, packet in self._of(plan):
                shown = offset + frame
                if decoded > shown:
                    raise _reorders_deeper(self.source, cut.clip_key)
                packet.time_base = tick
                packet.pts, packet.dts = shown * a_frame, decoded * a_frame
                packet.duration = a_frame
                decoded += 1
                yield packet
            on_progress(cut.record.stop.frame, self.reel.duration.frame)

    def _depth(self) -> int:
        """The frames by which decoding runs ahead of showing."""
        copied = [piece.source.start for plan in self.plans for piece in plan if piece.copied]
        return max(map(self.source.reorder_depth, copied))

    def _of(self, plan: list[Piece]) -> Iterator[tuple[int, Packet[VideoStream]]]:
        for piece in plan:
            if piece.copied:
                yield from self.source.packets(piece.source)
                continue
            assert self.encoder is not None
            made = self.encoder.packets(self.source.pictures(piece.source))
            yield from enumerate(made, piece.source.start)


class _Encoded:
    """Every frame drawn anew, with a key frame at each cut."""

    def __init__(self, reel: TimecodeList, source: VideoSource, settings: Settings) -> None:
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
        tag_alike(context, self._source.stream.codec_context)
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
        a_key = round(_SECONDS_A_KEY * self._source.clock.rate)
        for place, picture in enumerate(self._source.pictures(cut.source.to_time_range())):
            drawn = self._canvas.drawn(picture, cut, place)
            drawn.pts = (cut.record.start.frame + place) * self._reel.rate.denominator
            drawn.time_base = Fraction(1, self._reel.rate.numerator)
            drawn.pict_type = PictureType.NONE if place % a_key else PictureType.I
            yield drawn


def _reorders_deeper(source: VideoSource, clip_key: str) -> MediaError:
    return MediaError(
        f"{clip_key} reorders frames further than the media declares.",
        where=source.stream.container.name,
        fix="encode all frames with --reencode.",
    )
