"""Reading a segment's bytes: every part is checked before it is believed."""

from __future__ import annotations

import json
import zlib
from bisect import bisect_right
from types import MappingProxyType

from sizzle.catalog.format import PAIR_SIZE, RECORD, Header, Record, damaged, decoding, read_asset
from sizzle.clips import MegaAsset, Title

_CHECKED_WHEN_OPENED = ("records", "order", "ids", "asset")


class Segment:
    """One published asset as it lies in its file; titles and clips are known by their place here.

    Args:
        data: the whole file, mapped or in memory.
        version: the hash it is filed under, for messages.

    Raises:
        CatalogError: here and from every method, bytes that are not what was published.
    """

    __slots__ = (
        "_data",
        "_header",
        "_ids",
        "_records",
        "_texts",
        "asset",
        "order",
        "pairs",
        "times",
        "version",
    )

    def __init__(self, data: memoryview, version: str) -> None:
        self.version = version
        self._data = data
        self._header = Header.read(data, version)
        for name in _CHECKED_WHEN_OPENED:
            self.check(name)
        self._records = self._region("records")
        self._ids = self._region("ids")
        self._texts = self._region("texts")
        self.order = self._region("order").cast("I")
        """Titles' places, sorted by id."""
        self.times = self._region("times").cast("I")
        """Clips' places, sorted by start; empty where they are in that order already."""
        self.pairs = self._region("clips").cast("I")
        """All clips' start, end, start, end... in frames; unchecked before `check("clips")`."""
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
        if zlib.crc32(self._region(name)) != self._header.regions[name].crc:
            raise damaged(name, self.version)

    def check_all(self) -> None:
        """Compare every region with its checksum."""
        for name in self._header.regions:
            self.check(name)

    def record(self, title: int) -> Record:
        """What the segment says of the title at this place."""
        with decoding("records", self.version):
            return Record._make(RECORD.unpack_from(self._records, title * RECORD.size))

    def id_of(self, title: int) -> str:
        """The id of the title at this place."""
        record = self.record(title)
        with decoding("ids", self.version):
            return str(self._ids[record.id_at :][: record.id_size], "ascii")

    def read_title(self, title: int) -> Title:
        """The title at this place, decoded."""
        record, title_id = self.record(title), self.id_of(title)
        text = bytes(self._texts[record.text_at :][: record.name_size + record.metadata_size])
        if zlib.crc32(text) != record.text_crc:
            raise damaged(f"text of title {title_id}", self.version)
        with decoding("texts", self.version):
            metadata = MappingProxyType(json.loads(text[record.name_size :]))
            return Title(title_id, text[: record.name_size].decode(), metadata)

    def pairs_of(self, title: int) -> memoryview:
        """The clips of the title at this place as u32 start, end, start, end..."""
        record = self.record(title)
        start = self._header.regions["clips"].start + record.first_clip * PAIR_SIZE
        data = self._data[start : start + record.clips * PAIR_SIZE]
        if zlib.crc32(data) != record.clips_crc:
            raise damaged(f"clips of title {self.id_of(title)}", self.version)
        with decoding("records", self.version):
            return data.cast("I")

    def owner_of(self, clip: int) -> tuple[str, int]:
        """The title id of the clip at this place, and the clip's number within the title."""
        places = range(self.titles)
        title = bisect_right(places, clip, key=lambda place: self.record(place).first_clip) - 1
        return self.id_of(title), clip - self.record(title).first_clip + 1

    def _region(self, name: str) -> memoryview:
        region = self._header.regions[name]
        return self._data[region.start : region.end]
