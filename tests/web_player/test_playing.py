"""Reels of 32 cuts in a real browser: every picture is the right one, in order, to the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from tests.web_player import kit
from tests.web_player.watching import (
    Watched,
    open_film,
    open_player,
    play_film,
    play_to_the_end,
    watch,
    watched,
)

TRIES = 3
SIZE = {"width": 1000, "height": 700}


@pytest.mark.parametrize("engine", ["hls", "mse"])
def test_both_reels_play_to_their_end(
    engine: str, browser: Browser, address: str, asset: kit.Asset
) -> None:
    """Every picture is right, and each is shown once: none is dropped, nothing stalls.

    A machine that is busy elsewhere drops frames too, now and then. So a play that is not smooth is
    tried again, and is no fault of ours where the same reel as a plain film does no better.
    """
    frames = asset.reel_of("ada").duration.frame

    def play(page: Page) -> None:
        open_player(page, address, engine=engine, members=",".join(kit.MEMBERS))
        watch(page)
        play_to_the_end(page)

    for _ in range(TRIES):
        plays = _play(browser, play)
        for member, each in zip(kit.MEMBERS, plays, strict=True):
            each.check_frames(asset.reel_of(member))
        if all(each.is_smooth(frames) for each in plays):
            return
    if _plain_film_is_smooth(browser, address, frames):
        pytest.fail(f"of {frames} frames {[(e.total, e.dropped, e.stalls) for e in plays]}")
    pytest.skip("this machine is too busy to play even a plain film without dropping frames")


def _plain_film_is_smooth(browser: Browser, address: str, frames: int) -> bool:
    def play(page: Page) -> None:
        open_film(page, address, kit.MEMBERS[0])
        watch(page)
        play_film(page)

    return all(each.is_smooth(frames) for each in _play(browser, play))


def _play(browser: Browser, play: Callable[[Page], None]) -> list[Watched]:
    context = browser.new_context(viewport=SIZE)
    try:
        page = context.new_page()
        play(page)
        return watched(page)
    finally:
        context.close()
