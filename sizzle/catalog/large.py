"""The index of an asset with so many titles that keeping them at hand would fill memory."""

from __future__ import annotations

import struct
from zlib import crc32

from sizzle.catalog.format import record_layout
from sizzle.catalog.mapped import OFFSETS, MappedIndex
from sizzle.catalog.segment import Segment
from sizzle.clips import Title

# Those up to here take at most some 1.5 MB when all of them have been used.
_MANY_TITLES = 4096

# A key of another form, a number not asked for before, a title that does not exist, or damage.
_UNUSUAL = (KeyError, IndexError, UnicodeEncodeError, struct.error)


def open_index(data: memoryview, version: str = "unpublished") -> MappedIndex:
    """The index of a segment, of the kind that suits how many titles it has.

    Args:
        data: the bytes of the segment.
        version: the hash it is filed under.

    Raises:
        CatalogError: bytes that are no segment, or are damaged.
    """
    segment = Segment(data, version)
    kind = LargeMappedIndex if segment.titles > _MANY_TITLES else MappedIndex
    return kind(segment)


class LargeMappedIndex(MappedIndex):
    """A mapped index that keeps a byte a title, and finds everything else in the file each time."""

    __slots__ = (
        "_checked",
        "_mask",
        "_pairs",
        "_record_size",
        "_records",
        "_slots",
        "_unpack",
    )

    def __init__(self, segment: Segment) -> None:
        super().__init__(segment)
        self._checked = bytearray(segment.titles + 1)
        # What `get` reads, each within reach of one step.
        self._pairs = segment.pairs
        self._records = segment.records
        self._record_size = segment.layout.size
        self._unpack = record_layout(segment.layout.size, numbers=2).unpack_from
        self._slots = segment.slots
        self._mask = len(segment.slots) - 1

    def get(self, key: str) -> tuple[int, int]:
        """First and end (exclusive) frame of a clip, in the asset's media; the fastest look-up.

        Raises:
            NotFoundError: no such clip.
        """
        title_id, _, number = key.rpartition("-clip-")
        try:
            name = title_id.encode()
            slot = crc32(name)
            position = self._slots[slot & self._mask]
            found, first, end = self._unpack(self._records, position * self._record_size)
            if found != name:
                position, first, end = self._probe(name, slot)
            at = first + OFFSETS[number]
            if at < end:
                if not self._checked[position]:
                    self._segment.pairs_of(position)
                    self._checked[position] = True
                return self._pairs[at], self._pairs[at + 1]
        except _UNUSUAL:
            pass
        return self._get_carefully(key, title_id, number)

    def _probe(self, name: bytes, slot: int) -> tuple[int, int, int]:
        """The position, first and end of a title that is not in its first slot. Raises KeyError."""
        for later in range(slot + 1, slot + self._mask + 1):
            position = self._slots[later & self._mask]
            found, first, end = self._unpack(self._records, position * self._record_size)
            if found == name:
                return position, first, end
            if not found:  # the blank record, as empty slots point to
                break
        raise KeyError(name)

    def pairs_of(self, title_id: str) -> memoryview:
        """A title's frames as u32 start, end, start, end... in the file. Raises NotFoundError."""
        return self._segment.pairs_of(self._find(title_id))

    def _title(self, position: int) -> Title:
        return self._segment.read_title(position)
