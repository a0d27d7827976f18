"""What editors' endpoints refuse: names that reach elsewhere, bodies without end, other sites."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException

from sizzle.api.design import Site
from sizzle.api.editor import editor_routes
from sizzle.api.http.problems import add_problem_handlers
from sizzle.api.ingests.routes import ingest_routes
from sizzle.ingest_jobs.limits import JobLimits
from tests.api.ingests.ingest_app import LAYOUT, Ingests, client_of, export, open_ingests, until
from tests.browser import serving
from tests.small_disk import filled, small_disk

ODD_NAMES = {
    "parent": "../secret.txt",
    "absolute": "/etc/passwd",
    "url": "http://127.0.0.1:1/mega.mp4",
    "ffmpeg protocol": "concat:mega.mp4|mega.mp4",
    "nul": "mega.mp4\0.txt",
    "over-long": "m" * 999,
    "link": "link.mp4",
    "fullwidth dots": "..\uff0fsecret.txt",
    "right to left": "\u202e4pm.agem",
    "dot": ".",
    "backslash": "..\\secret.txt",
}
ODD_IDS = {
    "parent": "..%2f..%2fetc%2fpasswd",
    "nul": "%00",
    "long": "0" * 99,
    "upper": "A" * 32,
    "thai digits": "\u0e50" * 32,
    "half a character": "%ed%a0%80",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, media: Path) -> Iterator[Ingests]:
    """A service with little room, which runs nothing, so that what is uploaded waits."""
    limits = JobLimits(timeline=200_000, layout=1000, sheet=1000, queued=2, running=0)
    with open_ingests(tmp_path_factory.mktemp("small"), media, limits) as ingests:
        yield ingests


@pytest.mark.parametrize("field", ["media", "bed", "trailer"])
@pytest.mark.parametrize("name", ODD_NAMES.values(), ids=ODD_NAMES)
def test_media_is_named_and_never_reached(ingests: Ingests, field: str, name: str) -> None:
    """Whatever is named is looked up among the files there are; nothing else is opened."""
    fields: dict[str, Any] = {field: name}
    answer = ingests.upload(export(), **fields)
    assert answer.status_code == 404, answer.text
    assert answer.json()["type"] == "urn:sizzle:problem:not-found"
    assert "swordfish" not in answer.text


@pytest.mark.parametrize("name", ODD_IDS.values(), ids=ODD_IDS)
def test_ingests_are_named_and_never_reached(ingests: Ingests, name: str) -> None:
    """By reads and writes alike, with a problem as the answer."""
    for method, path in (
        ("GET", ""),
        ("GET", "/findings"),
        ("GET", "/markers.xml"),
        ("GET", "/frames/0.jpg"),
        ("DELETE", ""),
        ("POST", "/publish"),
    ):
        answer = ingests.client.request(method, f"/v1/ingests/{name}{path}")
        assert answer.status_code in (404, 405), (method, path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("asset_id", ["", "../x", "a b", "é", "a" * 101, "-a", "a\0"])
def test_an_asset_has_an_id_that_is_fit_for_one(ingests: Ingests, asset_id: str) -> None:
    """Else nothing is accepted."""
    answer = ingests.upload(export(), asset_id=asset_id)
    assert answer.status_code == 400, answer.text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rate": "many"}, "many"),
        ({"layout": "name ="}, "layout"),
        ({"media": ["mega.mp4", "mega.mp4"]}, "2 times"),
    ],
    ids=["rate", "layout", "media twice"],
)
def test_a_field_that_cannot_be_used_is_named(
    ingests: Ingests, change: dict[str, Any], says: str
) -> None:
    """At once, before anything is accepted, and without a path of this machine."""
    answer = ingests.upload(export(), **change)
    assert answer.status_code in (400, 422)
    assert says in answer.json()["detail"]
    assert str(ingests.service.jobs.root) not in answer.text


def test_a_media_file_that_is_a_playlist_is_not_opened(ingests: Ingests) -> None:
    """Left to guess, ffmpeg would take it for one, and open what it names."""
    job = ingests.ingest(export(), media="playlist.mp4")
    assert (job["state"], job["failure"]["slug"]) == ("failed", "bad-media")
    assert "in no supported media format" in job["failure"]["what"]
    answer = ingests.client.get(f"/v1/ingests/{job['id']}/frames/0.jpg")
    assert answer.status_code == 409


def test_a_timeline_that_does_harm_is_a_failed_ingest(ingests: Ingests) -> None:
    """Entities that grow are refused by the reader; the answer names no path of this machine."""
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><xmeml>&a;</xmeml>'
    job = ingests.ingest(bomb)
    assert (job["state"], job["publishable"]) == ("failed", False)
    assert "entities" in job["failure"]["what"]
    assert str(ingests.service.jobs.root) not in json.dumps(job)
    answer = ingests.client.get(f"/v1/ingests/{job['id']}/findings")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:sizzle:problem:job-state")
    events = ingests.client.get(job["links"]["events"]).text
    assert "event: failed" in events


def test_a_body_is_refused_once_it_is_too_large(small: Ingests) -> None:
    """By what it says of itself, and by what comes where it says nothing or lies."""

    def pieces() -> Iterator[bytes]:
        for _ in range(1000):
            taken.append(b"x" * 65_536)
            yield taken[-1]

    taken: list[bytes] = []
    unsaid = small.client.post("/v1/ingests?asset_id=a", content=pieces())
    assert unsaid.status_code == 413
    raw = small.client.post("/v1/ingests?asset_id=a", content=b"x" * 200_001)
    assert (raw.status_code, raw.json()["type"]) == (413, "urn:sizzle:problem:too-large")
    form = small.upload(b"x" * 400_000)
    assert form.status_code == 413
    layout = small.upload(export(), layout=LAYOUT + "#" * 1000)
    assert layout.status_code == 413
    assert "layout" in layout.json()["detail"]
    field = small.upload(export(), sequence="s" * 1001)
    assert field.status_code in (400, 413)
    assert not list((small.service.jobs.root / "incoming").iterdir())


BROKEN_OFF = (
    b"POST /v1/ingests?asset_id=a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n<"
)


def test_a_body_that_comes_too_slowly_is_given_up(tmp_path: Path) -> None:
    """408, and nothing of it stays."""
    with (
        open_ingests(tmp_path, limits=JobLimits(upload_time=0.2)) as ingests,
        serving(ingests.app) as at,
    ):
        with socket.create_connection(("127.0.0.1", int(at.rsplit(":", 1)[1]))) as slow:
            slow.sendall(BROKEN_OFF)
            assert slow.recv(100).startswith(b"HTTP/1.1 408 ")
        assert not list((ingests.service.jobs.root / "incoming").iterdir())


def test_a_full_disk_is_said_and_nothing_stays(tmp_path: Path) -> None:
    """507, on a disk that is really full; once there is room the same upload is taken."""
    limits = JobLimits(running=0)
    with small_disk(tmp_path, "2m") as disk, open_ingests(disk, limits=limits) as ingests:
        with filled(disk):
            answer = ingests.upload(export())
        assert (answer.status_code, answer.json()["title"]) == (507, "Insufficient Storage")
        assert not list((ingests.service.jobs.root / "incoming").iterdir())
        assert ingests.upload(export()).status_code == 202


def test_an_upload_that_breaks_off_leaves_nothing(small: Ingests) -> None:
    """A client that goes away is no error of ours, and nothing of it is kept."""
    incoming = small.service.jobs.root / "incoming"
    with serving(small.app) as at:
        with socket.create_connection(("127.0.0.1", int(at.rsplit(":", 1)[1]))) as gone:
            gone.sendall(BROKEN_OFF)
            until(lambda: bool(list(incoming.iterdir())))
        until(lambda: not list(incoming.iterdir()))
    assert not small.service.jobs.all()


def test_media_that_is_too_large_is_never_decoded(tmp_path: Path, media: Path) -> None:
    """Its header says so, and that is the answer."""
    with open_ingests(tmp_path, media, JobLimits(pixels=320 * 180 - 1)) as ingests:
        job = ingests.ingest(export(), media="mega.mp4")
        assert "160 frames of 320x180" in job["failure"]["what"]


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", "application/xml"),
        (b"", "multipart/form-data"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        (
            b"--x\r\nContent-Disposition: form-data; name=timeline; filename=a\r\n\r\nabc",
            "multipart/form-data; boundary=x",
        ),
        (b"--x--\r\n", "multipart/form-data; boundary=x"),
    ],
)
def test_an_upload_without_a_timeline_says_so(
    ingests: Ingests, content: bytes, content_type: str
) -> None:
    """An empty body, a form without a boundary, without its end, or without the file."""
    answer = ingests.client.post(
        "/v1/ingests?asset_id=a", content=content, headers={"content-type": content_type}
    )
    assert answer.status_code == 400, answer.text
    assert answer.json()["fix"]


def test_too_many_waiting_uploads_are_put_off(small: Ingests) -> None:
    """503 with when to come again; what was accepted stays."""
    accepted = [small.upload(export()) for _ in range(2)]
    assert [answer.status_code for answer in accepted] == [202, 202]
    refused = small.upload(export())
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    assert refused.json()["type"] == "urn:sizzle:problem:busy"
    assert len(small.service.jobs.waiting()) == 2
    for answer in accepted:
        assert small.client.delete(answer.headers["location"]).status_code == 204


def form_token(ingests: Ingests) -> str:
    """The token of the forms of a page, whose cookie the client keeps."""
    found = re.search(r"form_token=([0-9a-f]{64})", ingests.client.get("/editor").text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8000"}, 404),
        ({"Origin": "http://127.0.0.1:8000"}, 404),
        ({"Origin": "file://"}, 403),
        ({"Origin": "file://", "Authorization": "Bearer sz_key"}, 404),
        ({"Origin": "http://evil.example", "Authorization": "Basic OnN6X2tleQ=="}, 403),
        ({}, 404),
    ],
)
@pytest.mark.parametrize(
    "path",
    ["/v1/ingests/{}/publish", "/editor/ingests/{}/publish", "/editor/ingests/{}/discard"],
)
def test_other_sites_pages_write_nothing(
    ingests: Ingests, path: str, headers: dict[str, str], status: int
) -> None:
    """Browsers say where a request comes from; programs say nothing, or send a token.

    A browser adds a password that it knows to a request of any page, but no token.
    """
    token = form_token(ingests) if path.startswith("/editor") else ""
    answer = ingests.client.post(
        path.format("0" * 32), headers=headers, params={"form_token": token} if token else None
    )
    assert answer.status_code == status


@pytest.mark.parametrize("path", ["publish", "discard"])
def test_forms_without_the_token_of_their_page_do_nothing(ingests: Ingests, path: str) -> None:
    """Nor with that of another browser; a browser's own form is shown to be sent again."""
    token = form_token(ingests)
    address = f"/editor/ingests/{'0' * 32}/{path}"
    for fields in ({}, {"form_token": token[::-1]}, {"form_token": ""}):
        assert ingests.client.post(address, data={"x": "1", **fields}).status_code == 403
    ingests.client.cookies.clear()
    assert ingests.client.post(address, data={"form_token": token}).status_code == 403


