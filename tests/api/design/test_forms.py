"""The forms of pages: their tokens, repeated presses, and sessions that end in the middle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from sizzle.api.auth.api_keys import ApiScope
from tests.api.portal.desk_service import DeskService, Visitor, desk_service

ADA, BEN = "ada@example.com", "ben@example.com"
ERASE = "/outreach/members/erase"
FOREIGN = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none", "origin": "https://evil.example"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {},
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    """A service."""
    with desk_service(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


@pytest.fixture
def desk(service: DeskService) -> DeskService:
    """The service with two users, one of whom may only read; and with two members."""
    service.forget_people()
    service.user(ADA)
    service.user(BEN, ApiScope.OUTREACH_READ)
    for member in ("m-1", "m-2"):
        service.members.put(member, {"name": "Somebody"}, "outreach")
    return service


def members(desk: DeskService) -> int:
    """How many there are."""
    return desk.members.members.count()


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the last form of a page."""
    form = page.rpartition("<form")[2]
    found = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


def form_at(browser: Visitor, path: str) -> dict[str, str]:
    """The hidden fields of the form that erases a member."""
    page = browser.get(path).text
    (form,) = re.findall(rf'<form method="post" action="{ERASE}".*?</form>', page, re.DOTALL)
    return fields_of(form)


def test_a_form_does_what_it_says(desk: DeskService) -> None:
    """And its sender is told so, once."""
    browser = desk.browser(ADA)
    answer = browser.post(ERASE, data=form_at(browser, "/outreach/members/one?id=m-1"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/outreach/members")
    assert "The member is erased." in browser.get("/outreach/members").text
    assert "The member is erased." not in browser.get("/outreach/members").text
    assert members(desk) == 1


@pytest.mark.parametrize("headers", FOREIGN)
def test_pages_of_other_sites_send_no_forms(desk: DeskService, headers: dict[str, str]) -> None:
    """Not even with a token that they came by; nor do they reach routes with the cookie."""
    browser = desk.browser(ADA)
    fields = form_at(browser, "/outreach/members/one?id=m-1")
    del browser.headers["sec-fetch-site"]
    assert browser.post(ERASE, data=fields, headers=headers).status_code == 403
    for path in ("/v1/outreach/members/m-1",):
        assert browser.delete(path, headers=headers).status_code == 403
    assert members(desk) == 2


def test_a_form_without_its_token_is_only_shown_again(desk: DeskService) -> None:
    """Whoever pressed it sees what would be done, and presses once more."""
    browser = desk.browser(ADA)
    shown = browser.post(ERASE, data={"member_id": "m-1"})
    assert shown.status_code == 403
    assert "Your form was kept" in shown.text
    assert members(desk) == 2
    assert browser.post(ERASE, data=fields_of(shown.text)).status_code == 303
    assert members(desk) == 1


def test_a_press_that_comes_twice_is_done_once(desk: DeskService) -> None:
    """By a double click, or by going back: the second gets where the first got."""
    browser = desk.browser(ADA)
    fields = form_at(browser, "/outreach/members/one?id=m-1")
    first = browser.post(ERASE, data=fields)
    desk.members.put("m-1", {"name": "Back again"}, "outreach")
    second = browser.post(ERASE, data=fields)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert members(desk) == 2
    assert browser.post(ERASE, data={**fields, "press_id": "another"}).status_code == 303
    assert members(desk) == 1


def test_a_session_that_ends_in_the_middle_loses_nothing(desk: DeskService) -> None:
    """What was typed is kept, shown after signing in, and sent by a press of its sender."""
    browser = desk.browser(ADA)
    fields = form_at(browser, "/outreach/members/one?id=m-1")
    desk.users.set_password(ADA, "another long password")  # ends the session
    kept = browser.post(ERASE, data=fields)
    assert kept.status_code == 401
    assert "What you typed is kept" in kept.text
    assert members(desk) == 2
    wrong = {**fields_of(kept.text), "address": ADA, "password": "wrong", "way": "password"}
    again = browser.post("/sign-in", data=wrong)
    assert again.status_code == 401
    right = {**fields_of(again.text), "address": ADA, "way": "password"}
    shown = browser.post("/sign-in", data={**right, "password": "another long password"})
    assert shown.status_code == 200
    assert "m-1" in shown.text
    assert browser.post(ERASE, data=fields_of(shown.text)).status_code == 303
    assert members(desk) == 1


def test_what_another_site_sends_is_not_kept(desk: DeskService) -> None:
    """Or its visitor would send it after signing in."""
    shown = desk.browser().post(
        ERASE, data={"member_id": "m-1"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert shown.status_code == 401
    assert "m-1" not in shown.text


def test_a_button_that_may_not_be_pressed_says_why(desk: DeskService) -> None:
    """And its form is refused, with what is needed."""
    reader = desk.browser(BEN)
    page = reader.get("/outreach/members/one?id=m-1").text
    assert re.search(r"<button[^>]* disabled[^>]*>Erase</button>", page)
    assert "This needs the role “write”, which ben@example.com does not have." in page
    refused = reader.submit(ERASE, "/account", member_id="m-1")
    assert refused.status_code == 403
    assert "does not have the scope outreach:write" in refused.text
    assert members(desk) == 2


def test_a_page_that_is_not_there_says_so(desk: DeskService) -> None:
    """As a page for browsers, with the way back; as a problem for programs."""
    browser = desk.browser(ADA)
    missing = browser.get("/outreach/nowhere")
    assert (missing.status_code, "There is no such page." in missing.text) == (404, True)
    assert 'href="/outreach"' in missing.text
    problem = browser.get("/outreach/nowhere", headers={"accept": "*/*"})
    assert problem.json()["type"] == "urn:sizzle:problem:not-found"


def test_every_page_has_the_strict_policy_and_no_script_of_its_own(desk: DeskService) -> None:
    """Nothing inline, and nothing from elsewhere."""
    browser = desk.browser(ADA)
    for path in ("/", "/account", "/outreach", "/outreach/members", "/outreach/imports"):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; ")
        assert "unsafe" not in policy
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", answer.text), path
        assert not re.search(r'(src|href)="(https?:)?//', answer.text), path
        assert re.findall(r"<script(?! type=\"module\" src=\"/)", answer.text) == [], path
