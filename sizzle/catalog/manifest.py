"""The small files of a catalog: what a version holds, and which version is the one to use.

A version is a manifest: which segment holds each asset. Versions are never changed or renumbered;
history is kept by keeping manifests, and what changed is a comparison of two.

The announcement is one file that says which version is announced and which is pinned over it. It is
one, so that a reader needs one small read to be up to date and never sees half of a change. Its
sequence number grows with each change, so that a stale copy differs from a rollback.

Both are sealed: the first line is the SHA-256 of the rest, which is JSON.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import starmap
from typing import Any, NamedTuple, Self, TypeVar

from sizzle.catalog.errors import TornError
from sizzle.catalog.format import json_bytes
from sizzle.clips import checked_id
from sizzle.errors import InputError

ANNOUNCEMENT = "announced"
MANIFESTS = "manifests"
SEGMENTS = "segments"
MAPS = "maps"
_INDEXED = 4  # the fields of an asset that is not packaged
_T = TypeVar("_T")
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MANIFEST_NAME = re.compile(MANIFESTS + r"/(\d{10})", re.ASCII)


def manifest_name(version: int) -> str:
    """The file of a version."""
    return f"{MANIFESTS}/{version:010}"


def version_of(name: str) -> int | None:
    """The version that a file's name spells, or None where it is no manifest."""
    match = _MANIFEST_NAME.fullmatch(name)
    return int(match[1]) if match else None


def segment_name(sha256: str) -> str:
    """The file of a segment."""
    return f"{SEGMENTS}/{sha256}"


def map_name(sha256: str) -> str:
    """The file of a segment map."""
    return f"{MAPS}/{sha256}"


class PublishedAsset(NamedTuple):
    """One asset of a version.

    Attributes:
        segment: the hash of its segment.
        size: bytes of that.
        titles: how many are inside.
        clips: how many are inside.
        package_id: what it is played from, empty where it is not packaged.
        segment_map: the hash of that package's segment map.
    """

    segment: str
    size: int
    titles: int
    clips: int
    package_id: str = ""
    segment_map: str = ""

    def facts(self) -> tuple[str | int, ...]:
        """As manifests have it: what is not packaged says nothing of it."""
        return self if self.package_id else self[:_INDEXED]


@dataclass(frozen=True, slots=True)
class Manifest:
    """One version of the catalog.

    Attributes:
        version: counts from 1.
        parent: the version that it was made from, 0 for the empty catalog.
        published: when, in seconds since 1970.
        assets: what it holds, by asset id.
    """

    version: int
    parent: int
    published: float
    assets: Mapping[str, PublishedAsset]

    def to_bytes(self) -> bytes:
        """The sealed file."""
        return _sealed(
            {
                "version": self.version,
                "parent": self.parent,
                "published": self.published,
                "assets": {key: item.facts() for key, item in self.assets.items()},
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> Self:
        """Read the sealed file. Raises TornError for anything else."""
        return _unsealed(data, name, cls._decode)

    @classmethod
    def _decode(cls, body: dict[str, Any]) -> Self:
        return cls(
            version=_whole(body["version"]),
            parent=_whole(body["parent"]),
            published=float(body["published"]),
            assets=_published(body["assets"]),
        )


EMPTY = Manifest(version=0, parent=0, published=0.0, assets={})


@dataclass(frozen=True, slots=True)
class Announcement:
    """Which version readers use.

    Attributes:
        version: the announced one; 0 is the empty catalog.
        pinned: the version to use instead, while it is set.
        oldest: older versions are swept away, except the announced and the pinned one.
        sequence: grows with each announcement.
        at: when it was made, in seconds since 1970.
    """

    version: int
    pinned: int | None
    oldest: int
    sequence: int
    at: float

    @property
    def current(self) -> int:
        """The version to use."""
        return self.version if self.pinned is None else self.pinned

    def to_bytes(self) -> bytes:
        """The sealed file."""
        return _sealed(asdict(self))

    @classmethod
    def from_bytes(cls, data: bytes, name: str = ANNOUNCEMENT) -> Self:
        """Read the sealed file. Raises TornError for anything else."""
        return _unsealed(data, name, cls._decode)

    @classmethod
    def _decode(cls, body: dict[str, Any]) -> Self:
        pinned = body["pinned"]
        return cls(
            version=_whole(body["version"]),
            pinned=None if pinned is None else _whole(pinned),
            oldest=_whole(body["oldest"]),
            sequence=_whole(body["sequence"]),
            at=float(body["at"]),
        )

    def followed_by(self, other: Announcement, now: float) -> Announcement:
        """`other`, dated and numbered to come after this one.

        The sequence is the clock in microseconds, or one more than the last if the clock is behind.
        So it grows although clocks jump, and goes on growing when an announcement was lost and
        nobody knows the last number any more.
        """
        return replace(other, sequence=max(self.sequence + 1, int(now * 1e6)), at=now)


NOTHING_ANNOUNCED = Announcement(version=0, pinned=None, oldest=0, sequence=0, at=0.0)


def _published(assets: dict[str, list[Any]]) -> dict[str, PublishedAsset]:
    """All assets, checked together: there may be thousands, and each publication reads them."""
    published = dict(zip(assets, starmap(PublishedAsset, assets.values()), strict=True))
    hashes = [item.segment for item in published.values()]
    numbers = [number for item in published.values() for number in item[1:_INDEXED]]
    packaged = [item for item in published.values() if item[_INDEXED:] != ("", "")]
    hashes += [item.segment_map for item in packaged]
    if not all(map(_SHA256.fullmatch, hashes)) or {*map(type, numbers)} - {int}:
        raise ValueError(assets)
    for item in packaged:
        checked_id(item.package_id, "package id")
    _whole(min(numbers, default=0))
    return published


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(value)
    return value


def _sealed(body: dict[str, Any]) -> bytes:
    content = json_bytes(body)
    return hashlib.sha256(content).hexdigest().encode() + b"\n" + content


def _unsealed(data: bytes, name: str, decode: Callable[[dict[str, Any]], _T]) -> _T:
    seal, _, content = data.partition(b"\n")
    try:
        if seal != hashlib.sha256(content).hexdigest().encode():
            raise ValueError("seal")
        return decode(json.loads(content))
    except (
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RecursionError,
        InputError,
    ) as error:
        raise TornError(
            "The file is torn or was changed: its checksum does not match its content.",
            where=name,
            fix="announce a version again with `sizzle catalog announce`, or roll back.",
        ) from error
