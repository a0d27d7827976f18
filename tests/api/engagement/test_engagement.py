"""From the reel that is answered to its figures, over HTTP; responses never wait for it."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from prometheus_client import REGISTRY
from sqlalchemy import URL

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.api.engagement import EngagementService, ExposureRecorder
from sizzle.api.events import EventService
from sizzle.database import Database, DatabaseUnavailableError
from sizzle.engagement import Exposure
from sizzle.engagement.table import COLUMNS
from sizzle.eventlog import EventLog
from sizzle.eventlog.engagement import EngagementLog
from sizzle.eventlog.exposures import read_exposures
from sizzle.events import EventTokens
from sizzle.reel.ids import ReelIds
from sizzle.reel.treatments import NO_TREATMENTS, Treatments
from sizzle.reloading import Reloadable
from tests.api.sample_service import ASK, KEY, Alphabetical, catalog_in


@dataclass(frozen=True)
class Loop:
    """A service that records exposures when it is told to."""

    client: TestClient
    database: Database
    recorder: ExposureRecorder
    treatments: Reloadable[Treatments]

    def reel(self, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
        """Ask for a reel."""
        response = self.client.post("/v1/reels", json={**ASK, **fields})
        reel: dict[str, Any] = response.json()
        assert response.status_code == 200, reel
        return reel

    def tell(self, reel: dict[str, Any], *events: dict[str, Any]) -> None:
        """Send events about a reel, as its device does."""
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
        sent = [{"id": f"{n}-{reel['member_id']}", "time": now, **e} for n, e in enumerate(events)]
        for each in sent:
            each["reel_id"] = reel["reel_id"]
        body = {"token": reel["event_token"], "events": sent}
        results = self.client.post("/v1/events", json=body).json()["results"]
        assert [each["status"] for each in results] == ["accepted"] * len(events)

    def exposures(self) -> list[Exposure]:
        """All that are recorded by now."""
        self.recorder.flush()
        return list(read_exposures(self.database))

    def metrics(self, **query: str) -> Response:
        """Ask for figures."""
        return self.client.get("/v1/metrics", params=query)


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    """The service over a catalog with one asset."""
    database = Database(URL.create("sqlite", database=str(tmp_path / "sizzle.db")), patience=0.2)
    log = EventLog(database, b"k" * 32)
    recorder = ExposureRecorder(log, max_waiting=5)
    treatments = Reloadable(NO_TREATMENTS)
    app = create_app(
        catalog_in(tmp_path).reader(),
        Alphabetical(),
        ids=ReelIds(KEY),
        events=EventService(log, EventTokens(KEY), time.time),
        engagement=EngagementService(EngagementLog(database), recorder, treatments),
        treatments=treatments,
    )
    yield Loop(TestClient(app, raise_server_exceptions=False), database, recorder, treatments)
    log.close()


def counted(outcome: str) -> float:
    """How many exposures the service's own metrics count."""
    return REGISTRY.get_sample_value("sizzle_exposures_total", {"outcome": outcome}) or 0.0


def test_every_reel_that_is_answered_is_an_exposure(loop: Loop) -> None:
    """Alone, in a batch, with a treatment, and with how likely its cadence was; once a sitting."""
    first = loop.reel()
    loop.reel(cadence="random", seed=3, treatment="b")
    batch = {**ASK, "member_ids": ["member-ben", "member-cleo"], "cadence": "A:160 B:80"}
    del batch["member_id"]
    assert loop.client.post("/v1/reels:batch", json=batch).status_code == 200
    loop.reel()
    loop.reel(member_id="member-dora", device={"dynamic_sizzles": False})  # gets the trailer
    exposures = loop.exposures()
    assert [each.member_id for each in exposures] == [
        *("member-ada", "member-ada", "member-ben", "member-cleo")
    ]
    one, drawn, written = exposures[:3]
    assert one.reel_id == first["reel_id"]
    assert (one.asset_id, one.asset_version) == ("demo", first["asset_version"])
    assert (one.model_version, one.cadence, one.cold_start) == ("model-1", "three-act", False)
    assert one.titles == tuple(dict.fromkeys(cut["title_id"] for cut in first["cuts"]))
    assert one.probabilities.cadence == 1
    assert (drawn.treatment, drawn.seed) == ("b", 3)
    assert 0 < drawn.probabilities.cadence < 1
    assert (written.cadence, written.plan) == ("A:160 B:80", "A:160 B:80")


