"""Exports of a million sends and of a million members, as a client of the service gets them.

    python -m benchmarks.outreach_export [ROWS]

One send of a campaign, with what became of it, is multiplied by SQL, and so is one assigned member.
The service answers over HTTP in this process, which reads what comes and keeps nothing. The time is
that of both ends and of PostgreSQL's own processes; the memory is what the process took more at
most. Exits with 1 if it took more than the target.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.request import urlopen

from sqlalchemy import URL, Table, make_url, text

from benchmarks.outreach_report import example_campaign, fill_campaign, fill_events
from benchmarks.postgresql import processor_seconds, server
from benchmarks.tables import Row, print_table
from sizzle.database import Database
from sizzle.database.outcome_tables import ASSIGNMENTS, SEND_OUTCOMES
from sizzle.database.send_tables import SENDS
from sizzle.outbox.outreach_reports import OutreachReports
from tests.api.portal.desk_service import desk_service
from tests.browser import serving

_ROWS: Final = 1_000_000
_MOST: Final = 64  # MB
_READ: Final = 1 << 16
_OWN: Final = frozenset({"send_id", "endpoint_id", "member_id"})
"""Columns that differ from row to row."""


def main() -> None:
    """Measure both databases, and print the table."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else _ROWS
    found = []
    with TemporaryDirectory() as name, server(Path(name) / "postgresql") as url:
        for kind, address in (("SQLite", None), ("PostgreSQL", make_url(url))):
            folder = Path(name) / kind
            folder.mkdir()
            found += _measured(kind, folder, address, rows)
    columns = ("rows", "MB", "first line, s", "elapsed, s", "processor, s", "memory, MB")
    print_table((f"CSV of {rows:,}", *columns), [row for row, _ in found])
    most = max(memory for _, memory in found)
    verdict = "met" if most <= _MOST else f"missed ({most:.0f})"
    sys.stdout.write(f"\nAt most {_MOST} MB of memory: {verdict}.\n")
    sys.exit(0 if most <= _MOST else 1)


def _measured(kind: str, folder: Path, url: URL | None, rows: int) -> list[tuple[Row, float]]:
    with desk_service(folder, url=url) as desk:
        _fill(desk.database, rows)
        with serving(desk.app) as address:
            path = f"{address}/v1/outreach/reports/c-1"
            _read(f"{path}?format=csv")  # all is loaded that any answer needs
            return [
                _export(f"{kind}: {what}", f"{path}/{what}.csv", rows)
                for what in ("sends", "members")
            ]


def _export(label: str, address: str, rows: int) -> tuple[Row, float]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started, processor = time.perf_counter(), time.process_time() + processor_seconds()
    lines, size, first = _read(address)
    elapsed = time.perf_counter() - started
    used = time.process_time() + processor_seconds() - processor
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert lines - 1 >= rows, f"{label}: {lines} lines"
    cells = (f"{lines - 1:,}", f"{size / 1e6:.0f}", f"{first:.2f}", f"{elapsed:.1f}")
    return Row(label, [*cells, f"{used:.1f}", f"{memory:.0f}"]), memory


def _read(address: str) -> tuple[int, int, float]:
    """The lines, the bytes, and the seconds until the first ones came."""
    lines = size = 0
    started, first = time.perf_counter(), 0.0
    with urlopen(address, timeout=600) as response:  # noqa: S310 - of this machine
        while part := response.read1(_READ):
            first = first or time.perf_counter() - started
            lines += part.count(b"\n")
            size += len(part)
    return lines, size, first


def _fill(database: Database, rows: int) -> None:
    campaign = example_campaign()
    fill_campaign(database, campaign, 20)
    fill_events(database, campaign, 200)
    OutreachReports(database).follow()
    for table in (SENDS, SEND_OUTCOMES, ASSIGNMENTS):
        _multiply(database, table, rows)
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))


def _multiply(database: Database, table: Table, rows: int) -> None:
    """Add so many rows that are as the last one, but for their ids."""
    names = [column.name for column in table.columns]
    key = table.primary_key.columns.keys()[-1]
    values = [f"'row-' || n.i AS \"{name}\"" if name in _OWN else f't."{name}"' for name in names]
    listed = ", ".join(f'"{name}"' for name in names)
    statement = (
        f"INSERT INTO {table.name} ({listed}) WITH RECURSIVE n(i) AS "  # noqa: S608
        f"(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
        f"SELECT {', '.join(values)} FROM n CROSS JOIN "
        f"(SELECT * FROM {table.name} ORDER BY {key} DESC LIMIT 1) AS t"
    )
    with database.writing() as connection:
        connection.execute(text(statement))


if __name__ == "__main__":
    main()
