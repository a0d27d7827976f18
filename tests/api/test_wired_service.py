"""The service with all that its wiring gives it, of which other tests have parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.api.wiring import build
from tests.api.living_installation import prepare, settings_of
from tests.api.raw_bytes import Impatient, Service, check, requests_of, routes_of
from tests.packager.packaged_asset import serving


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation."""
    folder = tmp_path_factory.mktemp("wired")
    prepare(folder)
    (folder / "packages").mkdir()
    return folder


@pytest.fixture(scope="module")
def app(folder: Path) -> FastAPI:
    """All routes that there are."""
    more = {"ingests": folder / "ingests", "packages": str(folder / "packages")}
    return build(settings_of(folder, **more))


def test_operations_have_one_name_each(app: FastAPI) -> None:
    """Generated clients would lose one of two that have the same."""
    paths = app.openapi()["paths"].values()
    names = Counter(operation["operationId"] for path in paths for operation in path.values())
    assert len(names) > 100
    assert [name for name, count in names.items() if count > 1] == []


@pytest.fixture
def service(folder: Path, app: FastAPI) -> Iterator[Service]:
    """It serves, on the protocol that it is served with."""
    key = KeyStore(KeyFile(folder / "state")).create("a test", [ApiScope.ADMIN], rate=1e9)[1]
    with serving(app, Impatient) as address:
        yield Service(int(address.rpartition(":")[2]), list(requests_of(routes_of(app), key)))


@pytest.mark.full
def test_bytes_that_nobody_sends_break_nothing_anywhere(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """Twenty thousand of them, at all routes and pages."""
    assert len(service.requests) > 300
    check(service, range(1000, 21_000))
    assert [line for line in caplog.messages if "unexpected error" in line] == []
