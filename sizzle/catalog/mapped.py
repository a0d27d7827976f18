"""The index of a published asset, read straight from its mapped segment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import overload

from sizzle.catalog.segment import Segment
from sizzle.clips import Clip, ClipKey, MegaAsset, Title, clip_not_found, title_not_found
from sizzle.errors import NotFoundError
from sizzle.timecode import TimeRange

_NUMBER = re.compile(r"[1-9]\d{0,5}", re.ASCII)

# The offset of clip "n" of any title among its numbers. A look-up here is faster than int(),
# and accepts no other spelling, such as "+1" or "01". Its size is bounded.
OFFSETS: dict[str, int] = {}
_MAXIMUM_OFFSETS = 4096


class MappedIndex:
    """The clips of one asset at one version, read where they lie in the mapped file.

    Satisfies `sizzle.clips.Index`. Nothing is decoded before it is asked for; where a title's clips
    lie is kept from then on, as is its name, at some 300 bytes each. Safe to share between threads.

    Args:
        segment: what it reads.

    Raises:
        CatalogError: from every look-up, bytes that are not what was published.
    """

    __slots__ = ("_kept", "_segment", "_titles", "asset", "version")

    def __init__(self, segment: Segment) -> None:
        self._segment = segment
        self._kept: dict[str, memoryview] = {}
        self._titles: dict[int, Title] = {}
        self.asset: MegaAsset = segment.asset
        self.version = segment.version

    @property
    def clip_count(self) -> int:
        """How many clips there are."""
        return self._segment.clips

    @property
    def titles(self) -> Sequence[Title]:
        """All titles, in timeline order, each decoded when it is first reached."""
        return _TitleSequence(self, range(self._segment.titles))

    def get(self, key: str) -> tuple[int, int]:
        """First and end (exclusive) frame of a clip, in the asset's media; the fastest look-up.

        Raises:
            NotFoundError: no such clip.
        """
        title_id, _, number = key.rpartition("-clip-")
        try:
            pairs = self._kept[title_id]
            position = OFFSETS[number]
            return pairs[position], pairs[position + 1]
        except (KeyError, IndexError):
            return self._get_carefully(key, title_id, number)

    def clip(self, key: str) -> Clip:
        """One clip. Raises NotFoundError."""
        source = TimeRange(*self.get(key))
        title_id, _, number = key.rpartition("-clip-")
        return Clip(title_id, int(number), source)

    def title(self, title_id: str) -> Title:
        """One title. Raises NotFoundError."""
        return self._title(self._find(title_id))

    def position_of(self, title_id: str) -> int:
        """Where a title stands in `titles`, from 0. Raises NotFoundError."""
        return self._find(title_id)

    def has_title(self, title_id: str) -> bool:
        """Whether there is such a title."""
        return self._segment.find(title_id) is not None

    def clips_of(self, title_id: str, length: int | None = None) -> Sequence[Clip]:
        """A title's clips in timeline order, all or those of one length. Raises NotFoundError."""
        pairs = self.pairs_of(title_id)
        ranges = zip(pairs[::2], pairs[1::2], strict=True)
        return tuple(
            Clip(title_id, number, TimeRange(start, end))
            for number, (start, end) in enumerate(ranges, start=1)
            if length is None or end - start == length
        )

    def pairs_of(self, title_id: str) -> memoryview:
        """A title's frames as u32 start, end, start, end... in the file. Raises NotFoundError."""
        pairs = self._kept.get(title_id)
        if pairs is None:
            pairs = self._kept[title_id] = self._segment.pairs_of(self._find(title_id))
        return pairs

    def title_sizes(self) -> Iterator[tuple[str, int]]:
        """Each title's id and number of clips, in timeline order."""
        for record in self._segment.all_records():
            yield self._segment.id_in(record), (record.end - record.first) // 2

    def verify(self) -> None:
        """Check every bit of the segment, for which look-ups then need not wait.

        Raises:
            CatalogError: damage anywhere.
        """
        self._segment.check_all()

    @property
    def pairs(self) -> memoryview:
        """All clips' frames as u32 start, end, start, end... in the file, not checked."""
        return self._segment.pairs

    def key_of(self, position: int) -> str:
        """The key of the clip at this position in `pairs`, counted in clips from 0."""
        return str(ClipKey(*self._segment.owner_of(position)))

    def _get_carefully(self, key: str, title_id: str, number: str) -> tuple[int, int]:
        """`get` for a title or a number that was not looked up before, or that does not exist."""
        if not _NUMBER.fullmatch(number):
            raise clip_not_found(self.asset, key)
        position = 2 * (int(number) - 1)
        if len(OFFSETS) < _MAXIMUM_OFFSETS:
            OFFSETS[number] = position
        try:
            pairs = self.pairs_of(title_id)
            return pairs[position], pairs[position + 1]
        except (NotFoundError, IndexError):
            raise clip_not_found(self.asset, key) from None

    def _find(self, title_id: str) -> int:
        """The position of a title. Raises NotFoundError."""
        position = self._segment.find(title_id)
        if position is None:
            raise title_not_found(self.asset, title_id)
        return position

    def _title(self, position: int) -> Title:
        title = self._titles.get(position)
        if title is None:
            title = self._titles[position] = self._segment.read_title(position)
        return title


class _TitleSequence(Sequence[Title]):
    """The titles of an index at some positions, decoded one by one."""

    def __init__(self, index: MappedIndex, positions: range) -> None:
        self._index = index
        self._places = positions

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Title: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Title]: ...
    def __getitem__(self, at: int | slice) -> Title | Sequence[Title]:
        if isinstance(at, slice):
            return _TitleSequence(self._index, self._places[at])
        return self._index._title(self._places[at])
