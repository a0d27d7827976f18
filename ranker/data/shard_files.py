"""Shards of tokens as files: a log of any size, of which one shard is in memory at a time.

A folder of shards has `manifest.json`, `values.json` with the texts that all shards share, and an
Arrow file for each shard: a row for each member, with the id and the list of the tokens.

Whatever is read is compared with the SHA-256 that the manifest has of it, each time: what has been
trained on in one epoch is trained on in the next.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final, overload

import numpy as np

from ranker.data.digest import shards_digest
from ranker.data.events import Column
from ranker.data.files import write_atomically
from ranker.data.optional_packages import pyarrow
from ranker.data.roles import ShownTitles
from ranker.data.signals import DEFAULT_POLICY, SignalPolicy
from ranker.data.titles import MetadataByTitle
from ranker.data.tokens import Tokens
from ranker.errors import HistoryError

MANIFEST: Final = "manifest.json"
VALUES: Final = "values.json"
_KIND: Final = "sizzle-token-shards 1"
_SHOWN: Final = "shown"
_PREPARE_AGAIN: Final = "prepare the log again with `sizzle prepare`."

Values = Mapping[str, tuple[str, ...]]
"""By the name of a column of texts, the texts that its codes stand for."""


@dataclass(frozen=True, slots=True)
class ShardFile:
    """What the manifest says of one file.

    Args:
        name: of the file.
        sha256: of its content, in hexadecimal.
        size: in bytes.
        tokens: how many it has.
        members: how many it has.
    """

    name: str
    sha256: str
    size: int
    tokens: int = 0
    members: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a folder of shards.

    Args:
        source: the digest of the files that were prepared.
        events: how many these had.
        values: the file of the texts.
        shards: the files of the shards.
        signals: the policy by which events were merged, as plain data; None for the default.
    """

    source: str
    events: int
    values: ShardFile
    shards: tuple[ShardFile, ...]
    signals: Mapping[str, Any] | None = None

    def write(self, folder: Path) -> None:
        """Write it, atomically: with it the folder is complete."""
        content = {"kind": _KIND, **asdict(self)}
        write_atomically(folder / MANIFEST, json.dumps(content, indent=1).encode())

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """That of a folder.

        Raises:
            HistoryError: it has none, or not one of this version.
        """
        where = folder / MANIFEST
        try:
            content = json.loads(where.read_bytes())
            if content.pop("kind") != _KIND:
                raise ValueError("it is of another version")
            values = ShardFile(**content.pop("values"))
            shards = tuple(ShardFile(**shard) for shard in content.pop("shards"))
            return cls(values=values, shards=shards, **content)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise HistoryError(
                f"This is no folder of prepared shards ({error}).", _PREPARE_AGAIN, where=str(where)
            ) from error


class ShardFiles(Sequence[Tokens]):
    """The shards of a folder; each is read and checked whenever it is asked for.

    Args:
        folder: that `sizzle prepare` wrote.

    Raises:
        HistoryError: the folder has no manifest, or its texts are not as they were. So does asking
            for a shard that is missing, torn, or not as it was.
    """

    def __init__(self, folder: Path) -> None:
        pyarrow()
        self.folder = folder
        self.manifest = Manifest.read(folder)
        values = json.loads(_verified(folder, self.manifest.values))
        self._values = {name: tuple(texts) for name, texts in values.items()}

    def __len__(self) -> int:
        """How many shards there are."""
        return len(self.manifest.shards)

    @overload
    def __getitem__(self, index: int) -> Tokens: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Tokens]: ...
    def __getitem__(self, index: int | slice) -> Tokens | Sequence[Tokens]:
        """The tokens of a shard, whose integers are no wider than they must be."""
        if isinstance(index, slice):
            return [self[number] for number in range(len(self))[index]]
        return _decoded(_verified(self.folder, self.manifest.shards[index]), self._values)

    def __iter__(self) -> Iterator[Tokens]:
        """The tokens of one shard after the other."""
        return (self[number] for number in range(len(self)))

    @property
    def tokens(self) -> int:
        """How many there are in all shards."""
        return sum(shard.tokens for shard in self.manifest.shards)

    @property
    def titles(self) -> int:
        """How many there are in all shards."""
        return len(self._values["title"])

    @property
    def members(self) -> int:
        """How many there are in all shards."""
        return sum(shard.members for shard in self.manifest.shards)

    @property
    def signals(self) -> SignalPolicy:
        """What actions said of titles when the shards were prepared."""
        stored = self.manifest.signals
        return DEFAULT_POLICY if stored is None else SignalPolicy.from_json(stored)

    def refuse_other_signals(self, policy: SignalPolicy) -> None:
        """Raise a HistoryError if the shards were prepared by another policy."""
        if policy != self.signals:
            raise HistoryError(
                "The shards were prepared by another policy of signals.",
                "prepare them again with the policy of the training.",
                where=str(self.folder / MANIFEST),
            )

    def digest_with(self, titles: MetadataByTitle) -> str:
        """SHA-256 of all tokens and of metadata, in hexadecimal."""
        files = (self.manifest.values, *self.manifest.shards)
        return shards_digest([file.sha256 for file in files], titles)


