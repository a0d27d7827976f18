"""The shape of a timeline on the page, and the timecodes that its script counts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from playwright.sync_api import Page

from sizzle.api.editor.drawing import Drawing, draw
from sizzle.ingest import Inspection, Reading
from sizzle.layout import DEFAULT, Checked, Finding, Severity, Timeline, check
from sizzle.timecode import FrameRate
from tests.reports.checked_timelines import long_timeline


def drawn(timeline: Timeline, *findings: Finding) -> Drawing:
    """A timeline with some findings, whatever its check says."""
    checked = check(timeline, DEFAULT)
    return draw(Inspection(Reading(timeline, ()), Checked(findings, checked.clips)))


def test_everything_lies_on_the_timeline() -> None:
    """In per cent of it; clips meet where they meet, and none is lost."""
    drawing = drawn(long_timeline(3))
    for placed in (drawing.ticks, drawing.marks, drawing.bars):
        assert all(0 <= tick.x <= 100 for tick in placed)
    assert (len(drawing.bars), len(drawing.marks)) == (42, 42)
    for before, after in pairwise(drawing.bars):
        assert before.x + before.width == pytest.approx(after.x, abs=0.002)
    assert drawing.bars[0].label.startswith("1 ")


def test_a_long_timeline_is_drawn_as_far_as_one_can_see() -> None:
    """What is thinner than a pixel stands for its neighbours, so that the page stays small."""
    timeline = long_timeline(1000)
    drawing = drawn(timeline)
    assert len(timeline.items) == 14_000
    assert 1500 < len(drawing.bars) <= 3001
    assert drawing.bars[-1].x > 99.9
    assert len(drawing.ticks) < 600


def test_a_finding_past_the_end_is_on_the_page() -> None:
    """The timeline is as long as its last finding."""
    timeline = long_timeline(1)
    late = Finding("gap", Severity.ERROR, 5000, "01:03:28:08", 1, "x", "a", "b", "c")
    drawing = drawn(timeline, late)
    assert drawing.frames == 5001
    assert [pin.number for pin in drawing.pins] == [1]
    assert drawing.pins[0].x < 100


def test_an_empty_timeline_is_drawn_too() -> None:
    """With its one lane and nothing on it."""
    drawing = drawn(replace(long_timeline(1), items=(), markers=()))
    assert ([lane.name for lane in drawing.lanes], drawing.bars) == (["V1"], ())


@pytest.mark.parametrize(
    "rate",
    [
        FrameRate(24000, 1001),
        FrameRate(25, 1),
        FrameRate(30000, 1001, drop_frame=True),
        FrameRate(60000, 1001, drop_frame=True),
    ],
    ids=str,
)
def test_the_page_counts_timecodes_as_we_do(page: Page, rate: FrameRate) -> None:
    """Drop-frame too: around each minute of an hour, and past midnight."""
    start = rate.parse_timecode(f"23:30:00{';' if rate.drop_frame else ':'}00")
    minute = 60 * rate.timebase
    frames = [number * minute // 2 + near for number in range(130) for near in (-2, -1, 0, 1, 2)]
    frames = [frame for frame in frames if frame >= 0]
    page.goto("/editor")
    ours = [rate.timecode((start + frame) % rate.frames_a_day) for frame in frames]
    counted = page.evaluate(
        """async ([data, frames]) => {
            const { timecodes } = await import("/editor/static/timecode.js");
            return frames.map(timecodes(data));
        }""",
        [
            {"timebase": rate.timebase, "start": start, "drop": str(rate.drop_frame).lower()},
            frames,
        ],
    )
    assert counted == ours
