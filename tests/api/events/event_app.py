"""A service with a log of events and with keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import URL

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.api.auth.rate_limit import RateLimiter
from sizzle.api.events import EventHealth, EventService
from sizzle.api.health import Health
from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.events import EventTokens
from sizzle.reel.ids import ReelIds
from sizzle.reloading import Reloadable
from tests.api.sample_service import KEY, Alphabetical, catalog_in

AWAY = ("192.0.2.7", 50_000)


class EventApp:
    """A service with a log of events and with keys, whose clock stands still."""

    def __init__(
        self,
        folder: Path,
        patience: float = 5.0,
        token_rate: float = 20,
        url: URL | None = None,
    ) -> None:
        self.now = 1_790_000_000.5
        url = url or URL.create("sqlite", database=str(folder / "sizzle.db"))
        self.database = Database(url, patience=patience)
        self.log = EventLog(self.database, b"k" * 32)
        self.health = EventHealth(self.log)
        reader = catalog_in(folder).reader()
        scopes = (ApiScope.READ, ApiScope.EVENTS_WRITE, ApiScope.EVENTS_READ)
        self.keys = {
            scope: KeyStore(KeyFile(folder)).create("a test", [scope])[1] for scope in scopes
        }
        keys = Reloadable(KeyStore(KeyFile(folder)).read())
        options = ServiceOptions(keys=keys, health=Health(reader, {"events": self.health}))
        limiter = RateLimiter(token_rate, 1.0)
        events = EventService(self.log, EventTokens(KEY), lambda: self.now, limiter)
        self.app = create_app(
            reader, Alphabetical(), events=events, ids=ReelIds(KEY), options=options
        )

    def client(self, scope: ApiScope | None = None) -> TestClient:
        """A client elsewhere, with a key of this scope."""
        headers = {} if scope is None else {"authorization": f"Bearer {self.keys[scope]}"}
        return TestClient(self.app, headers=headers, client=AWAY, raise_server_exceptions=False)

    def post(self, *events: Any, **fields: Any) -> Any:  # noqa: ANN401 - any JSON
        """Send events from a back end."""
        client = self.client(ApiScope.EVENTS_WRITE)
        return client.post("/v1/events", json={"events": events, **fields})


def statuses(answer: Any) -> list[str]:  # noqa: ANN401 - a response
    """What came of each event."""
    assert answer.status_code == 202, answer.text
    return [result["status"] for result in answer.json()["results"]]
