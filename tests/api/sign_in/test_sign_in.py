"""Signing in and out of the pages, in a browser's place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.portal.desk_service import DeskService, desk_service

ADA = "ada@example.com"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskService]:
    """A service with one user, who may read and write."""
    with desk_service(tmp_path) as desk:
        desk.user(ADA)
        yield desk


def test_a_page_asks_for_a_sign_in_and_then_shows(desk: DeskService) -> None:
    """The page's own address shows the form; then its cookie opens pages and routes alike."""
    browser = desk.browser()
    refused = browser.get("/outreach?x=1")
    assert refused.status_code == 401
    assert 'name="next" value="/outreach?x=1"' in refused.text
    answer = browser.sign_in(ADA, next="/outreach?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/outreach?x=1")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("sizzle-session-8000=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.get("/outreach").status_code == 200
    assert browser.get("/v1/outreach/segments").status_code == 200
    assert browser.get("/v1/assets").status_code == 403  # not one of Ada's roles


@pytest.mark.parametrize("address", [ADA, "nobody@example.com", "", "' or 1=1"])
def test_a_wrong_password_is_refused_in_the_same_words(desk: DeskService, address: str) -> None:
    """Whether or not there is such a user."""
    answer = desk.browser().sign_in(address, "not the password")
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
