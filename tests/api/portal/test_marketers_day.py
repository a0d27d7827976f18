"""A marketer's whole day in Chromium, with the service, a worker and a mail server that run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.api.portal.marketers_day import Camera, Day
from tests.api.portal.marketers_installation import prepare, running
from tests.browser import open_browser
from tests.programs import find_package

pytestmark = pytest.mark.full


def test_a_marketers_day(tmp_path: Path) -> None:
    """From the import to the report, a journey and an erasure; by two people, of whom one approves.

    `SIZZLE_SCREENSHOTS` names a folder for the pictures of the pages, at 1440 and 390 pixels.
    """
    find_package("aiosmtpd")
    pictures = Path(os.environ.get("SIZZLE_SCREENSHOTS", tmp_path / "pictures"))
    pictures.mkdir(parents=True, exist_ok=True)
    camera = Camera(pictures)
    folder = tmp_path / "installation"
    folder.mkdir()
    with running(prepare(folder)) as installation, open_browser() as browser:
        day = Day(installation, browser, camera)
        day.live()
    assert day.errors == []
    assert camera.wide == []
    assert len(list(pictures.glob("*-1440.png"))) >= 20
