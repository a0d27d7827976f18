"""Reads timecode lists from files, with errors that name the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from sizzle.errors import InputError
from sizzle.reel import TimecodeList

_FIX = "write one with `sizzle compose MEMBER --asset ID --out FILE`."


def read_timecode_list(path: Path) -> TimecodeList:
    """Read a timecode list. Raises InputError: it cannot be read, or is not a timecode list."""
    with timecode_list_errors(path, _FIX):
        return TimecodeList.model_validate_json(path.read_bytes())


@contextmanager
def timecode_list_errors(path: Path, fix: str) -> Iterator[None]:
    """Turn errors of reading a timecode list into InputError, with the first field that is wrong.

    Args:
        path: the file.
        fix: where such a file comes from.
    """
    try:
        yield
    except OSError as error:
        raise InputError(
            f"The timecode list cannot be read: {error.strerror}.",
            where=str(path),
            fix="check the path.",
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the text"
        raise InputError(
            f"Not a timecode list: {field}: {first['msg']}.", where=str(path), fix=fix
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"Invalid JSON: {error}.", where=str(path), fix=fix) from error
