"""Each rule finds what it is for, and a sound journey has no finding."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sizzle.errors import InputError
from sizzle.outreach.journeys.check import check_journey
from sizzle.outreach.journeys.durations import milliseconds_in
from sizzle.outreach.journeys.findings import refused
from sizzle.outreach.journeys.reading import (
    InvalidJourneyError,
    journey_schema,
    parse_journey,
    read_journey,
)
from tests.outreach.journeys.sample_journeys import NOW, journey, journey_json, send

WAIT = {"id": "pause", "type": "wait", "for": "3 days"}
EVENT = {"id": "w", "type": "wait_for_event", "event": {"type": "e"}, "limit": "1 day"}
SPLIT = {
    "id": "split", "type": "split",
    "branches": [{"name": "a", "next": "hello"}, {"name": "b", "next": "hello"}],
}  # fmt: skip
EVERY_DAY = {"on": "schedule", "segment_id": "g", "first": "2026-07-01T09:00", "every": "day"}


def condition(**fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """A condition."""
    return {"id": "c", "type": "condition", "if": {"segment_id": "g"}, **fields}


def branch(name: str) -> dict[str, Any]:
    """What asks for a branch of the split."""
    return {"treatment": {"split": "split", "branch": name}}


def test_a_sound_journey_has_no_finding() -> None:
    """With steps of each type."""
    sound = journey(
        {**SPLIT, "branches": [{"name": "a", "next": "h"}, {"name": "b", "next": "w"}]},
        {"id": "h", "type": "wait_until", "hour": "18:00", "days": ["fri"], "next": "hello"},
        send(next="w"),
        {**EVENT, "next": "c", "otherwise": "second"},
        condition(**{"if": branch("a")}, next="end", otherwise="second"),
        send("second", topic="series"),
        {"id": "end", "type": "exit"},
    )
    assert check_journey(sound, NOW) == []


@pytest.mark.parametrize(
    ("rule", "steps", "fields"),
    [
        ("repeated-step", [send(), send()], {}),
        ("repeated-branch", [{**SPLIT, "branches": [{"name": "a"}] * 2}, send()], {}),
        ("unknown-step", [send(next="nowhere")], {}),
        ("unreachable-step", [send(), WAIT], {}),
        ("cycle-without-wait", [send(next="b"), send("b", next="hello")], {}),
        ("cycle-without-wait", [condition(next="c", otherwise="hello"), send()], {}),
        (
            "cycle-without-wait",
            [{"id": "h", "type": "wait_until", "hour": "09:00", "next": "hello"}, send(next="h")],
            {},
        ),
        ("cycle", [send(next="pause"), {**WAIT, "next": "hello"}], {}),
        ("repeated-send", [send(next="pause"), {**WAIT, "next": "hello"}], {}),
        ("wait-without-end", [{**EVENT, "limit": None, "next": "hello"}, send()], {}),
        (
            "wait-without-end",
            [{"id": "h", "type": "wait_until", "hour": "09:00", "days": []}],
            {},
        ),
        ("wait-too-long", [{**WAIT, "next": "hello"}, send()], {"longest": "2 days"}),
        ("unclear-wait", [{"id": "h", "type": "wait_until"}], {}),
        ("unclear-wait", [{"id": "h", "type": "wait_until", "time": "tomorrow"}], {}),
        (
            "unclear-wait",
            [{"id": "h", "type": "wait_until", "time": "2027-01-01T00:00Z", "hour": "09:00"}],
            {},
        ),
        (
            "wait-in-the-past",
            [{"id": "h", "type": "wait_until", "time": "2026-01-01T00:00:00Z"}],
            {},
        ),
        ("unclear-condition", [condition(**{"if": {}}, next="hello"), send()], {}),
        (
            "unclear-condition",
            [condition(**{"if": {"segment_id": "g", "event": {"type": "e"}}})],
            {},
        ),
        ("idle-condition", [condition(next="hello", otherwise="hello"), send()], {}),
        ("idle-condition", [EVENT], {}),
        ("unknown-branch", [condition(**{"if": branch("z")}, next="hello"), send()], {}),
        (
            "branch-not-given",
            [condition(**{"if": branch("a")}, next="split"), SPLIT, send()],
            {},
        ),
        ("send-without-topic", [send()], {"topic": ""}),
        ("sends-nothing", [WAIT], {}),
        ("sends-without-wait", [send(next="b"), send("b")], {}),
        ("no-goal", [send()], {"goal": None}),
        ("goal-is-trigger", [send()], {"goal": {"type": "signed_up"}}),
        ("too-long", [send()], {"longest": "731 days"}),
        ("unclear-schedule", [send()], {"trigger": {**EVERY_DAY, "zone": "Mars/Base"}}),
        ("unclear-schedule", [send()], {"trigger": {**EVERY_DAY, "first": "2026-13-01T09:00"}}),
        ("unclear-schedule", [send()], {"trigger": {**EVERY_DAY, "last": "2026-01-01T09:00"}}),
        (
            "schedule-is-over",
            [send()],
            {"trigger": {**EVERY_DAY, "every": "once", "first": "2026-01-01T09:00"}},
        ),
        ("enters-once", [send()], {"trigger": EVERY_DAY}),
    ],
)
def test_each_rule_finds_what_it_is_for(
    rule: str, steps: list[dict[str, Any]], fields: dict[str, Any]
) -> None:
    """By its id, with a fix."""
    found = check_journey(journey(*steps, **fields), NOW)
    assert rule in {finding.rule for finding in found}
    assert all(finding.message and finding.fix for finding in found)


def read_findings(data: object) -> list[tuple[str, str]]:
    """The rules and steps of what cannot be read."""
    text = data if isinstance(data, str | bytes) else json.dumps(data)
    found, findings = parse_journey(text)
    assert found is None
    assert refused(findings)
    return [(finding.rule, finding.step) for finding in findings]


def test_each_step_that_cannot_be_read_is_named() -> None:
    """Unknown types by their name, and everything else that nobody could rely on."""
    steps: list[Any] = [
        send(),
        {"id": "call", "type": "phone_call"},
        {"id": "long", "type": "wait", "for": "0 days"},
        {"type": "wait", "for": "3 days"},
        send("more", attachments=3),
        "send",
        {"id": "<script>", "type": "exit"},
    ]
    assert read_findings(journey_json(*steps)) == [
        ("unknown-step-type", "call"),
        ("not-a-journey", "long"),
        ("not-a-journey", "step 4"),
        ("not-a-journey", "more"),
        ("not-a-journey", "step 6"),
        ("not-a-journey", "<script>"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        "", "[]", "{", "{}", b"\xff", "null", '{"steps": []}', '{"steps": {}}', "[" * 100_000,
        '{"steps": [' + '{"id":' * 100_000 + "]}",
        {**journey_json(), "extra": 1}, {**journey_json(), "journey_id": "../x"},
        {**journey_json(), "name": "a\u202eb"}, {**journey_json(), "reenter_after": "soon"},
        {**journey_json(), "trigger": {"on": "full moon"}},
    ],
)  # fmt: skip
def test_what_is_no_journey_is_refused(data: object) -> None:
    """Other JSON, none at all, deep nesting, and names that hide something."""
    assert read_findings(data)[0][0] == "not-a-journey"
    with pytest.raises(InvalidJourneyError) as refusal:
        read_journey(data if isinstance(data, str | bytes) else json.dumps(data), "file.json")
    assert refusal.value.where == "file.json"


def test_ten_thousand_steps_are_one_finding() -> None:
    """Not ten thousand, and not after hours."""
    assert read_findings(journey_json(*[send()] * 10_000)) == [("too-many-steps", "")]


def test_forty_steps_in_every_order_are_checked_at_once() -> None:
    """Each leads to the next, and to itself by way of all others."""
    steps = [
        condition(id=f"c{n}", next=f"c{(n + 1) % 40}", otherwise=f"c{n // 2}") for n in range(40)
    ]
    rules = {finding.rule for finding in check_journey(journey(*steps), NOW)}
    assert "cycle-without-wait" in rules


def test_lengths_of_time_are_written_in_words() -> None:
    """And nothing else is one."""
    assert milliseconds_in("1 day") == 24 * milliseconds_in("1 hour") == 86_400_000
    for text in ("", "3", "-1 days", "1.5 hours", "3 days ", "0 days", "3 months"):
        with pytest.raises(InputError):
            milliseconds_in(text)


def test_the_schema_describes_what_is_read() -> None:
    """A JSON schema with all types of steps, by which editors can complete and check."""
    definitions = journey_schema()["$defs"]
    kinds = {one["properties"]["type"]["enum"][0] for one in definitions.values()
             if "enum" in one.get("properties", {}).get("type", {})}  # fmt: skip
    assert kinds == {
        "wait", "wait_until", "wait_for_event", "condition", "send", "split", "exit",
    }  # fmt: skip
    assert definitions["Journey"]["properties"]["steps"]["maxItems"] == 40
