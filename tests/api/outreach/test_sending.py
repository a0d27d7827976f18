"""Campaigns, transactional messages and webhooks over HTTP, through the whole application."""

from __future__ import annotations

import json

import pytest

from tests.api.outreach.sending_desk import Desk
from tests.outreach.inbound.sample_reports import bounce

CAMPAIGN = {
    "campaign_id": "premiere",
    "kind": "title",
    "promoted_id": "aurora",
    "snapshot_id": "s-1",
    "expires": "2030-01-01T00:00:00+01:00",
}
MESSAGE = {"app": "app", "endpoint_id": "mail-m-0000", "subject": "Code", "text": "It is 7."}


def test_a_campaign_needs_two_people_and_is_started_once(desk: Desk) -> None:
    """Who made it does not approve it; starting it again changes nothing."""
    made = desk.call("POST", "/campaigns", json=CAMPAIGN)
    assert made.status_code == 201, made.text
    assert made.json()["state"] == "draft"
    assert made.json()["campaign"]["expires"] == "2029-12-31T23:00:00.000Z"
    assert desk.call("POST", "/campaigns/premiere:start").status_code == 409
    own = desk.call("POST", "/campaigns/premiere:approve")
    assert (own.status_code, own.json()["type"].rpartition(":")[2]) == (403, "own-campaign")
    assert desk.call("POST", "/campaigns/premiere:approve", "ben").json()["state"] == "approved"
    assert desk.call("POST", "/campaigns/premiere:start", "ben").status_code == 403
    for _ in range(2):
        assert desk.call("POST", "/campaigns/premiere:start").json()["state"] == "running"
    desk.world.work()
    done = desk.call("GET", "/campaigns/premiere").json()
    assert (done["state"], done["counts"][0]["count"]) == ("finished", 3)
    sends = desk.call("GET", "/campaigns/premiere/sends?state=handed%20over&limit=2").json()
    assert len(sends) == 2
    rest = desk.call("GET", f"/campaigns/premiere/sends?after={sends[-1]['send_id']}").json()
    assert len(rest) == 1
    assert len(desk.call("GET", "/campaigns").json()) == 1


def test_a_campaign_is_paused_resumed_late_and_stopped(desk: Desk) -> None:
    """A new latest start says that late is all right."""
    latest = {"latest_start": "2026-06-03T13:00:00Z"}
    desk.call("POST", "/campaigns", json={**CAMPAIGN, **latest})
    for action, who in (("approve", "ben"), ("start", "ada"), ("pause", "ada")):
        assert desk.call("POST", f"/campaigns/premiere:{action}", who).status_code == 200
    desk.world.clock.time += 24 * 3600
    late = desk.call("POST", "/campaigns/premiere:resume")
    assert (late.status_code, "latest start" in late.json()["detail"]) == (409, True)
    again = {"latest_start": "2026-06-05T13:00:00Z"}
    assert desk.call("POST", "/campaigns/premiere:resume", json=again).json()["state"] == "running"
    assert desk.call("POST", "/campaigns/premiere:stop").json()["state"] == "stopped"


@pytest.mark.parametrize(
    ("path", "given", "status"),
    [
        ("/campaigns", {**CAMPAIGN, "kind": "film"}, 422),
        ("/campaigns", {**CAMPAIGN, "expires": "2030-01-01"}, 422),
        ("/campaigns", {**CAMPAIGN, "treatments": [{"name": "a"}, {"name": "a"}]}, 409),
        ("/campaigns", [], 422),
        ("/campaigns/none:start", None, 404),
        ("/messages", {**MESSAGE, "endpoint_id": "none"}, 404),
        ("/messages", {**MESSAGE, "text": ""}, 422),
        ("/messages", {**MESSAGE, "subject": "a\r\nBcc: x"}, 422),
        ("/messages", {**MESSAGE, "language": "{{"}, 422),
    ],
)
def test_what_cannot_be_done_is_said(desk: Desk, path: str, given: object, status: int) -> None:
    """As a problem, with how to mend it; nothing is left half done."""
    answer = desk.call("POST", path, content=None if given is None else json.dumps(given))
    assert answer.status_code == status, answer.text
    assert answer.json()["fix"]
    assert desk.call("GET", "/campaigns").json() == []
    assert desk.world.states() == {}


def test_a_transactional_message_is_sent_once_by_the_same_gate(desk: Desk) -> None:
    """The same Idempotency-Key is the same message; who opted out gets none."""
    headers = {"Idempotency-Key": "order-7"}
    first, again = (desk.call("POST", "/messages", json=MESSAGE, headers=headers) for _ in range(2))
    assert (first.status_code, first.json()) == (202, again.json())
    other = desk.call("POST", "/messages", json=MESSAGE).json()["send_id"]
    assert other != first.json()["send_id"]
    desk.world.put_endpoint("m-0001", OptOut="ALL")
    refused = desk.call("POST", "/messages", json={**MESSAGE, "endpoint_id": "mail-m-0001"})
    desk.world.work()
    assert desk.world.transport.taken == ["m-0000@example.com"] * 2
    found = desk.call("GET", f"/messages/{refused.json()['send_id']}").json()
    assert (found["state"], found["reason"]) == ("skipped", "opted out")
    assert desk.call("GET", f"/messages/{other}").json()["state"] == "handed over"


def test_what_comes_back_is_signed_and_taken_once(desk: Desk) -> None:
    """Bounces and webhooks need no key, but a signature that is fresh; a replay is refused."""
    desk.world.start()
    desk.world.work()
    first, second, _ = desk.world.sends.page("c-1")
    body = bounce(first.message_id)
    assert desk.signed("/bounces", body).json() == {"recorded": 1, "unknown": 0}
    assert desk.signed("/bounces", body).status_code == 403
    assert desk.signed("/bounces", body, **{"x-sizzle-signature": "sha256=0"}).status_code == 403
    assert desk.signed("/bounces", body + b" ").json() == {"recorded": 1, "unknown": 0}
    told = {"events": [{"type": "complaint", "send_id": second.send_id}, {"type": "stop"}]}
    answer = desk.signed("/webhooks", json.dumps(told).encode())
    assert answer.json() == {"recorded": 1, "unknown": 1}
    assert desk.signed("/webhooks", b"[]").status_code == 400
    desk.world.start("c-2")
    desk.world.work()
    assert len(desk.world.transport.taken) == 4


def test_keys_without_the_scope_can_do_nothing(desk: Desk) -> None:
    """On each route that needs a key."""
    for method, path in (
        ("POST", "/campaigns"), ("GET", "/campaigns"), ("GET", "/campaigns/x"),
        ("GET", "/campaigns/x/sends"), ("POST", "/campaigns/x:approve"),
        ("POST", "/campaigns/x:start"), ("POST", "/campaigns/x:stop"), ("POST", "/messages"),
        ("GET", "/messages/x"),
    ):  # fmt: skip
        assert desk.call(method, path, "eve").status_code == 403, path
