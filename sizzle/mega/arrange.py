"""Arrange a sheet's rows to match the layout, title by title."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from sizzle.layout import Layout
from sizzle.mega import findings
from sizzle.mega.findings import SheetFinding
from sizzle.mega.sheet import SheetRow


def arrange(rows: Sequence[SheetRow], layout: Layout) -> list[SheetRow]:
    """Titles in the order of their first rows, each one's rows in the layout's run of lengths.

    Rows of a title that have the same length keep their order. Rows that do not fit the layout come
    last in their title; `check_rows` reports them.
    """
    return [row for own in _by_title(rows).values() for row in _in_run(own, layout)]


def check_rows(
    rows: Sequence[SheetRow], layout: Layout, unreadable: Mapping[str, int], *, as_listed: bool
) -> Iterator[SheetFinding]:
    """Find everything that keeps rows from matching the layout.

    Args:
        rows: in the sheet's order.
        layout: that the rows must match.
        unreadable: by title, how many rows could not be read. They are findings of their own, so
            their clips are not reported as missing too.
        as_listed: whether the rows are laid out in the sheet's order.
    """
    by_title = _by_title(rows)
    for title_id, own in by_title.items():
        misfits = [row for row in own if row.length not in layout.run]
        yield from (_wrong_length(row, layout) for row in misfits)
        if not layout.titles_may_differ:
            yield from _check_counts(
                title_id, own, layout, len(misfits) + unreadable.get(title_id, 0)
            )
        if as_listed and not misfits:
            yield from _check_order(title_id, own, layout)
    if as_listed:
        yield from _check_together(rows)


def _by_title(rows: Sequence[SheetRow]) -> dict[str, list[SheetRow]]:
    by_title: dict[str, list[SheetRow]] = {}
    for row in rows:
        by_title.setdefault(row.title_id, []).append(row)
    return by_title


def _in_run(rows: Sequence[SheetRow], layout: Layout) -> list[SheetRow]:
    if layout.titles_may_differ:
        return sorted(rows, key=_place_in(layout))
    waiting: dict[int, list[SheetRow]] = defaultdict(list)
    for row in reversed(rows):
        waiting[row.length].append(row)
    placed = [waiting[length].pop() for length in layout.run if waiting[length]]
    used = set(placed)
    return [*placed, *(row for row in rows if row not in used)]


def _place_in(layout: Layout) -> Callable[[SheetRow], int]:
    first_position = {
        length: position for position, length in reversed(list(enumerate(layout.run)))
    }
    return lambda row: first_position.get(row.length, len(layout.run))


def _wrong_length(row: SheetRow, layout: Layout) -> SheetFinding:
    nearest = min(layout.run, key=lambda length: abs(length - row.length))
    return SheetFinding.of(
        findings.LENGTH,
        [row.line],
        title_id=row.title_id,
        expected=f"one of {', '.join(map(str, sorted(set(layout.run), reverse=True)))} frames",
        found=f"{row.length} frames",
        fix=f"make it {nearest} frames, or use another layout.",
    )


def _check_counts(
    title_id: str, rows: Sequence[SheetRow], layout: Layout, excused: int
) -> Iterator[SheetFinding]:
    """Too few or too many clips of a length; one finding for each kind."""
    wanted = Counter(layout.run)
    has = Counter(row.length for row in rows if row.length in wanted)
    if (missing := wanted - has).total() > excused:
        yield SheetFinding.of(
            findings.MISSING_CLIP,
            [row.line for row in rows],
            title_id=title_id,
            expected=layout.describe_run(),
            found=f"{_spell(missing)} missing",
            fix=f"add {'a row' if missing.total() == 1 else 'rows'} for {_spell(missing)}.",
        )
    for length, count in (has - wanted).items():
        lines = [row.line for row in rows if row.length == length]
        yield SheetFinding.of(
            findings.EXTRA_CLIP,
            lines,
            title_id=title_id,
            expected=f"{wanted[length]} x {length}",
            found=f"{len(lines)} x {length}",
            fix=f"remove {count} of these rows.",
        )


def _spell(lengths: Counter[int]) -> str:
    return ", ".join(f"{count} x {length}" for length, count in sorted(lengths.items())[::-1])


def _check_order(title_id: str, rows: Sequence[SheetRow], layout: Layout) -> Iterator[SheetFinding]:
    right = _in_run(rows, layout)
    moved = [row.line for row, other in zip(rows, right, strict=True) if row.length != other.length]
    if moved:
        yield SheetFinding.of(
            findings.WRONG_ORDER,
            moved,
            title_id=title_id,
            expected=", ".join(str(row.length) for row in right),
            found=", ".join(str(row.length) for row in rows),
            fix="sort the title's rows like that, or leave out --as-listed.",
        )


def _check_together(rows: Sequence[SheetRow]) -> Iterator[SheetFinding]:
    seen: set[str] = set()
    for title_id, group in groupby(rows, key=lambda row: row.title_id):
        lines = [row.line for row in group]
        if title_id in seen:
            yield SheetFinding.of(
                findings.SPLIT_TITLE,
                lines,
                title_id=title_id,
                expected="all rows of the title together",
                found="other titles' rows between them",
                fix="move these rows to the title's others, or leave out --as-listed.",
            )
        seen.add(title_id)
