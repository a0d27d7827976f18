"""A report as tables: one for spreadsheets, and those that stand beside charts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import BaseModel

from sizzle.engagement.table import csv_lines
from sizzle.outreach.results.funnel import Funnel
from sizzle.outreach.results.report import OutreachReport

_OF_LIFT: Final = (
    *("measure", "treatment", "members", "value", "held_out", "baseline", "difference", "relative"),
    *("sequence_low", "sequence_high", "interval_low", "interval_high", "decided", "finding"),
)
COLUMNS: Final = (
    *("table", "name", "state", "reason", "share", "players", "minutes", "day", "low", "high"),
    *Funnel.model_fields,
    *_OF_LIFT,
)


def report_csv(report: OutreachReport) -> Iterator[str]:
    """A report as lines of CSV: a row for each thing counted, with its table's name."""
    return csv_lines(COLUMNS, _rows(report))


def _rows(report: OutreachReport) -> Iterator[dict[str, Any]]:
    yield {"table": report.source, "name": report.id, "state": report.state}
    yield from _dumped("assigned", report.assigned)
    yield {"table": "total", **report.total.model_dump()}
    yield from _dumped("treatment", report.treatments)
    yield from _dumped("channel", report.channels)
    yield from _dumped("language", report.languages)
    yield from _dumped("reason", report.reasons)
    yield from _dumped("skipped", report.skipped)
    for row in _dumped("lift", report.lift):
        for name in ("sequence", "interval"):
            low, high = row[name] or (None, None)
            row |= {f"{name}_low": low, f"{name}_high": high}
        yield row
    for row in _dumped("lift_day", report.lift_days):
        yield {**row, "day": day_text(row["day"])}
    if report.plan is not None:
        yield {"table": "plan", "finding": report.plan.finding}
    if report.sample_ratio is not None:
        yield {"table": "sample_ratio", "finding": report.sample_ratio.finding}
    for text in report.cannot_tell:
        yield {"table": "cannot_tell", "finding": text}


def day_text(day: int) -> str:
    """A day counted from 1970, as a date."""
    return datetime.fromtimestamp(day * 86_400, UTC).date().isoformat()


def _dumped(table: str, rows: Iterable[BaseModel]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {"table": table, **row.model_dump()}
