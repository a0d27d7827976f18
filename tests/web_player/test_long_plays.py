"""A reel of 32 cuts of 40 frames at its own speed: seen, heard, in sync, at all sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle, pairwise
from statistics import median

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from fixtures.bed import SAMPLE_RATE, SYNC_MARK_EVERY, sample_at
from fixtures.titles import DEMO_RATE
from tests.browsing import serving
from tests.web_player import kit
from tests.web_player.hearing import Heard, heard, listen
from tests.web_player.watching import (
    Watched,
    open_player,
    starving,
    until,
    watch,
    watched,
)

pytestmark = pytest.mark.full

ENGINES = pytest.mark.parametrize("engine", ["hls", "mse"])
TRIES = 4
HALF_A_FRAME = float(DEMO_RATE.seconds(1)) / 2
Play = tuple[list[Watched], Heard]


@pytest.fixture(scope="module")
def long_asset(tmp_path_factory: pytest.TempPathFactory) -> kit.Asset:
    """Clips of 40 frames."""
    return kit.make(tmp_path_factory.mktemp("long"), 40)


@pytest.fixture(scope="module")
def long_address(long_asset: kit.Asset) -> Iterator[str]:
    """Of the service."""
    with serving(kit.app_of(long_asset)) as address:
        yield address


def smooth_play(
    browser: Browser, address: str, engine: str, asset: kit.Asset, meanwhile: Callable[[Page], None]
) -> Play:
    """A play in which each frame was shown once; its pictures are right in any case.

    Skips the test where this machine lets even threads of our own wake up late, time and again.
    """
    frames = asset.reel_of("ada").duration.frame
    told = []
    for _ in range(TRIES):
        with starving() as starved:
            plays, sound = _play(browser, address, engine, meanwhile)
        for member, play in zip(kit.MEMBERS, plays, strict=True):
            play.check_frames(asset.reel_of(member))
        if all(play.is_smooth(frames) for play in plays):
            return plays, sound
        told.append((starved.worst, [(play.total, play.dropped, play.stalls) for play in plays]))
        assert starved, told
    pytest.skip(f"the pictures are right, but this machine is too busy to be smooth: {told}")


def _play(browser: Browser, address: str, engine: str, meanwhile: Callable[[Page], None]) -> Play:
    size = ViewportSize(width=1000, height=700)
    context = browser.new_context(viewport=size, bypass_csp=True)
    try:
        page = context.new_page()
        open_player(page, address, engine=engine, left="ada", right="ben")
        listen(page)
        watch(page)
        page.keyboard.press("Space")
        meanwhile(page)
        until(page, "document.body.dataset.state == 'ended'")
        return watched(page), heard(page)
    finally:
        context.close()


@ENGINES
def test_what_is_heard_has_no_gap_and_stays_in_sync(
    engine: str, browser: Browser, long_address: str, long_asset: kit.Asset
) -> None:
    """The bed's marks come as many samples apart as in its file, and with their frames."""
    plays, sound = smooth_play(browser, long_address, engine, long_asset, lambda _: None)
    count = long_asset.reel_of("ada").duration.frame // SYNC_MARK_EVERY
    marks = sound.marks(count)
    apart = {after - before for before, after in pairwise(marks)}
    assert apart == {sample_at(SYNC_MARK_EVERY)}
    offsets = _offsets(plays[0], marks)
    assert len(offsets) > 0.9 * count
    assert max(offsets) - min(offsets) <= HALF_A_FRAME


def _offsets(play: Watched, marks: list[int]) -> list[float]:
    """By how many seconds frames came after the sound that belongs to them, mark by mark.

    A page is told of frames some milliseconds late, now more, now less: the median is taken.
    """
    late_of_sound = [
        mark / SAMPLE_RATE - float(DEMO_RATE.seconds(SYNC_MARK_EVERY * number))
        for number, mark in enumerate(marks)
    ]
    length = float(DEMO_RATE.seconds(SYNC_MARK_EVERY))
    late_of_frames: dict[int, list[float]] = {}
    for seen in play.seen[1:-1]:  # those that stood still are not in time
        assert seen.heard is not None
        late = seen.heard - seen.seconds
        late_of_frames.setdefault(int(seen.seconds / length), []).append(late)
    return [
        median(late) - late_of_sound[number]
        for number, late in late_of_frames.items()
        if len(late) > 10
    ]


@ENGINES
def test_sizes_are_switched_while_it_plays(
    engine: str, browser: Browser, long_address: str, long_asset: kit.Asset
) -> None:
    """Every second or so to the other one: no picture is wrong, none is missing."""

    def switch(page: Page) -> None:
        for size in cycle(("144p", "180p")):
            if page.evaluate("document.body.dataset.state") == "ended":
                return
            page.get_by_label("Quality").select_option(size)
            page.wait_for_timeout(1300)

    plays, _ = smooth_play(browser, long_address, engine, long_asset, switch)
    for play in plays:
        heights = [seen.height for seen in play.seen]
        assert set(heights) == {144, 180}
        assert sum(before != after for before, after in pairwise(heights)) >= 4
