"""An installation to measure: an asset of 40 titles, the usual ranker, and members' histories."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, cycle, product
from pathlib import Path
from typing import Final

from benchmarks.ranker_model import member_ids, network, title_ids, viewing_events
from benchmarks.service_load import request
from ranker import Checkpoint, save_model, write_histories
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.catalog import Catalog
from tests.reel.sample_reels import index_of

TITLE_IDS: Final = title_ids(40)
"""The titles of the asset."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What is needed to ask it.

    Attributes:
        checkpoint: the model.
        key: the secret of an API key, without which nginx's requests are refused.
    """

    checkpoint: Checkpoint
    key: str

    def reel_request(self, member_id: str, **more: object) -> bytes:
        """A request for a member's reel."""
        device = {"dynamic_sizzles": True}
        body = {"member_id": member_id, "asset_id": "demo", "device": device, **more}
        return request("/v1/reels", json.dumps(body).encode(), self.key)

    def new_reels(self, members: Sequence[str]) -> Iterator[bytes]:
        """Requests of some members in turn, each with a seed of its own."""
        for seed, member in enumerate(cycle(members), start=1):
            yield self.reel_request(member, seed=seed)

    def new_rankings(self, members: Sequence[str]) -> Iterator[bytes]:
        """Requests of some members, each for a choice of titles that has to be ranked."""
        for omitted, member in product(combinations(TITLE_IDS, 2), members):
            chosen = [title_id for title_id in TITLE_IDS if title_id not in omitted]
            yield self.reel_request(member, title_ids=chosen)


def prepare(folder: Path, members: int) -> Installation:
    """Write what `sizzle serve` looks for in a folder, and create a key with a very high rate."""
    Catalog.open(folder / "catalog").publish(index_of(TITLE_IDS))
    events = viewing_events(member_ids(members))
    write_histories(folder / "histories.jsonl", events)
    model = network(events)
    checkpoint = Checkpoint(model, save_model(folder / "ranker.pt", model))
    scopes = [ApiScope.READ, ApiScope.EVENTS_WRITE]
    _, key = KeyStore(KeyFile(folder / "state")).create("benchmark", scopes, rate=1e6)
    return Installation(checkpoint, key)
