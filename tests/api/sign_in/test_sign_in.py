"""Signing in and out of the pages, in a browser's place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from sizzle.accounts.attempts import wait_after
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.api.auth.proxies import TrustedProxies, TrustedProxyMiddleware
from sizzle.api.sign_in.next_page import next_page
from sizzle.database.account_tables import SESSIONS, USERS
from tests.api.portal.desk_service import PASSWORD, DeskService, Visitor, desk_service

ADA = "ada@example.com"
COOKIE = "sizzle-session-8000"
HOUR = 3600


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskService]:
    """A service."""
    with desk_service(tmp_path_factory.mktemp("desk")) as desk:
        yield desk


@pytest.fixture
def desk(service: DeskService) -> DeskService:
    """The service with one user, who may read and write."""
    service.forget_people()
    service.user(ADA)
    return service


def test_a_page_asks_for_a_sign_in_and_then_shows(desk: DeskService) -> None:
    """The page's own address shows the form; then its cookie opens pages and routes alike."""
    browser = desk.browser()
    refused = browser.get("/outreach?x=1")
    assert refused.status_code == 401
    assert 'name="next" value="/outreach?x=1"' in refused.text
    assert 'class="areas"' not in refused.text
    answer = browser.sign_in(ADA, next="/outreach?x=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/outreach?x=1")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.get("/outreach").status_code == 200
    assert browser.get("/v1/outreach/segments").status_code == 200
    refused = browser.get("/v1/assets")  # not one of Ada's roles
    assert refused.status_code == 403
    assert "does not have the scope reels:read" in refused.text
    assert "sizzle users roles" in refused.text


@pytest.mark.parametrize("address", [ADA, "nobody@example.com", "", "' or 1=1"])
def test_a_wrong_password_is_refused_in_the_same_words(desk: DeskService, address: str) -> None:
    """Whether or not there is such a user; what was typed stays, but for the password."""
    answer = desk.browser().sign_in(address, "not the password")
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert "not the password" not in answer.text


def test_guessing_is_slowed_down(desk: DeskService) -> None:
    """The right password too is refused for a while; then it is not."""
    desk.time[0] = 1e9
    browser = desk.browser()
    for _ in range(5):
        assert browser.sign_in(ADA, "a wrong password").status_code == 401
    refused = browser.sign_in(ADA)
    assert (refused.status_code, "wait 1 seconds" in refused.text) == (429, True)
    desk.time[0] += 1
    assert browser.sign_in(ADA).status_code == 303


def test_attempts_wait_longer_and_longer() -> None:
    """Twice as long each time, up to a quarter of an hour."""
    waits = [wait_after(count, 5) for count in range(4, 30)]
    assert waits[:4] == [0, 1000, 2000, 4000]
    assert waits == sorted(waits)
    assert waits[-1] == 900_000


def test_the_database_has_neither_tokens_nor_passwords(desk: DeskService) -> None:
    """The hash of each; argon2's for the password."""
    browser = desk.browser(ADA)
    token = browser.cookies[COOKIE]
    with desk.database.reading() as connection:
        (session,) = connection.execute(select(SESSIONS)).all()
        (user,) = connection.execute(select(USERS)).all()
    assert session.token_hash == hashlib.sha256(token.encode()).digest()
    assert user.password_hash.startswith("$argon2id$")
    assert token not in repr(session)
    assert PASSWORD not in repr(user)


def test_a_session_is_another_one_after_each_sign_in(desk: DeskService) -> None:
    """What a browser had before, or was given by somebody, is worth nothing afterwards."""
    browser = desk.browser()
    planted = "a token that somebody planted"
    browser.cookies.set(COOKIE, planted, domain="127.0.0.1")
    browser.sign_in(ADA)
    first = browser.cookies[COOKIE]
    browser.sign_in(ADA)
    assert browser.cookies[COOKIE] not in (first, planted)
    browser.cookies.clear()
    browser.cookies.set(COOKIE, first)
    assert browser.get("/outreach").status_code == 401


@pytest.mark.parametrize(("pause", "pauses"), [(2 * HOUR, 1), (HOUR, 12)])
def test_a_session_ends(desk: DeskService, pause: int, pauses: int) -> None:
    """After two hours without a request, and after twelve in any case."""
    desk.time[0] = 1e9
    browser = desk.browser(ADA)
    for _ in range(pauses):
        assert browser.get("/outreach").status_code == 200
        desk.time[0] += pause
    assert browser.get("/outreach").status_code == 401


