"""Encodes pictures as H.264, by themselves or to be placed between copied packets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final

from av.codec.context import Flags
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from player_stub.render.h264 import Configuration
from player_stub.render.video_source import VideoSource
from sizzle.media.facts import Colours

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
    "preset": "veryfast",  # a preview is watched once
    "crf": "18",  # hardly any visible loss
    "forced-idr": "1",  # IDR frames, which can be sought to, not mere I-frames
    "sc_threshold": "0",  # no key frames at scene changes
    "bf": "2",
    "x264-params": "open-gop=0",
}
"""Options to encode a whole film with."""

_PART: Final = {
    "preset": "veryfast",
    "crf": "17",  # visible loss would flicker between copied frames
    "forced-idr": "1",
    "sc_threshold": "0",
    "bf": "0",  # decoding order is display order, so no packet has to wait
    "g": "250",
}


class PartEncoder:
    """Encodes runs of frames so that they can be placed between packets of a source.

    Args:
        source: progressive H.264 of one size.
    """

    def __init__(self, source: VideoSource, own: Configuration) -> None:
        self._source = source
        self._own = own
        self._id = own.free_id

    @classmethod
    def of(cls, source: VideoSource) -> PartEncoder | None:
        """An encoder for a source; None where encoded frames cannot match it."""
        context, own = source.stream.codec_context, source.configuration
        matches = own is not None and own.free_id is not None and own.prefix == 4
        progressive = context.field_order in (0, 1)
        if own is None or not (matches and progressive and source.stream.profile in _PROFILES):
            return None
        return cls(source, own)

    def configuration(self, pictures: Iterable[VideoFrame]) -> Configuration | None:
        """The source's configuration merged with that of the encoder."""
        context = self._context()
        for picture in pictures:
            context.encode(_stamped(picture, 0, context.time_base))
            break
        ours = Configuration.parse(context.extradata)
        return self._own.merged(ours) if ours else None

    def packets(self, pictures: Iterable[VideoFrame]) -> Iterator[Packet[VideoStream]]:
        """Pictures as packets, one each, in display order; the first is a key frame."""
        context = self._context()
        for index, picture in enumerate(pictures):
            yield from context.encode(_stamped(picture, index, context.time_base))
        yield from context.encode(None)

    def _context(self) -> VideoCodecContext:
        stream = self._source.stream
        context = VideoCodecContext.create("libx264", "w")
        assert isinstance(context, VideoCodecContext)
        context.width, context.height = stream.codec_context.width, stream.codec_context.height
        context.pix_fmt = stream.codec_context.pix_fmt
        _copy_tags(context, stream.codec_context)
        context.framerate = self._source.clock.rate
        context.time_base = 1 / self._source.clock.rate
        context.flags |= Flags.global_header
        context.options = {
            **_PART,
            "profile": _PROFILES[str(stream.profile)],
            # A parameter set id that the source does not use, and its NAL framing: lengths.
            "x264-params": f"sps-id={self._id}:annexb=0:keyint=infinite",
        }
        return context


def set_color_tags(context: VideoCodecContext, colours: Colours) -> None:
    """Tag what is encoded with colours."""
    context.color_range = ColorRange.JPEG if colours.full_range else ColorRange.MPEG
    context.color_primaries = colours.primaries
    context.color_trc = colours.transfer
    context.colorspace = colours.matrix


def _copy_tags(context: VideoCodecContext, source: VideoCodecContext) -> None:
    """Copy the tags for colours and the pixel aspect ratio from the source."""
    context.color_range = source.color_range
    context.color_primaries = source.color_primaries
    context.color_trc = source.color_trc
    context.colorspace = source.colorspace
    if source.sample_aspect_ratio:
        context.sample_aspect_ratio = source.sample_aspect_ratio


def _stamped(picture: VideoFrame, index: int, time_base: Fraction | None) -> VideoFrame:
    picture.pts, picture.time_base = index, time_base or Fraction(1)
    picture.pict_type = PictureType.I if index == 0 else PictureType.NONE
    return picture
