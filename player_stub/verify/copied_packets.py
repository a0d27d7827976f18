"""Finds the frames of a film that are the media's own, bit for bit, without decoding any.

A GOP decodes by itself. Where a film's packets from a key frame on are the media's, in the same
order and under the same parameter sets, so are their pictures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from player_stub.render.h264 import Configuration
from player_stub.render.source import VideoSource
from player_stub.verify.film_packets import Digest, FilmPacket, FilmPicture, digest
from sizzle.reel.timecode_list import TimecodeList
from sizzle.timecode import TimeRange

_Run = list[tuple[int, Digest]]
"""Source frames with what their packets hold, in decoding order."""


class Originals:
    """The media's packets where a reel plays it, and the whole of it where that is not enough."""

    def __init__(self, source: VideoSource) -> None:
        self._source = source
        self._runs: list[_Run] = []
        self._places: defaultdict[Digest, list[tuple[int, int]]] = defaultdict(list)

    def learn(self, ranges: Iterable[TimeRange]) -> None:
        """Read the packets that some frames are stored in."""
        for frames in ranges:
            run = list(self._read(frames))
            for place, (_, each) in enumerate(run):
                self._places[each].append((len(self._runs), place))
            self._runs.append(run)

    def learn_all(self) -> None:
        """Read all packets."""
        self.learn([TimeRange(0, 2**31)])

    def match(self, gop: Sequence[FilmPacket], expected: int | None) -> dict[int, int]:
        """The frames of a GOP that are copies: their places in the film, and which they are.

        Where the media has the same packets twice, those are meant that should be there.
        """
        found = [self._matched(gop, at) for at in self._places.get(gop[0].digest, [])]
        return max(
            found, key=lambda each: (len(each), each.get(gop[0].place) == expected), default={}
        )

    def _matched(self, gop: Sequence[FilmPacket], at: tuple[int, int]) -> dict[int, int]:
        number, start = at
        matched: dict[int, int] = {}
        for packet, (frame, original) in zip(gop, self._runs[number][start:], strict=False):
            if packet.digest != original:
                break
            matched[packet.place] = frame
        return matched

    def _read(self, frames: TimeRange) -> Iterator[tuple[int, Digest]]:
        """From the key frame before to the last frame; what lies behind in decoding order ends."""
        missing = frames.duration
        for packet in self._source.packets_from(frames.start):
            frame = self._source.frame_of(packet)
            yield frame, digest(packet)
            missing -= frames.start <= frame < frames.end
            if missing == 0:
                return


def find_copies(reel: TimecodeList, film: FilmPicture, source: VideoSource) -> dict[int, int]:
    """The frames of a film that are copied packets: their places, and which source frames they are.

    Raises:
        MediaError: the media cannot be read.
    """
    if not _decodes_alike(film, source):
        return {}
    originals = Originals(source)
    originals.learn(cut.source.to_time_range() for cut in reel.cuts)
    expected = dict(enumerate(reel.source_frames()))
    copies: dict[int, int] = {}
    unknown = []
    for gop in film.gops():
        found = originals.match(gop, expected.get(gop[0].place))
        copies |= found
        if not found:
            unknown.append(gop)
    if unknown and copies:
        # Most of it is copied: what is not may be copied from another place.
        originals.learn_all()
        for gop in unknown:
            copies |= originals.match(gop, expected.get(gop[0].place))
    return copies


def _decodes_alike(film: FilmPicture, source: VideoSource) -> bool:
    """Whether a decoder set up for the film gives the pictures of the media."""
    description = source.stream.codec_context.extradata
    ours, theirs = Configuration.parse(film.description), source.configuration
    if film.codec != source.stream.codec_context.name:
        return False
    if ours is None or theirs is None:
        return film.description == bytes(description or b"")
    return {*theirs.sequence_sets} <= {*ours.sequence_sets} and {*theirs.picture_sets} <= {
        *ours.picture_sets
    }
