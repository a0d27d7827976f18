"""Endpoints and applications over Pinpoint's wire, and who may use which operation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiKeys, ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.api.pinpoint import PinpointMiddleware
from sizzle.api.pinpoint.middleware import ROOTS
from sizzle.reloading import Reloadable
from tests.api.pinpoint.pinpoint_app import APP, PinpointApp
from tests.api.sample_service import Alphabetical, catalog_in

ENDPOINT = {
    "Address": "token",
    "Attributes": {"genres": ["crime"]},
    "ChannelType": "GCM",
    "User": {"UserId": "ada", "UserAttributes": {"age": ["36"]}},
}
ODD_IDS = [
    "a b",
    "é/ü",
    "a%2Fb",
    "'; DROP TABLE endpoints; --",
    "\U0001f600",
    "a?b#c",
    "Events",
]


def path(*parts: str) -> str:
    """An encoded path of the application."""
    return "/".join(("/v1/apps", *(quote(part, safe="") for part in (APP, *parts))))


def error(answer: Any) -> tuple[int, str]:  # noqa: ANN401 - a response
    """The status and the name by which clients know an error."""
    assert set(answer.json()) == {"Message", "RequestID"}
    return answer.status_code, answer.headers["x-amzn-errortype"]


def test_an_endpoint_is_kept_until_it_is_deleted(service: PinpointApp) -> None:
    """With what Pinpoint says of each: active, and not opted out; an empty update wipes nothing."""
    client = service.client()
    service.now = 1_790_000_000.0
    accepted = client.put(path("endpoints", "tv"), json=ENDPOINT)
    assert accepted.status_code == 202
    assert accepted.json() == {"Message": "Accepted", "RequestID": accepted.headers["x-request-id"]}
    assert client.put(path("endpoints", "tv"), json={}).status_code == 202
    found = client.get(path("endpoints", "tv"))
    assert (found.status_code, found.json()) == (
        200,
        {
            "ApplicationId": APP,
            "Id": "tv",
            "CreationDate": "2026-09-21T14:13:20.000Z",
            "EffectiveDate": "2026-09-21T14:13:20.000Z",
            "EndpointStatus": "ACTIVE",
            "OptOut": "NONE",
            **ENDPOINT,
        },
    )
    deleted = client.delete(path("endpoints", "tv"))
    assert (deleted.status_code, deleted.json()) == (202, found.json())
    for method in ("GET", "DELETE"):
        answer = client.request(method, path("endpoints", "tv"))
        assert error(answer) == (404, "NotFoundException")


def test_an_update_that_says_nothing_creates_an_endpoint(service: PinpointApp) -> None:
    """But not the empty one that comes with events."""
    client = service.client()
    service.put({"tv": {"Endpoint": {}, "Events": {}}})
    assert client.get(path("endpoints", "tv")).status_code == 404
    assert client.put(path("endpoints", "tv"), json={}).status_code == 202
    assert client.get(path("endpoints", "tv")).json()["Id"] == "tv"


def test_a_users_endpoints_are_read_and_deleted_together(service: PinpointApp) -> None:
    """As a batch made them: all of it, or nothing where one is not valid."""
    client = service.client()
    items = [{**ENDPOINT, "Id": name} for name in ("tv", "phone")]
    bad = [*items, {"Id": "third", "OptOut": "MAYBE"}]
    for wrong in (
        bad,
        [*items, {}],
        [*items, 7],
        [*items, items[0]],
        [{**ENDPOINT, "Id": str(n)} for n in range(101)],
    ):
        answer = client.put(path("endpoints"), json={"Item": wrong})
        assert error(answer) == (400, "BadRequestException")
    assert error(client.put(path("endpoints"), json={})) == (400, "BadRequestException")
    assert error(client.get(path("users", "ada"))) == (404, "NotFoundException")
    assert client.put(path("endpoints"), json={"Item": items}).status_code == 202
    found = client.get(path("users", "ada"))
    assert (found.status_code, [each["Id"] for each in found.json()["Item"]]) == (
        200, ["phone", "tv"],
    )  # fmt: skip
    deleted = client.delete(path("users", "ada"))
    assert (deleted.status_code, deleted.json()) == (202, found.json())
    assert error(client.delete(path("users", "ada"))) == (404, "NotFoundException")


def test_a_batch_says_which_endpoint_is_one_too_many(service: PinpointApp) -> None:
    """Each member has ten at most."""
    items = [{"User": {"UserId": "ada"}, "Id": f"e-{number}"} for number in range(11)]
    answer = service.client().put(path("endpoints"), json={"Item": items})
    assert error(answer) == (400, "BadRequestException")
    assert answer.json()["Message"].startswith("e-10: Exceeded maximum endpoint per user count 10")
    one = service.client().put(path("endpoints", "more"), json=items[0])
    assert one.json()["Message"].startswith("Exceeded maximum endpoint per user count 10")


def test_ids_may_have_any_characters(service: PinpointApp) -> None:
    """Encoded in paths; one that cannot be an id is refused by its name."""
    client = service.client()
    for name in ODD_IDS:
        put = client.put(path("endpoints", name), json={"User": {"UserId": name}})
        assert put.status_code == 202, (name, put.text)
        assert client.get(path("endpoints", name)).json()["Id"] == name
        assert client.get(path("users", name)).json()["Item"][0]["Id"] == name
    for wrong in ("%00", "a%0Ab", "%ff", "x" * 101, "%E2%80%AE"):
        answer = client.put(f"/v1/apps/{APP}/endpoints/{wrong}", json={})
        assert error(answer) == (400, "BadRequestException")
        assert answer.json()["Message"].startswith("endpoint_id: ")
        assert "regex" not in answer.json()["Message"]


def test_applications_are_created_and_listed(service: PinpointApp) -> None:
    """Each with a new id; one that a request has named is there too, under its id."""
    client = service.client()
    service.now = 1_790_000_000.0
    made = client.post("/v1/apps", json={"Name": "Films", "tags": {"team": "one"}})
    app_id = made.json()["Id"]
    assert made.status_code == 201
    assert made.json() == {
        "Id": app_id,
        "Arn": f"arn:aws:mobiletargeting:us-east-1:000000000000:apps/{app_id}",
        "Name": "Films",
        "CreationDate": "2026-09-21T14:13:20.000Z",
        "tags": {"team": "one"},
    }
    assert client.get(f"/v1/apps/{app_id}").json() == made.json()
    assert error(client.get("/v1/apps/other")) == (404, "NotFoundException")
    client.put("/v1/apps/zebra/endpoints/tv", json={})
    first = client.get("/v1/apps", params={"page-size": "1"}).json()
    rest = client.get("/v1/apps", params={"token": first["NextToken"]}).json()
    assert [app["Name"] for app in (*first["Item"], *rest["Item"])] == ["Films", "zebra"]
    assert "NextToken" not in rest
    for wrong in ({}, {"Name": ""}, {"Name": 7}, {"Name": "x", "tags": {"a": 1}}):
        assert error(client.post("/v1/apps", json=wrong)) == (400, "BadRequestException")
    for size in ("0", "-1", "x", "1" * 20):
        answer = client.get("/v1/apps", params={"page-size": size})
        assert error(answer) == (400, "BadRequestException")


@pytest.mark.parametrize(
    ("method", "target", "allowed"),
    [
        ("GET", "/v1/apps/x/segments", ""),
        ("POST", "/v1/apps/x/messages", ""),
        ("POST", "/v1/apps/x/endpoints/y", "DELETE, GET, PUT"),
        ("GET", "/v1/apps/x/events", "POST"),
        ("DELETE", "/v1/apps/x", "GET"),
        ("PATCH", "/v1/apps", "GET, POST"),
        ("GET", "/v1/apps/", ""),
        ("GET", "/v1/apps//events", ""),
        ("GET", "/v1/templates", ""),
        ("POST", "/v1/phone/number/validate", ""),
        ("GET", "/v1/tags/arn%3Aaws", ""),
        ("GET", "/v1/recommenders/x", ""),
    ],
)
def test_other_operations_are_refused_with_those_there_are(
    service: PinpointApp, method: str, target: str, allowed: str
) -> None:
    """By the name that clients know, and with the methods that the path does have."""
    answer = service.client().request(method, target)
    assert error(answer) == (405, "MethodNotAllowedException")
    assert "PutEvents, UpdateEndpoint, UpdateEndpointsBatch" in answer.json()["Message"]
    assert answer.headers["allow"] == allowed


def test_every_operation_needs_the_scope(service: PinpointApp) -> None:
    """A key without it is forbidden, as is none: whatever the path and method."""
    routes = [
        (method, re.sub(r"{\w+:(path|campaign)}", "x", route.path))
        for route in iter_route_contexts(service.app.routes)
        if route.path and route.path.startswith((*ROOTS, "/v1/outreach"))
        for method in sorted(route.methods or ())
    ]
    assert len(routes) > 50
    for method, target in routes:
        for scope in (ApiScope.READ, None):
            answer = service.client(scope).request(method, target)
            assert answer.status_code in (401, 403), (method, target)
            if not target.startswith("/v1/outreach"):
                assert answer.headers["x-amzn-errortype"] == "ForbiddenException"
                assert "www-authenticate" not in answer.headers


def test_web_apps_are_let_in_once_keys_are_needed(service: PinpointApp, tmp_path: Path) -> None:
    """A page of another site has to sign; where nobody needs a key, it must not reach us."""
    preflight = {"origin": "https://films.example", "access-control-request-method": "POST"}
    client = service.client(scope=None)
    answer = client.options(path("events"), headers=preflight)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "x-amz-security-token" in answer.headers["access-control-allow-headers"]
    refused = client.post(path("events"), json={})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (403, "*")
    assert client.options(path("events")).status_code == 403
    for keys in (None, Reloadable(ApiKeys({}))):
        app = create_app(
            catalog_in(tmp_path).reader(), Alphabetical(), pinpoint=service.service,
            options=ServiceOptions(keys=keys),
        )  # fmt: skip
        answer = TestClient(app).options(path("events"), headers=preflight)
        assert answer.status_code != 204
        assert "access-control-allow-origin" not in answer.headers


def test_other_paths_keep_their_own_errors(service: PinpointApp) -> None:
    """Only Pinpoint's paths speak its language."""
    answer = service.client().get("/v1/appsx")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "x-amzn-requestid" not in answer.headers


