"""Exactly the frames of a source that a clip asks for, whatever its container and coding.

A seek lands near a time, and what comes first after it may lean on frames before it. So decoding
starts at a key frame that is shown at or before the first frame wanted, and every frame counts by
the time at which it is shown: a frame is the one meant, or it is an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import dropwhile

import av
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from sizzle.errors import MediaError
from sizzle.mega.source import Opened, Source, opened
from sizzle.timecode import TimeRange

# Seconds to seek ahead of the first frame wanted, each tried where the one before was too late.
_LEADS = (0, 1, 10, 60)


def decode(source: Source, wanted: TimeRange) -> Iterator[VideoFrame]:
    """Decode the wanted frames, in order; a few are held in memory at a time.

    Raises:
        MediaError: a frame is not there, damaged, or shown at an irregular time.
    """
    for lead in (*_LEADS, None):
        with opened(source.path) as file:
            packets = _packets(file, source, wanted.start, lead)
            pictures = dropwhile(
                lambda numbered: numbered[0] < wanted.start, _numbered(source, packets)
            )
            number, picture = next(pictures, (None, None))
            if number == wanted.start and picture is not None:
                yield picture
                yield from _following(source, pictures, TimeRange(number + 1, wanted.end))
                return
    raise _missing(source, wanted.start)


def _packets(
    file: Opened, source: Source, frame: int, lead: int | None
) -> Iterator[Packet[VideoStream]]:
    """Packets from a key frame shown at or before a frame; none where the seek came too late.

    Without a lead, they are all packets of the file.
    """
    container, stream = file
    if lead is None:
        yield from container.demux(stream)
        return
    ahead = round(lead * source.rate.fraction)
    try:
        container.seek(source.clock.time(frame - ahead), stream=stream)
    except av.FFmpegError:
        return  # before the start, or a container that cannot seek
    packets = dropwhile(lambda packet: not packet.is_keyframe, container.demux(stream))
    key = next(packets, None)
    shown = source.clock.frame(key.pts) if key else None
    # By showing, not by storing: a frame stored after a key frame but shown before it depends on
    # the key frame before.
    if key is not None and shown is not None and shown <= frame:
        yield key
        yield from packets


def _numbered(
    source: Source, packets: Iterator[Packet[VideoStream]]
) -> Iterator[tuple[int, VideoFrame]]:
    is_sound = False
    for packet in packets:
        for picture in packet.decode():
            number = source.clock.frame(picture.pts)
            if number is None:
                raise _irregular(source)
            # Damage spreads to the frames that lean on a damaged one. What is shown before the
            # first key frame is not judged: it leans on what was not decoded.
            is_sound = is_sound or picture.key_frame
            if is_sound and picture.is_corrupt:
                raise _damaged(source, number)
            yield number, picture


def _following(
    source: Source, pictures: Iterator[tuple[int, VideoFrame]], wanted: TimeRange
) -> Iterator[VideoFrame]:
    for expected in range(wanted.start, wanted.end):
        number, picture = next(pictures, (None, None))
        if number != expected or picture is None:
            raise _missing(source, expected)
        yield picture


def _irregular(source: Source) -> MediaError:
    return MediaError(
        "Its frames have irregular presentation times.",
        where=str(source.path),
        fix="convert it to a constant frame rate.",
    )


def _damaged(source: Source, frame: int) -> MediaError:
    return MediaError(
        f"Its frame {frame} of {source.frames} is damaged.",
        where=str(source.path),
        fix="copy the file again from its origin.",
    )


def _missing(source: Source, frame: int) -> MediaError:
    return MediaError(
        f"Its frame {frame} of {source.frames} cannot be decoded.",
        where=str(source.path),
        fix="check that the file is complete, or convert it to a constant frame rate.",
    )
