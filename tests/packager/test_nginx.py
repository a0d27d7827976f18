"""The nginx configuration that ships, in front of a real service."""

from __future__ import annotations

import gzip
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from fastapi import FastAPI

import sizzle.packager
from sizzle.api.app import create_app
from sizzle.links.addresses import address_of
from sizzle.links.signing import Signing
from tests.api.delivery_app import app_of
from tests.api.sample_service import Alphabetical, catalog_in
from tests.packager import packaged_asset
from tests.packager.nginx_proxy import nginx
from tests.packager.packaged_asset import SIZES, Made, scattered
from tests.ports import free_port, wait_for
from tests.programs import find_program

KEY = b"an open secret: 16 bytes or more"


class Counter:
    """Counts the requests that reach the service, by path."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.paths: list[str] = []

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        """Count and pass on."""
        self.paths.append(scope["path"])
        await self.app(scope, receive, send)


@pytest.fixture
def origin(made: Made) -> Counter:
    """The service behind the cache, which answers signed addresses only."""
    return Counter(app_of(made.root, scattered(made.index), signing=Signing(KEY, time.time)))


@pytest.fixture
def address(origin: Counter, tmp_path: Path) -> Iterator[str]:
    """The address of nginx."""
    nginx = find_program("nginx")
    port = free_port()
    shipped = Path(sizzle.packager.__file__).with_name("nginx.conf").read_text()
    with packaged_asset.serving(origin) as behind:
        for placeholder, value in {
            "@listen@": f"127.0.0.1:{port}",
            "@origin@": behind.removeprefix("http://"),
            "@cache@": str(tmp_path),
        }.items():
            shipped = shipped.replace(placeholder, value)
        configuration = tmp_path / "nginx.conf"
        # As root its workers would become a user that cannot read a temporary folder.
        configuration.write_text(f"daemon off;\nuser root;\n{shipped}")
        with subprocess.Popen([nginx, "-c", configuration, "-e", "stderr"]) as process:
            try:
                wait_for(port)
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()


def get(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers by their names in lower case, and body."""
    try:
        with urlopen(Request(address, headers=headers), timeout=10) as answer:
            said = {name.lower(): value for name, value in answer.headers.items()}
            return answer.status, said, answer.read()
    except HTTPError as error:
        return error.code, dict(error.headers.items()), error.read()


def test_every_segment_is_requested_once(address: str, origin: Counter, made: Made) -> None:
    """Two plays of the same reel: the second is sent from the cache, and is the same."""
    master = address + address_of("reel-1", signing=Signing(KEY, time.time))
    frames = scattered(made.index).source_frames()
    assert packaged_asset.shown_by_ffmpeg(master, SIZES["180p"]) == frames
    assert len([path for path in origin.paths if path.endswith(".m4s")]) > len(frames) // 40
    origin.paths.clear()
    assert packaged_asset.shown_by_ffmpeg(master, SIZES["180p"]) == frames
    assert [path for path in origin.paths if path.endswith((".m4s", "init.mp4"))] == []


def test_headers_pass_and_ranges_are_cut_from_the_cache(
    address: str, origin: Counter, made: Made
) -> None:
    """A range of a segment that is not cached costs one request for the whole segment."""
    signing = Signing(KEY, time.time)
    path = signing.signed(f"/v1/media/{made.packaged.folder.name}/180p/3/7.m4s")
    status, first, part = get(address + path, Range="bytes=10-19")
    assert (status, len(part)) == (206, 10)
    status, second, whole = get(address + path)
    assert (status, whole[10:20]) == (200, part)
    assert (first["x-cache"], second["x-cache"]) == ("MISS", "HIT")
    assert second["access-control-allow-origin"] == "*"
    assert get(address + path, **{"If-None-Match": second["etag"]})[0] == 304
    assert len(origin.paths) == 1


def test_refused_requests_are_not_cached(address: str, origin: Counter, made: Made) -> None:
    """Neither a missing signature nor a whole file's ranges go through the cache."""
    media = f"/v1/media/{made.packaged.folder.name}"
    for _ in range(2):
        assert get(f"{address}{media}/180p/3/7.m4s")[0] == 403
    file = Signing(KEY, time.time).signed(f"{media}/180p.mp4")
    assert get(address + file, Range="bytes=0-99")[0] == 206
    assert len(origin.paths) == 3


def test_trailers_are_cached_and_lists_are_compressed(tmp_path: Path) -> None:
    """A trailer is read once, and its ranges are cut from the cache."""
    origin = Counter(create_app(catalog_in(tmp_path).reader(), Alphabetical()))
    with (
        packaged_asset.serving(origin) as behind,
        nginx(int(behind.rpartition(":")[2]), lambda text: f"user root;\n{text}") as port,
    ):
        address = f"http://127.0.0.1:{port}"
        trailer = f"{address}/v1/assets/demo/trailer"
        status, first, part = get(trailer, Range="bytes=1-3")
        _, second, whole = get(trailer)
        assert (status, whole[1:4]) == (206, part)
        assert (first["x-cache"], second["x-cache"]) == ("MISS", "HIT")
        assert second["access-control-allow-origin"] == "*"
        assert len(origin.paths) == 1
        _, headers, body = get(f"{address}/openapi.json", **{"Accept-Encoding": "gzip"})
        assert headers["content-encoding"] == "gzip"
        assert headers["vary"] == "Accept-Encoding"
        _, plain, text = get(f"{address}/openapi.json")
        assert gzip.decompress(body) == text
        assert "content-encoding" not in plain
