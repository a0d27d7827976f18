"""The segment map as a file: a checked header, facts as JSON, then tables of u32.

8 bytes   "SZSEGMAP"
u32       version of this format
u32       bytes of the facts
32 bytes  SHA-256 of all that follows
facts     JSON
tables    little-endian u32: the starts; then for each track its tables, one after another

Version 3 calls `renditions` and `fade_fragments` what version 2 called `rungs` and `ending`. Maps
of version 2 are still read, so that assets packaged before need not be packaged again.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Iterable
from hashlib import sha256
from struct import Struct, error
from typing import Any, TypeVar

from sizzle.errors import SizzleError
from sizzle.hls.codecs import codec_of
from sizzle.hls.errors import SegmentMapError
from sizzle.hls.segment_map import TABLES, BedTrack, Rendition, SegmentMap, Track
from sizzle.timecode import FrameRate

VERSION = 3
"""That is written; older ones from `_OLDEST` on are read too."""

_OLDEST = 2

_Track = TypeVar("_Track", bound=Track)

_MAGIC = b"SZSEGMAP"
_HEAD = Struct("<8sII32s")


def to_bytes(segment_map: SegmentMap) -> bytes:
    """The file's content."""
    facts = json.dumps(_facts(segment_map), separators=(",", ":")).encode()
    tables = b"".join(map(_packed, _tables(segment_map)))
    digest = sha256(facts + tables).digest()
    return _HEAD.pack(_MAGIC, VERSION, len(facts), digest) + facts + tables


def from_bytes(data: bytes) -> SegmentMap:
    """The map that a file holds.

    Raises:
        SegmentMapError: it holds none, is damaged or cut short, or of a format we don't know.
    """
    try:
        magic, version, facts_size, digest = _HEAD.unpack_from(data)
    except error:
        raise _unusable("is too short to be one") from None
    if magic != _MAGIC:
        raise _unusable("is of another kind of file")
    if version not in range(_OLDEST, VERSION + 1):
        raise _unusable(f"has format {version}; this program reads {_OLDEST} to {VERSION}")
    content = memoryview(data)[_HEAD.size :]
    if sha256(content).digest() != digest:
        raise _unusable("is damaged: its checksum does not match")
    try:
        facts = _renamed(json.loads(bytes(content[:facts_size])), version)
        return _map(facts, _unpacked(content[facts_size:]))
    except (KeyError, TypeError, ValueError, SizzleError) as problem:
        raise _unusable(f"does not make sense ({problem})") from problem


def _renamed(facts: dict[str, Any], version: int) -> dict[str, Any]:
    """Facts of any version that is read, under their names of today."""
    if version < 3:
        facts["renditions"] = facts.pop("rungs")
        for bed in facts["beds"]:
            bed["fade_fragments"] = bed.pop("ending")
    return facts


def _facts(segment_map: SegmentMap) -> dict[str, Any]:
    rate = segment_map.rate
    return {
        "package_id": segment_map.package_id,
        "asset_id": segment_map.asset_id,
        "asset_version": segment_map.asset_version,
        "rate": [rate.numerator, rate.denominator, rate.drop_frame],
        "fragment": segment_map.fragment,
        "fragments": len(segment_map.starts) - 1,
        "renditions": [rendition.facts() for rendition in segment_map.renditions],
        "beds": [bed.facts() for bed in segment_map.beds],
        "bed_fragments": [len(bed.sizes) for bed in segment_map.beds],
    }


def _tables(segment_map: SegmentMap) -> Iterable[tuple[int, ...]]:
    yield segment_map.starts
    for track in segment_map.tracks:
        for table in TABLES:
            yield getattr(track, table)


def _map(facts: dict[str, Any], numbers: tuple[int, ...]) -> SegmentMap:
    renditions, beds = facts.pop("renditions"), facts.pop("beds")
    count, bed_counts = facts.pop("fragments"), facts.pop("bed_fragments")
    for rendition in renditions:
        codec_of(rendition["codecs"])  # a device must be offered none that it cannot play
    tables = _Tables(numbers)
    return SegmentMap(
        rate=FrameRate(*facts.pop("rate")),
        starts=tables.take(count + 1),
        renditions=tuple(_track(Rendition, rendition, tables, count) for rendition in renditions),
        beds=tuple(
            _track(BedTrack, bed, tables, its) for bed, its in zip(beds, bed_counts, strict=True)
        ),
        **facts,
    )


class _Tables:
    """All tables, handed out in order."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        self._numbers = numbers
        self._at = 0

    def take(self, count: int) -> tuple[int, ...]:
        """The next so many numbers. Raises ValueError: there are fewer."""
        taken = self._numbers[self._at : self._at + count]
        if len(taken) != count:
            raise ValueError("a table is cut short")
        self._at += count
        return taken


def _track(kind: type[_Track], facts: dict[str, Any], tables: _Tables, count: int) -> _Track:
    facts |= {table: tables.take(count) for table in TABLES}
    return kind(**facts)


def _packed(numbers: tuple[int, ...]) -> bytes:
    return _little_endian(array("I", numbers)).tobytes()


def _unpacked(data: memoryview) -> tuple[int, ...]:
    numbers = array("I")
    numbers.frombytes(data)
    return tuple(_little_endian(numbers))


def _little_endian(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _unusable(how: str) -> SegmentMapError:
    return SegmentMapError(f"The segment map {how}.", fix="package the asset again.")
