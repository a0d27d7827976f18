"""Mails and pages in headless Chromium: on narrow and wide screens, in light and dark."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.api.public_links.messages_app import MessagesApp, Sent
from tests.browser import open_browser, serving
from tests.outreach.content.sample_messages import BASE, MAIL_LINE, mail

pytestmark = pytest.mark.full

TEXTS = {
    "en": "Hello {name},\n\n{title} is here, and your reel has {titles}.",
    "fr": "Bonjour {name},\n\n{title} est là, et votre bande-annonce contient {titles}.",
    "es": "Hola {name}:\n\n{title} ya está aquí, y tu tráiler tiene {titles}.",
    "ja": "{name}さん\n\n{title}が始まりました。リールには{titles}があります。",
    "ar": "مرحبًا {name}\n\nبدأ عرض {title}، وفي مقطعك {titles}.",
}
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests here."""
    with open_browser() as found:
        yield found


@pytest.fixture
def sent(service: MessagesApp) -> Sent:
    """A mail."""
    return service.send("ee01", service.reel())


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 640])
def test_mail_fits_and_loads_only_from_us(
    browser: Browser, language: str, scheme: str, width: int
) -> None:
    """Nothing is wider than the screen, and text stands out from its ground in either scheme."""
    text = TEXTS[language]
    content = mail(line=replace(MAIL_LINE, language=language, text=text)).html
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page, asked = context.new_page(), []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=200, content_type="image/gif", body=b"")

    page.route("**/*", answer)
    page.set_content(content)
    assert asked
    assert all(address.startswith(f"{BASE}/") for address in asked)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    direction = "rtl" if language == "ar" else "ltr"
    assert page.evaluate("getComputedStyle(document.querySelector('p')).direction") == direction
    ink, ground = (page.evaluate(f"({_LUMINANCE})('{name}')") for name in ("ink", "ground"))
    lighter, darker = max(ink, ground), min(ink, ground)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5  # WCAG 2 AA
    assert (ink > ground) == (scheme == "dark")
    context.close()


_LUMINANCE = """(which) => {
  const paragraph = document.querySelector("p");
  let element = paragraph;
  const style = (name) => getComputedStyle(element)[name];
  if (which === "ground") while (/rgba\\\\(.*, 0\\\\)/.test(style("backgroundColor"))) {
    element = element.parentElement;
  }
  const text = which === "ink" ? style("color") : style("backgroundColor");
  const parts = text.match(/[\\\\d.]+/g).slice(0, 3).map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}""".replace("\\\\", "\\")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_reel_plays_by_keyboard_and_tells_what_was_seen(
    browser: Browser, service: MessagesApp, sent: Sent, size: dict[str, int]
) -> None:
    """The picture stands until somebody plays; titles can be chosen; nothing goes wrong aloud."""
    with serving(service.app) as address:
        context = browser.new_context(viewport={"width": size["width"], "height": size["height"]})
        page, problems = context.new_page(), []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text))
        page.goto(f"{address}{sent.reel}")
        page.wait_for_load_state("networkidle")
        assert page.evaluate("[video.paused, video.controls, video.currentTime]") == [
            True,
            False,
            0,
        ]
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        _until(page, "video.currentTime > 1 && video.controls")
        page.click(".title >> nth=1")
        start = service.reel().cuts[1].record.start.seconds
        _until(page, f"video.currentTime > {start}")
        _until(page, "document.querySelectorAll('.title')[1].ariaCurrent === 'true'")
        page.evaluate("video.pause()")
        page.wait_for_timeout(300)
        context.close()
    assert problems == []
    types = [event.type for event in service.events()]
    assert types[:2] == ["_email.click", "reel_started"]
    assert "reel_progress" in types


# As Safari on a phone that saves power: it refuses the first time, whatever is played.
_REFUSES_ONCE = """
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  HTMLMediaElement.prototype.play = play;
  return Promise.reject(new DOMException("play() needs a gesture.", "NotAllowedError"));
};
"""


def test_reel_stays_paused_where_the_browser_refuses_to_play(
    browser: Browser, service: MessagesApp, sent: Sent
) -> None:
    """The button stays where it is, and nothing is an error; pressed again, it plays."""
    with serving(service.app) as address:
        page, problems = browser.new_page(), []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.add_init_script(_REFUSES_ONCE)
        page.goto(f"{address}{sent.reel}")
        page.click("#play")
        page.wait_for_timeout(300)
        assert page.evaluate("[video.paused, document.getElementById('play').hidden]") == [
            True,
            False,
        ]
        page.click("#play")
        _until(page, "!video.paused && video.controls")
        page.close()
    assert problems == []


def _until(page: Page, condition: str) -> None:
    """Wait; `wait_for_function` needs `eval`, which the page's policy forbids."""
    deadline = time.monotonic() + 20
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(50)
