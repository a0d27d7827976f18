"""Reels of 32 cuts in a real browser: every picture is the right one, in order, to the end."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.web_player import sample_asset
from tests.web_player.recorded_frames import (
    Looking,
    Watched,
    open_player,
    play_to_the_end,
    starving,
    watch,
    watched,
)

pytestmark = pytest.mark.first
SIZE = ViewportSize(width=1000, height=700)


@pytest.mark.parametrize("engine", ["hls", "mse"])
def test_both_reels_play_to_their_end(
    engine: str, browser: Browser, address: str, asset: sample_asset.SampleAsset
) -> None:
    """Every picture is right, and each is shown once: none is dropped, nothing stalls.

    To look at pictures may make a busy browser drop some: then smoothness is told by another play.
    Where threads of our own wake up late in both, it cannot be told here.
    """
    frames = asset.reel_of("ada").duration.frame
    told, busy = [], False
    choices: tuple[Looking, ...] = ("pictures", "nothing")
    for looking in choices:
        with starving() as starved:
            plays = _play(engine, browser, address, looking)
        busy = busy or bool(starved)
        if looking == "pictures":
            _check_pictures(plays, asset, mostly=not busy)
        if all(play.is_smooth(frames) for play in plays):
            return
        told.append((starved.worst, [(play.total, play.dropped, play.stalls) for play in plays]))
    assert busy, told
    pytest.skip(f"the pictures are right, but this machine is too busy to be smooth: {told}")


def _check_pictures(plays: list[Watched], asset: sample_asset.SampleAsset, *, mostly: bool) -> None:
    for member, play in zip(sample_asset.MEMBERS, plays, strict=True):
        reel = asset.reel_of(member)
        play.check_frames(reel)
        assert not mostly or play.was_looked_at(reel.duration.frame)


def _play(engine: str, browser: Browser, address: str, looking: Looking) -> list[Watched]:
    context = browser.new_context(viewport=SIZE)
    try:
        page = context.new_page()
        open_player(
            page,
            address,
            engine=engine,
            left=sample_asset.MEMBERS[0],
            right=sample_asset.MEMBERS[1],
        )
        watch(page, looking)
        play_to_the_end(page)
        return watched(page)
    finally:
        context.close()
