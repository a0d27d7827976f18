"""Forty titles, named from right to left, in the player and on the page of their asset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from sizzle.api.ingest_service import IngestService
from tests.api.alphabetical_reels import alphabetically
from tests.api.editors_jobs import jobs_in
from tests.api.forty_titles import FORTY_TITLES
from tests.api.names_in_pages import is_wider_than_the_screen, misplaced_names
from tests.browser import serving
from tests.web_player import sample_asset
from tests.web_player.recorded_frames import open_player

pytestmark = pytest.mark.full

_SIZES = {"phone": (390, 844), "desktop": (1440, 900)}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service with forty titles."""
    folder = tmp_path_factory.mktemp("forty")
    asset = sample_asset.make(folder, 12, titles=FORTY_TITLES)
    ingests = IngestService(jobs_in(folder), asset.catalog, alphabetically)
    with serving(sample_asset.app_of(asset, ingests=ingests)) as address:
        yield address


@pytest.fixture(params=_SIZES)
def sized(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page on a phone and on a desk."""
    width, height = _SIZES[request.param]
    context = browser.new_context(viewport={"width": width, "height": height})
    yield context.new_page()
    context.close()


def test_the_player_shows_each_name_in_its_own_direction(
    sized: Page, served: str, tmp_path: Path
) -> None:
    """In the pictures, the cut lists, the lanes, the details of a title, and the reasons."""
    open_player(sized, served, left="ada", right="ben")
    for key in ("", "l", "w", "Enter"):
        if key:
            sized.keyboard.press(key)
            sized.wait_for_timeout(400)
        sized.screenshot(path=tmp_path / f"player-{key or 'first'}.png")
        assert misplaced_names(sized) == []
        assert not is_wider_than_the_screen(sized)
    assert sized.evaluate("document.body.textContent").count("האוצר") > 1


def test_the_asset_page_shows_each_name_in_its_own_direction(
    sized: Page, served: str, tmp_path: Path
) -> None:
    """All forty."""
    sized.goto(f"{served}/editor/assets/demo")
    sized.screenshot(path=tmp_path / "asset.png", full_page=True)
    assert misplaced_names(sized) == []
    assert not is_wider_than_the_screen(sized)
    text = sized.evaluate("document.body.textContent")
    assert [title.name for title in FORTY_TITLES if title.name not in text] == []
