"""The picture of a timeline: every finding on it in its place, and readable at any length."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from fixtures.defects import DEFECTS, clean_xml
from sizzle.layout import DEFAULT, RULES, Checked, Finding, Item, ItemKind, Timeline, check
from sizzle.reports import write_picture
from sizzle.reports.colours import EDIT, NAMING, colour_of
from sizzle.reports.picture import draw_picture, ink
from sizzle.reports.picture.flags import FlaggedFinding, placed
from sizzle.reports.picture.lanes import DetailRow, ticks
from sizzle.reports.picture.plan import listed, row_length, stretches, worth_detail
from sizzle.reports.picture.scene import DrawnTimeline, Scale
from sizzle.timecode import FrameRate, TimeRange
from tests.reports.checked_timelines import checked, defect, long_timeline, with_findings

LEFT = ink.MARGIN + ink.GUTTER
ACROSS = ink.WIDTH - ink.MARGIN - LEFT


def columns(image: Image.Image, colour: ink.Rgb) -> set[int]:
    """Where from the left a colour stands, in pixels, whatever its height."""
    matches = (np.asarray(image) == colour).all(axis=2).any(axis=0)
    return {int(x) for x in matches.nonzero()[0] if x >= LEFT}


@pytest.mark.parametrize("name", [defect.name for defect in DEFECTS])
def test_every_defect_is_drawn_where_it_is(name: str) -> None:
    """A line in the finding's colour, at its frame's place along the timeline."""
    timeline, result = checked(defect(name))
    image = draw_picture(timeline, result)
    assert image.width == ink.WIDTH
    end = max(timeline.duration, max(finding.frame for finding in result.findings) + 1)
    for finding in result.findings:
        x = LEFT + finding.frame * ACROSS // end
        assert x in columns(image, colour_of(finding).rgb)


def test_a_clean_timeline_has_no_finding_on_it() -> None:
    """And it is low: a header, the overview and a row."""
    image = draw_picture(*checked(clean_xml().encode()))
    assert columns(image, EDIT.rgb) == columns(image, NAMING.rgb) == set()
    assert image.height < 500


def test_a_title_has_one_colour_and_its_neighbour_another() -> None:
    """Clips stand to scale: aurora fills the first half of the row, harbor the second."""
    image = draw_picture(*checked(clean_xml().encode()))
    aurora, harbor = (columns(image, ink.hue(position)) for position in (0, 1))
    middle = LEFT + ACROSS // 2
    assert (min(aurora), max(aurora)) == (LEFT, middle - 1)
    assert (min(harbor), max(harbor)) == (middle, ink.WIDTH - ink.MARGIN - 1)


def broken(timeline: Timeline, positions: range) -> tuple[Timeline, Checked]:
    """A timeline with the clips at some positions disabled, and its check."""
    items = list(timeline.items)
    for position in positions:
        items[position] = replace(items[position], enabled=False)
    changed = replace(timeline, items=tuple(items))
    return changed, check(changed, DEFAULT)


@pytest.mark.parametrize(
    ("titles", "step", "lowest", "highest"),
    [
        (1, 20, 300, 600),
        (8, 20, 500, 1500),
        (100, 2, 1500, 6000),
        (715, 1000, 1000, 4000),
        pytest.param(715, 2, 1500, 6000, marks=pytest.mark.full),
    ],
)
def test_any_length_stays_readable(titles: int, step: int, lowest: int, highest: int) -> None:
    """14 clips to 10,010, a few findings or one on each other clip: the height has its bounds."""
    timeline = long_timeline(titles)
    image = draw_picture(*broken(timeline, range(0, len(timeline.items), step)))
    assert lowest < image.height < highest


def test_many_tracks_and_kinds() -> None:
    """Lanes get lower, items of every kind are drawn, and a name in another script is too."""
    timeline = long_timeline(1)
    items = [
        Item(kind, "Žižkov 東京", track, TimeRange.of(track * 30 + at * 7, 60), enabled=at != 1)
        for at, kind in enumerate(ItemKind)
        for track in range(1, 16)
    ]
    changed = replace(timeline, name="", items=tuple(items), markers=())
    image = draw_picture(changed, check(changed, DEFAULT))
    assert image.height < 3000


def test_names_keep_what_the_face_can_show() -> None:
    """Accents go, other scripts become question marks."""
    assert ink.legible("Žižkov 東京, clip 2") == "Zizkov ??, clip 2"


def test_the_file_is_a_png_and_the_same_each_time(tmp_path: Path) -> None:
    """Whatever its name says, so that pictures can be compared."""
    timeline, result = checked(defect("overlap"))
    first, second = tmp_path / "findings", tmp_path / "again.png"
    write_picture(first, timeline, result)
    write_picture(second, timeline, result)
    assert first.read_bytes() == second.read_bytes()
    with Image.open(first) as image:
        assert image.format == "PNG"


def test_of_too_many_findings_each_rule_is_listed() -> None:
    """As many of each as fit; numbers stay those of the timeline's order."""
    timeline = long_timeline(1)

    def finding(rule: str, frame: int) -> Finding:
        return RULES[rule].at(timeline, frame, expected="a", found="b", fix="c")

    common = [finding("other-track", frame) for frame in range(300)]
    rare = [finding("gap", frame) for frame in (100, 200)]
    result = with_findings(check(timeline, DEFAULT), [*common, *rare])
    chosen = listed(result.findings, 20)
    assert len(chosen) == 20
    assert [numbered.number for numbered in chosen if numbered.finding.rule == "gap"] == [101, 202]
    assert [numbered.number for numbered in listed(result.findings, 500)] == list(range(1, 303))