def test_other_sites_pages_upload_nothing(ingests: Ingests) -> None:
    """Nor roll back: a form of another site is refused before it is read."""
    before = len(ingests.service.jobs.all())
    answer = ingests.upload(export(), headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    body = {"to_version": 1}
    rollback = ingests.client.post(
        "/v1/assets/demo/rollback", json=body, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert rollback.status_code == 403
    assert len(ingests.service.jobs.all()) == before


def test_the_same_key_uploads_once(small: Ingests) -> None:
    """The same request again is the same ingest; another with the same key is refused."""
    key = {"Idempotency-Key": "upload-1"}
    first = small.upload(export(), headers=key).json()["id"]
    assert small.upload(export(), headers=key).json()["id"] == first
    other = small.upload(export(3), headers=key)
    assert other.json()["type"] == "urn:sizzle:problem:idempotency-key-reused"
    assert [job.job_id for job in small.service.jobs.all()] == [first]
    small.client.delete(f"/v1/ingests/{first}")


def test_the_same_key_writes_once(ingests: Ingests) -> None:
    """Publishing and discarding give the answer that they gave before."""
    job = ingests.ingest(export(), asset_id="keyed", media="mega.mp4")
    url = f"/v1/ingests/{job['id']}"
    first = ingests.client.post(f"{url}/publish", headers={"Idempotency-Key": "p"})
    assert first.status_code == 200
    gone = [
        ingests.client.delete(url, headers={"Idempotency-Key": "d"}).status_code for _ in range(2)
    ]
    assert gone == [204, 204]
    again = ingests.client.post(f"{url}/publish", headers={"Idempotency-Key": "p"})
    assert again.json() == first.json()
    body = {"large_change": True}
    other = ingests.client.post(f"{url}/publish", json=body, headers={"Idempotency-Key": "p"})
    assert other.json()["type"] == "urn:sizzle:problem:idempotency-key-reused"


def test_a_key_has_the_same_limit_at_uploads_and_other_writes(small: Ingests) -> None:
    """255 characters are a key; 256 are refused at either."""
    for length, statuses in ((255, (202, 404)), (256, (400, 400))):
        key = {"Idempotency-Key": "k" * length}
        upload = small.upload(export(), headers=key)
        publish = small.client.post(f"/v1/ingests/{'0' * 32}/publish", headers=key)
        assert (upload.status_code, publish.status_code) == statuses
        if upload.status_code == 202:
            small.client.delete(upload.headers["location"])


@pytest.mark.parametrize(
    ("path", "allowed"), [("/v1/ingests", "GET, POST"), ("/v1/ingests/x", "DELETE, GET")]
)
def test_other_methods_are_told_which_there_are(ingests: Ingests, path: str, allowed: str) -> None:
    """All of them, in one answer."""
    answer = ingests.client.patch(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_media_that_changed_since_its_check_is_not_published(tmp_path: Path, media: Path) -> None:
    """What was checked is not what would be published."""
    own = tmp_path / "media"
    own.mkdir()
    copied = own / "mega.mp4"
    copied.write_bytes((media / "mega.mp4").read_bytes())
    with open_ingests(tmp_path, own) as ingests:
        job = ingests.ingest(export(), media="mega.mp4")
        copied.write_bytes((media / "mega.mp4").read_bytes() + b"\0" * 8)
        answer = ingests.client.post(f"/v1/ingests/{job['id']}/publish")
        assert answer.status_code == 409
        assert "was changed since" in answer.json()["detail"]
        assert ingests.service.catalog.assets() == ()


EDITORS = (
    ("POST", "/v1/ingests"),
    ("GET", "/v1/ingests"),
    ("GET", "/editor"),
    ("POST", "/editor/ingests"),
    ("POST", "/v1/assets/demo/rollback"),
    ("DELETE", "/v1/assets/demo"),
)


@pytest.mark.parametrize(("method", "path"), EDITORS)
def test_only_this_machine_comes_in_by_default(ingests: Ingests, method: str, path: str) -> None:
    """Nobody from elsewhere, and nobody through a proxy that says so."""
    elsewhere = client_of(ingests.app, "192.0.2.7").request(method, path, content=b"")
    assert elsewhere.status_code == 403
    proxied = ingests.client.request(
        method, path, content=b"", headers={"X-Forwarded-For": "127.0.0.1"}
    )
    assert proxied.status_code == 403
    rebound = ingests.client.request(method, path, content=b"", headers={"Host": "rebound.example"})
    assert rebound.status_code == 403


@pytest.mark.parametrize(("method", "path"), EDITORS)
def test_one_dependency_stands_before_all_of_it(ingests: Ingests, method: str, path: str) -> None:
    """Pages too; and a browser that it asks for a key is asked in a way that it knows."""

    async def nobody() -> str:
        raise HTTPException(401, "Who are you?", headers={"WWW-Authenticate": "Basic"})

    app = FastAPI()
    add_problem_handlers(app)
    pages = editor_routes(Site(b"a key of forms"), ingests.service, nobody)
    for router in (ingest_routes(ingests.service, nobody), *pages):
        app.include_router(router)
    answer = client_of(app).request(method, path, content=b"")
    if (method, path) == ("POST", "/editor/ingests"):  # whose form is looked at first
        assert answer.status_code == 403
    else:
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Basic")
