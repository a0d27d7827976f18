"""Lists of members' ids, as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sizzle.errors import InputError
from sizzle.outbox.importing.text_lines import text_lines

_HEADERS: Final = frozenset(("member_id", "memberid", "id", "user_id", "userid", "user.userid"))


def read_ids(path: Path) -> Iterator[str]:
    """The ids in a file: of a column that is named so, else of the first column.

    Raises:
        InputError: the file cannot be read.
    """
    with text_lines(path) as lines:
        rows = csv.reader(line for line in lines if line is not None)
        try:
            first = next(rows, [])
            names = [name.strip().casefold() for name in first]
            column = next((at for at, name in enumerate(names) if name in _HEADERS), None)
            if column is None and first:
                yield first[0].strip()
            for row in rows:
                if len(row) > (column or 0) and (member_id := row[column or 0].strip()):
                    yield member_id
        except csv.Error as error:
            raise InputError(
                f"The list is no CSV: {error}.", where=str(path), fix="write an id a line."
            ) from error
