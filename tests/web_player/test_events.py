"""The player records what is seen, in a real browser and a real database."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import URL

from fixtures.titles import DEMO_RATE
from ranker import NO_CONTEXT, RankedTitle, Ranking, RequestContext
from sizzle.api.events import EventService
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.events import Event, EventTokens
from sizzle.reloading import Reloadable
from tests.browser import serving
from tests.web_player import sample_asset
from tests.web_player.recorded_frames import open_player, until, watch, watched

_EVENTS = "**/v1/events"
_KEY = b"k" * 32


class SeenLast:
    """Orders titles by name; those of which a member has seen something come last."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def rank(
        self, member_id: str, title_ids: Sequence[str], request: RequestContext = NO_CONTEXT
    ) -> Ranking:
        """The titles in that order."""
        seen = {event.attributes.get("title_id") for event in self._log.events_of(member_id)}
        ordered = sorted(title_ids, key=lambda title_id: (title_id in seen, title_id))
        ranked = tuple(RankedTitle(each, 1 / at) for at, each in enumerate(ordered, start=1))
        return Ranking(member_id, ranked, "model-1", cold_start=False)


class Fresh(Reloadable[Rankings]):
    """Rankings without a cache."""

    def __init__(self, ranker: SeenLast) -> None:
        self._ranker = ranker
        super().__init__(Rankings(ranker))

    def __getattribute__(self, name: str) -> object:
        """`current` is new each time."""
        if name == "current":
            return Rankings(self._ranker)
        return super().__getattribute__(name)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    """A log without events."""
    log = EventLog(Database(URL.create("sqlite", database=str(tmp_path / "sizzle.db"))), _KEY)
    yield log
    log.close()


def test_what_is_seen_is_recorded_once(
    page: Page, asset: sample_asset.SampleAsset, log: EventLog
) -> None:
    """Each frame that plays on a visible page, once, though no request succeeds before a reload.

    Paused, sought, hidden and repeated frames do not count. Then the next reel has another order.
    """
    events = EventService(log, EventTokens(_KEY), time.time)
    app = sample_asset.app_of(asset, rankings=Fresh(SeenLast(log)), events=events)
    with serving(app) as address:
        page.route(_EVENTS, lambda route: route.abort("connectionrefused"))
        open_player(page, address, engine="mse", left="ada", right="ben")
        page.locator("#lanes").focus()
        watch(page, "times")
        least, most = _play_until(page, 20)
        page.keyboard.press("Home")
        _play_until(page, 6)  # again
        page.keyboard.press("End")  # shown, but paused
        page.keyboard.press("ArrowUp")
        _play_hidden(page)
        page.locator(".ranks button").first.click()
        expect(page.get_by_role("dialog")).to_contain_text("Rank A of ada's reel")
        page.keyboard.press("Escape")
        expect(page.locator("#recorded")).to_contain_text("waiting")
        page.unroute(_EVENTS)
        page.reload()
        until(page, "document.querySelector('#recorded').textContent.endsWith('recorded')")
        recorded = log.events_of("ada")
        counts = Counter(event.type for event in recorded)
        assert (counts["reel_started"], counts["reel_left"], counts["title_opened"]) == (1, 1, 1)
        seen = _frames(recorded)
        assert least <= sum(seen.values()) <= most
        _watch_the_end(page)
        recorded = log.events_of("ada")
        assert Counter(event.type for event in recorded)["reel_completed"] == 1
        assert _frames(recorded) == {**seen, 32: 12}
        expect(page.locator(".order").first).to_contain_text("of 8 ranks change.")


def _play_hidden(page: Page) -> None:
    """Play a little as if the page were in a tab behind others."""
    _say_visibility(page, "hidden")
    page.keyboard.press("Space")
    until(page, "document.querySelector('video').currentTime > 15.7")
    page.keyboard.press("Space")
    until(page, "document.querySelector('video').paused")
    _say_visibility(page, "visible")


def _say_visibility(page: Page, state: str) -> None:
    page.evaluate(
        """(state) => {
            const hidden = { value: state, configurable: true };
            Object.defineProperty(document, "visibilityState", hidden);
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )


def _watch_the_end(page: Page) -> None:
    """Play the last cut; the next reels are then shown beside those that were watched."""
    page.locator("#lanes").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    until(page, "document.body.dataset.state == 'ended'")
    expect(page.locator(".compared").first).to_be_visible()


def _play_until(page: Page, frame: int) -> tuple[int, int]:
    """Play from the first frame until a frame is past.

    Returns how many frames the browser reported, at least, and how many the clock reached: it does
    not report all.
    """
    page.keyboard.press("Space")
    until(page, f"Number(document.querySelector('#lanes').ariaValueNow) > {frame}")
    page.keyboard.press("Space")
    until(page, "document.querySelector('video').paused")
    page.wait_for_timeout(50)
    clock = page.evaluate("document.querySelector('video').currentTime")
    reported = max(media for _, media in watched(page)[0].shown)
    counts = [int(seconds * DEMO_RATE.fraction + 1e-3) + 1 for seconds in (reported, clock)]
    return counts[0], max(counts)


def _frames(events: list[Event]) -> Counter[int]:
    """Frames of each cut."""
    frames = Counter[int]()
    for event in events:
        if event.type == "reel_progress":
            frames[int(event.metrics["cut"])] += int(event.metrics["frames"])
    return frames
