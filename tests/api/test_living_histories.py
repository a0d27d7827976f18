"""What a member watches is in the next reel, whichever worker is told and whichever is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ranker import ViewingEvent, write_histories
from sizzle.database import Database, database_url
from sizzle.eventlog import MEMBER_KEY, EventLog
from sizzle.secret import derived, installation_secret
from tests.api.living_installation import contemporaries, played, prepare, reel, until, worker

NOW = 1_900_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation."""
    prepare(tmp_path)
    return tmp_path


@pytest.fixture
def workers(folder: Path) -> Iterator[tuple[TestClient, TestClient]]:
    """Two workers of it."""
    with worker(folder) as one, worker(folder) as other:
        yield one, other


def post(client: TestClient, *events: object) -> None:
    """Record events."""
    answer = client.post("/v1/events", json={"events": events})
    assert [each["status"] for each in answer.json()["results"]] == ["accepted"] * len(events)


def offered(client: TestClient) -> list[str]:
    """The members whom the player offers."""
    members: list[str] = client.get("/player/choices.json").json()["members"]["ids"]
    return members


def test_an_event_counts_at_once_where_it_was_posted_and_soon_elsewhere(
    workers: tuple[TestClient, TestClient],
) -> None:
    """Of a member who is cached and of a new one; a further event and a late one too."""
    one, other = workers
    cold = reel(other, "member-ada")
    assert cold["cold_start"]
    for number, title in ((2, "title-1"), (3, "title-5"), (1, "title-7")):
        before = reel(one, "member-ada")
        assert reel(other, "member-ada") == before
        post(one, played(title, "member-ada", number))
        after = reel(one, "member-ada")
        assert not after["cold_start"]
        until(lambda after=after: reel(other, "member-ada") == after)  # type: ignore[misc]
    ben, new = contemporaries("member-ada", 2)
    post(other, played("title-1", ben, 2), played("title-5", ben, 3))
    post(other, played("title-7", ben, 1))
    assert reel(other, ben)["cuts"] == after["cuts"]
    assert reel(other, new)["cuts"] == cold["cuts"]


def test_what_was_seen_of_a_reel_counts(workers: tuple[TestClient, TestClient]) -> None:
    """The cuts' titles are found from the reel's id; a reel that was only started is no viewing."""
    one, _ = workers
    made = one.post(
        "/v1/reels",
        json={"member_id": "m", "asset_id": "demo", "device": {"dynamic_sizzles": True}},
    ).json()
    about = {"member_id": "m", "reel_id": made["reel_id"], "time": "2026-09-21T14:00:20Z"}
    post(one, {"id": "s", "type": "reel_started", **about})
    assert reel(one, "m")["cold_start"]
    seen = [
        {
            "id": f"p-{number}",
            "type": "reel_progress",
            "metrics": {"cut": number, "frames": cut["record"]["stop"]["frame"]},
            **about,
        }
        for number, cut in enumerate(made["cuts"], start=1)
    ]
    answer = one.post("/v1/events", json={"events": seen, "token": made["event_token"]})
    assert answer.status_code == 202
    assert not reel(one, "m")["cold_start"]


def test_an_erased_member_is_forgotten_everywhere(
    folder: Path, workers: tuple[TestClient, TestClient]
) -> None:
    """By a command beside the service."""
    one, other = workers
    cold = reel(one, "member-ada")
    post(one, played("title-1", "member-ada"))
    until(lambda: not reel(other, "member-ada")["cold_start"])
    secret = installation_secret(folder / "state", None)
    log = EventLog(Database(database_url(folder / "state")), derived(secret, MEMBER_KEY))
    log.erase("member-ada", NOW)
    log.close()
    for client in workers:
        until(lambda client=client: reel(client, "member-ada") == cold)  # type: ignore[misc]


def test_the_file_counts_beside_the_log(folder: Path) -> None:
    """Its events and the log's are one history."""
    write_histories(folder / "log.jsonl", [ViewingEvent("member-ada", "title-3", 1_700_000_000)])
    with worker(folder, histories=folder / "log.jsonl") as client:
        before = reel(client, "member-ada")
        assert not before["cold_start"]
        post(client, played("title-1", "member-ada"))
        assert reel(client, "member-ada") != before


def test_without_the_database_the_file_counts_until_it_is_back(folder: Path) -> None:
    """The service starts, is ready, and says what is degraded; then it catches up by itself."""
    write_histories(folder / "log.jsonl", [ViewingEvent("member-ada", "title-3", 1_700_000_000)])
    database = folder / "state" / "sizzle.db"
    database.mkdir(parents=True)
    with worker(folder, histories=folder / "log.jsonl", refresh_seconds=0.05) as client:
        status = client.get("/readyz")
        assert status.status_code == 200
        assert {each.partition(":")[0] for each in status.json()["degraded"]} == {
            "events",
            "histories",
        }
        before = reel(client, "member-ada")
        assert not before["cold_start"]
        assert reel(client, "member-ben")["cold_start"]
        assert offered(client) == ["member-ada"]
        database.rmdir()
        until(lambda: client.get("/readyz").json()["degraded"] == [])
        assert reel(client, "member-ada") == before
        post(client, played("title-1", "member-ada"), played("title-1", "member-ben"))
        assert reel(client, "member-ada") != before
        assert not reel(client, "member-ben")["cold_start"]
        assert offered(client) == ["member-ada", "member-ben"]