def test_signing_out_ends_the_session_or_all(desk: DeskService) -> None:
    """Its cookie is worth nothing afterwards, wherever it was copied to."""
    here, elsewhere = desk.browser(ADA), desk.browser(ADA)
    token = here.cookies[COOKIE]
    assert here.submit("/sign-out", "/account").status_code == 303
    here.cookies.set(COOKIE, token)
    assert here.get("/outreach").status_code == 401
    again = desk.browser(ADA)
    assert "2 sessions" in again.get("/account").text
    assert again.submit("/sign-out", "/account", everywhere="true").status_code == 303
    assert elsewhere.get("/outreach").status_code == 401


def test_whoever_is_disabled_or_gets_other_roles_notices_at_once(desk: DeskService) -> None:
    """With the next request; a changed password ends all sessions."""
    browser = desk.browser(ADA)
    desk.users.set_scopes(ADA, [ApiScope.READ])
    assert browser.get("/outreach").status_code == 403
    desk.users.set_scopes(ADA, [ApiScope.OUTREACH_READ])
    assert browser.get("/outreach").status_code == 200
    desk.users.disable(ADA, 1)
    assert browser.get("/outreach").status_code == 401
    assert desk.browser().sign_in(ADA).status_code == 401
    desk.users.disable(ADA, None)
    browser = desk.browser(ADA)
    desk.users.set_password(ADA, "another long password")
    assert browser.get("/outreach").status_code == 401


def test_one_changes_ones_own_password(desk: DeskService) -> None:
    """With the old one; all sessions but this one end."""
    browser, other = desk.browser(ADA), desk.browser(ADA)
    new = "another long password"
    fields = {"old": "a wrong one", "new": new, "again": new}
    assert browser.submit("/account/password", "/account", **fields).status_code == 422
    short = {"old": PASSWORD, "new": "short", "again": "short"}
    assert "12 to 1000" in browser.submit("/account/password", "/account", **short).text
    fields["old"] = PASSWORD
    assert browser.submit("/account/password", "/account", **fields).status_code == 303
    assert browser.get("/account").status_code == 200
    assert other.get("/account").status_code == 401
    assert desk.browser().sign_in(ADA, new).status_code == 303


def test_an_api_key_signs_in_too(desk: DeskService) -> None:
    """For as long as it is valid."""
    store = KeyStore(KeyFile(desk.folder))
    key, secret = store.create("desk", [ApiScope.OUTREACH_READ])
    desk.keys.refresh()
    browser = desk.browser()
    assert browser.submit("/sign-in", "/sign-in", way="key", key="sz_wrong").status_code == 401
    assert browser.submit("/sign-in", "/sign-in", way="key", key=secret).status_code == 303
    assert browser.get("/outreach").status_code == 200
    store.revoke(key.key_id)
    desk.keys.refresh()
    assert browser.get("/outreach").status_code == 401


def test_signing_in_needs_https_but_on_this_machine(desk: DeskService) -> None:
    """By https its cookies are for this host alone; a trusted proxy says which it was."""
    open_network = Visitor(desk.app, "http://desk.example")
    refused = open_network.get("/sign-in")
    assert (refused.status_code, "needs https" in refused.text) == (403, True)
    assert open_network.get("/outreach").status_code == 401
    secure = Visitor(desk.app, "https://desk.example")
    cookie = secure.sign_in(ADA).headers["set-cookie"]
    assert cookie.startswith("__Host-sizzle-session=")
    assert "Secure" in cookie
    assert "Path=/;" in cookie
    assert "Domain" not in cookie
    proxied = TrustedProxyMiddleware(desk.app, TrustedProxies.parse("127.0.0.1"))
    headers = {"x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https"}
    client = TestClient(proxied, "http://desk.example", client=("127.0.0.1", 1), headers=headers)
    assert client.get("/sign-in").status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        *("//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", ""),
        *("javascript:alert(1)", "\\\\evil.example", "/sign-out", "/x\r\nset-cookie: a=b", "x"),
        *("/%0d%0a/../..//", "//evil.example/%2f..", f"/{'x' * 3000}", "/\x00", "https:/evil"),
    ],
)
def test_nobody_is_led_elsewhere(text: str) -> None:
    """Only to pages of this service, after signing in."""
    found = next_page(text)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\", "/sign-"))
    assert found in ("/", text)
    assert "evil" not in found


def test_the_open_mode_ends_with_the_first_user(tmp_path: Path) -> None:
    """Until then pages work on this machine, and say so; there is nobody to sign in."""
    with desk_service(tmp_path) as desk:
        browser = desk.browser()
        page = browser.get("/outreach")
        assert (page.status_code, "Open mode" in page.text) == (200, True)
        assert Visitor(desk.app, "http://desk.example").get("/outreach").status_code == 403
        desk.user(ADA)
        assert browser.get("/outreach").status_code == 401
