"""Arranging rows to the layout, for any sheet."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from sizzle.layout import Layout
from sizzle.mega.arrange import arrange, check_rows
from sizzle.mega.sheet import SheetRow
from tests.mega.numbered_films import LAYOUT

IDS = st.sampled_from(["a", "b", "c"])
RUNS = st.lists(st.sampled_from([8, 16, 40]), min_size=1, max_size=8).map(tuple)
SHEETS = st.lists(st.tuples(IDS, st.sampled_from([8, 9, 16, 40])), max_size=30)
RIGHT = st.lists(IDS, unique=True, min_size=1).flatmap(
    lambda ids: st.permutations([(each, length) for each in ids for length in LAYOUT.run])
)


def rows_of(sheet: list[tuple[str, int]]) -> list[SheetRow]:
    """Rows from line 2 on."""
    return [
        SheetRow(line, title, "f", "0", length) for line, (title, length) in enumerate(sheet, 2)
    ]


def found_in(rows: list[SheetRow], layout: Layout, *, as_listed: bool = False) -> Counter[str]:
    """How often each rule is broken."""
    return Counter(
        check_row.rule for check_row in check_rows(rows, layout, {}, as_listed=as_listed)
    )


@given(RIGHT)
def test_a_right_sheet_in_any_order_is_arranged(sheet: list[tuple[str, int]]) -> None:
    """Nothing is wrong with it, and each title becomes the layout's run."""
    rows = rows_of(sheet)
    assert not found_in(rows, LAYOUT)
    arranged = arrange(rows, LAYOUT)
    titles = [(key, tuple(row.length for row in own)) for key, own in groupby(arranged, _title)]
    assert titles == [(title, LAYOUT.run) for title in dict.fromkeys(t for t, _ in sheet)]


@given(SHEETS, RUNS, st.booleans())
def test_arranging_only_moves_rows(
    sheet: list[tuple[str, int]], run: tuple[int, ...], differ: bool
) -> None:
    """Each row is kept once; titles and rows of a length keep the sheet's order."""
    rows = rows_of(sheet)
    arranged = arrange(rows, replace(LAYOUT, run=run, titles_may_differ=differ))
    assert sorted(arranged, key=lambda row: row.line) == rows
    assert list(dict.fromkeys(map(_title, arranged))) == list(dict.fromkeys(map(_title, rows)))
    for title, length in set(sheet):
        alike = [row.line for row in arranged if (row.title_id, row.length) == (title, length)]
        assert alike == sorted(alike)


@given(SHEETS, RUNS)
def test_no_finding_means_that_each_title_keeps_the_layout(
    sheet: list[tuple[str, int]], run: tuple[int, ...]
) -> None:
    """And each finding names lines of the sheet."""
    layout = replace(LAYOUT, run=run)
    rows = rows_of(sheet)
    found = list(check_rows(rows, layout, {}, as_listed=False))
    arranged = groupby(arrange(rows, layout), _title)
    keeps = all(tuple(row.length for row in own) == run for _, own in arranged)
    assert keeps == (not found)
    assert {line for finding in found for line in finding.lines} <= {row.line for row in rows}


@given(RIGHT)
def test_as_listed_the_sheet_itself_must_be_in_order(sheet: list[tuple[str, int]]) -> None:
    """There is a finding exactly where arranging would move something."""
    rows = rows_of(sheet)
    is_right = [(row.title_id, row.length) for row in arrange(rows, LAYOUT)] == sheet
    assert is_right == (not found_in(rows, LAYOUT, as_listed=True))


def test_each_title_says_what_it_lacks_and_has_too_much_of() -> None:
    """Once for all that is missing, once for each length there is too much of."""
    rows = rows_of([("a", 16), ("a", 8), ("a", 8), ("a", 8), ("b", 8)])
    found = list(check_rows(rows, LAYOUT, {}, as_listed=False))
    assert [
        (finding.rule, finding.title_id, finding.lines, finding.found) for finding in found
    ] == [
        ("missing-clip", "a", (2, 3, 4, 5), "1 x 16 missing"),
        ("extra-clip", "a", (3, 4, 5), "3 x 8"),
        ("missing-clip", "b", (6,), "2 x 16, 1 x 8 missing"),
    ]


def test_a_wrong_length_is_not_called_missing_too() -> None:
    """One fault, one finding; so for a row that could not be read."""
    rows = rows_of([("a", 16), ("a", 15), ("a", 8), ("a", 8), ("b", 16), ("b", 8), ("b", 8)])
    found = list(check_rows(rows, LAYOUT, {"b": 1}, as_listed=False))
    assert [(finding.rule, finding.lines) for finding in found] == [("wrong-length", (3,))]
    assert found[0].fix == "make it 16 frames, or use another layout."


def test_a_split_title_is_one_finding() -> None:
    """Its stray rows' lines, and nothing about the order."""
    sheet = [("a", 16), ("a", 16), ("b", 16), ("b", 16), ("b", 8), ("b", 8), ("a", 8), ("a", 8)]
    found = list(check_rows(rows_of(sheet), LAYOUT, {}, as_listed=True))
    assert [(finding.rule, finding.lines) for finding in found] == [("split-title", (8, 9))]


def _title(row: SheetRow) -> str:
    return row.title_id
