"""What all clients have in common: they check each answer, and note it."""

from __future__ import annotations

import threading
import time
from http.client import HTTPException
from typing import Any, Final

from tests.api.chaos.installation import Installation
from tests.api.chaos.ledger import Ledger
from tests.api.small_cluster import Answer

KILLS: Final = {"a worker is killed", "the service is killed", "the service is restarted"}
STALLS: Final = {"a worker stands still"}
_PATIENCE: Final = 240.0  # seconds
_LATER: Final = {0, 409, 502, 503, 504, 507}
"""Statuses after which clients send a request again; 0 if nobody answered."""

STORAGE: Final = {"the disk is full", "the database is down", "the database is locked"}


class Clients:
    """Clients of one kind.

    Args:
        installation: whom they ask.
        ledger: where they note what they are answered.
        over: when they end; what they have begun they finish.
    """

    def __init__(self, installation: Installation, ledger: Ledger, over: threading.Event) -> None:
        self.installation = installation
        self.ledger = ledger
        self.over = over

    def send(self, name: str, method: str, path: str, body: object = None, **more: Any) -> Answer:  # noqa: ANN401
        """Send a request, and note an answer that may not be; 0 where nobody answers.

        Args:
            name: of what is asked for.
            method: of HTTP.
            path: what to ask.
            body: JSON.
            more: as `Client.send`.
        """
        began = time.monotonic()
        try:
            answer = self.installation.front.send(method, path, body, **more)
        except (OSError, HTTPException) as error:
            answer = Answer(0, {}, repr(error).encode())
        self.ledger.took(time.monotonic() - began)
        self.ledger.count(f"{name}: {answer.status or 'hung up'}")
        if not self._may_be(answer, began):
            self.ledger.is_wrong(f"{name}: {answer.status} {answer.headers} {answer.body[:300]!r}")
        return answer

    def _may_be(self, answer: Answer, began: float) -> bool:
        headers = {name.lower() for name in answer.headers}
        match answer.status:
            case 200 | 201 | 202:
                return True
            case 0 | 502 | 504:
                return self.ledger.befell(KILLS | STALLS, began)
            case 503:
                return "retry-after" in headers and bool(answer.json()["fix"])
            case 507:
                return self.ledger.befell({"the disk is full"}, began)
            case 409:  # the same key is at work, in a worker that was killed or is stuck
                return self.ledger.befell(KILLS | STALLS | STORAGE, began)
        return False

    def send_until_accepted(self, name: str, method: str, path: str, **more: Any) -> Answer:  # noqa: ANN401
        """Send a request until it is answered, also after all is over.

        Raises:
            AssertionError: it was answered with what sending it again does not change.
            TimeoutError: it was not answered for minutes.
        """
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            answer = self.send(name, method, path, **more)
            if answer.status not in _LATER:
                assert answer.status < 300, (name, answer)
                return answer
            time.sleep(0.3)
        raise TimeoutError(f"{name}: not accepted for {_PATIENCE:g} s")
