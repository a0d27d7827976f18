"""The catalog's segment, a dict of tuples, LMDB and SQLite, each as one would use it for clips."""

from __future__ import annotations

import pickle
import sqlite3
import struct
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

import lmdb
import numpy as np

from sizzle.catalog import Packed, pack
from sizzle.catalog.folder import FolderStorage
from sizzle.catalog.large import open_index
from sizzle.catalog.mapping import map_file
from sizzle.clips import MegaAsset, Title
from sizzle.timecode import FrameRate

CLIP_LENGTHS = (160, 160, 80, 80, 80, 80, 40, 40, 40, 40, 40, 40, 40, 40)
Range = tuple[int, int]
LookUp = Callable[[str], Range]


@dataclass(frozen=True)
class CatalogShape:
    """How many titles, and how many clips each has."""

    titles: int
    clips: int

    def __str__(self) -> str:
        return f"{self.titles:,} titles x {self.clips:,} clips"

    def pairs(self, shift: int = 0) -> Iterator[tuple[str, array[int]]]:
        """Each title's id and clips, as flat start, end, start, end..."""
        lengths = np.resize(np.array(CLIP_LENGTHS), self.titles * self.clips)
        ends = np.cumsum(lengths) + shift
        rows = np.stack([ends - lengths, ends], axis=1).astype("<u4").reshape(self.titles, -1)
        for title, row in enumerate(rows):
            yield f"title-{title:05}", array("I", row.tobytes())

    def items(self) -> Iterator[tuple[str, Range]]:
        """Every clip's key and range."""
        for title_id, pairs in self.pairs():
            for number in range(self.clips):
                yield f"{title_id}-clip-{number + 1}", (pairs[2 * number], pairs[2 * number + 1])

    def packed(self, asset_id: str = "asset", shift: int = 0) -> Packed:
        """An asset of this shape; `shift` frames of lead make each asset's content its own."""
        rate = FrameRate(24000, 1001)
        asset = MegaAsset(asset_id, rate, 86400, 2**32 - 1, f"{asset_id}.mp4")
        rows = ((Title(key, f"Title {key}"), pairs) for key, pairs in self.pairs(shift))
        return pack(asset, rows)


class Contender(Protocol):
    """One way to keep clips on a disk and look them up."""

    name: str

    def write(self, shape: CatalogShape, folder: Path) -> None:
        """Put them on the disk; not timed."""

    def open(self, folder: Path) -> LookUp:
        """Make them ready for look-ups; timed."""


class CatalogSegment:
    """Ours: a mapped segment."""

    name = "catalog"

    def write(self, shape: CatalogShape, folder: Path) -> None:
        """One segment, written as publications write it."""
        FolderStorage(folder).put(self.name, shape.packed().data)

    def open(self, folder: Path) -> LookUp:
        """Map it."""
        return open_index(map_file(folder / self.name)).get


class DictOfTuples:
    """Everything in memory."""

    name = "dict of tuples"

    def write(self, shape: CatalogShape, folder: Path) -> None:
        """A pickle, which is the quickest way to get a dict back from a disk."""
        with (folder / self.name).open("wb") as file:
            pickle.dump(dict(shape.items()), file, pickle.HIGHEST_PROTOCOL)

    def open(self, folder: Path) -> LookUp:
        """Load all of it."""
        with (folder / self.name).open("rb") as file:
            clips: dict[str, Range] = pickle.load(file)  # noqa: S301 - we have just written it
        return clips.__getitem__


class Lmdb:
    """A mapped B+ tree."""

    name = "LMDB"
    _PAIR = struct.Struct("<II")

    def write(self, shape: CatalogShape, folder: Path) -> None:
        """All in one transaction."""
        with (
            lmdb.open(str(folder / self.name), map_size=2**30) as environment,
            environment.begin(write=True) as transaction,
        ):
            for key, pair in shape.items():
                transaction.put(key.encode(), self._PAIR.pack(*pair))

    def open(self, folder: Path) -> LookUp:
        """One long read transaction, which is its fastest way to read."""
        environment = lmdb.open(str(folder / self.name), readonly=True, lock=False)
        get, unpack = environment.begin(buffers=True).get, self._PAIR.unpack

        def look_up(key: str) -> Range:
            pair: Range = unpack(cast("bytes", get(key.encode())))
            return pair

        return look_up


class Sqlite:
    """A table with the key as its primary key."""

    name = "SQLite"

    def write(self, shape: CatalogShape, folder: Path) -> None:
        """All in one transaction."""
        with sqlite3.connect(folder / self.name) as connection:
            connection.execute(
                "CREATE TABLE clips (key TEXT PRIMARY KEY, start INT, end INT) WITHOUT ROWID"
            )
            rows = ((key, *pair) for key, pair in shape.items())
            connection.executemany("INSERT INTO clips VALUES (?, ?, ?)", rows)

    def open(self, folder: Path) -> LookUp:
        """Read-only and mapped, which is its fastest way to read."""
        uri = f"file:{folder / self.name}?immutable=1"
        connection = sqlite3.connect(uri, uri=True)
        connection.execute("PRAGMA mmap_size = 1073741824")
        execute = connection.execute

        def look_up(key: str) -> Range:
            pair: Range = execute("SELECT start, end FROM clips WHERE key = ?", (key,)).fetchone()
            return pair

        return look_up


CONTENDERS: tuple[Contender, ...] = (CatalogSegment(), DictOfTuples(), Lmdb(), Sqlite())
