"""Figures are those of counting by hand, however the exposures are cut into pages."""

from __future__ import annotations

import msgspec
import pytest

from sizzle.engagement import pack
from sizzle.engagement.figures import ExposureRow, Figures, Tally, TitleFigures
from sizzle.engagement.treatments import compare_treatments
from sizzle.errors import NotFoundError
from sizzle.experiments import Count
from tests.engagement.sample_exposures import PLAN
from tests.events.sample_events import NOW


def row(
    member: str = "ada",
    seen: tuple[int, ...] = (0, 0, 0, 0),
    *,
    reached: int = 0,
    completed: bool = False,
    left: bool = False,
    played: tuple[str, ...] = (),
    treatment: str = "",
    time: int = NOW,
    titles: tuple[str, ...] = ("aurora", "borealis", "comet"),
    asset: str = "spring",
) -> ExposureRow:
    """An exposure of four cuts, at 40 frames a second, as it is stored."""
    return ExposureRow(
        asset_id=asset,
        cadence="trio",
        plan=PLAN,
        rate="40/1",
        treatment=treatment,
        member_id=member,
        time=time,
        started=NOW if reached else None,
        completed=NOW if completed else None,
        left=NOW if left else None,
        reached=reached,
        seen=pack(list(seen)),
        titles=msgspec.json.encode(titles).decode(),
        played=msgspec.json.encode(dict.fromkeys(played, NOW)).decode() if played else "",
    )


ROWS = [
    row(seen=(160, 80, 80, 40), reached=4, completed=True, played=("aurora", "comet")),
    row("ben", (160, 40, 0, 0), reached=2, left=True),
    row("cleo", left=True, titles=("comet", "aurora", "dusk")),
    row("dora", reached=1, titles=("comet", "aurora", "dusk"), played=("dusk",)),
    row("eve", (0, 0, 0, 40), reached=4, completed=True, asset="autumn"),
    row("finn", (80, 0, 0, 0), reached=1, completed=True),  # reports of the rest were lost
]


@pytest.mark.parametrize("size", [1, 2, 6])
def test_counting_by_hand(size: int) -> None:
    """Six exposures of two assets."""
    tally = Tally()
    for start in range(0, 6, size):
        tally.add(ROWS[start : start + size])
    assert tally.total == Figures(
        shown=6, started=5, completed=3, left_unstarted=1, title_started=2, seconds=17.0
    )
    assert {kind.asset_id: figures.shown for kind, figures in tally.kinds.items()} == {
        "spring": 5,
        "autumn": 1,
    }
    assert tally.titles["spring", "aurora"] == TitleFigures(5, 3, 1, 12.0)
    assert tally.titles["spring", "dusk"] == TitleFigures(2, 0, 1, 0.0)
    assert tally.titles["autumn", "comet"] == TitleFigures(1, 1, 0, 1.0)
    cuts = tally.cuts["spring", "trio", PLAN, "40/1"]
    assert (cuts.shown, cuts.started, cuts.completed) == (5, 4, 2)
    assert cuts.reached == [4, 3, 2, 2]
    assert cuts.left == [1, 1, 0, 0]
    assert cuts.seconds == [10.0, 3.0, 2.0, 1.0]
    assert sum(cuts.left) + cuts.completed == cuts.started


def test_members_are_of_the_treatment_that_they_were_shown_first() -> None:
    """Whatever they were shown later, and in whatever order it is read; each counts once."""
    rows = [
        row("ada", treatment="b", time=NOW + 5, reached=1),
        row("ada", treatment="a", time=NOW + 3),
        row("ada", treatment="a", time=NOW + 9, reached=1, completed=True),
        row("ben", treatment="a"),
        row("ben", treatment="a", reached=1),
        row("cleo", treatment="b", played=("comet",)),
    ]
    for order in (rows, rows[::-1]):
        tally = Tally()
        tally.add(order)
        found = compare_treatments(tally)
        assert found.members == {"a": 2, "b": 1}
        assert found.crossed == 1
        assert found.counts["a"]["started"] == Count(2, 2)
        assert found.counts["a"]["completed"] == Count(1, 2)
        assert found.counts["b"]["title_started"] == Count(1, 1)
        assert [
            (comparison.treatment, comparison.baseline) for comparison in found.comparisons
        ] == [("b", "a")] * 3
        assert found.sample_ratio is None


def test_findings_are_in_plain_words() -> None:
    """Only the sequence decides; a broken sample ratio says what to do."""
    tally = Tally()
    tally.add([row(f"a-{n}", treatment="a", reached=int(n % 2 == 0)) for n in range(2000)])
    tally.add([row(f"b-{n}", treatment="b", reached=int(n % 4 != 0)) for n in range(1500)])
    found = compare_treatments(tally, "a", {"a": 1, "b": 1})
    started, completed, _ = found.comparisons
    assert str(started) == "More members of b than of a started a reel."
    assert started.difference == pytest.approx(0.25)
    assert str(completed).startswith("Undecided whether more members of b or of a watched")
    assert found.sample_ratio is not None
    assert found.sample_ratio.is_wrong
    fewer = compare_treatments(tally, "b").comparisons[0]
    assert str(fewer) == "Fewer members of a than of b started a reel."
    with pytest.raises(NotFoundError, match="a, b"):
        compare_treatments(tally, "c")
    assert compare_treatments(Tally()).comparisons == ()
