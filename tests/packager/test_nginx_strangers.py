"""Clients behind the nginx configuration that ships are never taken for local programs.

The client is in another network namespace, and names `localhost` as its host.
"""

from __future__ import annotations

import grp
import json
import pwd
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import uvicorn

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyReloader, KeyStore
from sizzle.api.auth.proxies import TrustedProxies
from sizzle.api.health import Health
from sizzle.api.http.json_log import RequestLog
from sizzle.api.ingest_service import IngestService
from sizzle.api.middleware.request_metrics import RequestMetrics
from sizzle.api.server.settings import Settings
from sizzle.api.server.workers import listen, uvicorn_config
from sizzle.catalog import Catalog
from tests.api.alphabetical_reels import alphabetically
from tests.api.editors_jobs import jobs_in
from tests.api.sample_service import Alphabetical
from tests.network_namespace import Namespace, network_namespace
from tests.packager.nginx_proxy import as_root, nginx
from tests.reel.sample_reels import TITLE_IDS, index_of

ASK = """
import json, sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen
method, address, headers, body = json.loads(sys.argv[1])
request = Request(address, body.encode() or None, headers, method=method)
try:
    with urlopen(request, timeout=30) as answer:
        print(answer.status)
except HTTPError as error:
    print(error.code)
"""
ROLLBACK = ("POST", "/v1/assets/demo/rollback", '{"to_version": 1}')
METRICS = ("GET", "/metrics", "")


@pytest.fixture(scope="module")
def space() -> Iterator[Namespace]:
    """Another machine; where there can be none, nothing here is proved."""
    with network_namespace() as made:
        yield made


@pytest.fixture(scope="module")
def stranger(space: Namespace) -> Callable[..., int]:
    """Sends requests from another network namespace, and returns their status."""

    def ask(port: int, call: tuple[str, str, str], **headers: str) -> int:
        method, path, body = call
        if body:
            headers["content-type"] = "application/json"
        asked = json.dumps([method, f"http://{space.here}:{port}{path}", headers, body])
        command = space.command(sys.executable, "-c", ASK, asked)
        return int(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)

    return ask


class Installed:
    """A fresh install over a real socket, with an asset in two versions."""

    def __init__(self, folder: Path, trusted: str = "") -> None:
        self.folder = folder
        self.catalog = Catalog.open(folder / "catalog")
        self.catalog.publish(index_of(TITLE_IDS))
        self.catalog.publish(index_of(TITLE_IDS[1:]))
        self.keys = KeyReloader(KeyStore(KeyFile(folder)))
        self.requests = RequestMetrics(RequestLog())
        reader = self.catalog.reader()
        app = create_app(
            reader,
            Alphabetical(),
            ingests=IngestService(jobs_in(folder), self.catalog, alphabetically),
            options=ServiceOptions(
                keys=self.keys,
                proxies=TrustedProxies.parse(trusted),
                request_metrics=self.requests,
                health=Health(reader, {}),
            ),
        )
        settings = Settings.read(port=0, state=folder)
        self._bound = listen(settings)
        self.port = self._bound.getsockname()[1]
        self._server = uvicorn.Server(uvicorn_config(settings, app))
        self._thread = threading.Thread(target=self._server.run, args=([self._bound],), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop the server."""
        self._server.should_exit = True
        self._thread.join(10)
        self._bound.close()


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    """A fresh install."""
    made = Installed(tmp_path)
    yield made
    made.close()


def local(port: int, call: tuple[str, str, str], **headers: str) -> int:
    """The status of a request from this machine."""
    _, path, body = call
    if body:
        headers["content-type"] = "application/json"
    request = Request(f"http://127.0.0.1:{port}{path}", body.encode() or None, headers)
    try:
        with urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code


def silent(text: str) -> str:
    """A proxy that sends no header of one, as another user."""
    kept = [line for line in text.splitlines() if "X-Forwarded" not in line]
    group = grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name
    return f"user nobody {group};\n" + "\n".join(kept)


@pytest.mark.parametrize("change", [as_root, silent], ids=["shipped", "without headers"])
def test_a_stranger_gets_nothing_before_the_first_key(
    change: Callable[[str], str],
    installed: Installed,
    stranger: Callable[..., int],
    space: Namespace,
) -> None:
    """Whatever host it names; a direct request from this machine is answered."""
    with nginx(installed.port, change) as port:
        for call in (METRICS, ROLLBACK, ("GET", "/v1/nowhere", "")):
            for host in ("localhost", "127.0.0.1", f"localhost:{installed.port}", space.here):
                assert stranger(port, call, host=host) == 403, (call, host)
            assert local(port, call) == 403
        assert len(installed.catalog.versions()) == 2
    assert local(installed.port, METRICS) == 200
    assert local(installed.port, ROLLBACK) == 200
    assert len(installed.catalog.versions()) == 3


def test_once_there_is_a_key_a_stranger_needs_it(
    installed: Installed, stranger: Callable[..., int]
) -> None:
    """A local client needs it too."""
    key = KeyStore(KeyFile(installed.folder)).create("a test", [ApiScope.ADMIN])[1]
    assert installed.keys.refresh()
    bearer = {"authorization": f"Bearer {key}"}
    with nginx(installed.port, as_root) as port:
        for call in (METRICS, ROLLBACK, ("GET", "/v1/nowhere", "")):
            assert stranger(port, call, host="localhost") == 401
            assert local(installed.port, call) == 401
        assert stranger(port, METRICS, **bearer) == 200
        assert stranger(port, ROLLBACK, **bearer) == 200


def test_a_trusted_proxy_says_who_the_stranger_is(
    tmp_path: Path,
    stranger: Callable[..., int],
    space: Namespace,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The log has its address, not what it claims."""
    with ExitStack() as stack:
        installed = Installed(tmp_path, trusted="127.0.0.1/32")
        stack.callback(installed.close)
        port = stack.enter_context(nginx(installed.port, as_root))
        claimed: dict[str, Any] = {"x-forwarded-for": "1.1.1.1"}
        assert stranger(port, METRICS, host="localhost", **claimed) == 403
        assert local(installed.port, METRICS) == 403  # it cannot be told from the proxy
    installed.requests.flush()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line[:1] == "{"]
    assert [line["client"] for line in lines] == [space.there, "127.0.0.1"]
