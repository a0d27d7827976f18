"""The description of the API is what developers of clients need, and is served from here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import expect

from tests.api.whole_service import whole_service
from tests.browser import open_browser, serving

Operation = tuple[str, str, dict[str, Any]]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client that may do everything, of a service with nearly everything."""
    with whole_service(tmp_path_factory.mktemp("described"), uploads=True) as (app, key):
        yield TestClient(
            app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False
        )


@pytest.fixture(scope="module")
def operations(client: TestClient) -> list[Operation]:
    """Method, path and description of each."""
    paths: dict[str, dict[str, Any]] = client.get("/openapi.json").json()["paths"]
    return [
        (method, path, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]


def test_operations_have_names_for_clients(operations: list[Operation]) -> None:
    """One each, as generated code calls them, and a sentence."""
    names = [operation["operationId"] for _, _, operation in operations]
    assert len(set(names)) == len(names) > 40
    assert [name for name in names if not re.fullmatch(r"[a-z]+([A-Z][a-z]*|\d)*", name)] == []
    assert {"createReel", "createEvents", "listIngests", "rollbackAsset"} <= set(names)
    assert [
        name for _, _, op in operations if not op.get("description") for name in op["tags"]
    ] == []


def test_refusals_are_described_as_problems(operations: list[Operation]) -> None:
    """Each of 400 and more; those that may be tried again say when."""
    for method, path, operation in operations:
        for status, response in operation["responses"].items():
            if int(status) >= 400 and path != "/readyz":
                assert list(response["content"]) == ["application/problem+json"], (method, path)
            if status in ("429", "503") and path != "/readyz":
                assert "Retry-After" in response["headers"], (method, path)


def test_security_names_the_scopes(client: TestClient, operations: list[Operation]) -> None:
    """That a key needs; signatures and tokens are alternatives."""
    schemes = client.get("/openapi.json").json()["components"]["securitySchemes"]
    found = {operation["operationId"]: operation.get("security") for *_, operation in operations}
    assert found["createReel"] == [{"ApiKey": ["reels:read"]}]
    assert found["createEvents"] == [{"ApiKey": ["events:write"]}, {}]
    assert found["livez"] is None
    assert {
        name for alternatives in found.values() for one in alternatives or () for name in one
    } <= (set(schemes))


def test_examples_are_understood(client: TestClient, operations: list[Operation]) -> None:
    """Each body of JSON has one; none is refused as malformed."""
    for method, path, operation in operations:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            continue
        example = content.get("example") or content["schema"].get("example")
        if example is None:
            reference = re.search(r"schemas/(\w+)", str(content["schema"]))
            assert reference is not None, path
            schemas = client.get("/openapi.json").json()["components"]["schemas"]
            example = schemas[reference[1]]["example"]
        address = re.sub(r"\{\w+\}", "1", path.replace("{digest}", "a" * 64))
        answer = client.request(method, address, json=example)
        assert answer.status_code < 500, (path, answer.text)
        assert answer.status_code not in (400, 413, 415, 422), (path, answer.text)


def test_the_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    """Scripts, styles and icons are files of the service, and the policy allows no others."""
    answer = client.get("/docs")
    assert re.findall(r"(?:src|href)=\"(\w+:)?//", answer.text) == []
    sources = re.findall(r"(?:src|href)=\"(docs/[\w.-]+)\"", answer.text)
    assert len(sources) >= 2
    for source in sources:
        assert client.get(f"/{source}").status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert client.get("/docs/__init__.py").status_code == 404


@pytest.mark.full
def test_a_browser_shows_the_page(client: TestClient) -> None:
    """With each operation, no request to another host, and none that the policy refuses."""
    with serving(client.app) as address, open_browser() as browser:
        page = browser.new_page()
        requested: list[str] = []
        errors: list[str] = []
        page.on("request", lambda request: requested.append(request.url))
        page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
        page.goto(f"{address}/docs")
        expect(page.locator("#operations-reels-createReel")).to_be_visible(timeout=60_000)
    foreign = [url for url in requested if not url.startswith((address, "data:"))]
    assert (foreign, errors) == ([], [])
