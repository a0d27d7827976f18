"""The panel and the rest of the system read the same names, times and findings the same way.

The tables are those that the panel's own tests run on.
"""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

from sizzle.clips import ClipKey
from sizzle.layout import Finding, Marker, Severity
from sizzle.layout.edits import Edit, Operation
from sizzle.reports.colours import NAMING, colour_of
from sizzle.reports.marker_changes import make_changes
from sizzle.reports.markers import FindingMarker, is_finding_marker
from sizzle.reports.rules import ALL_RULES
from sizzle.timecode import FrameRate
from tests.node_project import SOURCE

_TICKS_A_SECOND = 254_016_000_000


def _text(name: str) -> str:
    return (SOURCE / "tests" / "shared" / name).read_text(encoding="utf-8")


def _finding(rule: str, severity: str) -> Finding:
    return Finding(rule, Severity(severity), 0, "00:00:00:00", 1, "", "this", "that", "mend it.")


def test_clip_keys() -> None:
    """A name that one takes for a clip's key is one to the other."""
    keys = json.loads(_text("keys.json"))
    parsed = {text: ClipKey.parse(text) for text in keys}
    assert keys == {
        text: [key.title_id, key.number] if key else None for text, key in parsed.items()
    }


def test_timecodes() -> None:
    """Frames have the same timecodes, drop-frame or not, and the same length in ticks."""
    for case in json.loads(_text("timecodes.json")):
        rate = FrameRate.parse(case["rate"], drop_frame=case["drop"])
        assert rate.seconds(1) * _TICKS_A_SECOND == int(case["ticks"])
        count = case["start"] + case["frame"]
        if count < rate.frames_a_day:
            assert rate.timecode(count) == case["timecode"]


def test_findings() -> None:
    """The panel asks of a finding the fields that `sizzle validate --json` prints."""
    names = {field.name for field in fields(Finding)}
    assert all(set(each) == names for each in json.loads(_text("findings.json"))["findings"])
    assert set(_finding("gap", "error").to_json()) == names
    assert {severity.value for severity in Severity} == {"error", "warning"}


def test_markers_of_findings() -> None:
    """What the panel shows as markers, `--markers` writes, and each knows the other's again."""
    first = json.loads(_text("findings.json"))["findings"][0]
    marker = FindingMarker.of(Finding.from_json(first))
    assert marker.name == "wrong-length (aurora-clip-3)"
    assert marker.comment == ("Expected: 80 frames\nFound: 79 frames\nFix: extend it by 1 frame.")
    assert is_finding_marker(marker.name, marker.comment)


def test_colours_of_findings() -> None:
    """Colours say the same in both: where a finding is mended."""
    table = json.loads(_text("colours.json"))
    for case in table:
        colour = colour_of(_finding(case["rule"], case["severity"]))
        assert colour.name.lower() == case["colour"]
    orange = {case["rule"] for case in table if case["colour"] == "orange"}
    assert {rule for rule in ALL_RULES if colour_of(_finding(rule, "error")) is NAMING} == orange


def test_fixes() -> None:
    """The panel mends the findings that `sizzle validate --fix` mends, to the same markers."""
    for case in json.loads(_text("fixes.json")):
        findings = [_finding_with(edits, frame) for frame, edits in enumerate(case["findings"])]
        changes = make_changes([Marker(*each) for each in case["markers"]], findings)
        states = sorted(changes.states, key=lambda state: state.frame)
        assert [[each.name, each.frame] for each in states] == case["after"], case["about"]
        assert [findings.index(each) for each in changes.made] == case["made"], case["about"]


def _finding_with(edits: list[list[Any]], frame: int) -> Finding:
    made = tuple(Edit(Operation(what), at, name=name, after=to) for what, at, name, to in edits)
    return replace(_finding("marker-off-cut", "error"), frame=frame, edits=made)
