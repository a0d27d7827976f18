"""Reads the video packets of a film: when each frame is shown, and a digest of its bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path

from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from player_stub.media import media_errors, open_media, video_stream
from player_stub.render.h264 import Configuration, is_random_access

Digest = bytes


def digest(packet: Packet[VideoStream]) -> Digest:
    """A hash of a packet's bytes."""
    return blake2b(packet, digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class FilmPacket:
    """A packet, in decoding order.

    Attributes:
        index: of its frame in display order, from 0.
        starts: whether decoding can start here.
        digest: of its bytes.
    """

    index: int
    starts: bool
    digest: Digest


@dataclass(frozen=True, slots=True)
class FilmVideo:
    """A film's video track, without its decoded pictures.

    Attributes:
        packets: of the frames that are shown, in decoding order.
        times: when each frame is shown in seconds, in display order.
        stamps: the same in the track's ticks.
        tick: seconds of a tick.
        disorder: packets whose decoding time is not later than that of the one before.
        description: what decoders are configured with, as the container stores it.
        codec: its name, as ffmpeg has it.
        size: width and height in square pixels.
    """

    packets: list[FilmPacket]
    times: list[Fraction]
    stamps: list[int]
    tick: Fraction
    disorder: int
    description: bytes
    codec: str
    size: tuple[int, int]

    def gops(self) -> Iterator[list[FilmPacket]]:
        """The packets from each one where decoding can start up to the next."""
        gop: list[FilmPacket] = []
        for packet in self.packets:
            if packet.starts and gop:
                yield gop
                gop = []
            gop.append(packet)
        if gop:
            yield gop


def read_film_video(path: Path) -> FilmVideo:
    """Read all video packets of a film; decodes none.

    Raises:
        MediaError: it cannot be read, or has no video.
    """
    found: list[tuple[int, bool, Digest]] = []
    disorder, before = 0, None
    with open_media(path) as container, media_errors(str(path)):
        stream = video_stream(container)
        own = Configuration.parse(stream.codec_context.extradata)
        prefix, name = own.prefix if own else None, stream.codec_context.name
        for packet in _shown(container.demux(stream)):
            key = packet.is_keyframe
            starts = key and is_random_access(bytes(packet), name, key, prefix)
            found.append((packet.pts or 0, starts, digest(packet)))
            disorder += before is not None and packet.dts is not None and packet.dts <= before
            before = packet.dts
        context, tick = stream.codec_context, Fraction(stream.time_base or 0)
        description = bytes(context.extradata or b"")
        aspect = stream.sample_aspect_ratio or 1
        codec, size = context.name, (round(context.width * aspect), context.height)
    stamps = sorted(stamp for stamp, _, _ in found)
    indexes = {stamp: index for index, stamp in enumerate(stamps)}
    return FilmVideo(
        packets=[FilmPacket(indexes[stamp], key, digest) for stamp, key, digest in found],
        times=[stamp * tick for stamp in stamps],
        stamps=stamps,
        tick=tick,
        disorder=disorder,
        description=description,
        codec=codec,
        size=size,
    )


def decode_film(
    path: Path, film: FilmVideo, needed_frames: Collection[int]
) -> Iterator[tuple[int, VideoFrame]]:
    """Decode some frames in display order, skipping GOPs that hold none of them.

    Args:
        path: the film.
        film: its packets.
        needed_frames: indexes of frames.

    Raises:
        MediaError: it cannot be read.
    """
    needed = [
        needed
        for gop in film.gops()
        for needed in [any(packet.index in needed_frames for packet in gop)] * len(gop)
    ]
    indexes = {stamp: index for index, stamp in enumerate(film.stamps)}
    with open_media(path) as container, media_errors(str(path)):
        stream = video_stream(container)
        stream.thread_type = "AUTO"
        for picture in _decoded(_shown(container.demux(stream)), stream, needed):
            index = None if picture.pts is None else indexes.get(picture.pts)
            if index is not None and index in needed_frames:
                yield index, picture


def _shown(packets: Iterable[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
    """The packets whose frame is shown."""
    for packet in packets:
        if packet.pts is not None and packet.size and not packet.is_discard:
            yield packet


def _decoded(
    packets: Iterator[Packet[VideoStream]], stream: VideoStream, needed: Sequence[bool]
) -> Iterator[VideoFrame]:
    """The pictures of the needed packets; the decoder is flushed where one is skipped."""
    context, fed = stream.codec_context, False
    for packet, is_needed in zip(packets, needed, strict=True):
        if is_needed:
            yield from context.decode(packet)
        elif fed:
            yield from context.decode(None)
            context.flush_buffers()
        fed = is_needed
    if fed:
        yield from context.decode(None)
