"""Where the records of API keys are: one narrow seam, with a file and a database behind it."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from sizzle.api.auth.api_keys import ApiKey
from sizzle.errors import InputError
from sizzle.files import write_text
from sizzle.reloading import file_stamps

FILE: Final = "keys.json"
_REQUIRED: Final = "keys-required"
_REQUIRED_TEXT: Final = f"""\
An API key or a user was created for this service: it answers nobody without one from then on,
even if {FILE} is lost. To have it answer this machine without a key again, stop the service, then
remove this file, {FILE} and all users; where the keys are in a database, also the rows of its
tables `api_keys` and `api_access`.
"""

Change: TypeAlias = Callable[[ApiKey | None], ApiKey]
"""Gives the new record of a key from the one there is, if there is one."""


class KeyRecords(Protocol):
    """Keeps records. What one process changes, all others see."""

    def load(self) -> tuple[Mapping[str, ApiKey], bool]:
        """All keys by their ids, and whether requests need one even if none is left.

        Raises:
            InputError: they are damaged: nobody is let in by mistake.
            DatabaseUnavailableError: they cannot be read at the moment.
        """

    def change(self, key_id: str, change: Change) -> ApiKey:
        """Change a key or make a new one, while nobody else does; requests then need a key.

        Raises:
            SizzleError: as `change` does; or they cannot be written.
        """

    def require(self) -> None:
        """Have every request need a key or a session from now on. Raises as `change`."""

    def stamp(self) -> object:
        """Something that is another one once they have changed. Raises DatabaseUnavailableError."""

    @property
    def name(self) -> str:
        """Where they are, for people."""


class KeyFile:
    """The records in a file of a state folder.

    Args:
        state: the folder.
    """

    def __init__(self, state: Path) -> None:
        self._state = state
        self.path, self.marker = state / FILE, state / _REQUIRED

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self.path)

    def load(self) -> tuple[Mapping[str, ApiKey], bool]:
        """As in the file; requests need a key where the marker file is beside it."""
        return read_keys(self.path), self.marker.exists()

    def stamp(self) -> object:
        """Of both files."""
        return file_stamps((self.path, self.marker))

    def require(self) -> None:
        """Have every request need a key from now on, even if the keys' file is lost.

        Raises:
            InputError: the folder cannot be written to.
        """
        try:
            self._state.mkdir(parents=True, exist_ok=True)
            if not self.marker.exists():
                write_text(self.marker, _REQUIRED_TEXT)
        except OSError as error:
            raise self._unwritable(error) from error

    def change(self, key_id: str, change: Change) -> ApiKey:
        """Change the file, whole or not at all; other writers wait meanwhile."""
        try:
            self._state.mkdir(parents=True, exist_ok=True)
            lock = (self._state / f"{FILE}.lock").open("w")
        except OSError as error:
            raise self._unwritable(error) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            keys = dict(read_keys(self.path))
            keys[key_id] = changed = change(keys.get(key_id))
            self.require()  # first, so that a crash after it leaves the service closed
            write_keys(self.path, keys.values())
        return changed

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(
            f"The API keys cannot be written: {error.strerror}.",
            where=str(self._state),
            fix="name a writable folder with SIZZLE_STATE.",
        )


def read_keys(path: Path) -> Mapping[str, ApiKey]:
    """The keys of a file, by their ids; none where there is no file.

    Raises:
        InputError: the file is damaged.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        keys = [ApiKey.of_json(fields) for fields in raw["keys"]]
    except FileNotFoundError:
        keys = []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"The API keys cannot be read: {error}.",
            where=str(path),
            fix="restore the file, or remove it and create the keys again.",
        ) from error
    return {key.key_id: key for key in keys}


def write_keys(path: Path, keys: Iterable[ApiKey]) -> None:
    """Write a file of keys, whole or not at all. Raises InputError."""
    text = json.dumps({"keys": [key.to_json() for key in keys]}, indent=2)
    write_text(path, text + "\n")
