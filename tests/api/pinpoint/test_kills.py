"""Each event and endpoint that boto3 was answered for is there once, through kills."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from sqlalchemy import make_url

from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.outbox import Endpoints
from tests.api.pinpoint.pinpoint_app import APP, OPENED
from tests.api.pinpoint.pinpoint_server import KEY, serve
from tests.databases import KINDS, empty_database
from tests.forks import start

_CLIENTS, _EVENTS, _BATCH = 8, 10_000, 10


class Client(threading.Thread):
    """Sends its share of the events in batches, each again until it is answered.

    Attributes:
        answered: the ids of events that are durable, as the service said.
    """

    def __init__(self, number: int, port: int) -> None:
        super().__init__()
        self._number = number
        self._client = boto3.client(
            "pinpoint",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=Config(retries={"mode": "standard", "total_max_attempts": 5}, read_timeout=60),
        )
        self.answered: list[str] = []

    def run(self) -> None:
        """Send all."""
        for first in range(0, _EVENTS // _CLIENTS, _BATCH):
            ids = [f"{self._number}-{first + n}" for n in range(_BATCH)]
            while not self._send(ids, str(first)):
                time.sleep(0.02)

    def _send(self, ids: list[str], address: str) -> bool:
        endpoint = f"phone-{self._number}"
        item = {"Endpoint": {"Address": address}, "Events": dict.fromkeys(ids, OPENED)}
        request = {"BatchItem": {endpoint: item}}
        try:
            response = self._client.put_events(ApplicationId=APP, EventsRequest=request)
        except (BotoCoreError, ClientError):
            return False
        results = response["EventsResponse"]["Results"][endpoint]["EventsItemResponse"]
        assert {result["StatusCode"] for result in results.values()} == {202}
        self.answered += results
        return True


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_answered_is_lost(
    kind: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Kills at random moments, until 10,000 events of eight clients are answered."""
    url = empty_database(kind, tmp_path, tmp_path_factory).render_as_string(hide_password=False)
    chance = random.Random(17)
    kills = 0
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        process = start(serve, url, listening)
        clients = [Client(number, listening.getsockname()[1]) for number in range(_CLIENTS)]
        for client in clients:
            client.start()
        while any(client.is_alive() for client in clients):
            before = sum(len(client.answered) for client in clients)
            while any(client.is_alive() for client in clients) and before == sum(
                len(client.answered) for client in clients
            ):
                time.sleep(0.01)
            time.sleep(chance.random() * 0.5)
            process.kill()
            process.join()
            kills += 1
            process = start(serve, url, listening)
        process.kill()
        process.join()
    database = Database(make_url(url))
    log = EventLog(database, KEY)
    kept = Counter(logged.event.event_id for logged in log.read_all())
    answered = [each for client in clients for each in client.answered]
    assert kills > 10
    assert len(answered) == _EVENTS
    assert kept == Counter(answered)
    names = [f"phone-{number}" for number in range(_CLIENTS)]
    endpoints = Endpoints(database, log.member_hash).find(APP, names)
    last = str(_EVENTS // _CLIENTS - _BATCH)
    assert [endpoint.fields.address for endpoint in endpoints.values()] == [last] * _CLIENTS
    database.close()
