"""A service that serves Pinpoint's clients, with keys of several kinds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi.testclient import TestClient
from sqlalchemy import URL, delete

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiKey, ApiScope
from sizzle.api.auth.aws_credentials import AwsCredentials, Credentials
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyReloader, KeyStore
from sizzle.api.outreach_service.sending import SendingService
from sizzle.api.pinpoint import PinpointService
from sizzle.database import Database
from sizzle.database.schema import APPS, ENDPOINTS, ERASED_MEMBERS, EVENTS
from sizzle.eventlog import EventLog
from sizzle.events import Event
from sizzle.outbox import Apps, Endpoints
from sizzle.outbox.address_hash import AddressHash
from sizzle.reel.ids import ReelIds
from sizzle.sending.clock import Clock
from sizzle.sending.inbound import InboundRecorder
from tests.api.sample_service import KEY, Alphabetical, catalog_in

TIMESTAMP = "2022-12-14T09:50:00.000Z"
APP = "5befa9dc28b1430cb0469554789e3f99"
OPENED: dict[str, Any] = {
    "EventType": "_campaign.opened_notification",
    "Timestamp": TIMESTAMP,
    "Attributes": {"campaign_id": "c-1", "campaign_activity_id": "a-1", "treatment_id": "0"},
}


class PinpointApp:
    """A service in a folder, with keys that sign, by their scopes.

    Attributes:
        credentials: with which clients sign.
        now: seconds since 1970, by the service's clock; None for the real time.
    """

    def __init__(self, folder: Path, patience: float = 5.0) -> None:
        self.now: float | None = None
        self.state = folder
        self.database = Database(
            URL.create("sqlite", database=str(folder / "sizzle.db")), patience=patience
        )
        self.log = EventLog(self.database, b"k" * 32)
        self.endpoints = Endpoints(self.database, self.log.member_hash)
        self.credentials = AwsCredentials(KEY)
        self.records: dict[ApiScope, ApiKey] = {}
        self.keys: dict[ApiScope, str] = {}
        for scope in (ApiScope.READ, ApiScope.EVENTS_WRITE, ApiScope.OUTREACH_READ):
            self.records[scope], self.keys[scope] = KeyStore(KeyFile(folder)).create(
                "a test", [scope], aws=True
            )
        self.reloader = KeyReloader(KeyStore(KeyFile(folder)))
        apps = Apps(self.database)
        self.service = PinpointService(
            self.log, self.endpoints, apps, self.credentials, lambda: self.now or time.time()
        )
        names = AddressHash(KEY)
        self.app = create_app(
            catalog_in(folder).reader(),
            Alphabetical(),
            pinpoint=self.service,
            sending=SendingService(
                self.database, InboundRecorder(self.database, self.log, names, Clock())
            ),
            ids=ReelIds(KEY),
            options=ServiceOptions(keys=self.reloader),
        )

    def client(self, scope: ApiScope | None = ApiScope.EVENTS_WRITE) -> TestClient:
        """A client elsewhere, with a key of this scope that is sent as it is."""
        headers = {} if scope is None else {"authorization": f"Bearer {self.keys[scope]}"}
        return TestClient(
            self.app, headers=headers, client=("192.0.2.7", 1), raise_server_exceptions=False
        )

    def signing(self, scope: ApiScope = ApiScope.EVENTS_WRITE) -> Credentials:
        """What a key of this scope signs with."""
        return self.credentials.of_key(self.records[scope].key_id)

    def put(self, batch_item: Any, app: str = APP) -> Any:  # noqa: ANN401 - any JSON
        """Send events with a key; the results."""
        answer = self.client().post(f"/v1/apps/{app}/events", json={"BatchItem": batch_item})
        assert answer.status_code == 202, answer.text
        return answer.json()["Results"]

    def events(self) -> list[Event]:
        """All that were recorded."""
        return [logged.event for logged in self.log.read_all()]

    def clear(self) -> None:
        """Forget all events and endpoints, and go by the real time."""
        self.now = None
        self.log.upgrade()
        with self.database.writing() as connection:
            for table in (EVENTS, ENDPOINTS, ERASED_MEMBERS, APPS):
                connection.execute(delete(table))

    @contextmanager
    def serving(self) -> Iterator[int]:
        """Serve on a port, in a thread."""
        config = uvicorn.Config(
            self.app, port=0, log_level="critical", lifespan="off", http="httptools"
        )
        socket = config.bind_socket()
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([socket],))
        thread.start()
        try:
            yield socket.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()
            socket.close()

    def close(self) -> None:
        """Close the database."""
        self.endpoints.close()
        self.log.close()


def item(*event_ids: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """An endpoint of a request that says nothing of itself, with events."""
    return {"Endpoint": {}, "Events": {event_id: {**OPENED, **fields} for event_id in event_ids}}


def statuses(result: dict[str, Any]) -> tuple[int, dict[str, int]]:
    """The status of an endpoint, and those of its events."""
    events = {key: each["StatusCode"] for key, each in result["EventsItemResponse"].items()}
    return result["EndpointItemResponse"]["StatusCode"], events
