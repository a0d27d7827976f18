"""The SARIF log: sound by the standard, complete, and comparable from run to run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from fixtures.defects import DEFECTS
from fixtures.rules_page import examples
from sizzle import __version__
from sizzle.layout import RULES
from sizzle.reports import ALL_RULES, write_sarif
from sizzle.reports.sarif import fingerprints, sarif_log
from tests.reports.checked_timelines import checked, defect

# What the schema of SARIF 2.1.0 allows of the objects that we write: required fields, then others.
SHAPES: dict[str, tuple[set[str], set[str]]] = {
    "log": ({"version", "runs"}, {"$schema"}),
    "run": ({"tool"}, {"artifacts", "results"}),
    "driver": ({"name"}, {"fullName", "version", "semanticVersion", "rules"}),
    "rule": (
        {"id"},
        {"shortDescription", "fullDescription", "help", "helpUri", "defaultConfiguration"},
    ),
    "result": (
        {"message"},
        {"ruleId", "ruleIndex", "level", "locations", "partialFingerprints", "properties"},
    ),
    "location": (set(), {"physicalLocation", "logicalLocations"}),
    "logical": (set(), {"name", "fullyQualifiedName", "kind"}),
    "text": ({"text"}, {"markdown"}),
}


def assert_shape(kind: str, value: dict[str, Any]) -> None:
    """Each object of the log has the fields it needs, and none that the schema does not know."""
    required, others = SHAPES[kind]
    assert required <= set(value) <= required | others


def assert_sound(log: dict[str, Any]) -> None:
    """The constraints of the schema and of the standard's prose that can be broken here."""
    assert_shape("log", log)
    assert log["version"] == "2.1.0"
    for run in log["runs"]:
        assert_shape("run", run)
        assert set(run["tool"]) == {"driver"}
        driver = run["tool"]["driver"]
        assert_shape("driver", driver)
        ids = [rule["id"] for rule in driver["rules"]]
        assert len(set(ids)) == len(ids)
        for rule in driver["rules"]:
            assert_shape("rule", rule)
            assert rule["defaultConfiguration"]["level"] in {"none", "note", "warning", "error"}
            for field in ("shortDescription", "fullDescription", "help"):
                assert_shape("text", rule[field])
        for result in run["results"]:
            assert_result(result, ids)


def assert_result(result: dict[str, Any], ids: list[str]) -> None:
    """A result names its rule by id and place, and where it is."""
    assert_shape("result", result)
    assert ids[result["ruleIndex"]] == result["ruleId"]
    assert result["level"] in {"none", "note", "warning", "error"}
    assert_shape("text", result["message"])
    for location in result["locations"]:
        assert_shape("location", location)
        assert set(location["physicalLocation"]) == {"artifactLocation"}
        for logical in location["logicalLocations"]:
            assert_shape("logical", logical)
            assert all(isinstance(value, str) and value for value in logical.values())
    assert all(isinstance(value, str) for value in result["partialFingerprints"].values())


@pytest.mark.parametrize("name", [defect.name for defect in DEFECTS])
def test_every_defect_gives_a_sound_log(name: str) -> None:
    """With a result for each finding, in the same order."""
    _, result = checked(defect(name))
    log = sarif_log(result.findings, Path("mega.xml"))
    assert_sound(log)
    results = log["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == [finding.rule for finding in result.findings]


def test_no_findings_are_a_sound_log_too() -> None:
    """Which code hosts take as: all is mended."""
    log = sarif_log([], Path("mega.xml"))
    assert_sound(log)
    assert log["runs"][0]["results"] == []


def test_a_finding_of_every_rule() -> None:
    """Those of the media as well."""
    found = examples()
    log = sarif_log(found.values(), Path("mega.xml"))
    assert_sound(log)
    assert (
        {result["ruleId"] for result in log["runs"][0]["results"]} == set(found) == set(ALL_RULES)
    )


def test_what_a_result_says(tmp_path: Path) -> None:
    """Where it is in the editor's terms, what to do, and the frame for a program."""
    path = tmp_path / "findings.sarif"
    _, result = checked(defect("79 frames, rippled"))
    write_sarif(path, result.findings, Path("cut 2/mega é.xml"))
    (run,) = json.loads(path.read_text())["runs"]
    (said,) = run["results"]
    assert run["tool"]["driver"]["version"] == __version__
    assert said["message"]["text"] == (
        "Expected: 80 frames. Found: 79 frames. Fix: extend it by 1 frame."
    )
    (location,) = said["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "cut%202/mega%20%C3%A9.xml"
    assert location["logicalLocations"] == [
        {
            "name": "aurora-clip-3",
            "fullyQualifiedName": "01:00:13:08/V1/aurora-clip-3",
            "kind": "clip",
        }
    ]
    assert said["properties"] == {
        "frame": 320,
        "timecode": "01:00:13:08",
        "track": 1,
        "clip": "aurora-clip-3",
        "edits": [edit.to_json() for edit in result.findings[0].edits],
    }


def test_an_absolute_path_is_a_file_uri() -> None:
    """Since a reference that starts with a slash would be another host's."""
    log = sarif_log([], Path(PurePosixPath("/footage/mega.xml")))
    assert log["runs"][0]["artifacts"][0]["location"]["uri"] == "file:///footage/mega.xml"


def test_rules_carry_their_documentation() -> None:
    """And link to their heading on the page, where it is published."""
    page = "https://sizzle.example/docs/rules.md"
    log = sarif_log([], Path("mega.xml"), page)
    assert_sound(log)
    gap = next(rule for rule in log["runs"][0]["tool"]["driver"]["rules"] if rule["id"] == "gap")
    assert gap["helpUri"] == f"{page}#gap"
    assert RULES["gap"].why in gap["help"]["text"]
    assert "helpUri" not in sarif_log([], Path("mega.xml"))["runs"][0]["tool"]["driver"]["rules"][0]


def test_fingerprints_outlast_other_edits() -> None:
    """A ripple edit before a finding moves its frame; it is the same finding still."""
    findings = list(examples().values())
    moved = [replace(finding, frame=finding.frame + 40, timecode="moved") for finding in findings]
    assert fingerprints(findings) == fingerprints(moved)
    assert fingerprints(findings[:1] * 3) == fingerprints(findings[:1] * 4)[:3]
    assert len(set(fingerprints(findings * 2))) == 2 * len(findings)


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """JSON timelines can hold half of a surrogate pair; the log is well-formed all the same."""
    _, result = checked(defect("gap"))
    odd = replace(result.findings[0], clip="\ud800 clip")
    path = tmp_path / "findings.sarif"
    write_sarif(path, [odd], Path("mega.otio"))
    assert json.loads(path.read_text())["runs"][0]["results"][0]["properties"]["clip"] == odd.clip
