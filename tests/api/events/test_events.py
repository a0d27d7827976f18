"""Events over HTTP: who may record them, what is answered, and what a follower reads."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from sizzle.api.auth.api_keys import ApiScope
from tests.api.events.event_app import EventApp, statuses
from tests.api.sample_service import ASK
from tests.browser import serving
from tests.databases import new_database
from tests.events.sample_events import TIME, event, sent
from tests.small_disk import filled, small_disk


@pytest.fixture
def service(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventApp]:
    """A service without events."""
    made = EventApp(tmp_path, url=new_database("sqlite", tmp_path, tmp_path_factory))
    yield made
    made.log.close()


def test_each_event_is_answered_by_itself(service: EventApp) -> None:
    """Accepted, duplicate or refused with the reason; a bad one costs no other."""
    answer = service.post(
        sent(), sent(id="e-2", metrics={"m": "NaN"}), 7, sent(), sent(type="other"), sent(id="e-3")
    )
    assert statuses(answer) == [
        *("accepted", "refused", "refused", "duplicate", "duplicate", "accepted"),
    ]
    results = answer.json()["results"]
    assert results[1] == {
        "id": "e-2",
        "status": "refused",
        "reason": "metrics[...]: Expected `float`, got `str`.",
    }
    assert "other content" in results[4]["reason"]
    assert statuses(service.post(sent(), sent(id="e-3"))) == ["duplicate"] * 2
    assert [logged.event.event_id for logged in service.log.read()] == ["e-1", "e-3"]


def test_a_clock_is_corrected_by_what_the_device_sent(service: EventApp) -> None:
    """Two years fast, as its own `sent_at` shows; without that, it is refused."""
    fast = sent(time="2028-09-21T14:13:10Z")
    assert statuses(service.post(fast)) == ["refused"]
    assert statuses(service.post(fast, sent_at="2028-09-21T14:13:20Z")) == ["accepted"]
    assert service.log.read()[0].event.time == 1_790_000_000_500 - 10_000


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b'{"events": [{"id": "e-1", "ty', 422, "JSON"),
        (b'{"events": [{}], "sent_at": NaN}', 422, "sent_at: Number out of range"),
        (b'{"events": []}', 422, "events: Expected `array` of length >= 1"),
        (json.dumps({"events": [sent()] * 101}).encode(), 422, "length <= 100"),
        (json.dumps({"events": [sent()], "sent_at": "now"}).encode(), 422, "sent_at"),
        (json.dumps({"events": [sent()], "other": 1}).encode(), 422, "unknown field `other`"),
        (b"[]", 422, "Expected `object`"),
        (b"x" * (4 * 2**20 + 1), 413, "4194304 bytes"),
        (b"x" * 40_000_000, 413, "4194304 bytes"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused(
    service: EventApp, body: bytes, status: int, why: str
) -> None:
    """Whole, and nothing is recorded."""
    headers = {"content-type": "application/json"}
    client = service.client(ApiScope.EVENTS_WRITE)
    answer = client.post("/v1/events", content=body, headers=headers)
    assert answer.status_code == status
    assert why in answer.json()["detail"]
    assert service.log.read() == []


def test_four_megabytes_are_taken(service: EventApp) -> None:
    """Beyond the limit of other routes."""
    body = json.dumps({"events": [sent(id=f"e-{n}") for n in range(100)]}).encode()
    headers = {"content-type": "application/json"}
    client = service.client(ApiScope.EVENTS_WRITE)
    answer = client.post("/v1/events", content=body.ljust(4 * 2**20), headers=headers)
    assert statuses(answer) == ["accepted"] * 100


def test_a_back_end_needs_the_scope(service: EventApp) -> None:
    """To record, and another one to read what all members did."""
    body = {"events": [sent()]}
    assert service.client().post("/v1/events", json=body).status_code == 401
    assert service.client(ApiScope.READ).post("/v1/events", json=body).status_code == 403
    for scope, status in ((None, 401), (ApiScope.EVENTS_WRITE, 403), (ApiScope.EVENTS_READ, 200)):
        assert service.client(scope).get("/v1/events").status_code == status
    assert service.log.read() == []


def test_a_device_records_events_of_its_reel(service: EventApp) -> None:
    """With the token of the reel's response and no key, or with one that would not be enough."""
    reel = service.client(ApiScope.READ).post("/v1/reels", json=ASK).json()
    mine = sent(member_id=None, reel_id=reel["reel_id"], type="reel_started")
    others = [
        sent(id="e-2", reel_id="another", member_id=None),
        sent(id="e-3", reel_id=reel["reel_id"], member_id="member-ben"),
    ]
    body = {"events": [mine, *others], "token": reel["event_token"]}
    answer = service.client().post("/v1/events", json=body)
    assert statuses(answer) == ["accepted", "refused", "refused"]
    assert service.log.read()[0].event.member_id == "member-ada"
    assert statuses(service.client(ApiScope.READ).post("/v1/events", json=body))[0] == "duplicate"
    refused = service.client().post("/v1/events", json={**body, "app": "other"})
    assert refused.status_code == 401
    service.now = time.time() + 8 * 86_400
    for token in (reel["event_token"], "nonsense"):
        answer = service.client().post("/v1/events", json={**body, "token": token})
        assert answer.status_code == 401
        assert answer.json()["type"] == "urn:sizzle:problem:invalid-event-token"


