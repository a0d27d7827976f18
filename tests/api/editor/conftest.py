"""A service over an editor's media, a browser, and a page of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.ingests.ingest_app import Ingests, make_media, open_ingests
from tests.browser import open_browser, serving

PATIENCE = 60_000  # milliseconds, for a job on however slow a machine
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class EditorSite:
    """A service that takes ingests, at an address that browsers reach."""

    ingests: Ingests
    address: str


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EditorSite]:
    """The service; it runs the jobs by itself."""
    folder = tmp_path_factory.mktemp("site")
    with open_ingests(folder, make_media(folder)) as ingests, serving(ingests.app) as address:
        yield EditorSite(ingests, address)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with open_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, site: EditorSite) -> Iterator[Page]:
    """A page in which nothing may go wrong unseen."""
    context = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert not [each for each in wrong if "Failed to load resource" not in each]


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For the files that an editor uploads."""
    return tmp_path_factory.mktemp("exports")
