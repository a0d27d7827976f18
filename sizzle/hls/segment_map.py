"""The segment map: where each fragment of a packaged asset lies, and what is in it.

Fragments are numbered from 0 in the order of the asset's media, the same in all rungs. A rung or a
bed is one file: its init segment, then its fragments without gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import ceil
from typing import Any, TypeVar

from sizzle.clips import Clip
from sizzle.errors import NotFoundError
from sizzle.hls.errors import SegmentMapError
from sizzle.timecode import FrameRate

TABLES = ("sizes", "header_sizes", "time_places")
"""What a track says of each fragment."""

LEAD_IN = 1
"""Fragments in front of each ending that nobody plays."""

_Track = TypeVar("_Track", bound="Track")


@dataclass(frozen=True)
class Track:
    """What rungs and beds have in common.

    Attributes:
        name: in addresses; its file is called the same, with `.mp4` behind.
        codecs: as RFC 6381 writes them, such as `avc1.640015`.
        timescale: ticks a second.
        fragment_ticks: how long a fragment lasts, in ticks.
        delay: ticks by which the init segment's edit list shows all earlier than the samples say.
        init_size: bytes of the init segment.
        sizes: bytes of each fragment.
        header_sizes: bytes of each fragment's header, its `moof` box.
        time_places: where in each header the eight bytes of its decoding time lie.
    """

    name: str
    codecs: str
    timescale: int
    fragment_ticks: int
    delay: int
    init_size: int
    sizes: tuple[int, ...]
    header_sizes: tuple[int, ...]
    time_places: tuple[int, ...]

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where in the file each fragment begins, and last where the file ends."""
        return tuple(accumulate(self.sizes, initial=self.init_size))

    @property
    def file(self) -> str:
        """Its file's name in the package's folder."""
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
        """What playlists say of how long each segment lasts."""
        return f"#EXTINF:{float(self.fragment_seconds):.6f},"

    def bandwidth(self, sizes: Sequence[int]) -> tuple[int, int]:
        """Bits a second of fragments of these sizes: at the most, and on average.

        Rounded up: what is promised is never exceeded.
        """
        bits, seconds = 8 * self.timescale, self.fragment_ticks
        return -(-max(sizes) * bits // seconds), -(-sum(sizes) * bits // (seconds * len(sizes)))

    def facts(self) -> dict[str, Any]:
        """All but the tables, by name."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in TABLES
        }


@dataclass(frozen=True)
class Rung(Track):
    """The asset's video at one size, in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Playing:
    """What plays of a bed under a reel.

    Attributes:
        fragments: which, in order: the last reaches the video's end.
        peak: bits a second, at the most.
        average: bits a second of all.
    """

    fragments: tuple[int, ...]
    peak: int
    average: int


@dataclass(frozen=True)
class Sound(Track):
    """A music bed: its fragments from its first to its last, then its endings, if it has any.

    An ending is the last few fragments of the music of a reel of so many slots, faded out. Endings
    come in the order of how long those reels are, each behind one fragment that only leads the
    encoder in.

    Attributes:
        bed_id: of the asset's bed.
        samples: how many are music; what follows is the encoder's padding.
        packet: samples of one packet.
        channels: how many.
        ending: fragments of an ending, 0 where the bed has none.
    """

    bed_id: str
    samples: int
    packet: int
    channels: int
    ending: int

    @property
    def whole(self) -> int:
        """How many of its fragments it takes to play it from its first sample to its last."""
        return self.fragments_for(self.samples)

    def fragments_for(self, samples: int) -> int:
        """How many fragments it takes until so many samples were heard."""
        return -(-(samples + self.delay) // self.fragment_ticks)

    def playing(self, samples: int, slots: int) -> Playing:
        """What plays of it under a reel: the same under all reels of a length.

        Args:
            samples: how long its music is.
            slots: how long its video is, in fragments of that.
        """
        known = self._playing.get((samples, slots))
        if known is None:
            known = self._playing[samples, slots] = self._laid_out(samples, slots)
        return known

    @cached_property
    def _playing(self) -> dict[tuple[int, int], Playing]:
        return {}

    def _laid_out(self, samples: int, slots: int) -> Playing:
        count = self.fragments_for(samples)
        faded = min(self.ending, count)
        end = self.whole + slots * (LEAD_IN + self.ending)
        fragments = (*range(count - faded), *range(end - faded, end))
        return Playing(fragments, *self.bandwidth([self.sizes[place] for place in fragments]))


@dataclass(frozen=True)
class SegmentMap:
    """The packaged form of one Mega Asset at one version.

    Attributes:
        package_id: what it is called, in addresses; another encoding of the asset has another.
        asset_id: of the Mega Asset.
        asset_version: of its index: reels of another version are not its.
        rate: of the video.
        fragment: frames of every fragment that lies in a clip.
        starts: the frame at which each fragment starts, and last the media's length.
        rungs: largest first.
        beds: as the asset lists them.
    """

    package_id: str
    asset_id: str
    asset_version: str
    rate: FrameRate
    fragment: int
    starts: tuple[int, ...]
    rungs: tuple[Rung, ...]
    beds: tuple[Sound, ...]

    @property
    def tracks(self) -> tuple[Track, ...]:
        """Rungs and beds: one file each."""
        return (*self.rungs, *self.beds)

    @property
    def duration(self) -> int:
        """Frames of the media."""
        return self.starts[-1]

    @cached_property
    def target_duration(self) -> int:
        """Whole seconds that no segment lasts longer than: the same in every playlist."""
        return ceil(max(track.fragment_seconds for track in self.tracks))

    @cached_property
    def frame_rate(self) -> str:
        """Frames a second as playlists say them: rounded to three digits."""
        return f"{float(self.rate.fraction):.3f}"

    @cached_property
    def places(self) -> dict[int, int]:
        """Which fragment starts at a frame; none starts at the media's end, which has a number."""
        return {frame: place for place, frame in enumerate(self.starts)}

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """Every fragment's number: a slice of them is had faster than a range is counted."""
        return tuple(range(len(self.starts) - 1))

    def track(self, name: str) -> Track:
        """A rung or bed by its name. Raises NotFoundError."""
        return _named(self.tracks, name, "track", self.package_id)

    def rung(self, name: str) -> Rung:
        """A rung by its name. Raises NotFoundError."""
        return _named(self.rungs, name, "rung", self.package_id)

    def rungs_to(self, max_height: int | None) -> tuple[Rung, ...]:
        """The rungs no higher than that, in pixels, or all. Raises NotFoundError: there is none."""
        if max_height is None:
            return self.rungs
        chosen = tuple(rung for rung in self.rungs if rung.height <= max_height)
        if not chosen:
            lowest = min(rung.height for rung in self.rungs)
            raise NotFoundError(
                f"The asset has no picture of at most {max_height} pixels' height.",
                fix=f"its smallest has {lowest}.",
            )
        return chosen

    def bed(self, bed_id: str) -> Sound:
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
                if frame not in self.places:
                    raise SegmentMapError(
                        f"Clip {clip.key} at {clip.source} has an edge where none of the "
                        f"{self.duration} packaged frames begins a fragment.",
                        fix="package the asset again: its clips are not where they were.",
                    )


def bed_name(bed_id: str) -> str:
    """What the track of a bed is called."""
    return f"bed-{bed_id}"


def _named(tracks: Sequence[_Track], name: str, kind: str, package_id: str) -> _Track:
    """The track that is called so."""
    for track in tracks:
        if track.name == name:
            return track
    known = ", ".join(track.name for track in tracks)
    raise NotFoundError(
        f"Package {package_id} has no {kind} {name[:120]!r}.", fix=f"ask for one of: {known}."
    )
