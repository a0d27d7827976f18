"""The rows of a file of members: CSV in our form or Pinpoint's, or JSON Lines in either."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import msgspec

from sizzle.errors import InputError
from sizzle.outbox.importing.columns import Column, own_columns
from sizzle.outbox.importing.text_lines import MAX_LINE, TextLines
from sizzle.outreach.normalise import opts_out

MAX_COLUMNS: Final = 1000
_TOO_LONG: Final = "\0too long\n"  # in place of a line that is not read; no CSV has NUL
_PINPOINT: Final = {
    name.casefold(): name
    for name in (
        *("Address", "ApplicationId", "ChannelType", "CohortId", "CreationDate", "EffectiveDate"),
        *("EndpointStatus", "Id", "OptOut", "RequestId", "User.UserId"),
        *(
            f"Demographic.{name}"
            for name in (
                *("AppVersion", "Locale", "Make", "Model", "ModelVersion", "Platform"),
                *("PlatformVersion", "Timezone"),
            )
        ),
        *(
            f"Location.{name}"
            for name in ("City", "Country", "Latitude", "Longitude", "PostalCode", "Region")
        ),
    )
}
_LISTS: Final = ("Attributes.", "User.UserAttributes.")
_ONLY_PINPOINT: Final = frozenset(("channeltype", "user.userid"))


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number from 1, and its values or what is wrong with it."""

    number: int
    values: Mapping[str, Any]
    rule: str = ""
    problem: str = ""
    fix: str = ""


def read_rows(lines: TextLines) -> Iterator[Row]:
    """The rows of a file that have something in them.

    Raises:
        InputError: nothing of the file can be read, or not the rest of it.
    """
    rest = iter(lines)
    first = next(rest, None)
    while first is not None and not first.strip():
        first = next(rest, None)
    if first is None:
        raise InputError(
            f"The first row is longer than {MAX_LINE} bytes, or there is none.",
            fix="give a file of CSV with a row of headers, or of JSON Lines.",
        )
    if first.lstrip().startswith("{"):
        return _json_rows(chain([first], rest))
    return _csv_rows(first, rest)


def _json_rows(lines: Iterable[str | None]) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        if line is None:
            yield _refused(number, "row-size", f"the row is longer than {MAX_LINE} bytes")
            continue
        if not line.strip():
            continue
        try:
            value = msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError) as error:
            yield _refused(number, "json", f"the row is no JSON: {str(error)[:200]}")
            continue
        if isinstance(value, dict):
            yield Row(number, value)
        else:
            yield _refused(number, "json", "the row is no JSON object")


def _refused(number: int, rule: str, what: str, fix: str = "mend the row, and import it.") -> Row:
    return Row(number, {}, rule, f"{what}.", fix)


def _csv_rows(first: str, rest: Iterator[str | None]) -> Iterator[Row]:
    number = 1
    if first.strip().casefold().startswith("sep=") and len(first.strip()) == 5:
        separator, number = first.strip()[-1], 2
        first = next(rest, None) or ""
    else:
        separator = max(",;\t|", key=first.count)
    reader = csv.reader(
        chain([first], (_TOO_LONG if line is None else line for line in rest)),
        delimiter=separator,
    )
    try:
        headers = _headers(next(reader, []))
    except csv.Error as error:
        raise InputError(f"The headers are no CSV: {error}.", fix="save it as CSV UTF-8.") from None
    convert = _converter(headers)
    while True:
        number += 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _refused(number, "csv", f"the row is no CSV: {error}")
            continue
        if any(values):
            yield _csv_row(number, headers, values, convert)


def _headers(found: Sequence[str]) -> list[str]:
    """Raises InputError: they are not those of a table."""
    headers = [name.strip() for name in found]
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) > MAX_COLUMNS:
        raise InputError(
            f"The file has {len(headers)} columns, of at most {MAX_COLUMNS}.",
            fix="export only the columns that are needed.",
        )
    if "" in headers:
        raise InputError(f"Column {headers.index('') + 1} has no header.", fix="name it.")
    double = [name for name in headers if headers.count(name) > 1]
    if double:
        raise InputError(
            f"The header {double[0][:60]!r} is there twice.", fix="name the columns differently."
        )
    if not headers:
        raise InputError("There is no row of headers.", fix="name the columns in the first row.")
    return headers


def _csv_row(number: int, headers: list[str], values: list[str], convert: _Converter) -> Row:
    if values == [_TOO_LONG.strip()]:
        return _refused(number, "row-size", f"the row is longer than {MAX_LINE} bytes")
    while len(values) > len(headers) and not values[-1]:
        values.pop()
    if len(values) != len(headers):
        what = f"{len(values)} values under {len(headers)} headers"
        fix = "give a value, or none between two separators, for each header."
        return _refused(number, "row-length", what, fix)
    try:
        return Row(number, convert(values))
    except ValueError as error:
        return _refused(number, "number", str(error))


class _Converter:
    """Makes a row of CSV what a row of JSON Lines is. Empty values are left out."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns

    def __call__(self, values: Sequence[str]) -> dict[str, Any]:
        """The row. Raises ValueError: a number is none."""
        row: dict[str, Any] = {}
        opted_out: list[str] = []
        for column, value in zip(self._columns, values, strict=True):
            if not value:
                continue
            inner = row
            for name in column.parents:
                inner = inner.setdefault(name, {})
            if column.opts_out:
                opted_out += [column.name] if opts_out(value) else []
            elif column.is_list:
                inner.setdefault(column.name, []).append(value)
            else:
                inner[column.name] = _number(value) if column.is_number else value
        return {**row, **dict.fromkeys(opted_out, "opted out")}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text[:60]!r} is no number") from None


def _converter(headers: Sequence[str]) -> _Converter:
    names = [header.casefold() for header in headers]
    if any(name in _ONLY_PINPOINT or name.startswith("user.userattributes.") for name in names):
        return _Converter([_pinpoint_column(header) for header in headers])
    return _Converter(own_columns(headers))


def _pinpoint_column(header: str) -> Column:
    name = header.casefold()
    for prefix in _LISTS:
        if name.startswith(prefix.casefold()):
            # One value, or several in columns that are numbered: `Attributes.genres.0`.
            attribute = header[len(prefix) :]
            start, _, index = attribute.rpartition(".")
            parents = tuple(prefix.rstrip(".").split("."))
            return Column(parents, start if start and index.isdecimal() else attribute, True)
    if name.startswith("metrics."):
        return Column(("Metrics",), header[len("metrics.") :], is_number=True)
    *objects, last = _PINPOINT.get(name, header).split(".", 1)
    return Column(tuple(objects), last, is_number=last in ("Latitude", "Longitude"))
