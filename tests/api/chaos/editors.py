"""Editors, who upload and publish; and an operator, who creates and revokes keys."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from typing import Any, Final

from sizzle.api.auth.api_keys import ApiScope
from tests.api.chaos.clients import KILLS, Clients
from tests.api.ingests.ingest_app import export
from tests.api.ingests.upload_form import CONTENT_TYPE, upload_form
from tests.api.small_cluster import Answer, Client

_MEDIA: Final = {"media": "mega.mp4", "bed": "bed.wav"}
_EVERY: Final = 5.0  # seconds
_HOLDS: Final = 120.0  # seconds: nothing that happens keeps a worker longer from reading keys
_JOB_PATIENCE: Final = 300.0  # seconds
_STOPS: Final = 5


class Editors(Clients):
    """Editors, and an operator."""

    def upload(self) -> None:
        """Upload timelines and publish them, each under a key, until it is answered."""
        for number in itertools.count():
            if self.over.wait(_EVERY):
                return
            began = time.monotonic()
            key, asset_id = f"upload-{number}", f"uploaded-{number % 5}"
            content = upload_form({"asset_id": asset_id, **_MEDIA}, export())
            headers = {"content-type": CONTENT_TYPE}
            answer = self._until_accepted("upload", "/v1/ingests", key, content, headers)
            job_id = answer.json()["id"]
            again = self._until_accepted("upload", "/v1/ingests", key, content, headers)
            if again.json()["id"] != job_id:
                self.ledger.is_wrong(f"the same upload is two jobs: {job_id}, {again.json()['id']}")
            if self._is_checked(job_id, began):
                self._publish(job_id, f"publish-{number}")

    def _is_checked(self, job_id: str, began: float) -> bool:
        """Whether an upload was checked; if not, five stops of the service must be the reason."""
        deadline = time.monotonic() + _JOB_PATIENCE
        while (job := self._job(job_id)).get("state", "running") in ("queued", "running"):
            if time.monotonic() > deadline:
                self.ledger.is_wrong(f"upload {job_id} is never checked: {job}")
                return False
            time.sleep(0.2)
        if job["state"] == "checked":
            return True
        if (
            "stopped meanwhile" in str(job["failure"])
            and self.ledger.number(KILLS, began) >= _STOPS
        ):
            self.ledger.count("uploads given up after five stops")
        else:
            self.ledger.is_wrong(f"upload {job_id}: {job}")
        return False

    def _job(self, job_id: str) -> dict[str, Any]:
        answer = self.send("job", "GET", f"/v1/ingests/{job_id}")
        return dict(answer.json()) if answer.status == 200 else {}

    def _publish(self, job_id: str, key: str) -> None:
        path, headers = f"/v1/ingests/{job_id}/publish", {"content-type": "application/json"}
        answer = self._until_accepted("publication", path, key, b"{}", headers)
        self.ledger.publications[key] = answer.body
        again = self._until_accepted("publication", path, key, b"{}", headers)
        if again.body != answer.body:
            self.ledger.is_wrong(f"{key} again: {again.body!r} instead of {answer.body!r}")

    def _until_accepted(
        self, name: str, path: str, key: str, content: bytes, headers: dict[str, str]
    ) -> Answer:
        sent = {**headers, "idempotency-key": key}
        return self.send_until_accepted(name, "POST", path, content=content, headers=sent)

    def have_keys(self) -> None:
        """Create a key, use it once it is known, revoke it, and see that it holds no more."""
        store = self.installation.keys()
        for number in itertools.count():
            if self.over.wait(3.0):
                return
            try:
                made, secret = store.create(f"key-{number}", [ApiScope.READ])
            except Exception:
                self.ledger.failed["a key is created"] += 1
                continue
            client = Client("127.0.0.1", self.installation.front.port, secret)
            self._until(lambda client=client: self._status(client) == 200)  # type: ignore[misc]
            self._revoke(made.key_id)
            deadline = time.monotonic() + _HOLDS
            while self._status(client) != 401 and not self.over.is_set():
                if time.monotonic() > deadline:
                    self.ledger.is_wrong(f"{made.key_id} holds {_HOLDS:g} s after it was revoked")
                    break
                time.sleep(0.1)
            self.ledger.count("keys that were created and revoked")

    def _revoke(self, key_id: str) -> None:
        while True:
            with suppress(Exception):
                self.installation.keys().revoke(key_id)
                return
            time.sleep(0.3)

    def _until(self, is_so: Callable[[], bool]) -> None:
        while not is_so() and not self.over.is_set():
            time.sleep(0.1)

    def _status(self, client: Client) -> int:
        try:
            return client.get("/v1/assets").status
        except (OSError, HTTPException):
            return 0
