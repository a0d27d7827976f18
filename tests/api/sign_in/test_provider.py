"""Signing in with an OpenID Connect provider: a real one, at another address."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.oidc import Oidc
from sizzle.api.auth.oidc_sign_in import OidcSignIn
from tests.api.portal.desk_service import DeskService, Visitor, desk_service
from tests.api.sign_in.oidc_server import CLIENT_ID, CLIENT_SECRET, OidcServer, oidc_server

ADA = "ada@example.com"


@pytest.fixture(scope="module")
def provider() -> Iterator[OidcServer]:
    """The provider."""
    with oidc_server() as server:
        yield server


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, provider: OidcServer
) -> Iterator[DeskService]:
    """A service whose people sign in there."""
    oidc = Oidc(provider.issuer, "")
    sign_in = OidcSignIn(oidc, CLIENT_ID, CLIENT_SECRET, b"a key of seals", name="The Company")
    folder = tmp_path_factory.mktemp("desk")
    with desk_service(folder, provider=sign_in, access={"oidc": oidc}) as desk:
        yield desk


@pytest.fixture
def desk(service: DeskService, provider: OidcServer) -> DeskService:
    """The service, and a provider that knows Ada."""
    provider.claims, provider.nonce = {"sub": "ada-there"}, ""
    service.forget_people()
    return service


def there(browser: Visitor, next_path: str = "/outreach") -> str:
    """The provider's address that the page sends a browser to."""
    answer = browser.get("/sign-in/provider", params={"next": next_path})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def back(browser: Visitor, provider: OidcServer, next_path: str = "/outreach") -> str:
    """The path that the browser is sent back to once its user has agreed there."""
    return provider.authorize(there(browser, next_path)).removeprefix("http://127.0.0.1:8000")


def test_whom_the_provider_lets_in_has_the_roles_that_it_says(
    desk: DeskService, provider: OidcServer
) -> None:
    """The page offers it by name; its roles hold; who is in records is who bearer tokens are of."""
    browser = desk.browser()
    assert "Sign in with The Company" in browser.get("/outreach").text
    provider.claims |= {"roles": ["outreach:read", "a role of others"], "name": "Ada L."}
    answer = browser.get(back(browser, provider, "/outreach/members"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/outreach/members")
    page = browser.get("/account").text
    assert "Ada L." in page
    assert browser.get("/outreach").status_code == 200
    assert browser.post("/v1/outreach/segments", json={}).status_code == 403


def test_a_verified_address_has_the_roles_of_its_user(
    desk: DeskService, provider: OidcServer
) -> None:
    """One that the provider has not verified has none: anybody could name it."""
    desk.users.create(ADA, "", [ApiScope.OUTREACH_READ], None, 0)
    browser = desk.browser()
    provider.claims |= {"email": "Ada@Example.com", "email_verified": False}
    assert browser.get(back(browser, provider)).status_code == 403
    provider.claims["email_verified"] = True
    assert browser.get(back(browser, provider)).status_code == 303
    assert browser.get("/outreach").status_code == 200
    desk.users.disable(ADA, 1)
    assert browser.get("/outreach").status_code == 401
    refused = browser.get(back(browser, provider))
    assert (refused.status_code, "disabled" in refused.text) == (403, True)


def test_who_has_no_role_is_told_how_to_get_one(desk: DeskService, provider: OidcServer) -> None:
    """By name, so that whoever runs the service can give it."""
    browser = desk.browser()
    provider.claims |= {"email": ADA, "email_verified": True}
    answer = browser.get(back(browser, provider))
    assert answer.status_code == 403
    assert f"sizzle users create {ADA} --no-password" in answer.text
    assert browser.get("/outreach").status_code == 401


@pytest.mark.parametrize("change", ["state", "browser", "code", "error", "nonce", "issuer", "late"])
def test_any_other_way_back_lets_nobody_in(
    change: str, desk: DeskService, provider: OidcServer
) -> None:
    """Another state, browser, code, nonce or issuer than was begun with, or too late."""
    provider.claims["roles"] = ["outreach:read"]
    desk.time[0] = 1e9
    browser = desk.browser()
    provider.nonce = "another" if change == "nonce" else ""
    path = back(browser, provider)
    if change == "late":
        desk.time[0] += 601
    elif change == "browser":
        browser = desk.browser()
    elif change not in ("nonce",):
        replaced = {
            "state": ("state=", "state=x"),
            "code": ("code=", "code=x"),
            "error": ("code=", "error=access_denied&x="),
            "issuer": ("iss=", "iss=https%3A%2F%2Fother.example&x="),
        }[change]
        path = path.replace(*replaced)
    assert browser.get(path).status_code == 403
    assert browser.get("/outreach").status_code == 401


def test_a_code_is_good_once(desk: DeskService, provider: OidcServer) -> None:
    """The way back pressed again begins no second session."""
    provider.claims["roles"] = ["outreach:read"]
    browser = desk.browser()
    path = back(browser, provider)
    assert browser.get(path).status_code == 303
    assert browser.get(path).status_code == 403
    assert browser.get("/outreach").status_code == 200


def test_nobody_is_led_elsewhere(desk: DeskService, provider: OidcServer) -> None:
    """The page to go to afterwards is one of this service."""
    provider.claims["roles"] = ["outreach:read"]
    browser = desk.browser()
    answer = browser.get(back(browser, provider, "//evil.example/"))
    assert answer.headers["location"] == "/"
