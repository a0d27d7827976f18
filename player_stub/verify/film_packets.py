"""What the packets of a film's picture say: when each is shown, and what it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import blake2b
from pathlib import Path

from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from player_stub.media import opened, reading, video_of
from player_stub.render.h264 import Configuration, starts_anew

Digest = bytes


def digest(packet: Packet[VideoStream]) -> Digest:
    """What tells a packet's bytes from others."""
    return blake2b(packet, digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class FilmPacket:
    """A packet, in decoding order.

    Attributes:
        place: of its frame in the order of showing, from 0.
        starts: whether nothing from here on leans on what stands before.
        digest: of its bytes.
    """

    place: int
    starts: bool
    digest: Digest


@dataclass(frozen=True, slots=True)
class FilmPicture:
    """A film's video track, without its pictures.

    Attributes:
        packets: those that are shown, in decoding order.
        times: when each frame is shown in seconds, in that order.
        stamps: the same in the track's ticks.
        tick: seconds of a tick.
        disorder: packets that are to be decoded no later than the one before.
        description: what decoders are set up with.
        codec: its name, as ffmpeg has it.
        size: width and height.
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
        """The packets from each place where decoding can start to the next."""
        gop: list[FilmPacket] = []
        for packet in self.packets:
            if packet.starts and gop:
                yield gop
                gop = []
            gop.append(packet)
        if gop:
            yield gop


def read_film(path: Path) -> FilmPicture:
    """Read all packets of a film's picture; decodes none.

    Raises:
        MediaError: it cannot be read, or has no video.
    """
    told: list[tuple[int, bool, Digest]] = []
    disorder, before = 0, None
    with opened(path) as container, reading(str(path)):
        stream = video_of(container)
        own = Configuration.parse(stream.codec_context.extradata)
        prefix, name = own.prefix if own else None, stream.codec_context.name
        for packet in _shown(container.demux(stream)):
            key = packet.is_keyframe
            starts = key and starts_anew(bytes(packet), name, key, prefix)
            told.append((packet.pts or 0, starts, digest(packet)))
            disorder += before is not None and packet.dts is not None and packet.dts <= before
            before = packet.dts
        context, tick = stream.codec_context, Fraction(stream.time_base or 0)
        description = bytes(context.extradata or b"")
        codec, size = context.name, (context.width, context.height)
    stamps = sorted(stamp for stamp, _, _ in told)
    places = {stamp: place for place, stamp in enumerate(stamps)}
    return FilmPicture(
        packets=[FilmPacket(places[stamp], key, each) for stamp, key, each in told],
        times=[stamp * tick for stamp in stamps],
        stamps=stamps,
        tick=tick,
        disorder=disorder,
        description=description,
        codec=codec,
        size=size,
    )


def decode_film(
    path: Path, film: FilmPicture, wanted: Collection[int]
) -> Iterator[tuple[int, VideoFrame]]:
    """Decode some frames, and no GOP that holds none of them; in the order of showing.

    Args:
        path: the film.
        film: its packets.
        wanted: places of frames.

    Raises:
        MediaError: it cannot be read.
    """
    needed = [
        needed
        for gop in film.gops()
        for needed in [any(packet.place in wanted for packet in gop)] * len(gop)
    ]
    places = {stamp: place for place, stamp in enumerate(film.stamps)}
    with opened(path) as container, reading(str(path)):
        stream = video_of(container)
        stream.thread_type = "AUTO"
        for picture in _decoded(_shown(container.demux(stream)), stream, needed):
            place = None if picture.pts is None else places.get(picture.pts)
            if place is not None and place in wanted:
                yield place, picture


def _shown(packets: Iterable[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
    """Those that hold a frame which is shown."""
    for packet in packets:
        if packet.pts is not None and packet.size and not packet.is_discard:
            yield packet


def _decoded(
    packets: Iterator[Packet[VideoStream]], stream: VideoStream, needed: Sequence[bool]
) -> Iterator[VideoFrame]:
    """The pictures of the packets that are needed; between those the decoder is emptied."""
    context, fed = stream.codec_context, False
    for packet, wanted in zip(packets, needed, strict=True):
        if wanted:
            yield from context.decode(packet)
        elif fed:
            yield from context.decode(None)
            context.flush_buffers()
        fed = wanted
    if fed:
        yield from context.decode(None)
