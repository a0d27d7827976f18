"""Devices, who ask for reels, check them, and record events; and back ends, who ask for batches."""

from __future__ import annotations

import itertools
import random
import time
from datetime import UTC, datetime
from typing import Any, Final

from tests.api.changes_under_load import MEMBERS
from tests.api.chaos.clients import Clients

COUNT: Final = 3
_DEVICE: Final = {"dynamic_sizzles": True}
_BATCH: Final = [*MEMBERS, *map("stranger-{}".format, range(37))]
_REMEMBERED: Final = 40  # reels that are asked for again


class Devices(Clients):
    """Devices, and a back end."""

    _reels: tuple[dict[str, Any], ...] = ()

    def ask(self, number: int) -> None:
        """Ask for reels of all kinds of members, one after the other."""
        chance = random.Random(number)
        for seed in itertools.count(number, COUNT):
            if self.over.is_set():
                return
            began = time.time()
            body = {"asset_id": "demo", "seed": seed, "device": _DEVICE}
            member = chance.choice(MEMBERS)
            answer = self.send("reel", "POST", "/v1/reels", {**body, "member_id": member})
            if answer.status != 200:
                self.over.wait(0.1)
                continue
            reel = answer.json()
            self._check(reel, began)
            self._record(reel, f"{number}-{seed}")
            self._replay(chance, reel)

    def _check(self, reel: dict[str, Any], began: float) -> None:
        if wrong := self.installation.truth.check(reel, began):
            self.ledger.is_wrong(f"reel of {reel['member_id']}: {wrong}")

    def _record(self, reel: dict[str, Any], event_id: str) -> None:
        """Send an event until it is accepted, also after all is over."""
        event = {"id": event_id, "type": "reel_started", "reel_id": reel["reel_id"]}
        event["time"] = datetime.now(UTC).isoformat()
        body = {"token": reel["event_token"], "events": [event]}
        answer = self.send_until_accepted("event", "POST", "/v1/events", body=body)
        if answer.json()["results"][0]["status"] not in ("accepted", "duplicate"):
            self.ledger.is_wrong(f"event: {answer.body[:300]!r}")
        self.ledger.events.add(event_id)

    def _replay(self, chance: random.Random, reel: dict[str, Any]) -> None:
        self._reels = (*self._reels[1 - _REMEMBERED :], reel)
        former = chance.choice(self._reels)
        answer = self.send("replay", "GET", f"/v1/reels/{former['reel_id']}")
        if answer.status == 200 and answer.json()["cuts"] != former["cuts"]:
            self.ledger.is_wrong(f"replay of {former['reel_id']} has other cuts")

    def ask_batches(self) -> None:
        """Ask for batches, as a back end does for its pages."""
        while not self.over.is_set():
            began = time.time()
            body = {"asset_id": "demo", "member_ids": _BATCH, "device": _DEVICE}
            answer = self.send("batch", "POST", "/v1/reels:batch", body)
            if answer.status == 200:
                results = answer.json()["results"]
                if [each.get("member_id") for each in results] != _BATCH:
                    self.ledger.is_wrong(f"batch: {answer.body[:300]!r}")
                for reel in results:
                    self._check(reel, began)
            self.over.wait(0.5)