def test_the_loop_from_reel_to_figures(loop: Loop) -> None:
    """Two members; one watches two cuts and a title, the other looks away."""
    ada = loop.reel(treatment="a", cadence="A:160 B:80 | A:80")
    ben = loop.reel(treatment="b", member_id="member-ben", cadence="A:160 B:80 | A:80")
    loop.recorder.flush()
    title = ada["cuts"][1]["title_id"]
    loop.tell(
        ada,
        {"type": "reel_started"},
        {"type": "reel_progress", "metrics": {"cut": 1, "frames": 160}},
        {"type": "reel_progress", "metrics": {"cut": 2, "frames": 24}},
        {"type": "reel_progress", "metrics": {"cut": 99, "frames": 24}},
        {"type": "reel_left"},
        {"type": "title_played", "attributes": {"title_id": title}, "metrics": {"seconds": 70}},
    )
    loop.tell(ben, {"type": "reel_left"})
    report = loop.metrics(asset="demo", weights="a=1,b=1").json()
    reels = report["reels"]
    total = reels["total"]
    assert (total["shown"], total["started"], total["completed"]) == (2, 1, 0)
    assert (total["left_unstarted"], total["title_started"]) == (1, 1)
    assert total["seconds"] == pytest.approx(184 * 1001 / 24000, abs=0.001)
    assert total["started_share"] == 0.5
    assert [(row["cut"], row["slot"], row["reached"], row["left"]) for row in reels["cuts"]] == [
        (1, "A:160", 1, 0),
        (2, "B:80", 1, 1),
        (3, "A:80", 0, 0),
    ]
    titles = {
        row["title_id"]: (row["shown"], row["seen"], row["started"]) for row in reels["titles"]
    }
    assert titles == {ada["cuts"][0]["title_id"]: (2, 1, 0), title: (2, 1, 1)}
    assert [(row["treatment"], row["members"]) for row in reels["treatments"]] == [
        ("a", 1),
        ("b", 1),
    ]
    assert {row["finding"][:9] for row in reels["comparisons"]} == {"Undecided"}
    assert reels["sample_ratio"]["broken"] is False
    assert reels["unused_events"] == {"no_such_cut": 1}
    assert report["messages"] == []


def test_an_experiment_of_the_service(loop: Loop) -> None:
    """Who names no treatment gets one, always the same; its cadence, and the plan, hold."""
    loop.reel(member_id="member-0")  # before the experiment begins, and in the cache
    loop.treatments.current = Treatments.parse(
        "[experiment]\nname = 'autumn'\nholdout = 0.3\n[treatments.lively]\nweight = 1\n"
        "cadence = 'quick'"
    )
    members = [f"member-{number}" for number in range(5)]
    treatments = {}
    for member in members:
        reel = loop.reel(member_id=member)
        treatments[member] = reel["treatment"]
        assert reel["cadence"] == ("quick" if reel["treatment"] == "lively" else "three-act")
    assert set(treatments.values()) == {"lively", "holdout"}
    named = loop.reel(member_id="member-1", treatment="own", cadence="headliner")
    assert (named["treatment"], named["cadence"]) == ("own", "headliner")
    batch = {**ASK, "member_ids": members}
    del batch["member_id"]
    results = loop.client.post("/v1/reels:batch", json=batch).json()["results"]
    assert {each["member_id"]: each["treatment"] for each in results} == treatments
    no_reels = {**batch, "device": {"dynamic_sizzles": False}}
    results = loop.client.post("/v1/reels:batch", json=no_reels).json()["results"]
    assert [each["treatment"] for each in results] == list(treatments.values())
    loop.recorder.flush()
    ratio = loop.metrics().json()["reels"]["sample_ratio"]
    assert set(ratio["expected"]) == {"lively", "holdout"}


def test_figures_as_a_spreadsheet(loop: Loop) -> None:
    """With a row for each thing counted; what looks like a formula is text."""
    loop.reel(treatment="=1+1")
    loop.recorder.flush()
    response = loop.metrics(format="csv")
    assert response.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(response.text.splitlines()))
    assert tuple(rows[0]) == COLUMNS
    tables = [row["table"] for row in rows]
    assert [tables.count(each) for each in ("total", "asset", "cadence", "treatment")] == [1] * 4
    assert tables.count("title") == 5
    assert next(row for row in rows if row["table"] == "treatment")["treatment"] == "'=1+1"


