"""Which title is a clip: by name, by pattern, by sheet; and titles that may differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fixtures.defects import TITLES
from fixtures.timeline import demo_timeline
from fixtures.titles import demo_clips
from sizzle.errors import PolicyError
from sizzle.layout import DEFAULT, Layout, Timeline, check
from tests.layout.default_policy import POLICY

CLIPS = demo_clips(TITLES)
CLEAN = demo_timeline(TITLES, CLIPS)


def named(*names: str) -> Timeline:
    """The clean timeline, its clips called otherwise and without markers."""
    items = [replace(item, name=name) for item, name in zip(CLEAN.items, names, strict=True)]
    return replace(CLEAN, items=tuple(items), markers=())


def layout_by(table: str) -> Layout:
    """The default layout, with a table [titles]."""
    return Layout.parse(f"{POLICY}[titles]\n{table}\n")


def test_by_clip_name() -> None:
    """Where a clip is called by its key."""
    checked = check(named(*(clip.key for clip in CLIPS)), layout_by('by = "name"'))
    assert checked.findings == ()
    assert [str(clip.key) for clip in checked.clips] == [clip.key for clip in CLIPS]


def test_by_pattern_with_numbers() -> None:
    """Named groups find title and number in any naming scheme."""
    names = [f"SHOW_{clip.title_id}_v2.{clip.number:02}.mov" for clip in CLIPS]
    pattern = r"by = 'pattern'" + "\n" + r"pattern = 'SHOW_(?P<title_id>\w+)_v2\.(?P<number>\d+)'"
    checked = check(named(*names), layout_by(pattern))
    assert checked.findings == ()
    assert [str(clip.key) for clip in checked.clips] == [clip.key for clip in CLIPS]


def test_by_pattern_without_numbers() -> None:
    """Clips are numbered in timeline order within their title."""
    names = [f"{clip.title_id} - take 3" for clip in CLIPS]
    checked = check(named(*names), layout_by("by = 'pattern'\npattern = '^(?P<title_id>[a-z]+)'"))
    assert [str(clip.key) for clip in checked.clips] == [clip.key for clip in CLIPS]


def test_by_sheet() -> None:
    """A CSV says which title a clip name is of; the edge reads it, the check gets a mapping."""
    layout = layout_by("by = 'sheet'\nsheet = 'clips.csv'")
    assert layout.naming.sheet_file == "clips.csv"
    sheet = {title.name: title.title_id for title in TITLES}
    checked = check(replace(CLEAN, markers=()), layout.with_sheet(sheet))
    assert checked.findings == ()
    assert [str(clip.key) for clip in checked.clips] == [clip.key for clip in CLIPS]


def test_a_clip_of_no_known_title_is_one_finding() -> None:
    """It is named, and nothing else about it is said."""
    names = [clip.key for clip in CLIPS]
    names[20] = "holiday video"
    findings = check(named(*names), layout_by('by = "name"')).findings
    assert [(finding.rule, finding.clip) for finding in findings] == [
        ("title-unknown", "holiday video")
    ]


def test_names_that_all_fail_are_one_finding() -> None:
    """Somebody gave the wrong policy: one message, not one a clip."""
    findings = check(CLEAN, layout_by('by = "name"')).findings
    assert [(finding.rule, finding.found) for finding in findings] == [
        ("title-unknown", "no such clip among 28")
    ]


def test_a_pattern_may_not_make_ids_that_are_none() -> None:
    """What it finds must be fit to be a title id."""
    names = ["../../etc" for _ in CLIPS]
    layout = layout_by("by = 'pattern'\npattern = '(?P<title_id>.*)'")
    assert [finding.rule for finding in check(named(*names), layout).findings] == ["title-unknown"]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('by = "horoscope"', "titles.by"),
        ('by = "pattern"', "pattern is required with"),
        ('by = "name"\npattern = "x"', "pattern is required with"),
        ('by = "sheet"', "sheet is required with"),
        ('by = "pattern"\npattern = "("', "not a valid regular expression"),
        ('by = "pattern"\npattern = "x"', "no group title_id"),
    ],
)
def test_a_malformed_naming_says_how(table: str, says: str) -> None:
    """Before any timeline is read."""
    with pytest.raises(PolicyError, match=says):
        layout_by(table)


def cut_down(*keep: int) -> Timeline:
    """The first title with only those of its clips, laid out without gaps."""
    from sizzle.layout import Marker
    from sizzle.timecode import TimeRange

    items, markers, at = [], [], 0
    for number, position in enumerate(keep, start=1):
        item = CLEAN.items[position]
        record = TimeRange.of(at, item.record.duration)
        items.append(replace(item, record=record))
        markers.append(Marker(f"aurora-clip-{number}", at))
        at = record.end
    return replace(CLEAN, items=tuple(items), markers=tuple(markers))


@pytest.mark.parametrize(
    ("keep", "rules"),
    [
        ((0, 2, 3, 6, 7), []),
        ((6,), []),
        ((0, 6, 2), ["wrong-order"]),
    ],
)
def test_titles_may_differ_where_the_layout_says_so(
    keep: tuple[int, ...], rules: list[str]
) -> None:
    """Any number of clips, of the layout's lengths, in its order."""
    layout = replace(DEFAULT, titles_may_differ=True)
    assert [finding.rule for finding in check(cut_down(*keep), layout).findings] == rules


def test_a_title_that_may_differ_still_has_the_layouts_lengths() -> None:
    """79 frames are not 80, however many clips there are."""
    timeline = cut_down(0, 2)
    (first, second) = timeline.items
    shorter = replace(second, record=replace(second.record, end=second.record.end - 1))
    layout = replace(DEFAULT, titles_may_differ=True)
    findings = check(replace(timeline, items=(first, shorter)), layout).findings
    assert [(finding.rule, finding.fix) for finding in findings] == [
        ("wrong-length", "extend it by 1 frame.")
    ]


def test_transitions_where_the_layout_allows_them() -> None:
    """The policy file says so."""
    from sizzle.layout import Item, ItemKind
    from sizzle.timecode import TimeRange

    dissolve = Item(ItemKind.TRANSITION, "Cross Dissolve", 1, TimeRange(150, 170))
    items: Any = sorted([*CLEAN.items, dissolve], key=lambda item: item.record.start)
    timeline = replace(CLEAN, items=tuple(items))
    assert [finding.rule for finding in check(timeline, DEFAULT).findings] == ["transition"]
    allowed = Layout.parse(POLICY + 'transitions = "allowed"\n')
    assert check(timeline, allowed).findings == ()
