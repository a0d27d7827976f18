"""Titles, clips, the Mega Asset and the index of its clips.

Source frames count from zero at the first frame of the Mega Asset's media; the SMPTE timecode of a
frame is its count plus the asset's start.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, Self

from sizzle.errors import InputError, NotFoundError
from sizzle.timecode import FrameRate, TimeRange

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
_KEY = re.compile(r"(.+)-clip-([1-9]\d{0,5})", re.ASCII)


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


def checked_id(value: str, kind: str) -> str:
    """`value` itself, if it is a valid id: safe in file names, addresses and clip keys.

    Raises:
        InputError: anything but 1 to 100 ASCII letters, digits, `.`, `_` and `-`.
    """
    if not _ID.fullmatch(value):
        raise InputError(
            f"{value[:120]!r} cannot be a {kind}.",
            fix="use 1 to 100 letters, digits, '.', '_' or '-', a letter or digit first.",
        )
    return value


@dataclass(frozen=True, slots=True)
class ClipKey:
    """A clip's name: `<title_id>-clip-<n>`, n counted from 1 within the title."""

    title_id: str
    number: int

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The key in `text`, or None where it is not one."""
        match = _KEY.fullmatch(text.strip())
        if match is None or not _ID.fullmatch(match[1]):
            return None
        return cls(match[1], int(match[2]))

    def __str__(self) -> str:
        return f"{self.title_id}-clip-{self.number}"


@dataclass(frozen=True, slots=True)
class Title:
    """Something to watch."""

    title_id: str
    name: str
    metadata: Mapping[str, str] = field(default_factory=_nothing, hash=False)

    def __post_init__(self) -> None:
        checked_id(self.title_id, "title id")


@dataclass(frozen=True, slots=True)
class Clip:
    """One piece of one title in the Mega Asset.

    Attributes:
        title_id: of its title.
        number: counts from 1 in timeline order within the title.
        source: its frames in the Mega Asset's media.
    """

    title_id: str
    number: int
    source: TimeRange

    @property
    def key(self) -> str:
        """`<title_id>-clip-<n>`."""
        return str(ClipKey(self.title_id, self.number))

    @property
    def length(self) -> int:
        """Frames."""
        return self.source.duration


@dataclass(frozen=True, slots=True)
class MediaDigest:
    """Digests of a media file, in hexadecimal.

    Attributes:
        sampled: of its size and of samples of its content, to be compared in milliseconds.
        whole: of all of it, SHA-256.
    """

    sampled: str
    whole: str


@dataclass(frozen=True, slots=True)
class Bed:
    """Continuous music that reels play over.

    Attributes:
        bed_id: its id.
        media: the name of its file.
        duration: frames.
        loops: whether it starts again under a reel that is longer.
        fade: frames over which it fades out before a reel's end; 0 where it is cut off.
        digest: of its file; None where it was published without one.
    """

    bed_id: str
    media: str
    duration: int
    loops: bool = False
    fade: int = 0
    digest: MediaDigest | None = None

    def __post_init__(self) -> None:
        checked_id(self.bed_id, "bed id")
        if self.duration < 0 or self.fade < 0:
            raise InputError(
                f"Bed {self.bed_id} has {self.duration} frames and a fade of {self.fade}.",
                fix="give both as 0 or more.",
            )

    def covers(self, frames: TimeRange) -> bool:
        """Whether it has music for that range; a bed that loops has music for any."""
        return self.loops or TimeRange(0, self.duration).contains(frames)


@dataclass(frozen=True, slots=True)
class MegaAsset:
    """The media that all reels of it are cut from.

    Attributes:
        asset_id: its id.
        rate: of video and timecode.
        start: the start timecode as a frame count; media frame 0 carries it.
        duration: frames of the media.
        video: the name of the media file.
        beds: at least one for reels to play over; the first is the default.
        trailer: the name of the plain film for devices that cannot play a reel.
        digest: of the media file; None where it was published without one.
    """

    asset_id: str
    rate: FrameRate
    start: int
    duration: int
    video: str
    beds: tuple[Bed, ...] = ()
    trailer: str = ""
    digest: MediaDigest | None = None

    def __post_init__(self) -> None:
        checked_id(self.asset_id, "asset id")

    def timecode(self, frame: int) -> str:
        """The SMPTE timecode of a source frame."""
        return self.rate.timecode(self.start + frame)

    def bed(self, bed_id: str | None = None) -> Bed:
        """The bed of that id, or the default one.

        Raises:
            NotFoundError: the asset has no such bed.
        """
        for bed in self.beds:
            if bed_id is None or bed.bed_id == bed_id:
                return bed
        known = ", ".join(bed.bed_id for bed in self.beds) or "none"
        raise NotFoundError(
            f"Asset {self.asset_id} has no bed{f' {bed_id}' if bed_id else ''}.",
            fix=f"publish the asset with a music bed, or name one of its beds ({known}).",
        )


class Index(Protocol):
    """The titles and clips of a Mega Asset, in memory or mapped from the catalog."""

    @property
    def asset(self) -> MegaAsset:
        """The Mega Asset that the clips are pieces of."""

    @property
    def version(self) -> str:
        """The content hash it is published under, or `unpublished`."""

    @property
    def titles(self) -> Sequence[Title]:
        """All titles, in timeline order."""

    @property
    def clip_count(self) -> int:
        """How many clips there are."""

    def title(self, title_id: str) -> Title:
        """One title. Raises NotFoundError."""

    def position_of(self, title_id: str) -> int:
        """The position of a title in `titles`, from 0. Raises NotFoundError."""

    def clip(self, key: str) -> Clip:
        """One clip. Raises NotFoundError."""

    def clips_of(self, title_id: str, length: int | None = None) -> Sequence[Clip]:
        """A title's clips in timeline order, all or those of one length. Raises NotFoundError."""


