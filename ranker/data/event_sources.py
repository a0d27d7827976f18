"""The files that a log of events is in: one, a folder of them, or an object store's.

for file in find_files("s3://bucket/events"):
    with file.local(folder) as path:
        ...
"""

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from ranker.errors import HistoryError

COLUMNS: Final = (".parquet", ".csv")
"""Suffixes of files of columns."""

SUFFIXES: Final = (*COLUMNS, ".jsonl")
"""Of files of events; of the last two also with .gz."""

_FIX: Final = "give a .parquet, .csv or .jsonl file, a folder of such, or an object store's URL."


@dataclass(frozen=True, slots=True)
class EventFile:
    """A file of events.

    Args:
        where: its path or URL.
        name: the same within its folder.
        size: in bytes.
        version: changes with its content: when it was written, or the store's tag.
        store: the object store that it is in; None for a path.
    """

    where: str
    name: str
    size: int
    version: str
    store: Any = None

    @property
    def kind(self) -> str:
        """One of `SUFFIXES`."""
        return kind_of(self.name)

    @contextmanager
    def local(self) -> Iterator[Path]:
        """A path with its content, which for an object is there within the block.

        Raises:
            HistoryError: it cannot be fetched.
        """
        if self.store is None:
            yield Path(self.where)
            return
        with TemporaryDirectory(prefix="sizzle-events-") as folder:
            path = Path(folder, Path(self.name).name)
            with reporting(self.where):
                import obstore

                with path.open("wb") as file:
                    file.writelines(obstore.get(self.store, self.name))
            yield path


def find_files(location: str | Path) -> list[EventFile]:
    """The files of events at a path or an object store's URL, by name.

    Files and folders whose names begin with a dot or an underscore are none of them.

    Raises:
        HistoryError: there are none, or the location cannot be read.
    """
    files = _in_store(location) if is_store_url(location) else _in_folder(Path(location))
    if not files:
        raise HistoryError("There are no files of events here.", _FIX, where=str(location))
    return sorted(files, key=lambda file: file.name)


def files_digest(files: list[EventFile]) -> str:
    """SHA-256, in hexadecimal, of which files these are, by their names, sizes and versions."""
    lines = [f"{file.name}\0{file.size}\0{file.version}\n" for file in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def kind_of(name: str) -> str:
    """The suffix of a file's name, without that of gzip."""
    return Path(name.removesuffix(".gz")).suffix.lower()


@contextmanager
def reporting(where: str) -> Iterator[None]:
    """Turn whatever a file or a store cannot do into an error that names it."""
    try:
        yield
    except HistoryError:
        raise
    except (OSError, EOFError, gzip.BadGzipFile, ValueError, _store_error()) as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise HistoryError(
            f"The events cannot be read: {reason.rstrip('.')}.",
            "check that the file is whole, and copy it again if it is not.",
            where=where,
        ) from error


def is_store_url(location: str | Path) -> bool:
    """Whether a location is an object store's URL and not a path."""
    return "://" in str(location)


def _is_event_file(name: Path) -> bool:
    hidden = any(part.startswith((".", "_")) for part in name.parts)
    return not hidden and kind_of(name.name) in SUFFIXES


def _names(folder: Path) -> Iterator[str]:
    return (str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _in_folder(path: Path) -> list[EventFile]:
    with reporting(str(path)):
        if not path.is_dir():
            return [_of_path(path, path.name)]
        names = filter(lambda name: _is_event_file(Path(name)), _names(path))
        return [_of_path(path / name, name) for name in names]


def _of_path(path: Path, name: str) -> EventFile:
    about = path.stat()
    return EventFile(str(path), name, about.st_size, str(about.st_mtime_ns))


def _in_store(location: str | Path) -> list[EventFile]:
    url = str(location).rstrip("/")
    try:
        import obstore
        from obstore.store import from_url
    except ImportError as error:
        raise HistoryError(
            "Events in an object store need the extra `objectstore`.",
            "pip install 'dynamic-sizzles[objectstore]'.",
            where=url,
        ) from error
    with reporting(url):
        store = from_url(url)
        found = [item for chunk in obstore.list(store) for item in chunk]
    return [
        EventFile(
            f"{url}/{item['path']}",
            item["path"],
            item["size"],
            str(item["e_tag"] or item["last_modified"]),
            store,
        )
        for item in found
        if _is_event_file(Path(item["path"]))
    ]


def _store_error() -> type[Exception]:
    """The base of a store's errors, if there can be a store."""
    try:
        from obstore.exceptions import BaseError
    except ImportError:
        return OSError
    found: type[Exception] = BaseError
    return found
