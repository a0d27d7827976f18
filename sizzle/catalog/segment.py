"""Reading a segment's bytes: every part is checked before it is believed."""

from __future__ import annotations

import json
import struct
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from types import MappingProxyType
from zlib import crc32

from sizzle.catalog.format import (
    Record,
    SegmentHeader,
    damaged,
    decoding,
    read_asset,
    record_layout,
)
from sizzle.clips import MegaAsset, Title

_CHECKED_WHEN_OPENED = ("asset", "records", "slots", "order")


class Segment:
    """One published asset, read in its file; titles and clips are known by their position there.

    Args:
        data: the whole file, mapped or in memory.
        version: the hash it is filed under, for messages.

    Attributes:
        records: the records of the titles, one after the other, then a blank one.
        layout: how to unpack one.
        slots: the hash table of the titles' positions among the records.
        pairs: all clips' start, end, start, end... in frames; to be checked before they are read.
        asset: what the clips are pieces of.

    Raises:
        CatalogError: here and from every method, bytes that are not what was published.
    """

    __slots__ = (
        "_data",
        "_header",
        "_texts",
        "asset",
        "layout",
        "pairs",
        "records",
        "slots",
        "version",
    )

    def __init__(self, data: memoryview, version: str) -> None:
        self.version = version
        self._data = data
        self._header = SegmentHeader.read(data, version)
        for name in _CHECKED_WHEN_OPENED:
            self.check(name)
        self.records = self._region("records")
        self.layout = record_layout(len(self.records) // (self.titles + 1))
        self.slots = self._region("slots").cast("I")
        self.pairs = self._region("clips").cast("I")
        self._texts = self._region("texts")
        self.asset: MegaAsset = read_asset(self._header, self._region("asset"), version)

    @property
    def titles(self) -> int:
        """How many titles there are."""
        return self._header.titles

    @property
    def clips(self) -> int:
        """How many clips there are."""
        return self._header.clips

    def check(self, name: str) -> None:
        """Compare a region with its checksum."""
        if crc32(self._region(name)) != self._header.regions[name].crc:
            raise damaged(name, self.version)

    def check_all(self) -> None:
        """Compare every region with its checksum."""
        for name in self._header.regions:
            self.check(name)

    def find(self, title_id: str) -> int | None:
        """The position of a title, or None where there is no such title."""
        name = title_id.encode(errors="replace")
        slot = crc32(name)
        for step in range(len(self.slots)):
            position = self.slots[(slot + step) % len(self.slots)]
            if position >= self.titles:
                return None
            if self.record(position).title_id == name:
                return position
        return None

    def record(self, position: int) -> Record:
        """What the segment says of the title at this position."""
        try:
            return Record._make(self.layout.unpack_from(self.records, position * self.layout.size))
        except struct.error as error:
            raise damaged("records", self.version) from error

    def all_records(self) -> Iterator[Record]:
        """What it says of each title, in timeline order."""
        return islice(map(Record._make, self.layout.iter_unpack(self.records)), self.titles)

    def id_of(self, position: int) -> str:
        """The id of the title at this position."""
        return self.id_in(self.record(position))

    def id_in(self, record: Record) -> str:
        """The id of the title with this record."""
        try:
            return record.title_id.decode("ascii")
        except UnicodeDecodeError as error:
            raise damaged("records", self.version) from error

    def read_title(self, position: int) -> Title:
        """The title at this position, decoded."""
        record = self.record(position)
        text = bytes(self._texts[record.text_at :][: record.name_size + record.metadata_size])
        if crc32(text) != record.text_crc:
            raise damaged(f"text of title {self.id_of(position)}", self.version)
        with decoding("texts", self.version):
            metadata = MappingProxyType(json.loads(text[record.name_size :]))
            return Title(self.id_of(position), text[: record.name_size].decode(), metadata)

    def pairs_of(self, position: int) -> memoryview:
        """The clips of the title at this position as u32 start, end, start, end..."""
        record = self.record(position)
        pairs = self.pairs[record.first : record.end]
        if crc32(pairs) != record.clips_crc or len(pairs) % 2:
            raise damaged(f"clips of title {self.id_of(position)}", self.version)
        return pairs

    def owner_of(self, clip: int) -> tuple[str, int]:
        """The title id of the clip at this position, and the clip's number within the title."""
        positions = range(self.titles)
        position = (
            bisect_right(positions, 2 * clip, key=lambda position: self.record(position).first) - 1
        )
        return self.id_of(position), clip - self.record(position).first // 2 + 1

    def _region(self, name: str) -> memoryview:
        region = self._header.regions[name]
        return self._data[region.start : region.end]
