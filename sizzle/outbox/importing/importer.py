"""Imports files of members."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from sizzle.database import Database
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.apps import Apps
from sizzle.outbox.endpoint import EndpointFields, InvalidEndpointError
from sizzle.outbox.importing.batch import ADDED, CHANGED, Batch, BatchRow, Outcome
from sizzle.outbox.importing.report import ImportFinding, ImportReport
from sizzle.outbox.importing.row_reader import Row, read_rows
from sizzle.outbox.importing.text_lines import TextLines, text_lines
from sizzle.outbox.member_rows import find_members, write_members
from sizzle.outreach.members.rows import RowFinding, checked_member_id, named_in, read_row
from sizzle.outreach.normalise import InvalidValueError

BATCH: Final = 2000  # rows of one transaction
BATCH_CHARACTERS: Final = 8 << 20
"""After which a transaction ends earlier: rows may have 4 MB, and memory is bounded."""

Progress = Callable[[int, ImportReport], None]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How files are imported.

    Attributes:
        app: the application that the endpoints belong to.
        country: ISO 3166, of telephone numbers without +; empty for none.
        source: of consents, such as `import members.csv`.
        allow_erased: whether members who were erased come back.
    """

    app: str = "outreach"
    country: str = ""
    source: str = "import"
    allow_erased: bool = False


class Importer:
    """Imports files of members into a database.

    Args:
        database: whose tables are up to date.
        address_hash: of the installation.
        member_hash: under which erased members are remembered: `EventLog.member_hash`.
        clock: the time in milliseconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        address_hash: AddressHash,
        member_hash: Callable[[str], bytes],
        clock: Callable[[], int],
    ) -> None:
        self._database = database
        self._address_hash = address_hash
        self._member_hash = member_hash
        self._clock = clock

    def run(
        self,
        path: Path,
        options: ImportOptions,
        report: ImportReport | None = None,
        progress: Progress = lambda _bytes, _report: None,
    ) -> ImportReport:
        """Import a file. What was committed before an error stays; the same file then completes it.

        Args:
            path: of CSV or JSON Lines, in our form or Pinpoint's; it may be compressed by gzip.
            options: how.
            report: to add to.
            progress: called after each batch with how many bytes of the file were read.

        Raises:
            InputError: nothing of the file can be read, or not the rest of it.
            DatabaseUnavailableError: the database cannot be written to.
            DatabaseFullError: no room is left.
        """
        report = report if report is not None else ImportReport()
        Apps(self._database).note(options.app, self._clock())
        with text_lines(path) as lines:
            for batch in _batches(read_rows(lines), lines):
                self._import_batch(batch, options, report)
                progress(lines.raw.tell(), report)
            _note_encoding(lines, report)
        return report

    def put(
        self, values: Mapping[str, Any], options: ImportOptions
    ) -> tuple[bool, list[RowFinding]]:
        """Make a member what a row in our form says, and add the endpoints that it names.

        Returns:
            Whether the member is new, and what was left out or should be known.

        Raises:
            InvalidValueError: nothing of it can be kept.
            InvalidEndpointError: an endpoint cannot be so.
            DatabaseUnavailableError: the database cannot be written to.
        """
        row = self._check(Row(1, values), options)
        member_id = row.row.member_id
        Apps(self._database).note(options.app, self._clock())
        with self._database.writing() as connection:
            known = find_members(connection, [member_id])
            (outcome,) = self._batch(connection, [row], options).apply()
            if not outcome.status:
                raise InvalidValueError(outcome.findings[0].what, fix=outcome.findings[0].fix)
            there = find_members(connection, [member_id])
            if there[member_id].fields != row.row.profile:
                write_members(connection, there, {member_id: row.row.profile}, self._clock())
        return not known, list(outcome.findings)

    def _batch(
        self, connection: Connection, rows: Sequence[BatchRow], options: ImportOptions
    ) -> Batch:
        return Batch(
            connection,
            rows,
            app=options.app,
            address_hash=self._address_hash,
            member_hash=self._member_hash,
            source=options.source,
            allow_erased=options.allow_erased,
            now=self._clock(),
        )

    def _import_batch(
        self, rows: Sequence[Row], options: ImportOptions, report: ImportReport
    ) -> None:
        report.rows += len(rows)
        checked = list(self._checked(rows, options, report))
        if not checked:
            return
        with self._database.writing() as connection:
            outcomes = self._batch(connection, checked, options).apply()
        for row, outcome in zip(checked, outcomes, strict=True):  # once it is committed
            _count(row, outcome, report)

    def _checked(
        self, rows: Sequence[Row], options: ImportOptions, report: ImportReport
    ) -> Iterator[BatchRow]:
        for row in rows:
            if row.problem:
                report.add(ImportFinding(row.number, row.rule, row.problem, row.fix, True))
                continue
            try:
                yield self._check(row, options)
            except (InvalidValueError, InvalidEndpointError) as error:
                fix = error.fix or "mend the row, and import it again."
                about = named_in(row.values)
                report.add(ImportFinding(row.number, error.slug, error.what, fix, True, about))

    def _check(self, row: Row, options: ImportOptions) -> BatchRow:
        """Raises InvalidValueError or InvalidEndpointError."""
        said = read_row(row.values, options.country)
        endpoints = []
        for endpoint in said.endpoints:
            fields = EndpointFields.read(endpoint.fields)
            address_hash = self._address_hash
            endpoint_id = endpoint.endpoint_id or address_hash.endpoint_id(
                fields.channel_type or "", fields.address or "", said.member_id
            )
            endpoints.append((checked_endpoint_id(endpoint_id), fields, endpoint))
        return BatchRow(row.number, said, endpoints)


def _batches(rows: Iterable[Row], lines: TextLines) -> Iterator[list[Row]]:
    """Rows to be applied at once: so many, or fewer where they are long."""
    batch: list[Row] = []
    start = lines.characters
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH or lines.characters - start >= BATCH_CHARACTERS:
            yield batch
            batch, start = [], lines.characters
    if batch:
        yield batch


def checked_endpoint_id(endpoint_id: str) -> str:
    """The same id. Raises InvalidValueError: it cannot be one."""
    try:
        return checked_member_id(endpoint_id)
    except InvalidValueError:
        raise InvalidValueError(
            "the endpoint's id is too long, or has control characters.",
            fix="use at most 100 characters.",
        ) from None


def _count(row: BatchRow, outcome: Outcome, report: ImportReport) -> None:
    refused = not outcome.status
    about = row.row.member_id or next((endpoint_id for endpoint_id, _, _ in row.endpoints), "")
    for finding in outcome.findings:
        report.add(
            ImportFinding(outcome.number, finding.rule, finding.what, finding.fix, refused, about)
        )
    if outcome.status == ADDED:
        report.added += 1
    elif outcome.status == CHANGED:
        report.changed += 1
    elif not refused:
        report.unchanged += 1


def _note_encoding(lines: TextLines, report: ImportReport) -> None:
    if lines.other_encoding:
        report.add(
            ImportFinding(
                lines.other_encoding,
                "encoding",
                "the row is not UTF-8; such rows were read as Windows-1252.",
                "save the file as UTF-8.",
                False,
            )
        )
