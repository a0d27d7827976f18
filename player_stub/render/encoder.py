"""Encodes pictures as H.264, alone or to stand between copied packets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from av.codec.context import Flags
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from player_stub.render.h264 import Configuration
from player_stub.render.source import VideoSource

_PROFILES: Final = {
    "Constrained Baseline": "baseline",
    "Baseline": "baseline",
    "Main": "main",
    "High": "high",
    "High 10": "high10",
    "High 4:2:2": "high422",
    "High 4:4:4 Predictive": "high444",
}

WHOLE: Final = {
    "preset": "veryfast",  # a preview is looked at once
    "crf": "18",  # next to no loss to be seen
    "forced-idr": "1",  # key frames to seek to, not just pictures coded by themselves
    "sc_threshold": "0",  # no key frames of the encoder's own
    "bf": "2",
    "x264-params": "open-gop=0",
}
"""Options to encode a whole film with."""

_PIECE: Final = {
    "preset": "veryfast",
    "crf": "17",  # between copied frames any loss to be seen would be a blink
    "forced-idr": "1",
    "sc_threshold": "0",
    "bf": "0",  # sent in the order of showing, so that nothing has to wait for it
    "g": "250",
}


class PieceEncoder:
    """Encodes runs of frames so that they can stand between packets of a source.

    Args:
        source: progressive H.264 of one size.
    """

    def __init__(self, source: VideoSource, own: Configuration) -> None:
        self._source = source
        self._own = own
        self._id = own.free_id

    @classmethod
    def of(cls, source: VideoSource) -> PieceEncoder | None:
        """One for a source; None where pieces cannot be encoded to match it."""
        context, own = source.stream.codec_context, source.configuration
        matches = own is not None and own.free_id is not None and own.prefix == 4
        progressive = context.field_order in (0, 1)
        if own is None or not (matches and progressive and source.stream.profile in _PROFILES):
            return None
        return cls(source, own)

    def configuration(self, pictures: Iterable[VideoFrame]) -> Configuration | None:
        """The source's description joined with that of what is encoded here."""
        context = self._context()
        for picture in pictures:
            context.encode(_at(picture, 0, context.time_base))
            break
        ours = Configuration.parse(context.extradata)
        return self._own.joined(ours) if ours else None

    def packets(self, pictures: Iterable[VideoFrame]) -> Iterator[Packet[VideoStream]]:
        """Pictures as packets, one each, in the order of showing; the first is a key frame."""
        context = self._context()
        for place, picture in enumerate(pictures):
            yield from context.encode(_at(picture, place, context.time_base))
        yield from context.encode(None)

    def _context(self) -> VideoCodecContext:
        stream = self._source.stream
        context = VideoCodecContext.create("libx264", "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height = stream.codec_context.width, stream.codec_context.height
        context.pix_fmt = stream.codec_context.pix_fmt
        tag_alike(context, stream.codec_context)
        context.framerate = self._source.clock.rate
        context.time_base = 1 / self._source.clock.rate
        context.flags |= Flags.global_header
        context.options = {
            **_PIECE,
            "profile": _PROFILES[str(stream.profile)],
            # Other ids than the source's, and lengths in place of start codes, as it has them.
            "x264-params": f"sps-id={self._id}:annexb=0:keyint=infinite",
        }
        return context


def tag_alike(context: VideoCodecContext, source: VideoCodecContext) -> None:
    """Say of colours and the shape of pixels what the source says."""
    context.color_range = source.color_range
    context.color_primaries = source.color_primaries
    context.color_trc = source.color_trc
    context.colorspace = source.colorspace
    if source.sample_aspect_ratio:
        context.sample_aspect_ratio = source.sample_aspect_ratio


def _at(picture: VideoFrame, place: int, time_base: Fraction | None) -> VideoFrame:
    picture.pts, picture.time_base = place, time_base or Fraction(1)
    picture.pict_type = PictureType.I if place == 0 else PictureType.NONE
    return picture
