"""The segment map: where each fragment of a packaged asset is, and what it holds.

Fragments are numbered from 0 in the order of the asset's media, the same in all renditions. Each
rendition and each bed is one file: its init segment, then its fragments without gaps.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import ceil
from typing import Any, TypeVar

from sizzle.clips import Clip
from sizzle.errors import NotFoundError
from sizzle.hls.codecs import EVERYWHERE, Codec, codec_of
from sizzle.hls.errors import SegmentMapError
from sizzle.timecode import FrameRate

TABLES = ("sizes", "header_sizes", "time_offsets")
"""The attributes of a track that have one value for each fragment."""

LEAD_IN = 1
"""Fragments before each fade that are never played."""

_Track = TypeVar("_Track", bound="Track")


@dataclass(frozen=True)
class Track:
    """A packaged file: what renditions and beds have in common.

    Attributes:
        name: in addresses; its file is `<name>.mp4`.
        codecs: as RFC 6381 writes them, such as `avc1.640015`.
        timescale: ticks a second.
        fragment_ticks: how long a fragment lasts, in ticks.
        delay: ticks that the init segment's edit list skips.
        init_size: bytes of the init segment.
        sizes: bytes of each fragment.
        header_sizes: bytes of each fragment's header, its `moof` box.
        time_offsets: offset in each header of the eight bytes of its decoding time.
    """

    name: str
    codecs: str
    timescale: int
    fragment_ticks: int
    delay: int
    init_size: int
    sizes: tuple[int, ...]
    header_sizes: tuple[int, ...]
    time_offsets: tuple[int, ...]

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """The offset in the file of each fragment, and last the file's size."""
        return tuple(accumulate(self.sizes, initial=self.init_size))

    @property
    def file(self) -> str:
        """The file's name in the package's folder."""
        return f"{self.name}.mp4"

    @property
    def file_size(self) -> int:
        """Bytes of the whole file."""
        return self.offsets[-1]

    @cached_property
    def fragment_seconds(self) -> Fraction:
        """How long a fragment lasts."""
        return Fraction(self.fragment_ticks, self.timescale)

    @cached_property
    def segment_line(self) -> str:
        """The line of a playlist with a segment's duration."""
        return f"#EXTINF:{float(self.fragment_seconds):.6f},"

    def bandwidth(self, sizes: Sequence[int]) -> tuple[int, int]:
        """Peak and average bits per second of fragments of these sizes.

        Rounded up, since players treat both as limits that are never exceeded.
        """
        bits, seconds = 8 * self.timescale, self.fragment_ticks
        return -(-max(sizes) * bits // seconds), -(-sum(sizes) * bits // (seconds * len(sizes)))

    def facts(self) -> dict[str, Any]:
        """All attributes but the tables, by name."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in TABLES
        }


@dataclass(frozen=True)
class Rendition(Track):
    """The asset's video at one size, in pixels, in one codec."""

    width: int
    height: int

    @cached_property
    def codec(self) -> Codec:
        """Of the video."""
        return codec_of(self.codecs)


@dataclass(frozen=True, slots=True)
class BedSegments:
    """The fragments of a bed that play under a reel.

    Attributes:
        fragments: their numbers, in order.
        end: ticks of the last one after which the video ends; None where it is played whole.
        heard: how long each is heard, in ticks; the encoder's delay, which the first begins with,
            is not heard.
        timescale: ticks a second.
        peak: the most bits per second of any segments that together last about as long as one.
        average: bits per second over all.
    """

    fragments: tuple[int, ...]
    end: int | None
    heard: tuple[int, ...]
    timescale: int
    peak: int
    average: int


@dataclass(frozen=True)
class BedTrack(Track):
    """A music bed: all fragments of the music, then its fades, if it has any.

    A fade is the last few fragments of the music of a reel of a certain length, faded out. There is
    one for each length in slots, shortest first. Before each comes one fragment that is never
    played: it brings the encoder into the state that it has there in the unfaded music.

    Attributes:
        bed_id: of the asset's bed.
        samples: of music; what follows in the last fragment is padding.
        packet: samples of one packet.
        channels: how many.
        fade_fragments: fragments of each fade, 0 where the bed has none.
    """

    bed_id: str
    samples: int
    packet: int
    channels: int
    fade_fragments: int

    @property
    def whole(self) -> int:
        """Fragments of the whole music."""
        return self.fragments_for(self.samples)

    def fragments_for(self, samples: int) -> int:
        """Fragments that hold the first so many samples of music."""
        return -(-(samples + self.delay) // self.fragment_ticks)

    def playing(self, samples: int, slots: int) -> BedSegments:
        """The fragments that play under a reel: the same under all reels of a length.

        Args:
            samples: of the reel's music.
            slots: of the reel's video.
        """
        known = self._playing.get((samples, slots))
        if known is None:
            known = self._playing[samples, slots] = self._laid_out(samples, slots)
        return known

    @cached_property
    def _playing(self) -> dict[tuple[int, int], BedSegments]:
        return {}

    def _laid_out(self, samples: int, slots: int) -> BedSegments:
        count = self.fragments_for(samples)
        faded = min(self.fade_fragments, count)
        end = self.whole + slots * (LEAD_IN + self.fade_fragments)
        fragments = (*range(count - faded), *range(end - faded, end))
        last = samples + self.delay - (count - 1) * self.fragment_ticks
        heard = [self.fragment_ticks] * (count - 1) + [last]
        heard[0] -= self.delay
        ends = last if last < self.fragment_ticks else None
        bits = self._bits(fragments, heard)
        return BedSegments(fragments, ends, tuple(heard), self.timescale, *bits)

    def _bits(self, fragments: Sequence[int], heard: Sequence[int]) -> tuple[int, int]:
        """Peak and average bits per second where the first and the last fragment are shorter.

        The last one's packets are taken to be alike, as the map does not know the size of each, and
        its header to be the whole one's, which is longer.
        """
        sizes = [self.sizes[number] for number in fragments]
        header = self.header_sizes[fragments[-1]]
        packets = -(-heard[-1] // self.packet)
        last = header - (header - sizes[-1]) * packets * self.packet // self.fragment_ticks
        bits = 8 * self.timescale
        average = -(-(sum(sizes[:-1]) + last) * bits // sum(heard))
        return max(average, -(-sizes[0] * bits // heard[0]), self.bandwidth(sizes)[0]), average


@dataclass(frozen=True)
class SegmentMap:
    """The packaged form of one Mega Asset at one version.

    Attributes:
        package_id: in addresses; another encoding of the asset is another package.
        asset_id: of the Mega Asset.
        asset_version: of its index; only reels of this version play from the package.
        rate: of the video.
        fragment: frames of every fragment inside a clip.
        starts: the frame at which each fragment starts, and last the media's length.
        renditions: those in H.264, largest first, then those in AV1, largest first.
        beds: as the asset lists them.
    """

    package_id: str
    asset_id: str
    asset_version: str
    rate: FrameRate
    fragment: int
    starts: tuple[int, ...]
    renditions: tuple[Rendition, ...]
    beds: tuple[BedTrack, ...]

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Renditions and beds: one file each."""
        return (*self.renditions, *self.beds)

    @property
    def duration(self) -> int:
        """Frames of the media."""
        return self.starts[-1]

    @cached_property
    def target_duration(self) -> int:
        """The longest segment in seconds, rounded up: the same in every playlist."""
        return ceil(max(track.fragment_seconds for track in self.tracks))

    @cached_property
    def frame_rate(self) -> str:
        """Frames per second as playlists state them: rounded to three digits."""
        return f"{float(self.rate.fraction):.3f}"

    @cached_property
    def fragment_at(self) -> dict[int, int]:
        """The fragment that starts at a frame; the media's end counts as the start of one more."""
        return {frame: fragment for fragment, frame in enumerate(self.starts)}

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """The number of every fragment; slicing this is faster than making a tuple of a range."""
        return tuple(range(len(self.starts) - 1))

    def track(self, name: str) -> Track:
        """A rendition or bed by its name. Raises NotFoundError."""
        return _named(self.tracks, name, "track", self.package_id)

    def rendition(self, name: str) -> Rendition:
        """A rendition by its name. Raises NotFoundError."""
        return _named(self.renditions, name, "rendition", self.package_id)

    def renditions_to(
        self, max_height: int | None = None, codecs: Collection[Codec] = EVERYWHERE
    ) -> tuple[Rendition, ...]:
        """The renditions for a device: those in the codec that needs fewest bits first.

        Args:
            max_height: in pixels; None for any.
            codecs: that it plays.

        Raises:
            NotFoundError: there is none.
        """
        played = self._by_codecs(frozenset(codecs))
        if max_height is None:
            return played
        chosen = tuple(rendition for rendition in played if rendition.height <= max_height)
        if not chosen:
            lowest = min(rendition.height for rendition in played)
            raise NotFoundError(
                f"The asset has no rendition of at most {max_height} pixels in height.",
                fix=f"ask for at least {lowest}, the height of its smallest.",
            )
        return chosen

    def _by_codecs(self, codecs: frozenset[Codec]) -> tuple[Rendition, ...]:
        if codecs not in self._played:
            self._played[codecs] = tuple(
                rendition
                for codec in Codec
                if codec in codecs
                for rendition in self.renditions
                if rendition.codec == codec
            )
        if not self._played[codecs]:
            known = sorted({rendition.codec.value for rendition in self.renditions})
            raise NotFoundError(
                f"The asset has no rendition in {_listed(sorted(codecs)) or 'no codec'}.",
                fix=f"ask for {_listed(known)}, or package the asset with `--codecs`.",
            )
        return self._played[codecs]

    @cached_property
    def _played(self) -> dict[frozenset[Codec], tuple[Rendition, ...]]:
        return {}

    def bed(self, bed_id: str) -> BedTrack:
        """A bed by the id that the asset gives it. Raises NotFoundError."""
        return _named(self.beds, bed_name(bed_id), "bed", self.package_id)

    def check_clips(self, clips: Iterable[Clip]) -> None:
        """Prove that every clip is made of whole fragments.

        Raises:
            SegmentMapError: a clip ends past the media, or has an edge inside a fragment: the map
                is that of another index.
        """
        for clip in clips:
            for frame in (clip.source.start, clip.source.end):
                if frame not in self.fragment_at:
                    raise SegmentMapError(
                        f"Clip {clip.key} at {clip.source} starts or ends where no fragment of the "
                        f"{self.duration} packaged frames starts.",
                        fix="package the asset again: its clips have moved.",
                    )


def _listed(names: Sequence[str]) -> str:
    return " or ".join(names)


def bed_name(bed_id: str) -> str:
    """The name of a bed's track."""
    return f"bed-{bed_id}"


def _named(tracks: Sequence[_Track], name: str, kind: str, package_id: str) -> _Track:
    """The track with a name."""
    for track in tracks:
        if track.name == name:
            return track
    known = ", ".join(track.name for track in tracks)
    raise NotFoundError(
        f"Package {package_id} has no {kind} {name[:120]!r}.", fix=f"ask for one of: {known}."
    )
