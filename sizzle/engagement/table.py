"""The figures as one table, for spreadsheets: a row for each thing counted, with its kind."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Final

from pydantic import BaseModel

from sizzle.engagement.report import Report

COLUMNS: Final = (
    *("table", "asset_id", "cadence", "treatment", "title_id", "cut", "slot", "members"),
    *("shown", "started", "seen", "reached", "completed", "left", "left_unstarted"),
    *("title_started", "seconds", "source", "source_id", "activity_id", "treatment_id"),
    *("action", "events", "endpoints", "unknown_endpoint"),
    *("baseline", "measure", "count", "baseline_count", "baseline_members", "difference"),
    *("interval_low", "interval_high", "sequence_low", "sequence_high", "finding"),
)

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def to_csv(report: Report) -> str:
    """The report as CSV."""
    return "".join(csv_lines(COLUMNS, _rows(report)))


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Rows as lines of CSV, one by one, after one of the columns' names.

    Texts that spreadsheets would take for formulas begin with a quote.
    """
    lines: list[str] = []
    writer = csv.writer(SimpleNamespace(write=lines.append))
    writer.writerow(columns)
    for row in rows:
        yield lines.pop()
        writer.writerow([_cell(row.get(name)) for name in columns])
    yield lines.pop()


def _rows(report: Report) -> Iterator[dict[str, Any]]:
    reels = report.reels
    if reels is not None:
        yield from _dumped("total", [reels.total])
        yield from _dumped("asset", reels.assets)
        yield from _dumped("cadence", reels.cadences)
        yield from _dumped("treatment", reels.treatments)
        yield from _dumped("title", reels.titles)
        yield from _dumped("cut", reels.cuts)
        for row in _dumped("comparison", reels.comparisons):
            low, high = row["interval"]
            sequence_low, sequence_high = row["sequence"]
            ends = {"sequence_low": sequence_low, "sequence_high": sequence_high}
            yield {**row, "interval_low": low, "interval_high": high, **ends}
        if reels.sample_ratio is not None:
            yield {"table": "sample_ratio", "finding": reels.sample_ratio.finding}
        for reason, count in reels.unused_events.items():
            yield {"table": "unused_events", "finding": reason, "events": count}
    yield from _dumped("message", report.messages)


def _dumped(table: str, rows: Iterable[BaseModel]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {"table": table, **row.model_dump()}


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
