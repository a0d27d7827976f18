"""Sheets: CSV files with the names of titles, and with the title of each clip."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sizzle.clips import Title, checked_id
from sizzle.errors import InputError

SEPARATORS = ",;\t"  # spreadsheets write what their country's settings say
_TITLE_COLUMNS = ("title_id", "name")
_CLIP_COLUMNS = ("clip_name", "title_id")


def read_titles(path: Path) -> dict[str, Title]:
    """Read a title sheet; columns beyond `title_id` and `name` become the title's metadata.

    Raises:
        InputError: absent, not UTF-8, a column missing, a row without an id, or an id used twice.
    """
    titles: dict[str, Title] = {}
    for where_row, row in _rows(path, _TITLE_COLUMNS):
        title = _title(row, where_row)
        if title.title_id in titles:
            raise _twice(f"Title {title.title_id}", where_row)
        titles[title.title_id] = title
    return titles


def read_clip_sheet(path: Path) -> dict[str, str]:
    """Read a sheet of `clip_name` and `title_id`: the title of each clip name.

    Raises:
        InputError: as `read_titles`.
    """
    title_of: dict[str, str] = {}
    for where_row, row in _rows(path, _CLIP_COLUMNS):
        name = row["clip_name"]
        if name in title_of:
            raise _twice(f"Clip name {name!r}", where_row)
        title_of[name] = _checked(row["title_id"], where_row)
    return title_of


def _rows(path: Path, needed: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row with its line; cells are stripped, and those left out are empty."""
    where = str(path)
    with sheet_errors(where), path.open(newline="", encoding="utf-8-sig") as file:
        header = file.readline()
        file.seek(0)
        rows = csv.DictReader(file, strict=True, delimiter=max(SEPARATORS, key=header.count))
        _check_columns(rows.fieldnames or (), needed, where)
        for row in rows:
            cells = {str(column): _cell(value) for column, value in row.items()}
            yield f"{where}, line {rows.line_num}", cells


@contextmanager
def sheet_errors(where: str) -> Iterator[None]:
    """Turn errors of reading a CSV file into InputError with the file's name."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"The sheet cannot be read: {error.strerror}.", where=where, fix="check the path."
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"The sheet is not CSV in UTF-8: {error}.",
            where=where,
            fix="save it as CSV UTF-8.",
        ) from error


def _cell(value: object) -> str:
    """A row that is too short has None in it, one that is too long a list."""
    return value.strip() if isinstance(value, str) else ""


def _check_columns(found: Sequence[str], needed: Sequence[str], where: str) -> None:
    missing = [name for name in needed if name not in found]
    if missing:
        raise InputError(
            f"The sheet has no column {missing[0]}.",
            where=where,
            fix=f"its first row must name the columns {', '.join(needed)}.",
        )


def _title(row: dict[str, str], where_row: str) -> Title:
    title_id = _checked(row["title_id"], where_row)
    others = {
        column: value for column, value in row.items() if column not in _TITLE_COLUMNS and value
    }
    return Title(title_id, row["name"] or title_id, others)


def _checked(title_id: str, where_row: str) -> str:
    try:
        return checked_id(title_id, "title id")
    except InputError as error:
        raise InputError(error.what, where=where_row, fix=error.fix) from error


def _twice(what: str, where_row: str) -> InputError:
    return InputError(
        f"{what} is in the sheet twice.", where=where_row, fix="keep one of the two rows."
    )
