"""Names from right to left: on the marketer's pages, in mails, and where a reel opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from sizzle.clips import ClipIndex
from tests.api.forty_titles import FORTY_TITLES
from tests.api.names_in_pages import is_wider_than_the_screen, misplaced_names
from tests.api.portal.desk_service import PASSWORD
from tests.api.portal.named_desk import ADA, named_desk, paths_with_names
from tests.api.public_links.messages_app import MessagesApp
from tests.browser import open_browser, serving
from tests.packager import packaged_asset
from tests.packager.packaged_asset import Made, PublishedIndex

pytestmark = pytest.mark.full

NAME = "مدينة النجوم 2: العودة (2024)?"
_SIZES = {"phone": (390, 844), "desktop": (1440, 900)}


class _Renamed(PublishedIndex):
    """A packaged asset's index, whose titles are named from right to left."""

    def __init__(self, made: Made) -> None:
        names = [title.name for title in FORTY_TITLES]
        titles = [
            replace(title, name=name)
            for title, name in zip(packaged_asset.TITLES, names, strict=False)
        ]
        ClipIndex.__init__(self, made.index.asset, titles, made.index.clips)
        self.version = made.index.version


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A packaged asset with such titles."""
    made = packaged_asset.shared(tmp_path_factory)
    return replace(made, index=_Renamed(made))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with open_browser() as browser:
        yield browser


@pytest.fixture(params=_SIZES)
def sized(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page on a phone and on a desk."""
    width, height = _SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def desk(
    renamed: Made, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, list[str]]]:
    """A service's address, and the paths of its pages."""
    folder = tmp_path_factory.mktemp("desk")
    with named_desk(folder, NAME, "ar", renamed) as made, serving(made.app) as address:
        yield address, paths_with_names(made, NAME)


def test_the_desk_shows_each_name_in_its_own_direction(
    sized: Page, desk: tuple[str, list[str]], tmp_path: Path
) -> None:
    """Of members, segments, titles, lines, journeys, campaigns and people."""
    address, paths = desk
    sized.goto(f"{address}/outreach")
    sized.fill("[name=address]", ADA)
    sized.fill("[name=password]", PASSWORD)
    sized.click("button:has-text('Sign in')")
    wrong, shown = {}, 0
    for number, path in enumerate(paths):
        sized.goto(f"{address}/outreach{path}")
        sized.screenshot(path=tmp_path / f"{number:02}.png", full_page=True)
        found = misplaced_names(sized) + ["wide"] * is_wider_than_the_screen(sized)
        if found:
            wrong[path] = found
        shown += NAME in sized.evaluate("document.body.textContent")
    assert wrong == {}
    assert shown > 20


def test_a_mail_and_its_reel_show_each_name_in_its_own_direction(
    sized: Page, renamed: Made, tmp_path: Path
) -> None:
    """A mail in English with such titles, and the page that it leads to."""
    service = MessagesApp(renamed, tmp_path)
    sent = service.send("ee01", service.reel())
    sized.set_content(sent.mail.html)
    sized.screenshot(path=tmp_path / "mail.png", full_page=True)
    _check(sized)
    with serving(service.app) as address:
        sized.goto(f"{address}{sent.reel}")
        sized.screenshot(path=tmp_path / "reel.png", full_page=True)
        _check(sized)
    service.close()


def _check(page: Page) -> None:
    assert misplaced_names(page) == []
    assert not is_wider_than_the_screen(page)
    assert any("\u0590" < letter < "\u08ff" for letter in page.inner_text("body"))
