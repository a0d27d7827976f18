"""Events of a log of any size, dealt to files by a hash of their member, so that each file fits.

Names of arrays end in their shape: E counts events, U different members of a batch.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ranker.data.event_columns import Codes, EventBatch, known_ratings
from ranker.data.events import ALL_TEXTS, Column, ViewingLog
from ranker.data.optional_packages import pyarrow

_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)
"""Odd and without a pattern, so that a product with it mixes all lower bits upwards."""

_WORD: Final = 8
_HIGH: Final = np.uint64(32)


class Spill:
    """Events in files by member.

    Texts but the members' ids are written as codes, which count from 0 in the order in which their
    texts first came.

    Args:
        folder: for the files.
        files: how many there are to be.
    """

    def __init__(self, folder: Path, files: int) -> None:
        self._folder = folder
        self.files = files
        self._codes: dict[str, dict[str, int]] = {"title": {}, **{name: {} for name in ALL_TEXTS}}
        self._names = ["member", "title", "at", "seconds", "rating", *ALL_TEXTS]
        self.events = 0

    def add(self, batch: EventBatch) -> None:
        """Append the events of a batch to the files of their members."""
        pa = pyarrow()
        members, member_E = batch.member
        file_E = (member_hashes(members) % np.uint64(self.files)).astype(np.uint16)[member_E]
        order_E = np.argsort(file_E, kind="stable")
        columns = [
            members.take(pa.array(member_E[order_E])),
            self._encoded("title", batch.title)[order_E],
            batch.time_E[order_E],
            batch.seconds_E[order_E],
            np.full(len(file_E), np.nan) if batch.rating_E is None else batch.rating_E[order_E],
        ]
        for name in ALL_TEXTS:
            codes = batch.texts.get(name)
            columns.append(
                np.full(len(file_E), -1, np.int32)
                if codes is None
                else self._encoded(name, codes)[order_E]
            )
        table = pa.RecordBatch.from_arrays([pa.array(column) for column in columns], self._names)
        counts = np.bincount(file_E, minlength=self.files)
        for number, end in enumerate(np.cumsum(counts).tolist()):
            if counts[number]:
                self._append(number, table.slice(end - counts[number], counts[number]))
        self.events += len(file_E)

    def values(self) -> dict[str, tuple[str, ...]]:
        """By column the texts that there are, sorted."""
        return {name: tuple(sorted(codes)) for name, codes in self._codes.items()}

    def log(self, number: int, values: Mapping[str, Sequence[str]]) -> ViewingLog:
        """The events of a file, whose codes are indexes of these values; the file is removed."""
        pa = pyarrow()
        path = self._path(number)
        parts = list(_stored(path)) if path.exists() else []
        path.unlink(missing_ok=True)
        if not parts:
            return ViewingLog.from_events(())
        table = pa.Table.from_batches(parts).combine_chunks()

        def numbers(name: str) -> Any:  # noqa: ANN401
            return table.column(name).chunk(0).to_numpy()

        texts = {
            name: Column(tuple(values[name]), self._sorted_codes(name, numbers(name)))
            for name in ALL_TEXTS
            if values[name]
        }
        title = Column(tuple(values["title"]), self._sorted_codes("title", numbers("title")))
        member = _sorted_column(table.column("member").chunk(0))
        del parts
        log = ViewingLog.from_columns(
            member,
            title,
            numbers("at"),
            numbers("seconds"),
            texts,
            known_ratings(numbers("rating")),
        )
        return log.without_duplicates()

    def _encoded(self, name: str, codes: Codes) -> NDArray[np.int32]:
        code_of = self._codes[name]
        texts, codes_E = codes
        own = [code_of.setdefault(text, len(code_of)) if text else -1 for text in texts.to_pylist()]
        encoded_E: NDArray[np.int32] = np.array([*own, -1], np.int32)[codes_E]
        return encoded_E

    def _sorted_codes(self, name: str, codes_E: NDArray[np.int32]) -> NDArray[Any]:
        """The codes in the order of the sorted texts."""
        texts = list(self._codes[name])
        rank = np.empty(len(texts) + 1, np.int32)
        rank[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
        rank[-1] = -1
        return rank[codes_E]

    def _append(self, number: int, batch: Any) -> None:  # noqa: ANN401
        # Opened anew, since there may be more files than a process may have open.
        with (
            self._path(number).open("ab") as file,
            pyarrow().ipc.new_stream(
                file, batch.schema, options=pyarrow().ipc.IpcWriteOptions(compression="lz4")
            ) as writer,
        ):
            writer.write_batch(batch)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:05}.events"


def member_hashes(texts: Any) -> NDArray[np.uint64]:  # noqa: ANN401
    """A hash of each of some texts in an Arrow array, U, the same on every machine."""
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset :][: len(texts) + 1]
    content = np.frombuffer(texts.buffers()[2] or b"", np.uint8)
    # All words of eight bytes, at any offset: the padding is for those that begin at the end.
    padded = np.concatenate([content, np.zeros(_WORD, np.uint8)])
    words = np.ndarray((len(content) + 1,), "<u8", padded, strides=(1,))
    start_U, length_U = offsets[:-1].astype(np.int64), np.diff(offsets)
    hash_U = length_U.astype(np.uint64)
    for word in range(0, int(length_U.max(initial=0)), _WORD):
        left_U = np.clip(length_U - word, 0, _WORD)
        kept_U = _KEPT[left_U] & words[np.minimum(start_U + word, len(content))]
        mixed_U = (hash_U ^ kept_U) * _PRIME
        # A text that has ended already keeps its hash, whatever else is beside it.
        hash_U = np.where(left_U > 0, mixed_U ^ (mixed_U >> _HIGH), hash_U)
    return hash_U


_KEPT: Final = np.array([(1 << (8 * bytes_)) - 1 for bytes_ in range(_WORD + 1)], np.uint64)
"""Masks of the first bytes of a word."""


def _sorted_column(ids: Any) -> Column:  # noqa: ANN401
    """A column of member ids in an Arrow array."""
    encoded = ids.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    order = sorted(range(len(texts)), key=texts.__getitem__)
    rank: NDArray[Any] = np.empty(len(texts), np.int32)
    rank[order] = np.arange(len(texts), dtype=np.int32)
    return Column(tuple(texts[index] for index in order), rank[encoded.indices.to_numpy()])


def _stored(path: Path) -> Iterator[Any]:
    """The batches of a file, each a stream of its own."""
    pa = pyarrow()
    with path.open("rb") as file:
        while file.peek(1):
            yield from pa.ipc.open_stream(file)