BAD_QUESTIONS = [
    ({"asset": "waltz"}, 404, "No reel of an asset 'waltz'"),
    ({"from": "2026-12-01", "to": "2026-11-30"}, 400, "not after its start"),
    ({"from": "soon"}, 400, "neither a date nor a time"),
    ({"zone": "Mars/Olympus"}, 400, "no time zone 'Mars/Olympus'"),
    ({"zone": "/etc/passwd"}, 400, "no time zone"),
    ({"weights": "a=nan"}, 400, "weight nan"),
    ({"weights": "a=1,a=2"}, 400, "no planned share"),
    ({"weights": "a"}, 400, "no planned share"),
    ({"baseline": "z"}, 404, "Nobody was shown the treatment 'z'"),
    ({"format": "xml"}, 422, "format"),
    ({"asset": "a\0b"}, 422, "asset"),
    ({"reel": "r" * 6001}, 422, "reel"),
    ({"treatment": "a\0b"}, 422, "treatment"),
]


def test_bad_questions_are_problems(loop: Loop) -> None:
    """With what is wrong; the figures of nothing are none, not errors."""
    for query, status, says in BAD_QUESTIONS:
        response = loop.metrics(**query)
        assert (response.status_code, says in response.text) == (status, True), response.text
        assert response.headers["content-type"] == "application/problem+json"
    assert loop.metrics(treatment="").status_code == 200
    assert loop.metrics(**{"from": "2026-11-30"}).json()["reels"]["total"]["started_share"] is None


def test_a_database_that_is_away_costs_exposures_only(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reels are answered; what waits is recorded later, and what is too much is counted."""
    dropped = counted("dropped")
    with monkeypatch.context() as patch:

        def away(_: object) -> None:
            raise DatabaseUnavailableError("The database is away.")

        patch.setattr(loop.recorder._log, "submit_exposures", away)
        for number in range(7):
            loop.reel(member_id=f"member-{number}")
            loop.recorder.flush()
    assert counted("dropped") == dropped + 2
    assert [each.member_id for each in loop.exposures()] == [f"member-{n}" for n in range(5)]


def test_what_nobody_foresaw_does_not_stop_the_recording(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it concerns is lost, logged and counted; the next is recorded."""
    failed = counted("failed")
    with monkeypatch.context() as patch:
        patch.setattr(loop.recorder._log, "submit_exposures", lambda _: 1 / 0)
        loop.reel(member_id="member-lost")
        loop.recorder.flush()
    loop.reel()
    assert [each.member_id for each in loop.exposures()] == ["member-ada"]
    assert counted("failed") == failed + 1


def test_figures_need_a_scope_of_their_own(tmp_path: Path) -> None:
    """A key that may read events or reels may not read figures, and one for figures no events."""
    keys = {
        scope: KeyStore(KeyFile(tmp_path)).create(scope, [scope])[1]
        for scope in (ApiScope.METRICS_READ, ApiScope.EVENTS_READ, ApiScope.READ)
    }
    database = Database(URL.create("sqlite", database=str(tmp_path / "sizzle.db")))
    log = EventLog(database, b"k" * 32)
    app = create_app(
        catalog_in(tmp_path).reader(),
        Alphabetical(),
        events=EventService(log, EventTokens(KEY), time.time),
        engagement=EngagementService(EngagementLog(database)),
        options=ServiceOptions(keys=Reloadable(KeyStore(KeyFile(tmp_path)).read())),
    )
    client = TestClient(app)

    def status(path: str, scope: ApiScope) -> int:
        headers = {"Authorization": f"Bearer {keys[scope]}"}
        return client.get(path, headers=headers).status_code

    assert status("/v1/metrics", ApiScope.METRICS_READ) == 200
    assert status("/v1/metrics", ApiScope.EVENTS_READ) == 403
    assert status("/v1/metrics", ApiScope.READ) == 403
    assert status("/v1/events", ApiScope.METRICS_READ) == 403
    log.close()
