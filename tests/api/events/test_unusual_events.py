"""What clients send by mistake or on purpose: each is kept or refused by itself, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sizzle.api.auth.api_keys import ApiScope
from tests.api.events.event_app import EventApp, statuses
from tests.api.sample_service import ASK
from tests.events.sample_events import sent

SQL = "x'; DROP TABLE events; --"
MANY = {f"a{number}": "x" for number in range(10_000)}
COMPOSED, DECOMPOSED = "Zo\u00eb", "Zoe\u0308"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventApp]:
    """A service whose events the tests tell apart by their ids."""
    made = EventApp(tmp_path_factory.mktemp("unusual"))
    yield made
    made.log.close()


@pytest.mark.parametrize(
    ("events", "outcomes", "why"),
    [
        pytest.param([{"type": "never.heard of", "member_id": "nobody"}], "a", "", id="unknown"),
        pytest.param([{"time": "1950-01-01T00:00:00Z"}], "r", "before 1970", id="clock-behind"),
        pytest.param([{"time": "2091-01-01T00:00:00Z"}], "r", "a day ahead", id="clock-ahead"),
        pytest.param([{"time": "2026-09-21 14:13"}], "r", "time", id="no-zone"),
        pytest.param([{"time": "1971-01-01T00:00:00Z"}], "a", "", id="late"),
        pytest.param([{"attributes": MANY}], "r", "40", id="10000-attributes"),
        pytest.param([{"attributes": {"a": "x" * 201}}], "r", "200", id="long-value"),
        pytest.param([{"attributes": {"a" * 51: "x"}}], "r", "50", id="long-name"),
        pytest.param([{"metrics": {"m": "1e309"}}], "r", "", id="infinity"),
        pytest.param([{"metrics": {"m": "NaN"}}], "r", "float", id="nan-as-text"),
        pytest.param([{"member_id": "m" * 2**20}], "r", "100", id="member-id-of-1-MB"),
        pytest.param([{"member_id": "a\x00b"}], "r", "Control", id="control-character"),
        pytest.param([{"id": "Case"}, {"id": "case"}, {"id": "CASE"}], "aaa", "", id="case-of-ids"),
        pytest.param(
            [{"member_id": COMPOSED}, {"member_id": DECOMPOSED}], "aa", "", id="unicode-forms"
        ),
        pytest.param(
            [{"endpoint_id": "tv"}, {"endpoint_id": "phone"}, {"endpoint_id": "tv"}],
            *("aad", ""),
            id="two-endpoints",
        ),
        pytest.param([{"member_id": None}], "r", "endpoint_id", id="of-nobody"),
        pytest.param(
            [
                {"id": SQL, "type": SQL, "member_id": SQL, "endpoint_id": SQL, "reel_id": SQL,
                 "attributes": {SQL: SQL}, "metrics": {SQL: 1.0}},
                {"time": SQL},
                {"metrics": {"m": SQL}},
            ],
            *("arr", ""),
            id="sql",
        ),
        pytest.param([{"type": "reel_progress", "reel_id": "r"}], "r", "cut", id="incomplete"),
        pytest.param([{"surplus": 1}], "r", "surplus", id="unknown-field"),
        pytest.param([{"attributes": {"a": {"b": "c"}}}], "r", "attributes", id="nested"),
    ],
)  # fmt: skip
def test_each_event_is_kept_or_refused_by_itself(
    service: EventApp,
    request: pytest.FixtureRequest,
    events: list[dict[str, Any]],
    outcomes: str,
    why: str,
) -> None:
    """a: accepted as it was sent, d: a duplicate, r: refused with the reason; another is kept."""
    case = request.node.callspec.id
    others = {logged.event.event_id for logged in service.log.read()}
    bodies = [sent(**{"id": case, **event}) for event in events]
    text = json.dumps({"events": [*bodies, sent(id=f"{case}-beside")]})
    answer = service.client(ApiScope.EVENTS_WRITE).post(
        "/v1/events",
        content=text.replace('"1e309"', "1e309"),
        headers={"content-type": "application/json"},
    )
    words = {"a": "accepted", "d": "duplicate", "r": "refused"}
    assert statuses(answer) == [*(words[outcome] for outcome in outcomes), "accepted"]
    for result in answer.json()["results"]:
        if result["status"] == "refused":
            assert why in result["reason"]
    kept = [logged.event for logged in service.log.read() if logged.event.event_id not in others]
    assert len(kept) == outcomes.count("a") + 1
    for body, event in zip(_accepted(bodies, outcomes), kept, strict=False):
        assert (event.member_id, event.type) == (body["member_id"], body["type"])
        assert dict(event.attributes) == body.get("attributes", {})


def test_half_a_character_costs_no_event(service: EventApp) -> None:
    """A text that was cut within an emoji; whole ones, and text that only looks so, stay."""
    text = {"cut": "\ud83d", "whole": "\U0001f600", "spelled": "\\ud83d", "late": "\ude00x"}
    body = json.dumps({"events": [sent(id="half", attributes=text), sent(id="half-2")]})
    client = service.client(ApiScope.EVENTS_WRITE)
    headers = {"content-type": "application/json"}
    answer = client.post("/v1/events", content=body, headers=headers)
    assert statuses(answer) == ["accepted"] * 2
    kept = service.log.read()[-2].event.attributes
    assert kept == {**text, "cut": "\ufffd", "late": "\ufffdx"}


@pytest.mark.parametrize("written", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_none_costs_its_event_alone(service: EventApp, written: str) -> None:
    """As Python's `json` writes it; a text that looks so stays, be it quoted within itself."""
    text = f'{written}, "{written}": {written}\\'
    bad = sent(id=f"bad {written}", metrics={"seconds": float(written.replace("Infinity", "inf"))})
    good = sent(id=f"good {written}", attributes={"title_id": "a", "text": text})
    body = json.dumps({"events": [bad, good]})
    assert f": {written}}}" in body
    client = service.client(ApiScope.EVENTS_WRITE)
    headers = {"content-type": "application/json"}
    answer = client.post("/v1/events", content=body, headers=headers)
    assert statuses(answer) == ["refused", "accepted"]
    assert answer.json()["results"][0]["reason"] == "metrics[...]: Number out of range."
    assert service.log.read()[-1].event.attributes["text"] == text
    for broken in (body[:-3], f'{{"events": [{written}', f'"{written}' + '\\"' * 100_000):
        assert client.post("/v1/events", content=broken, headers=headers).status_code == 422