def is_shard_folder(path: Path) -> bool:
    """Whether a path is a folder of prepared shards."""
    return (path / MANIFEST).is_file()


def write_shard(folder: Path, number: int, tokens: Tokens) -> ShardFile:
    """Write the tokens of some members, atomically; the texts of their columns are not in it."""
    pa = pyarrow()
    starts = tokens.starts()
    names, arrays = zip(*_flat(tokens), strict=True)
    columns = [pa.array(_narrow(array)) for array in arrays]
    if tokens.shown is not None:
        start_N = pa.array(tokens.shown.start_N.astype(np.int32))
        columns.append(pa.ListArray.from_arrays(start_N, pa.array(_narrow(tokens.shown.title_J))))
        names = (*names, _SHOWN)
    struct = pa.StructArray.from_arrays(columns, names)
    members = tokens.member.codes_E[starts[:-1]].tolist()
    batch = pa.RecordBatch.from_arrays(
        [
            pa.array([tokens.member.values[code] for code in members], pa.string()),
            pa.ListArray.from_arrays(pa.array(starts.astype(np.int32)), struct),
        ],
        ["member_id", "tokens"],
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return _written(
        folder,
        f"shard-{number:05}.arrow",
        sink.getvalue().to_pybytes(),
        len(tokens),
        len(starts) - 1,
    )


def write_values(folder: Path, values: Values) -> ShardFile:
    """Write the texts that the columns of all shards share, atomically."""
    return _written(folder, VALUES, json.dumps(values, ensure_ascii=False).encode())


def _written(
    folder: Path,
    name: str,
    content: bytes,
    tokens: int = 0,
    members: int = 0,
) -> ShardFile:
    write_atomically(folder / name, content)
    return ShardFile(name, hashlib.sha256(content).hexdigest(), len(content), tokens, members)


def _verified(folder: Path, file: ShardFile) -> bytes:
    """The content of a file that is as the manifest says."""
    path = folder / file.name
    try:
        content = path.read_bytes()
    except OSError as error:
        what = "is missing" if isinstance(error, FileNotFoundError) else f"fails: {error.strerror}"
        raise HistoryError(f"A shard {what}.", _PREPARE_AGAIN, where=str(path)) from error
    if len(content) != file.size:
        raise HistoryError(
            f"The shard is torn: it has {len(content):,} of {file.size:,} bytes.",
            f"copy it again from where it is whole, or {_PREPARE_AGAIN}",
            where=str(path),
        )
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise HistoryError(
            "The shard is not as it was when it was prepared.",
            f"copy it again from where it is unchanged, or {_PREPARE_AGAIN}",
            where=str(path),
        )
    return content


def _decoded(content: bytes, values: Values) -> Tokens:
    """The tokens of a shard, in the memory of its content."""
    pa = pyarrow()
    batch = pa.ipc.open_file(pa.py_buffer(content)).get_batch(0)
    lists = batch.column("tokens")
    count_M = np.diff(lists.offsets.to_numpy())
    member = Column(
        tuple(batch.column("member_id").to_pylist()),
        np.repeat(np.arange(len(count_M), dtype=np.int32), count_M),
    )
    parts: dict[str, Any] = {"member": member}
    for index, field in enumerate(lists.type.value_type):
        column = lists.values.field(index)
        if field.name == _SHOWN:
            parts[_SHOWN] = ShownTitles(column.offsets.to_numpy(), column.values.to_numpy())
            continue
        array = column.to_numpy()
        part = Column(values[field.name], array) if field.name in values else array
        name, _, key = field.name.partition("/")
        if key:
            parts.setdefault(name, {})[key] = part
        else:
            parts[name] = part
    # A column of which there is nothing, such as the actions of a log without any.
    absent: dict[str, Any] = {
        field.name: {} for field in fields(Tokens) if field.default is MISSING
    }
    return Tokens(**absent | parts)


def _flat(tokens: Tokens) -> Iterator[tuple[str, np.ndarray]]:
    """The names and arrays of all columns but the member's; of one in a mapping, with its key."""
    for field in fields(tokens):
        part = getattr(tokens, field.name)
        if field.name in ("member", _SHOWN) or part is None:
            continue
        if isinstance(part, Mapping):
            yield from ((f"{field.name}/{key}", _codes(column)) for key, column in part.items())
        else:
            yield field.name, _codes(part)


def column_values(tokens: Tokens) -> Values:
    """The texts of all columns but the member's, by the names that these have in files."""
    found = {"title": tokens.title.values}
    for name, column in tokens.request_fields.items():
        found[f"request_fields/{name}"] = column.values
    if tokens.time_zone is not None:
        found["time_zone"] = tokens.time_zone.values
    return found


def _codes(column: Column | np.ndarray) -> np.ndarray:
    return column.codes_E if isinstance(column, Column) else column


def _narrow(array: np.ndarray) -> np.ndarray:
    """Integers in as few bytes as the least and the greatest need."""
    if array.dtype.kind not in "iu" or not len(array):
        return array
    least, greatest = int(array.min()), int(array.max())
    for kind in (np.int8, np.int16, np.int32):
        if np.iinfo(kind).min <= least and greatest <= np.iinfo(kind).max:
            return array.astype(kind)
    return array
