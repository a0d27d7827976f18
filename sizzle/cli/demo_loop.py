"""The demo's loop: a member watches a title of a reel, and the next reel has another order."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sizzle.cli.demo_service import post_json, serving
from sizzle.cli.output import say
from sizzle.errors import SizzleError
from sizzle.events.event import time_text

if TYPE_CHECKING:
    from sizzle.catalog import Catalog

_MEMBER = "member-cleo"
_SECONDS = 2400  # that she plays the title for


@dataclass(frozen=True, slots=True)
class LoopFiles:
    """What the loop needs of the demo's files; its log of events is a new one each time."""

    catalog: Catalog
    asset: str
    model: Path
    histories: Path
    state: Path
    database: Path


def show_loop(files: LoopFiles) -> None:
    """Have a new member watch, with her device's events, and compare her next reel.

    Raises:
        SizzleError: an event is not recorded, or the order is the same.
    """
    with _service(files) as address:

        def request_reel() -> dict[str, Any]:
            device = {"dynamic_sizzles": True}
            body = {"member_id": _MEMBER, "asset_id": files.asset, "device": device}
            return post_json(f"{address}/v1/reels", body)

        first = request_reel()
        say(f"  {_MEMBER}, who is new: {', '.join(_titles(first))}")
        watched = _titles(first)[1]
        events = list(_events(first, watched))
        body = {"token": first["event_token"], "sent_at": _now(), "events": events}
        results = post_json(f"{address}/v1/events", body)["results"]
        if any(result["status"] != "accepted" for result in results):
            raise SizzleError(f"Events were not recorded: {results}.")
        say(
            f"  she sees {watched}, and plays it for {_SECONDS // 60} minutes: {len(events)} events"
        )
        following = request_reel()
    say(f"  her next reel: {', '.join(_titles(following))}")
    if _titles(following) == _titles(first):
        raise SizzleError("The next reel has the same order.")


@contextmanager
def _service(files: LoopFiles) -> Iterator[str]:
    """A service that ranks from its log of events, in SQLite."""
    from ranker import Ranker, read_histories
    from sizzle.api.app import create_app
    from sizzle.api.events import EventService
    from sizzle.api.reels.ranking_cache import Rankings
    from sizzle.database import Database, database_url
    from sizzle.eventlog import MEMBER_KEY, EventLog
    from sizzle.events import EventTokens
    from sizzle.events.viewing_policy import ViewingPolicy
    from sizzle.histories import Follower, StoredHistories, ViewingStore
    from sizzle.reel.reel_cuts import ReelCuts
    from sizzle.reloading import Reloadable
    from sizzle.secret import derived, kept_secret, reel_ids

    for suffix in ("", "-wal", "-shm"):
        Path(f"{files.database}{suffix}").unlink(missing_ok=True)
    secret = kept_secret(files.state)
    url = database_url(files.state, f"sqlite:///{files.database.absolute()}")
    log = EventLog(Database(url), derived(secret, MEMBER_KEY))
    store, ids = ViewingStore(log), reel_ids(secret)
    cuts, known = ReelCuts(ids, files.catalog), read_histories(files.histories)
    histories = StoredHistories(store, ViewingPolicy(), cuts, known)
    rankings = Rankings(Ranker.load(files.model, histories))
    events = EventService(log, EventTokens(derived(secret, "event tokens")), time.time)
    app = create_app(files.catalog, Reloadable(rankings), events=events, ids=ids)
    try:
        following = Follower(
            store, lambda changes: rankings.outdate(changes.members, changes.members)
        )
        with following, serving(app) as address:
            yield address
    finally:
        log.close()


def _events(reel: dict[str, Any], title: str) -> Iterator[dict[str, Any]]:
    """What a device says: the title's cuts were seen, then it was played from there."""
    cuts = list(enumerate(reel["cuts"], start=1))
    seen = [(number, cut) for number, cut in cuts if cut["title"] == title]
    of_title = {"title_id": seen[0][1]["title_id"]}
    yield _event(reel, "reel_started")
    for number, cut in seen:
        frames = cut["record"]["stop"]["frame"] - cut["record"]["start"]["frame"]
        yield _event(reel, "reel_progress", metrics={"cut": number, "frames": frames})
    yield _event(reel, "title_opened", attributes=of_title)
    yield _event(reel, "title_played", attributes=of_title, metrics={"seconds": _SECONDS})


def _event(reel: dict[str, Any], kind: str, **content: dict[str, Any]) -> dict[str, Any]:
    event = {"id": uuid.uuid4().hex, "type": kind, "time": _now(), "reel_id": reel["reel_id"]}
    return {**event, **content}


def _now() -> str:
    return time_text(int(time.time() * 1000))


def _titles(reel: dict[str, Any]) -> list[str]:
    """The names of a reel's titles, best rank first."""
    return list(dict.fromkeys(c["title"] for c in sorted(reel["cuts"], key=lambda c: c["rank"])))
