"""From clips in memory to the bytes of a segment. The same clips always give the same bytes."""

from __future__ import annotations

import hashlib
import struct
import zlib
from array import array
from collections.abc import Iterable
from itertools import chain

from sizzle.catalog.format import (
    BLANK,
    Record,
    asset_bytes,
    header_bytes,
    json_bytes,
    record_layout,
    record_size,
    slots_of,
)
from sizzle.catalog.large import open_index
from sizzle.clips import ClipIndex, MegaAsset, Title
from sizzle.errors import CatalogError


class Packed:
    """One asset, ready to be published.

    Attributes:
        asset_id: its id.
        data: the bytes of its segment.
        sha256: the hex digest of those, which they are filed under: the asset's version.
        index: its clips, as readers will see them.

    Raises:
        CatalogError: bytes that are no segment.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.sha256 = hashlib.sha256(data).hexdigest()
        self.index = open_index(memoryview(data), self.sha256)
        self.asset_id = self.index.asset.asset_id


def pack_index(index: ClipIndex) -> Packed:
    """The segment of an index in memory.

    Raises:
        CatalogError: a frame that does not fit in 32 bits.
    """
    return pack(index.asset, ((title, _pairs_of(index, title.title_id)) for title in index.titles))


def pack(asset: MegaAsset, titles: Iterable[tuple[Title, array[int]]]) -> Packed:
    """The segment of titles in timeline order, each with its clips as start, end, start, end...

    Args:
        asset: what the clips are pieces of.
        titles: each with a flat `array("I")` of its clips' first and end (exclusive) frames, in
            timeline order. Nothing is checked here: that is what `Checks` are for.

    Raises:
        CatalogError: a frame that does not fit in 32 bits.
    """
    table = _SegmentTables()
    for title, pairs in titles:
        table.add(title, pairs)
    regions = table.regions(asset)
    try:
        header = header_bytes(
            asset.rate, table.titles, asset.start, asset.duration, len(table.clips) // 2, regions
        )
    except struct.error as error:
        raise _too_large(asset.asset_id) from error
    return Packed(b"".join([header, *regions]))


class _SegmentTables:
    """The regions of a segment while they grow."""

    def __init__(self) -> None:
        self.clips = array("I")
        self._records: list[Record] = []
        self._texts = bytearray()

    @property
    def titles(self) -> int:
        return len(self._records)

    def add(self, title: Title, pairs: array[int]) -> None:
        name, metadata = title.name.encode(), json_bytes(dict(title.metadata))
        record = Record(
            title_id=title.title_id.encode("ascii"),
            first=len(self.clips),
            end=len(self.clips) + len(pairs),
            clips_crc=zlib.crc32(pairs),
            text_at=len(self._texts),
            name_size=len(name),
            metadata_size=len(metadata),
            text_crc=zlib.crc32(name + metadata),
        )
        self._records.append(record)
        self._texts += name + metadata
        self.clips += pairs

    def regions(self, asset: MegaAsset) -> list[bytes]:
        """In the order of `REGIONS`."""
        ids = [record.title_id for record in self._records]
        layout = record_layout(record_size(max(map(len, ids), default=0)))
        order = sorted(range(self.titles), key=ids.__getitem__)
        return [
            asset_bytes(asset),
            b"".join(layout.pack(*record) for record in [*self._records, BLANK]),
            slots_of(ids).tobytes(),
            array("I", order).tobytes(),
            self._times().tobytes(),
            self.clips.tobytes(),
            bytes(self._texts),
        ]

    def _times(self) -> array[int]:
        """The clips' positions by start, or nothing where they stand in that order already."""
        starts = self.clips[::2].tolist()
        if starts == sorted(starts):
            return array("I")
        return array("I", sorted(range(len(starts)), key=starts.__getitem__))


def _pairs_of(index: ClipIndex, title_id: str) -> array[int]:
    clips = index.clips_of(title_id)
    try:
        return array("I", chain.from_iterable((c.source.start, c.source.end) for c in clips))
    except OverflowError as error:
        raise _too_large(index.asset.asset_id) from error


def _too_large(asset_id: str) -> CatalogError:
    return CatalogError(
        f"Asset {asset_id} has a frame number that does not fit in 32 bits.",
        fix="check the rate and the duration: 32 bits hold five years at 24 frames a second.",
    )