def test_a_key_that_asks_too_often_is_told_when_to_come_back(service: PinpointApp) -> None:
    """By the name on which clients wait and try again."""
    _, key = KeyStore(KeyFile(service.state)).create("slow", [ApiScope.EVENTS_WRITE], rate=0.5)
    assert service.reloader.refresh()
    headers = {"authorization": f"Bearer {key}"}
    first, second = (service.client(None).get("/v1/apps", headers=headers) for _ in range(2))
    assert first.status_code == 200
    assert error(second) == (429, "TooManyRequestsException")
    assert int(second.headers["retry-after"]) >= 1


def test_a_fresh_install_takes_any_credentials_of_its_own_machine(
    service: PinpointApp, tmp_path: Path
) -> None:
    """So that a program can be tried before keys exist; temporary ones need a key to end with."""
    app = create_app(
        catalog_in(tmp_path).reader(), Alphabetical(), pinpoint=service.service,
        options=ServiceOptions(keys=Reloadable(ApiKeys({}))),
    )  # fmt: skip
    signed = {"authorization": "AWS4-HMAC-SHA256 Credential=any", "host": "127.0.0.1"}
    for host, status in (("127.0.0.1", 202), ("192.0.2.7", 403)):
        client = TestClient(app, headers=signed, client=(host, 1))
        assert client.put(path("endpoints", "tv"), json={}).status_code == status
    body = {"app": APP, "endpoint_id": "tv"}
    local = TestClient(app, headers=signed, client=("127.0.0.1", 1))
    refused = local.post("/v1/outreach/credentials", json=body)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:sizzle:problem:key-needed")


def test_an_error_that_nobody_foresaw_is_one_that_clients_know() -> None:
    """Wherever it happens; its cause is only in the log."""

    async def fails(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError("a secret")

    middleware = PinpointMiddleware(fails)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await middleware(scope, receive, send)

    client = TestClient(app, raise_server_exceptions=False)
    answer = client.get(path("endpoints", "tv"))
    assert error(answer) == (500, "InternalServerErrorException")
    assert "secret" not in answer.text