class Indexes(Protocol):
    """Where assets' indexes are found: a catalog, or a reader that follows one."""

    def index(self, asset_id: str) -> Index:
        """The clips of an asset. Raises NotFoundError, or CatalogError where none can be read."""

    def index_of_version(self, version: str) -> Index:
        """The clips of an asset at a version, current or former. Raises as `index`."""

    def assets(self) -> Sequence[str]:
        """The ids of all assets, sorted. Raises CatalogError."""


class ClipIndex:
    """The immutable map from clip keys to source ranges of one Mega Asset, in memory.

    Raises:
        InputError: a clip without a title, a title without clips, clips not numbered from 1, a
            clip outside the media, or two clips that share a frame.
    """

    version = "unpublished"

    def __init__(self, asset: MegaAsset, titles: Iterable[Title], clips: Iterable[Clip]) -> None:
        self.asset = asset
        self.titles: tuple[Title, ...] = tuple(titles)
        self.clips: tuple[Clip, ...] = tuple(sorted(clips, key=lambda clip: clip.source))
        self._titles = {title.title_id: title for title in self.titles}
        self._of_title: dict[str, list[Clip]] = {title.title_id: [] for title in self.titles}
        for clip in self.clips:
            self._add(clip)
        self._by_key = {clip.key: clip for clip in self.clips}
        self._check()

    @property
    def clip_count(self) -> int:
        """How many clips there are."""
        return len(self.clips)

    def title(self, title_id: str) -> Title:
        """One title. Raises NotFoundError."""
        try:
            return self._titles[title_id]
        except KeyError:
            raise title_not_found(self.asset, title_id) from None

    def position_of(self, title_id: str) -> int:
        """The position of a title in `titles`, from 0. Raises NotFoundError."""
        return self.titles.index(self.title(title_id))

    def clip(self, key: str) -> Clip:
        """One clip. Raises NotFoundError."""
        try:
            return self._by_key[key]
        except KeyError:
            raise clip_not_found(self.asset, key) from None

    def clips_of(self, title_id: str, length: int | None = None) -> Sequence[Clip]:
        """A title's clips in timeline order, all or those of one length. Raises NotFoundError."""
        self.title(title_id)
        clips = self._of_title[title_id]
        return tuple(clip for clip in clips if length is None or clip.length == length)

    def _add(self, clip: Clip) -> None:
        if clip.title_id not in self._of_title:
            raise InputError(
                f"Clip {clip.key} belongs to no title in the index.",
                fix="list its title, or leave the clip out.",
            )
        siblings = self._of_title[clip.title_id]
        siblings.append(clip)
        if clip.number != len(siblings):
            raise InputError(
                f"Clip {clip.key} is number {len(siblings)} of its title in timeline order.",
                fix="number each title's clips from 1, in timeline order.",
            )

    def _check(self) -> None:
        if len(self._titles) != len(self.titles):
            raise InputError("A title is listed twice.", fix="list each title once.")
        for title_id, clips in self._of_title.items():
            if not clips:
                raise InputError(
                    f"Title {title_id} has no clips.", fix="leave the title out of the index."
                )
        end = 0
        for clip in self.clips:
            if clip.source.start < end:
                raise InputError(
                    f"Clip {clip.key} starts inside the clip before it, at frame "
                    f"{clip.source.start}.",
                    fix="clips of a Mega Asset may not share a frame.",
                )
            end = clip.source.end
        if end > self.asset.duration:
            raise InputError(
                f"The last clip ends at frame {end}; the media has {self.asset.duration} frames.",
                fix="export the whole sequence again, or check that the media belongs to it.",
            )


def title_not_found(asset: MegaAsset, title_id: str) -> NotFoundError:
    """The error for a title that an asset does not hold."""
    return NotFoundError(
        f"Asset {asset.asset_id} has no title {title_id[:120]!r}.",
        fix="`sizzle titles` lists its titles.",
    )


def clip_not_found(asset: MegaAsset, key: str) -> NotFoundError:
    """The error for a clip key that an asset does not hold."""
    return NotFoundError(
        f"Asset {asset.asset_id} has no clip {key[:120]!r}.",
        fix="a clip key is <title_id>-clip-<n>, n counted from 1.",
    )
