"""Checking a timeline against its layout: every defect, named in place, once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.defects import DEFECTS, TITLES, Defect, clean_xml
from fixtures.timeline import demo_timeline
from fixtures.titles import demo_clips
from sizzle.ingest import inspect_reading
from sizzle.ingest.read_content import read_content
from sizzle.layout import DEFAULT, RULES, check, failed
from sizzle.timecode import FrameRate, TimeRange

CLEAN = demo_timeline(TITLES, demo_clips(TITLES))


def test_the_clean_export_has_no_findings() -> None:
    """And all its clips are named."""
    reading = read_content(clean_xml().encode(), "clean.xml")
    checked = check(reading.timeline, DEFAULT)
    assert reading.findings + checked.findings == ()
    assert [str(clip.key) for clip in checked.clips] == [clip.key for clip in demo_clips(TITLES)]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_each_defect_gives_its_findings_and_no_others(defect: Defect) -> None:
    """The fixture names rule, frame and clip of each."""
    reading = read_content(defect.xml(), "broken.xml")
    findings = inspect_reading(reading, DEFAULT).findings
    given_findings = tuple((finding.rule, finding.frame, finding.clip) for finding in findings)
    assert given_findings == defect.findings
    assert all(finding.expected and finding.found and finding.fix for finding in findings)


@pytest.mark.parametrize(
    ("name", "found", "fix"),
    [
        (
            "markers moved together",
            "this marker and the 19 that follow are 2 frames late",
            "move them together by 2 frames back, to 01:00:30:00 and so forth.",
        ),
        (
            "pasted copy",
            "a copy of aurora-clip-14: the same frames, without a marker",
            "delete it, and close the gap (Edit > Ripple Delete).",
        ),
        (
            "key in the comment",
            "a marker without a name; the key is in its comment: aurora-clip-3",
            "move the key from the marker's comment to its name.",
        ),
    ],
)
def test_a_finding_names_its_cause(name: str, found: str, fix: str) -> None:
    """One edit is one finding, and its fix undoes that edit."""
    defect = next(defect for defect in DEFECTS if defect.name == name)
    (finding,) = check(read_content(defect.xml(), "broken.xml").timeline, DEFAULT).findings
    assert (finding.found, finding.fix) == (found, fix)


@pytest.mark.parametrize("name", ["Aurora-Clip-3", "aurora_clip_3", "aurora clip 03"])
def test_a_marker_whose_name_is_almost_a_key(name: str) -> None:
    """The finding quotes it, and says the key."""
    markers = tuple(
        replace(marker, name=name) if marker.name == "aurora-clip-3" else marker
        for marker in CLEAN.markers
    )
    (finding,) = check(replace(CLEAN, markers=markers), DEFAULT).findings
    assert finding.found == f"a marker named {name!r}"
    assert finding.fix == "did you mean aurora-clip-3? Rename the marker at 01:00:13:08."


def test_another_track_is_one_finding() -> None:
    """However many items are on it."""
    above = tuple(replace(item, track=2) for item in CLEAN.items[:3])
    items = tuple(sorted([*CLEAN.items, *above], key=lambda item: item.record.start))
    (finding,) = check(replace(CLEAN, items=items), DEFAULT).findings
    assert finding.found == "clip on V2, the first of 3 items there"


def test_markers_whose_comments_have_all_keys() -> None:
    """Some programs export a marker's note as its comment."""
    markers = tuple(replace(marker, name="", comment=marker.name) for marker in CLEAN.markers)
    (finding,) = check(replace(CLEAN, markers=markers), DEFAULT).findings
    assert finding.found.endswith("; the key is in the comment of 28 markers, not in their names")


def test_every_rule_has_a_defect_that_breaks_it() -> None:
    """So that no rule stands untested.

    Those left over need another rate, another layout or another format than the defects have, and
    stand in tests of their own.
    """
    broken = {rule for defect in DEFECTS for rule, _, _ in defect.findings}
    elsewhere = {"drop-frame", "title-unknown", "no-markers", "bad-line", "newer-schema"}
    assert set(RULES) - broken == elsewhere


def test_drop_frame_where_the_layout_counts_non_drop() -> None:
    """At 29.97 both counts exist, and the layout says which."""
    layout = replace(DEFAULT, rate=FrameRate(30000, 1001), start=108_000)
    rate = FrameRate(30000, 1001, drop_frame=True)
    timeline = replace(CLEAN, rate=rate, start=107_892)
    assert [finding.rule for finding in check(timeline, layout).findings] == ["drop-frame"]


def test_where_a_finding_is_and_how_to_mend_it() -> None:
    """The editor's own timecode, the track, and an instruction."""
    items = list(CLEAN.items)
    items[3] = replace(items[3], record=TimeRange(400, 481))
    items[4:] = [replace(item, record=item.record.shifted(1)) for item in items[4:]]
    markers = [
        replace(marker, frame=marker.frame + (marker.frame > 400)) for marker in CLEAN.markers
    ]
    timeline = replace(CLEAN, items=tuple(items), markers=tuple(markers))
    (finding,) = check(timeline, DEFAULT).findings
    assert finding.to_json() == {
        "rule": "wrong-length",
        "severity": "error",
        "frame": 400,
        "timecode": "01:00:16:16",
        "track": 1,
        "clip": "aurora-clip-4",
        "expected": "80 frames",
        "found": "81 frames",
        "fix": "trim 1 frame at the tail.",
        "edits": [
            {
                "operation": "trim-tail",
                "frame": 400,
                "track": 1,
                "name": "Aurora Rising",
                "from": 481,
                "to": 480,
                "ripple": "clips and markers",
            }
        ],
    }


def test_warnings_do_not_stop_publication() -> None:
    """Only errors do."""
    warning = RULES["otio-mismatch"].at(CLEAN, 0, expected="a", found="b", fix="c")
    error = RULES["gap"].at(CLEAN, 0, expected="a", found="b", fix="c")
    assert not failed([warning])
    assert failed([warning, error])


@given(
    st.lists(
        st.tuples(
            st.integers(0, 27), st.integers(-200, 200), st.booleans(), st.sampled_from([1, 2, 0])
        ),
        max_size=6,
    )
)
def test_any_mess_gives_findings_in_order_and_never_an_error(
    edits: list[tuple[int, int, bool, int]],
) -> None:
    """Whatever is done to the items, a check ends, and a changed record range is noticed."""
    items = list(CLEAN.items)
    for position, shift, enabled, speed in edits:
        record = items[position].record
        start = max(0, record.start + shift)
        items[position] = replace(
            items[position],
            record=TimeRange(start, max(start + 1, record.end)),
            enabled=enabled,
            speed=Fraction(speed),
        )
    ordered = tuple(sorted(items, key=lambda item: (item.record.start, item.track)))
    findings = check(replace(CLEAN, items=ordered), DEFAULT).findings
    assert failed(findings) == (ordered != CLEAN.items)
    assert list(findings) == sorted(findings, key=lambda finding: finding.frame)
