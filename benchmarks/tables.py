"""Tables of measurements, as Markdown."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its cells, in the order of the columns."""

    label: str
    cells: Sequence[object]


def print_table(columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Print a Markdown table on standard output."""
    sys.stdout.write(f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}\n")
    for row in rows:
        cells = (str(cell) for cell in (row.label, *row.cells))
        sys.stdout.write(f"| {' | '.join(cells)} |\n")
