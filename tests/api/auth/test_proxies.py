"""Only trusted proxies name the client, and no request through one is local."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiKeys
from sizzle.api.auth.proxies import TrustedProxies
from sizzle.api.http.json_log import RequestLog
from sizzle.api.middleware.request_metrics import RequestMetrics
from sizzle.api.server.settings import Settings
from sizzle.errors import InputError
from sizzle.reloading import Reloadable
from tests.api.sample_service import Alphabetical, catalog_in

PROXIES = TrustedProxies.parse("10.0.0.0/8, 127.0.0.1, 2001:db8::/32")


@pytest.mark.parametrize(
    ("header", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7, 10.0.0.9", "192.0.2.7"),
        ("1.1.1.1, 192.0.2.7, 10.0.0.9,10.0.0.8", "192.0.2.7"),
        ("127.0.0.1", "127.0.0.1"),
        ("2001:db8::5, 2001:db9::5", "2001:db9::5"),
        ("", "10.0.0.1"),
        ("unknown", "10.0.0.1"),
        ("192.0.2.7, nonsense", "10.0.0.1"),
    ],
)
def test_the_client_is_the_last_address_that_is_no_trusted_proxy(header: str, client: str) -> None:
    """What a client itself puts into the header changes nothing."""
    assert PROXIES.client("10.0.0.1", header) == client


def service(folder: Path, proxies: str, requests: RequestMetrics) -> TestClient:
    """A fresh install, and a client on the same machine."""
    options = ServiceOptions(
        keys=Reloadable(ApiKeys({})),
        proxies=TrustedProxies.parse(proxies),
        request_metrics=requests,
    )
    app = create_app(catalog_in(folder).reader(), Alphabetical(), options=options)
    return TestClient(app, "http://localhost", client=("127.0.0.1", 50_000))


@pytest.mark.parametrize(("proxies", "status"), [("", 200), ("127.0.0.0/8", 403)])
def test_a_trusted_proxy_is_never_this_machine(proxies: str, status: int, tmp_path: Path) -> None:
    """Even if it runs on this machine, names no client, or names a local one."""
    client = service(tmp_path, proxies, RequestMetrics())
    assert client.get("/v1/assets").status_code == status
    for forwarded_for in ("192.0.2.7", "127.0.0.1", ""):
        headers = {"x-forwarded-for": forwarded_for}
        assert client.get("/v1/assets", headers=headers).status_code == 403


@pytest.mark.parametrize(("proxies", "client"), [("127.0.0.1", "192.0.2.7"), ("", "127.0.0.1")])
def test_the_log_has_the_client_that_a_trusted_proxy_names(
    proxies: str, client: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For any other proxy the log has the proxy's own address."""
    requests = RequestMetrics(RequestLog())
    asked = service(tmp_path, proxies, requests)
    asked.get("/v1/assets", headers={"x-forwarded-for": "1.1.1.1, 192.0.2.7"})
    requests.flush()
    assert json.loads(capsys.readouterr().err.splitlines()[-1])["client"] == client


def test_an_invalid_network_is_refused() -> None:
    """The error names the setting."""
    with pytest.raises(InputError, match="SIZZLE_TRUSTED_PROXIES"):
        Settings.read(trusted_proxies="10.0.0.0/8, nginx")