def test_the_token_of_another_members_reel_is_refused(service: EventApp) -> None:
    """Whoever has it can record nothing for others, nor of other reels, nor change it."""
    client = service.client(ApiScope.READ)
    bens = client.post("/v1/reels", json={**ASK, "member_id": "member-ben"}).json()
    adas = client.post("/v1/reels", json=ASK).json()
    stolen = [
        sent(id="t-1", member_id="member-ada", reel_id=bens["reel_id"], type="reel_started"),
        sent(id="t-2", member_id="member-ben", reel_id="another", type="reel_started"),
        sent(id="t-3", member_id="MEMBER-BEN", reel_id=bens["reel_id"], type="reel_started"),
        sent(id="t-4", member_id="member-ben", type="title_opened", attributes={"title_id": "a"}),
    ]
    device = service.client()
    answer = device.post("/v1/events", json={"events": stolen, "token": bens["event_token"]})
    assert statuses(answer) == ["refused"] * 4
    mixed = adas["event_token"][:30] + bens["event_token"][30:]
    assert device.post("/v1/events", json={"events": stolen, "token": mixed}).status_code == 401


def test_the_log_is_as_it_was(service: EventApp) -> None:
    """After all of that it can be read, followed and added to."""
    text = service.client(ApiScope.EVENTS_READ).get("/v1/events").text
    assert len([json.loads(line) for line in text.splitlines()]) == len(service.log.read())
    assert statuses(service.post(sent(id="last"))) == ["accepted"]


def _accepted(bodies: list[dict[str, Any]], outcomes: str) -> list[dict[str, Any]]:
    return [body for body, outcome in zip(bodies, outcomes, strict=True) if outcome == "a"]