@given(
    st.integers(1, 2_000_000_000), st.integers(1, 5000), st.sets(st.floats(0, 1, exclude_max=True))
)
def test_rows_and_strips_cover_the_timeline_once(end: int, length: int, places: set[float]) -> None:
    """Without gaps or overlaps, however long it is; each frame asked for is in a detailed row."""
    timeline = Timeline(
        "a", FrameRate(25), 0, (Item(ItemKind.CLIP, "a", 1, TimeRange(0, length)),), ()
    )
    frames = {int(place * end) for place in places}
    detailed = worth_detail(row_length(timeline, end, 1700), end, frames)
    shown = stretches(detailed, end)
    edges = [0, *(stretch.frames.end for stretch in shown)]
    assert [*(stretch.frames.start for stretch in shown), end] == edges
    assert [stretch.frames for stretch in shown if stretch.in_detail] == detailed
    assert all(any(row.start <= frame < row.end for row in detailed) for frame in frames)


@given(st.lists(st.integers(84, 1763), max_size=200).map(sorted))
def test_flags_hide_no_other(places: list[int]) -> None:
    """On each level they stand apart; together they hold every number, in order."""
    pins = [FlaggedFinding(x, number, EDIT.rgb) for number, x in enumerate(places, start=1)]
    flags = placed(pins, 84, 1764)
    numbers = sorted(pin.number for flag in flags for pin in flag.pins)
    assert numbers == list(range(1, len(places) + 1))
    for level in {flag.level for flag in flags}:
        row = sorted((flag.left, flag.right) for flag in flags if flag.level == level)
        assert all(left[1] <= right[0] for left, right in pairwise(row))
        assert all(start >= 84 and end <= 1764 for start, end in row)


def drawn(row: DetailRow) -> Image.Image:
    """A row alone."""
    image = Image.new("RGB", (ink.WIDTH, row.height), ink.BACKGROUND)
    row.draw(ink.Pen(ImageDraw.Draw(image)), 0)
    return image


@pytest.mark.parametrize("apart", [1, 3, 16])
def test_dense_flags_hide_no_timecode_and_no_label(apart: int) -> None:
    """Each timecode and number looks as it does in a row without findings, to the pixel."""
    timeline = long_timeline(2)
    places = range(0, timeline.duration, apart)
    rules = [RULES[name] for name in ("gap", "marker-missing", "shared-frames")]
    findings = [
        rules[at % 3].at(timeline, frame, expected="a", found="b", fix="c")
        for at, frame in enumerate(places)
    ]
    scene = DrawnTimeline(timeline, check(timeline, DEFAULT).clips, findings)
    frames = TimeRange(0, timeline.duration)
    dense = DetailRow(scene, frames, listed(findings, len(findings)))
    bare = DetailRow(scene, frames, [])
    assert len(bare.plates(0)) > 30
    pictures = drawn(dense), drawn(bare)
    for one, other in zip(dense.plates(0), bare.plates(0), strict=True):
        assert pictures[0].crop(one).tobytes() == pictures[1].crop(other).tobytes()


@given(st.integers(0, 10**6), st.integers(1, 2 * 10**9), st.booleans())
def test_ticks_are_few_and_inside(start: int, frames: int, drop_frame: bool) -> None:
    """However long a row is, its timecodes do not run into each other."""
    timeline = Timeline("a", FrameRate(30000, 1001, drop_frame), 107_892, (), ())
    scale = Scale(TimeRange.of(start, frames), 0, ACROSS)
    found = ticks(timeline, scale)
    assert all(start <= frame < start + frames for frame in found)
    assert len(found) <= ACROSS // 140 + 1


@given(st.text(max_size=200), st.integers(1, 400))
def test_text_fits(text: str, width: int) -> None:
    """Into its cell, in any number of lines."""
    for most in (1, 3):
        lines = ink.wrapped(ink.legible(text), ink.SMALL, width, most)
        assert len(lines) <= most
        assert all(ink.width_of(line, ink.SMALL) <= width for line in lines)
