"""A service that sends, and the keys of three people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.api.middleware.idempotency_store import IdempotencyStore
from sizzle.api.outreach_service import SendingService
from sizzle.eventlog import EventLog
from sizzle.outreach.inbound.webhooks import webhook_signature
from sizzle.reloading import Reloadable
from sizzle.sending.inbound import InboundRecorder
from tests.api.sample_service import Alphabetical, catalog_in
from tests.databases import new_database, sqlite_in
from tests.sending.world import HASH, World

SECRET = b"w" * 32


@dataclass(frozen=True)
class Desk:
    """The service, with keys of three people."""

    client: TestClient
    world: World
    keys: dict[str, str]

    def call(self, method: str, path: str, who: str = "ada", **options: Any) -> Any:  # noqa: ANN401
        """A request of somebody. Returns the response."""
        headers = {
            "Authorization": f"Bearer {self.keys[who]}",
            "Content-Type": "application/json",
            **options.pop("headers", {}),
        }
        return self.client.request(method, f"/v1/outreach{path}", headers=headers, **options)

    def signed(self, path: str, body: bytes, **changes: str) -> Any:  # noqa: ANN401
        """A provider's request."""
        timestamp = str(int(self.world.clock.time))
        headers = {
            "x-sizzle-timestamp": timestamp,
            "x-sizzle-signature": webhook_signature(SECRET, timestamp, body),
            **changes,
        }
        return self.client.post(f"/v1/outreach{path}", content=body, headers=headers)


@contextmanager
def open_desk(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A service with three members and an approved snapshot of them."""
    world = World.open(new_database("sqlite", tmp_path, tmp_path_factory), tmp_path / "state")
    world.add_members(3)
    scopes = [ApiScope.OUTREACH_READ, ApiScope.OUTREACH_WRITE, ApiScope.OUTREACH_APPROVE]
    keys = {
        "ada": KeyStore(KeyFile(tmp_path)).create("ada", [*scopes, ApiScope.OUTREACH_SEND])[1],
        "ben": KeyStore(KeyFile(tmp_path)).create("ben", scopes)[1],
        "eve": KeyStore(KeyFile(tmp_path)).create("eve", [ApiScope.READ])[1],
    }
    read = KeyStore(KeyFile(tmp_path)).read()
    log = EventLog(world.database, b"k" * 32)
    sending = SendingService(
        world.database,
        InboundRecorder(world.database, log, HASH, world.clock.clock),
        SECRET,
        two_people=lambda: read.usable > 1,
    )
    options = ServiceOptions(
        keys=Reloadable(read), idempotency=IdempotencyStore(sqlite_in(tmp_path))
    )
    reader = catalog_in(tmp_path).reader()
    app = create_app(reader, Alphabetical(), sending=sending, options=options)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Desk(client, world, keys)
    log.close()
