"""The web player over HTTP: types, policy, caching, and its choices."""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from sizzle import cadence
from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.catalog import Catalog
from sizzle.clips import Indexes
from sizzle.packager import Packages
from sizzle.reloading import Reloadable
from sizzle.web_player import PAGE
from tests.api.sample_service import Alphabetical
from tests.packager.packaged_asset import Made
from tests.reel.sample_reels import TITLE_IDS, index_of

MEMBERS = tuple(f"member-{number:04}" for number in range(2000))
FILES = sorted(path.name for path in PAGE.iterdir())
TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "woff2": "font/woff2",
}


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog with an asset that is not packaged."""
    catalog = Catalog.open(tmp_path_factory.mktemp("service") / "catalog")
    catalog.publish(index_of(TITLE_IDS))
    return catalog


def client_of(
    catalog: Indexes, packages: Packages | None = None, recent: Sequence[str] = ()
) -> TestClient:
    """A client of a service that has the player, and events of these members."""
    options = ServiceOptions(recent_members=lambda most: recent[:most])
    rankings = Reloadable(Rankings(Alphabetical(), MEMBERS))
    app = create_app(catalog, rankings, packages, options=options)
    return TestClient(app, headers={"accept-encoding": "identity"})


@pytest.fixture(scope="module")
def client(catalog: Catalog) -> TestClient:
    """Without packages."""
    return client_of(catalog)


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_files_have_their_type_and_no_other(kind: str, client: TestClient) -> None:
    """A browser need not guess, and may run only scripts of the page."""
    [name, *_] = [name for name in FILES if name.endswith(f".{kind}")]
    answer = client.get(f"/player/{name}")
    assert answer.content == (PAGE / name).read_bytes()
    assert answer.headers["content-type"] == TYPES[kind]
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; ")
    assert "unsafe" not in policy


def test_all_that_the_page_loads_is_beside_it() -> None:
    """And nothing from elsewhere: no host is named."""
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    loaded = set(re.findall(r'(?:src|href)="player/([^"]+)"', page))
    assert loaded <= set(FILES)
    assert {Path(name).suffix for name in loaded} >= {".js", ".css", ".svg"}
    styles = next(PAGE.glob("*.css")).read_text(encoding="utf-8")
    assert all(url.removeprefix("./") in FILES for url in re.findall(r"url\(\"?([^)\"]+)", styles))
    assert not re.search(r"https?:|\son\w+=|<script>|style=", page)


def test_hashed_files_are_cached_and_the_page_is_revalidated(
    client: TestClient,
) -> None:
    """A new build is used at once; unchanged files are not sent twice."""
    page = client.get("/player")
    assert page.headers["cache-control"] == "public, max-age=0"
    again = client.get("/player", headers={"if-none-match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in FILES:
        said = client.head(f"/player/{name}").headers["cache-control"]
        hashed = re.search(r"-[0-9A-Z]{8}\.", name) is not None
        assert (said == "public, max-age=31536000, immutable") == hashed
    assert sum(re.search(r"-[0-9A-Z]{8}\.", name) is not None for name in FILES) >= 4


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("gzip, br", "gzip"), ("br", None), ("gzip;q=0", None), ("gzip;q=0.5", "gzip"), ("", None)],
)
def test_text_is_compressed_for_clients_that_accept_it(
    accepted: str, coding: str | None, client: TestClient
) -> None:
    """With a tag of its own, so that caches keep both apart."""
    name = next(name for name in FILES if name.startswith("hls-"))
    with client.stream("GET", f"/player/{name}", headers={"accept-encoding": accepted}) as answer:
        body = b"".join(answer.iter_raw())
    plain = (PAGE / name).read_bytes()
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "accept-encoding"
    assert (gzip.decompress(body) if coding else body) == plain
    assert answer.headers["etag"].endswith('-gzip"') == (coding is not None)


def test_other_spellings_lead_to_the_page(client: TestClient) -> None:
    """The page's files are beside `/player`, not below it."""
    answer = client.get("/player/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "../player")
    assert client.get("/player/").url.path == "/player"


@pytest.mark.parametrize("name", ["nothing.js", "..%2f__init__.py", "%2e%2e/__init__.py"])
def test_nothing_else_is_served(name: str, client: TestClient) -> None:
    """A problem, not a file of this machine."""
    assert client.get(f"/player/{name}").status_code == 404


def test_choices_without_packages(client: TestClient) -> None:
    """The page must be able to say what is missing; of many members it gets the first."""
    answer = client.get("/player/choices.json").json()
    assert answer["delivery"] is False
    assert [asset["asset_id"] for asset in answer["assets"]] == ["demo"]
    assert answer["cadences"] == [
        {"name": each.name, "plan": str(each)} for each in cadence.CADENCES.values()
    ]
    assert answer["members"] == {"count": 2000, "ids": list(MEMBERS[:500])}


def test_members_of_the_last_events_can_be_chosen(catalog: Catalog) -> None:
    """Beside the first of the file: none twice, no more than 500, whoever is first in the file."""
    recent = ["new-0", MEMBERS[1999], MEMBERS[3], *(f"new-{n}" for n in range(1, 400))]
    offered = client_of(catalog, recent=recent).get("/player/choices.json").json()["members"]
    new = recent[:2] + recent[3:250]
    assert offered == {"count": 2248, "ids": [*MEMBERS[:250], *new, MEMBERS[250]]}


def test_choices_have_what_is_packaged(catalog: Catalog, made: Made) -> None:
    """And of what is not, why."""
    answer = client_of(catalog, Packages(made.root)).get("/player/choices.json").json()
    assert answer["delivery"] is True
    [asset] = answer["assets"]
    assert (asset["packaged"], "is not packaged" in asset["why"]) == (False, True)

    class Shelf:
        def assets(self) -> tuple[str, ...]:
            return ("demo",)

        def index(self, asset_id: str) -> object:
            return made.index

    packaged = client_of(Shelf(), Packages(made.root)).get("/player/choices.json").json()  # type: ignore[arg-type]
    assert packaged["assets"] == [{"asset_id": "demo", "packaged": True, "why": ""}]