def test_a_token_has_a_rate(tmp_path: Path) -> None:
    """Of its own: one that sends too often is told when to go on, and others are not held up."""
    service = EventApp(tmp_path, token_rate=0.01)
    client = service.client(ApiScope.READ)
    bodies = []
    for member in ("member-ada", "member-ben"):
        reel = client.post("/v1/reels", json={**ASK, "member_id": member}).json()
        mine = sent(member_id=None, reel_id=reel["reel_id"], type="reel_started")
        bodies.append({"events": [mine], "token": reel["event_token"]})
    device = service.client()
    assert statuses(device.post("/v1/events", json=bodies[0])) == ["accepted"]
    refused = device.post("/v1/events", json=bodies[0])
    assert refused.status_code == 429
    assert 90 < int(refused.headers["retry-after"]) <= 100
    assert refused.json()["detail"] == "The token's rate is exceeded."
    assert statuses(device.post("/v1/events", json=bodies[1])) == ["accepted"]
    service.log.close()


def test_what_came_of_events_is_counted(service: EventApp) -> None:
    """An id that comes again with other content is told apart from one that is sent again."""

    def counted() -> dict[str, float]:
        return {
            status: REGISTRY.get_sample_value("sizzle_events_total", {"status": status}) or 0.0
            for status in ("accepted", "duplicate", "conflict", "refused")
        }

    before = counted()
    service.post(sent(), sent(), sent(type="other"), 7)
    after = counted()
    assert {status: after[status] - before[status] for status in after} == dict.fromkeys(after, 1.0)


def test_a_replayed_reel_has_no_token(service: EventApp) -> None:
    """Its response is cached and shared, and says nothing of the member."""
    client = service.client(ApiScope.READ)
    reel = client.post("/v1/reels", json=ASK).json()
    batch = client.post(
        "/v1/reels:batch", json={"member_ids": ["member-ben"], "asset_id": "demo",
                                 "device": ASK["device"]}
    ).json()["results"]  # fmt: skip
    assert batch[0]["event_token"]
    replayed = client.get(f"/v1/reels/{reel['reel_id']}")
    assert "event_token" not in replayed.text
    assert reel["event_token"][:16] not in replayed.headers["etag"]


def test_a_follower_reads_after_its_cursor(service: EventApp) -> None:
    """Lines of JSON, as they were recorded; then none."""
    service.post(sent(), sent(id="e-2", attributes={"a": "b"}, metrics={"m": 1.5}, app=None))
    client = service.client(ApiScope.EVENTS_READ)
    first = client.get("/v1/events", params={"limit": 1})
    assert first.headers["content-type"] == "application/x-ndjson"
    cursor = json.loads(first.text)["cursor"]
    rest = client.get("/v1/events", params={"after": cursor})
    assert [json.loads(line) for line in rest.text.splitlines()] == [
        {
            "cursor": "2",
            "id": "e-2",
            "type": "app_opened",
            "time": TIME.replace("Z", ".000Z"),
            "member_id": "member-ada",
            "attributes": {"a": "b"},
            "metrics": {"m": 1.5},
            "app": "default",
            "received": TIME.replace("Z", ".500Z"),
        }
    ]
    assert client.get("/v1/events", params={"after": "2"}).text == ""
    for wrong in ({"after": "x"}, {"after": "-1"}, {"limit": 1001}, {"after": "9" * 19}):
        assert client.get("/v1/events", params=wrong).status_code == 422


def test_an_erased_member_is_not_recorded_again(service: EventApp) -> None:
    """A device that was off sends what happened before."""
    service.post(sent())
    service.log.erase("member-ada", now=1_790_000_000_000)
    answer = service.post(sent(), sent(id="e-2", time="2026-09-21T14:14:00Z"))
    assert statuses(answer) == ["refused", "accepted"]
    assert "erased" in answer.json()["results"][0]["reason"]


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    """507, and nothing of the request is recorded."""
    with small_disk(tmp_path, "4m") as disk:
        service = EventApp(disk)
        assert statuses(service.post(sent())) == ["accepted"]
        large = [
            sent(id=f"x-{n}", attributes={f"{k}": "x" * 200 for k in range(20)}) for n in range(100)
        ]
        with filled(disk):
            answer = service.post(*large)
            assert answer.status_code == 507
            assert answer.json()["type"] == "urn:sizzle:problem:storage-full"
        assert [logged.event.event_id for logged in service.log.read()] == ["e-1"]
        assert statuses(service.post(*large)) == ["accepted"] * 100
        service.log.close()


def test_a_body_that_ends_half_way_records_nothing(
    service: EventApp, caplog: pytest.LogCaptureFixture
) -> None:
    """The connection closes before all of the declared length has come, which is no error."""
    body = json.dumps({"events": [sent()]}).encode()
    key = service.keys[ApiScope.EVENTS_WRITE]
    head = (
        f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n"
    )
    with serving(service.app) as address:
        for length in (len(body) + 1, len(body)):
            at = ("127.0.0.1", int(address.rpartition(":")[2]))
            with socket.create_connection(at, timeout=60) as connection:
                connection.sendall(head.replace("{}", str(length)).encode() + body)
                if length == len(body):
                    assert b" 202 " in connection.recv(1000)
    assert len(service.log.read()) == 1
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


def test_many_that_wait_share_commits(service: EventApp) -> None:
    """Requests at once are answered for all of their events, each once."""
    service.log.append([event("first")])
    answers: list[str] = []

    def send(number: int) -> None:
        answers.extend(statuses(service.post(sent(id=f"e-{number}"), sent(id="shared"))))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count("accepted") == 9
    assert answers.count("duplicate") == 7
