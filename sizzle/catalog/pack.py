"""From clips in memory to the bytes of a segment. The same clips always give the same bytes."""

from __future__ import annotations

import hashlib
import struct
import zlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from sizzle.catalog.format import RECORD, Record, asset_bytes, header_bytes, json_bytes
from sizzle.catalog.mapped import MappedIndex
from sizzle.clips import ClipIndex, MegaAsset, Title
from sizzle.errors import CatalogError


@dataclass(frozen=True)
class Packed:
    """One asset, ready to be published: its id and the bytes of its segment."""

    asset_id: str
    data: bytes

    @cached_property
    def sha256(self) -> str:
        """The hex digest that the segment is filed under, and the asset's version."""
        return hashlib.sha256(self.data).hexdigest()

    def index(self) -> MappedIndex:
        """Its clips, as readers will see them."""
        return MappedIndex(memoryview(self.data), self.sha256)


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
    table = _Table()
    for title, pairs in titles:
        table.add(title, pairs)
    regions = table.regions(asset)
    try:
        header = header_bytes(
            asset.rate, table.titles, asset.start, asset.duration, len(table.clips) // 2, regions
        )
    except struct.error as error:
        raise _too_large(asset.asset_id) from error
    return Packed(asset.asset_id, b"".join([header, *regions]))


class _Table:
    """The regions of a segment while they grow."""

    def __init__(self) -> None:
        self.clips = array("I")
        self._records: list[bytes] = []
        self._ids: list[str] = []
        self._id_bytes = bytearray()
        self._texts = bytearray()

    @property
    def titles(self) -> int:
        return len(self._ids)

    def add(self, title: Title, pairs: array[int]) -> None:
        name, metadata = title.name.encode(), json_bytes(dict(title.metadata))
        record = Record(
            id_at=len(self._id_bytes),
            id_size=len(title.title_id),
            text_at=len(self._texts),
            name_size=len(name),
            metadata_size=len(metadata),
            text_crc=zlib.crc32(name + metadata),
            first_clip=len(self.clips) // 2,
            clips=len(pairs) // 2,
            clips_crc=zlib.crc32(pairs),
        )
        self._records.append(RECORD.pack(*record))
        self._ids.append(title.title_id)
        self._id_bytes += title.title_id.encode("ascii")
        self._texts += name + metadata
        self.clips += pairs

    def regions(self, asset: MegaAsset) -> list[bytes]:
        """In the order of `REGIONS`."""
        order = sorted(range(self.titles), key=self._ids.__getitem__)
        return [
            b"".join(self._records),
            array("I", order).tobytes(),
            self._times().tobytes(),
            self.clips.tobytes(),
            bytes(self._id_bytes),
            bytes(self._texts),
            asset_bytes(asset),
        ]

    def _times(self) -> array[int]:
        """The clips' numbers by start, or nothing where they stand in that order already."""
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
