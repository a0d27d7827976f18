"""The sheet that an editor writes: a CSV with a row for each clip of each title."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sizzle.clips import checked_id
from sizzle.errors import InputError
from sizzle.ingest.sheet import SEPARATORS, sheet_errors
from sizzle.mega import findings
from sizzle.mega.findings import SheetFinding

_NEEDED = ("title_id", "source", "in", "length")
_LENGTH = re.compile(r"[1-9]\d{0,6}", re.ASCII)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of the sheet: a clip.

    Attributes:
        line: of the sheet, counted from 1.
        title_id: the clip's title.
        source: the file, as the cell has it.
        in_point: a timecode or a frame number, not read yet.
        length: in frames.
        name: the title's, or empty.
        clip: the clip's name in the timeline, or empty.
    """

    line: int
    title_id: str
    source: str
    in_point: str
    length: int
    name: str = ""
    clip: str = ""


def read_sheet(path: Path) -> tuple[list[SheetRow], list[SheetFinding]]:
    """Read a sheet: the rows that can be used, and what is wrong with the others.

    Raises:
        InputError: absent, not CSV in UTF-8, without a needed column, or without rows.
    """
    where = str(path)
    with sheet_errors(where), path.open(newline="", encoding="utf-8-sig") as file:
        header = file.readline()
        file.seek(0)
        separator = max(SEPARATORS, key=header.count)
        reader = csv.DictReader(file, strict=True, delimiter=separator, skipinitialspace=True)
        return _collect(reader, where)


def _collect(reader: csv.DictReader[str], where: str) -> tuple[list[SheetRow], list[SheetFinding]]:
    _check_header(reader, where)
    rows, wrong = [], []
    for cells in reader:
        row = {column: _tidy(cell) for column, cell in cells.items() if isinstance(cell, str)}
        row["source"] = (cells["source"] or "").strip()  # files may have any spaces in their names
        if not any(row.values()):
            continue  # spreadsheets leave rows of nothing but separators behind
        faults = [*_surplus(cells), *_faults(row)]
        wrong += [_bad_cell(reader.line_num, row, fault) for fault in faults]
        if not faults:
            rows.append(_row(reader.line_num, row))
    if not rows and not wrong:
        raise InputError("The sheet has no rows.", where=where, fix="write a row for each clip.")
    return rows, wrong


def _check_header(reader: csv.DictReader[str], where: str) -> None:
    reader.fieldnames = columns = [_tidy(name) for name in reader.fieldnames or ()]
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        raise InputError(
            f"The sheet has no column {', '.join(missing)}.",
            where=where,
            fix=f"its first row must name {', '.join(_NEEDED)}; name and clip are optional.",
        )
    if len(set(columns)) < len(columns):
        raise InputError(
            "The sheet has two columns of the same name.", where=where, fix="rename one of them."
        )


@dataclass(frozen=True, slots=True)
class _CellFault:
    expected: str
    found: str
    fix: str


def _tidy(cell: str) -> str:
    """Without spaces around it or breaks within, which a timeline's names cannot keep."""
    return " ".join(cell.split())


def _surplus(cells: dict[str, str]) -> Iterator[_CellFault]:
    """The reader puts cells beyond the header's under None."""
    named = sum(column is not None for column in cells)
    if named < len(cells):
        yield _CellFault(
            f"{named} cells",
            f"extra cells: {', '.join(map(_tidy, next(reversed(cells.values()))))[:80]}",
            "put cells that hold a separator in quotes.",
        )


def _faults(row: dict[str, str]) -> Iterator[_CellFault]:
    for column in ("source", "in"):
        if not row.get(column):
            yield _CellFault(f"a value for {column}", "an empty cell", "fill in the cell.")
    try:
        checked_id(row.get("title_id", ""), "title id")
    except InputError as error:
        yield _CellFault("a title id", repr(row.get("title_id", ""))[:80], error.fix)
    length = row.get("length", "")
    if not _LENGTH.fullmatch(length):
        yield _CellFault("a length in whole frames", repr(length)[:80], "write it as 160.")
    for column in ("source", "name", "clip"):
        if _ILLEGAL.search(row.get(column, "")):
            yield _CellFault("text", f"a control character in {column}", "type the cell again.")


def _bad_cell(line: int, row: dict[str, str], fault: _CellFault) -> SheetFinding:
    return SheetFinding.of(
        findings.BAD_CELL,
        [line],
        title_id=row.get("title_id", "")[:100],
        expected=fault.expected,
        found=fault.found,
        fix=fault.fix,
    )


def _row(line: int, row: dict[str, str]) -> SheetRow:
    return SheetRow(
        line=line,
        title_id=row["title_id"],
        source=row["source"],
        in_point=row["in"],
        length=int(row["length"]),
        name=row.get("name", ""),
        clip=row.get("clip", ""),
    )
