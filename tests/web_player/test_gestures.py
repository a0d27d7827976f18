"""Browsers of people play no sound before somebody presses a key or clicks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser import open_strict_browser
from tests.web_player.recorded_frames import open_player, until

pytestmark = pytest.mark.full

_PRESS = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: ' ', bubbles: true}))"


def test_the_player_waits_for_a_gesture_where_the_browser_asks_for_one(
    browser: Browser, address: str
) -> None:
    """What a script starts is refused, and the page shows that it is paused; then it plays."""
    with open_strict_browser(browser) as strict:
        page, complaints = strict.new_page(), list[str]()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        open_player(page, address, left="ada", right="ben")
        page.evaluate(_PRESS)
        page.wait_for_timeout(500)
        until(page, "document.body.dataset.state == 'paused'")
        assert page.evaluate("[...document.querySelectorAll('video')].every((each) => each.paused)")
        page.keyboard.press("Space")
        until(page, "document.body.dataset.state == 'playing'")
        until(page, "document.querySelector('video').currentTime > 0.5")
        assert complaints == []
