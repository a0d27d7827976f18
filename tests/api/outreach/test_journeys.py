"""Journeys over HTTP, through the whole application: kept, approved by another, drawn, closed."""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import fromstring

from sizzle.outbox.promoted import PromotedThings
from sizzle.outreach.vocabulary import Promoted, PromotedKind
from tests.api.outreach.sending_desk import Desk
from tests.outreach.journeys.sample_journeys import journey_json, send
from tests.sending.journey_world import happen

WAIT = {"id": "pause", "type": "wait", "for": "3 days", "next": "second"}
TWO = journey_json(send(next="pause"), WAIT, send("second"))


def answered(desk: Desk, method: str, path: str = "", who: str = "ada", **options: Any) -> Any:  # noqa: ANN401
    """The JSON of a response that is no problem."""
    response = desk.call(method, f"/journeys{path}", who, **options)
    assert response.status_code in (200, 201), response.text
    return response.json()


def problem(desk: Desk, method: str, path: str = "", who: str = "ada", **options: Any) -> str:  # noqa: ANN401
    """The last word of a problem's type."""
    response = desk.call(method, f"/journeys{path}", who, **options)
    assert response.headers["content-type"] == "application/problem+json", response.text
    return str(response.json()["type"]).rpartition(":")[2]


def test_a_journey_is_approved_by_somebody_else_and_shows_who_stands_where(desk: Desk) -> None:
    """Whoever made it cannot approve it; who may only read can do neither."""
    PromotedThings(desk.world.database).save(Promoted(PromotedKind.TITLE, "aurora"), 1)
    made = answered(desk, "POST", json=TWO)
    assert (made["version"], made["newest"], made["created_by"] != "") == (0, 1, True)
    assert answered(desk, "POST", json=TWO)["newest"] == 1
    assert problem(desk, "POST", "/welcome:start") == "journey-state"
    assert problem(desk, "POST", "/welcome:approve", json={"version": 1}) == "own-journey"
    answered(desk, "POST", "/welcome:approve", "ben", json={"version": 1})
    assert desk.call("POST", "/journeys/welcome:start", "ben").status_code == 403
    assert answered(desk, "POST", "/welcome:start")["state"] == "running"
    happen(desk.world, "m-0000", "m-0001")
    desk.world.work()
    shown = answered(desk, "GET", "/welcome")
    assert [(step["step"], step["standing"]) for step in shown["steps"]] == [
        ("hello", 0), ("pause", 2), ("second", 0),
    ]  # fmt: skip
    assert {run["member_id"] for run in answered(desk, "GET", "/welcome/runs?step=pause")} == {
        "m-0000", "m-0001",
    }  # fmt: skip
    drawn = desk.call("GET", "/journeys/welcome/picture")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "2 inside" in (fromstring(drawn.text).get("aria-label") or "")
    assert answered(desk, "POST", "/welcome:pause")["state"] == "paused"
    assert answered(desk, "POST", "/welcome:resume")["state"] == "running"
    closed = answered(desk, "POST", "/welcome:close")
    assert (closed["state"], closed["outcomes"]) == ("closed", {"journey closed": 2})
    assert [one["journey_id"] for one in answered(desk, "GET")] == ["welcome"]


def test_the_second_of_two_editors_is_told_and_what_they_sent_is_not_kept(desk: Desk) -> None:
    """By the version that their change was made from."""
    answered(desk, "POST", json=TWO)
    answered(desk, "POST", "?base=1", json=journey_json(send("other")))
    late = journey_json(send("third"))
    assert problem(desk, "POST", "?base=1", json=late) == "journey-changed"
    assert answered(desk, "GET", "/welcome")["journey"]["steps"][0]["id"] == "other"
    first = answered(desk, "GET", "/welcome?version=1")
    assert (first["shown"], first["journey"]["steps"][0]["id"]) == (1, "hello")
    assert problem(desk, "POST", "/welcome:approve", "ben", json={"version": 1}) == (
        "journey-changed"
    )


def test_findings_are_answered_also_of_what_cannot_be_read(desk: Desk) -> None:
    """With the ids of their rules; nothing is kept by a check."""
    evil = journey_json(send(next="<b>", promoted_id="nothing"), {"id": "x", "type": "dance"})
    found = answered(desk, "POST", ":check", json=evil)
    assert [(one["rule"], one["step"]) for one in found] == [
        ("not-a-journey", "hello"), ("unknown-step-type", "x"),
    ]  # fmt: skip
    found = answered(desk, "POST", ":check", json=journey_json(send(promoted_id="nothing")))
    assert [(one["rule"], one["severity"]) for one in found] == [("unknown-promoted", "error")]
    assert answered(desk, "POST", ":check", content=b"[" * 50_000)[0]["rule"] == "not-a-journey"
    assert answered(desk, "GET") == []
    assert problem(desk, "POST", json=evil) == "invalid-journey"
    answered(desk, "POST", json=journey_json(send(promoted_id="nothing")))
    refused = problem(desk, "POST", "/welcome:approve", "ben", json={"version": 1})
    assert refused == "invalid-journey"


def test_every_route_needs_a_scope_of_outreach(desk: Desk) -> None:
    """A key that may read reels gets 403."""
    for method, path in (
        ("GET", ""), ("POST", ""), ("POST", ":check"), ("GET", "/welcome"),
        ("GET", "/welcome/picture"), ("GET", "/welcome/runs"), ("POST", "/welcome:approve"),
        ("POST", "/welcome:start"), ("POST", "/welcome:close"), ("GET", "/.schema"),
    ):  # fmt: skip
        response = desk.call(method, f"/journeys{path}", "eve", content=json.dumps(TWO))
        assert response.status_code == 403, path


def test_what_does_not_exist_is_404(desk: Desk) -> None:
    """Journeys, versions and pictures; the schema is no journey."""
    for method, path in (
        ("GET", "/nothing"), ("GET", "/nothing/picture"), ("GET", "/nothing/runs"),
        ("POST", "/nothing:start"),
    ):  # fmt: skip
        assert desk.call(method, f"/journeys{path}").status_code == 404
    answered(desk, "POST", json=TWO)
    assert desk.call("GET", "/journeys/welcome?version=7").status_code == 404
    assert answered(desk, "GET", "/.schema")["$defs"]
