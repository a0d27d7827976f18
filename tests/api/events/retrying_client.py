"""A client of events that sends each batch until it is answered."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter

from tests.events.sample_events import sent


class RetryingClient(threading.Thread):
    """Sends batches until it is told to stop, each again under the same ids until it is answered.

    Attributes:
        answered: the ids of events that are durable, as the service said.
        statuses: how often each status was answered.
    """

    def __init__(self, number: int, port: int | None, stop: threading.Event, key: str = "") -> None:
        super().__init__()
        self._number, self._port, self._stopping = number, port, stop
        self._headers = {"Content-Type": "application/json"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self.answered: list[str] = []
        self.statuses = Counter[int]()

    def run(self) -> None:
        """Send batches of one to five events."""
        batch = 0
        while not self._stopping.is_set():
            ids = [f"{self._number}-{batch}-{n}" for n in range(batch % 5 + 1)]
            while not self._send(ids) and not self._stopping.is_set():
                time.sleep(0.02)
            batch += 1
            time.sleep(0.01)

    def _send(self, ids: list[str]) -> bool:
        body = json.dumps({"events": [sent(id=each) for each in ids]})
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("POST", "/v1/events", body, self._headers)
            response = connection.getresponse()
            self.statuses[response.status] += 1
            if response.status != 202:
                return False
            results = json.loads(response.read())["results"]
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        assert {result["status"] for result in results} <= {"accepted", "duplicate"}
        self.answered += ids
        return True
