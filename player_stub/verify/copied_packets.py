"""Finds the frames of a film that were copied from the media bit for bit, without decoding.

A GOP decodes by itself. Where a film's packets from a key frame on equal the media's, in the same
order and under the same parameter sets, so do their pictures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from player_stub.render.h264 import Configuration
from player_stub.render.video_source import VideoSource
from player_stub.verify.film_packets import Digest, FilmPacket, FilmVideo, digest
from sizzle.reel.timecode_list import TimecodeList
from sizzle.timecode import TimeRange

_Run = list[tuple[int, Digest]]
"""Source frames with the digests of their packets, in decoding order."""


class SourcePackets:
    """An index of the media's packets, or of those that a reel plays."""

    def __init__(self, source: VideoSource) -> None:
        self._source = source
        self._runs: list[_Run] = []
        self._positions: defaultdict[Digest, list[tuple[int, int]]] = defaultdict(list)

    def add(self, ranges: Iterable[TimeRange]) -> None:
        """Index the packets that hold these frames."""
        for frames in ranges:
            run = list(self._read(frames))
            for index, (_, packet) in enumerate(run):
                self._positions[packet].append((len(self._runs), index))
            self._runs.append(run)

    def add_all(self) -> None:
        """Index all packets."""
        self.add([TimeRange(0, 2**31)])

    def match(self, gop: Sequence[FilmPacket], expected: int | None) -> dict[int, int]:
        """The frames of a GOP that are copied: their indexes in the film, and the source frames.

        Where the media has the same packets twice, the expected ones are preferred.
        """
        found = [self._matched(gop, at) for at in self._positions.get(gop[0].digest, [])]
        return max(
            found, key=lambda each: (len(each), each.get(gop[0].index) == expected), default={}
        )

    def _matched(self, gop: Sequence[FilmPacket], at: tuple[int, int]) -> dict[int, int]:
        number, start = at
        matched: dict[int, int] = {}
        for packet, (frame, original) in zip(gop, self._runs[number][start:], strict=False):
            if packet.digest != original:
                break
            matched[packet.index] = frame
        return matched

    def _read(self, frames: TimeRange) -> Iterator[tuple[int, Digest]]:
        """Packets from the key frame before, until all of the frames have been read."""
        missing = frames.duration
        for packet in self._source.packets_from(frames.start):
            frame = self._source.frame_of(packet)
            yield frame, digest(packet)
            missing -= frames.start <= frame < frames.end
            if missing == 0:
                return


def find_copied_packets(reel: TimecodeList, film: FilmVideo, source: VideoSource) -> dict[int, int]:
    """The frames of a film that are copied packets: their indexes, and the source frames.

    Raises:
        MediaError: the media cannot be read.
    """
    if not _decodes_equally(film, source):
        return {}
    packets = SourcePackets(source)
    packets.add(cut.source.to_time_range() for cut in reel.cuts)
    expected = dict(enumerate(reel.source_frames()))
    copied: dict[int, int] = {}
    unknown = []
    for gop in film.gops():
        found = packets.match(gop, expected.get(gop[0].index))
        copied |= found
        if not found:
            unknown.append(gop)
    if unknown and copied:
        # Some of it is copied, so the rest may be copied from elsewhere in the media.
        packets.add_all()
        for gop in unknown:
            copied |= packets.match(gop, expected.get(gop[0].index))
    return copied


def _decodes_equally(film: FilmVideo, source: VideoSource) -> bool:
    """Whether a decoder configured for the film decodes the media's packets correctly."""
    description = source.stream.codec_context.extradata
    ours, theirs = Configuration.parse(film.description), source.configuration
    if film.codec != source.stream.codec_context.name:
        return False
    if ours is None or theirs is None:
        return film.description == bytes(description or b"")
    return {*theirs.sequence_sets} <= {*ours.sequence_sets} and {*theirs.picture_sets} <= {
        *ours.picture_sets
    }
