"""The title sheet: a CSV with a row a title, its id and its name."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from sizzle.clips import Title
from sizzle.errors import InputError

_NEEDED = ("title_id", "name")


def read_titles(path: Path) -> dict[str, Title]:
    """Read a title sheet; columns beyond `title_id` and `name` become the title's metadata.

    Raises:
        InputError: absent, no UTF-8, a column missing, a row without an id, or an id used twice.
    """
    where = str(path)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            return _collect(csv.DictReader(file, strict=True), where)
    except OSError as error:
        raise InputError(
            f"The title sheet cannot be read: {error.strerror}.", where=where, fix="check the path."
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"The title sheet is no CSV in UTF-8: {error}.",
            where=where,
            fix="save it as CSV UTF-8, comma separated.",
        ) from error


def _collect(rows: csv.DictReader[str], where: str) -> dict[str, Title]:
    missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        raise InputError(
            f"The title sheet has no column {missing[0]}.",
            where=where,
            fix=f"its first row names the columns: {', '.join(_NEEDED)} and any others.",
        )
    titles: dict[str, Title] = {}
    for line, title in _titles(rows, where):
        if title.title_id in titles:
            raise InputError(
                f"Title {title.title_id} stands in the sheet twice.",
                where=f"{where}, line {line}",
                fix="keep one of the two rows.",
            )
        titles[title.title_id] = title
    return titles


def _titles(rows: csv.DictReader[str], where: str) -> Iterator[tuple[int, Title]]:
    for row in rows:
        metadata = {
            str(column): value
            for column, value in row.items()
            if column not in _NEEDED and isinstance(value, str) and value
        }
        try:
            title_id = (row["title_id"] or "").strip()
            yield rows.line_num, Title(title_id, (row["name"] or title_id).strip(), metadata)
        except InputError as error:
            place = f"{where}, line {rows.line_num}"
            raise InputError(error.what, where=place, fix=error.fix) from error
