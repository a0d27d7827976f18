"""One edit is one finding, and its fix undoes it: shown on edits planted in Mega Assets.

The table of edits is `fixtures.planted_edits.PLANTED`. What applies the fixes reads nothing but the
structured edits of the findings.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from fixtures.apply_edits import apply_findings
from fixtures.cutting import mega_asset
from fixtures.planted_edits import PLANTED, plant
from fixtures.rules_page import PAGE, examples
from sizzle.layout import Finding, Layout, Timeline, check
from sizzle.layout.edits import Operation

_FEW, _MANY = 2, 100  # of each kind
_FEW_TITLES = 8


def _checked(kind: str, seed: int, most: int = 40) -> tuple[Timeline, Layout, tuple[Finding, ...]]:
    timeline, layout = plant(kind, Random(f"{kind} {seed}"), most)
    return timeline, layout, check(timeline, layout).findings


def _left(timeline: Timeline, layout: Layout, findings: tuple[Finding, ...]) -> int:
    """How many findings there are after the fixes."""
    return len(check(apply_findings(timeline, findings, layout), layout).findings)


def test_a_mega_asset_without_an_edit_has_no_findings() -> None:
    """Whatever its layout and titles."""
    for seed in range(5):
        timeline, layout = mega_asset(Random(seed))
        assert check(timeline, layout).findings == ()


@pytest.mark.parametrize("kind", PLANTED)
def test_the_fixes_of_an_edit_leave_no_findings(kind: str) -> None:
    """And it has one finding, or two where it can be read in two ways."""
    for seed in range(_FEW):
        timeline, layout, findings = _checked(kind, seed, _FEW_TITLES)
        assert 1 <= len(findings) <= 2
        assert _left(timeline, layout, findings) == 0


@pytest.mark.parametrize(
    ("kind", "rule"),
    [
        ("a clip moved to V2", "other-track"),
        ("a title moved to V2", "other-track"),
        ("a title lifted", "missing-clip"),
    ],
)
def test_clips_that_are_gone_where_titles_may_differ(kind: str, rule: str) -> None:
    """Nothing but the gap and the markers say that they are missing: one finding."""
    for seed in range(3 * _FEW):
        timeline, layout = plant(kind, Random(f"{kind} {seed}"), _FEW_TITLES)
        free = replace(layout, titles_may_differ=True)
        [finding] = check(timeline, free).findings
        last = timeline.items[-1].record.end <= finding.frame  # behind it no gap is left
        assert finding.rule == rule or last
        assert _left(timeline, free, (finding,)) == 0


def test_a_title_that_is_gone_is_the_one_that_is_named() -> None:
    """Its markers and all others stay on cuts, so the names of clips and files must tell."""
    timeline, layout = mega_asset(Random("gone"), most=6)
    count = len(layout.run)
    gone = timeline.items[count : 2 * count]
    length = sum(item.record.duration for item in gone)
    behind = [
        replace(item, record=item.record.shifted(-length)) for item in timeline.items[2 * count :]
    ]
    cut = replace(timeline, items=(*timeline.items[:count], *behind))
    [finding] = check(cut, layout).findings
    first = timeline.markers[count].name
    assert (finding.rule, finding.clip, finding.frame) == (
        "missing-clip",
        first,
        gone[0].record.start,
    )
    unnamed = [replace(item, name="shot", media="file:///A001.mov") for item in cut.items]
    [guess] = check(replace(cut, items=tuple(unnamed)), layout).findings
    assert guess.rule == "missing-clip"


def test_every_finding_has_edits_and_every_operation_is_documented() -> None:
    """So that a program can mend, or at least name, whatever is found."""
    assert all(finding.edits for finding in examples().values())
    page = (PAGE.parent / "timelines.md").read_text(encoding="utf-8")
    assert [operation for operation in Operation if f"`{operation}`" not in page] == []


def test_findings_as_json_and_back() -> None:
    """With their edits, as the service keeps them."""
    for finding in examples().values():
        assert Finding.from_json(finding.to_json()) == finding


@pytest.mark.full
@pytest.mark.parametrize("kind", PLANTED)
def test_edits_of_each_kind_are_one_finding_each(kind: str) -> None:
    """One finding for at least 95 of 100 edits of each kind, and fixes that are right for all."""
    counts = []
    for seed in range(_MANY):
        timeline, layout, findings = _checked(kind, seed)
        counts.append(len(findings))
        assert findings, (kind, seed)
        if _left(timeline, layout, findings):
            counts[-1] = 99
    assert sum(count == 1 for count in counts) >= 95, (kind, counts)
