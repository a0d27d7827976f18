"""Browsers of people refuse to play before somebody presses a key or clicks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.web_player.recorded_frames import open_player, until

pytestmark = pytest.mark.full

# As browsers do it, until the page is told otherwise.
_REFUSES = """
const play = HTMLMediaElement.prototype.play;
window.refused = 0;
HTMLMediaElement.prototype.play = function () {
  window.refused += 1;
  return Promise.reject(new DOMException("play() needs a gesture.", "NotAllowedError"));
};
window.allow = () => { HTMLMediaElement.prototype.play = play; };
"""


def test_the_player_is_paused_where_the_browser_refuses_to_play(
    browser: Browser, address: str
) -> None:
    """It shows that, and nothing is an error; once it may, it plays."""
    page, complaints = browser.new_page(), list[str]()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(_REFUSES)
    open_player(page, address, left="ada", right="ben")
    page.keyboard.press("Space")
    until(page, "window.refused > 0 && document.body.dataset.state == 'paused'")
    page.evaluate("window.allow()")
    page.keyboard.press("Space")
    until(page, "document.querySelector('video').currentTime > 0.2")
    page.close()
    assert complaints == []
