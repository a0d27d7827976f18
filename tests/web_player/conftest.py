"""A browser, and a service that plays reels of 32 cuts to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from sizzle.hls import Codec
from tests.browser import open_browser, serving
from tests.web_player import sample_asset


@pytest.fixture(scope="session")
def asset(tmp_path_factory: pytest.TempPathFactory) -> sample_asset.SampleAsset:
    """Clips of 12 frames: half a second each."""
    return sample_asset.make(tmp_path_factory.mktemp("short"), 12)


@pytest.fixture(scope="session")
def address(asset: sample_asset.SampleAsset) -> Iterator[str]:
    """The address of the service."""
    with serving(sample_asset.app_of(asset)) as address:
        yield address


@pytest.fixture(scope="session")
def asset_in_av1(tmp_path_factory: pytest.TempPathFactory) -> sample_asset.SampleAsset:
    """The same clips in two codecs."""
    folder = tmp_path_factory.mktemp("short-av1")
    return sample_asset.make(folder, 12, (Codec.H264, Codec.AV1))


@pytest.fixture(scope="session")
def address_in_av1(asset_in_av1: sample_asset.SampleAsset) -> Iterator[str]:
    """The address of a service that plays them."""
    with serving(sample_asset.app_of(asset_in_av1)) as address:
        yield address


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with open_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new page at the width of a desktop screen."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()
