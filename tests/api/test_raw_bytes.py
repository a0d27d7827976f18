"""Bytes that no client would send: the service answers, refuses or hangs up, and goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.raw_bytes import Impatient, Service, check, requests_of, routes_of
from tests.api.whole_service import whole_service
from tests.packager.packaged_asset import serving


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service, on the protocol that it is served with."""
    folder = tmp_path_factory.mktemp("raw")
    with whole_service(folder, uploads=True) as (app, key):
        requests = list(requests_of(routes_of(app), key))
        with serving(app, Impatient) as address:
            yield Service(int(address.rpartition(":")[2]), requests)


def test_right_requests_are_answered(service: Service) -> None:
    """Else mutations of them would prove nothing."""
    statuses = [service.answer(request) for request in service.requests]
    assert len(statuses) > 150
    assert all(200 <= status < 500 for status in statuses)
    assert sum(status < 300 for status in statuses) > 12


def test_bytes_that_nobody_sends_break_nothing(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """A hundred and fifty of them; nor does the log call any of them an error of the service."""
    check(service, range(150))
    assert [line for line in caplog.messages if "unexpected error" in line] == []


def test_a_client_that_leaves_amid_a_body_is_no_error(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """Of any route that takes a body."""
    for request in service.requests:
        head, _, body = request.partition(b"\r\n\r\n")
        if body:
            service.answer(head + b"\r\n\r\n" + body[:-1])
    assert [line for line in caplog.messages if "unexpected error" in line] == []
