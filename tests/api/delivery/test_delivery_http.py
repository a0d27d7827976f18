"""Delivery follows HTTP: ranges, HEAD, entity tags, caching, CORS, problems and signatures."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import pytest
from fastapi.testclient import TestClient

from sizzle.errors import InputError
from sizzle.links.addresses import address_of
from sizzle.links.signing import Signing
from sizzle.packager import package
from sizzle.reel import TimecodeList
from tests.api.delivery_app import KEY, MASTER, app_of, package_path
from tests.hls.rfc8216 import read_master, read_media
from tests.packager.packaged_asset import QUICK, Made, index_of, scattered

FORMS = ("master.m3u8", "manifest.mpd", "ranges.json")


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, None),
        ("bytes=1-427", 1, 428),
        ("bytes=400-500", 400, 501),
        ("bytes=428-", 428, None),
        ("bytes=-100", -100, None),
        ("bytes=100-99999999", 100, None),
        ("bytes=-99999999", 0, None),
    ],
)
def test_ranges(asked: str, start: int, stop: int | None, player: TestClient) -> None:
    """Within the rewritten header, across its end, and after it."""
    path = f"/v1/media/{package_id(player)}/180p/3/7.m4s"
    whole = player.get(path).content
    part = player.get(path, headers={"range": asked})
    assert part.status_code == 206
    assert part.content == whole[start:stop]
    first = range(len(whole))[start:stop]
    assert part.headers["content-range"] == f"bytes {first[0]}-{first[-1]}/{len(whole)}"
    assert part.headers["content-length"] == str(len(part.content))


@pytest.mark.parametrize("asked", ["bytes=5-4", "bytes=-", "lines=1-2", "bytes=0-1,4-5", "bytes"])
def test_ranges_that_mean_nothing_are_ignored(asked: str, player: TestClient) -> None:
    """RFC 9110, 14.2: the whole is sent."""
    path = f"/v1/media/{package_id(player)}/180p/3/7.m4s"
    assert player.get(path, headers={"range": asked}).status_code == 200


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_ranges_past_the_end_cannot_be_satisfied(asked: str, player: TestClient) -> None:
    """And the response has the size."""
    path = f"/v1/media/{package_id(player)}/180p.mp4"
    answer = player.get(path, headers={"range": asked})
    assert (answer.status_code, answer.content) == (416, b"")
    size = player.head(path).headers["content-length"]
    assert answer.headers["content-range"] == f"bytes */{size}"


def package_id(player: TestClient) -> str:
    """The package that the reel plays from."""
    return package_path(player, "180p.m3u8").split("/")[-2]


def paths(player: TestClient) -> list[str]:
    """One address of each kind."""
    media = f"/v1/media/{package_id(player)}"
    return [
        *(MASTER.replace("master.m3u8", last) for last in FORMS),
        *(
            package_path(player, last)
            for last in ("180p.m3u8", "iframes-180p.m3u8", "bed.m3u8", "180p.mp4")
        ),
        *(f"{media}/{last}" for last in ("180p/init.mp4", "180p/0/0.m4s", "bed-main/1/1.m4s")),
        f"{media}/bed-main/1/1-5000.m4s",
        f"{media}/bed-main.mp4",
    ]


def test_head_tags_and_cors_are_right_everywhere(player: TestClient) -> None:
    """HEAD as GET without a body; 304 for a known tag; any page may read it."""
    player = TestClient(player.app, headers={"accept-encoding": "identity"})
    for path in paths(player):
        got, head = player.get(path), player.head(path)
        assert got.status_code == head.status_code == 200
        assert head.content == b""
        assert head.headers == got.headers
        assert got.headers["content-length"] == str(len(got.content))
        assert got.headers["accept-ranges"] == "bytes"
        assert got.headers["access-control-allow-origin"] == "*"
        tag = got.headers["etag"]
        for held in (tag, f'"other", W/{tag}', "*"):
            again = player.get(path, headers={"if-none-match": held})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == tag
        stale = player.get(path, headers={"range": "bytes=0-3", "if-range": '"other"'})
        assert (stale.status_code, stale.content) == (200, got.content)
        fresh = player.get(path, headers={"range": "bytes=0-3", "if-range": tag})
        assert (fresh.status_code, fresh.content) == (206, got.content[:4])
        preflight = player.options(path, headers={"origin": "https://tv.example"})
        assert preflight.status_code == 204
        assert "range" in preflight.headers["access-control-allow-headers"]


def test_playlists_are_compressed_for_those_who_accept_it(player: TestClient) -> None:
    """HLS, DASH and ranges; with a tag of their own, in HEAD too; media and small texts are not."""
    for path in paths(player):
        plain = player.get(path, headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        got, head = player.get(path), player.head(path)
        assert got.content == plain.content
        assert head.headers == got.headers
        is_text = path.endswith((".m3u8", ".mpd", ".json"))
        if not is_text or len(plain.content) < 1000:
            assert got.headers == plain.headers
            continue
        assert got.headers["content-encoding"] == "gzip"
        assert int(got.headers["content-length"]) < len(plain.content)
        assert got.headers["vary"] == plain.headers["vary"] == "accept-encoding"
        assert got.headers["etag"] != plain.headers["etag"]
        again = player.get(path, headers={"if-none-match": got.headers["etag"]})
        assert (again.status_code, again.headers["vary"]) == (304, "accept-encoding")
        # A range is one of the plain text.
        asked = {"range": "bytes=3-9", "if-range": plain.headers["etag"]}
        part = player.get(path, headers=asked)
        assert (part.status_code, part.content) == (206, plain.content[3:10])
        mixed = player.get(path, headers={**asked, "if-range": got.headers["etag"]})
        assert (mixed.status_code, mixed.content) == (200, plain.content)


def test_only_what_names_a_package_is_kept_for_ever(player: TestClient) -> None:
    """Cache-Control: the rest names the current package, and may be kept for a minute."""
    for path in paths(player):
        said = player.get(path).headers["cache-control"]
        if path.endswith(FORMS):
            assert said == "public, max-age=60"
        else:
            assert said == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/reels/reel-2/master.m3u8",
        "/v1/reels/reel-1/PACKAGE/4320p.m3u8",
        "/v1/reels/reel-1/PACKAGE/iframes-4320p.m3u8",
        "/v1/reels/reel-1/PACKAGE/4320p.mp4",
        "/v1/reels/reel-1/nothing/180p.m3u8",
        "/v1/reels/reel-1.mp4?rendition=4320p",
        "/v1/media/nothing/180p/0/0.m4s",
        "/v1/media/..%2f..%2fetc/180p/0/0.m4s",
        "/v1/media/PACKAGE/4320p/init.mp4",
        "/v1/media/PACKAGE/180p/12/0.m4s",
        "/v1/media/PACKAGE/180p/0/100000.m4s",
        "/v1/media/PACKAGE/180p/-1/0.m4s",
        "/v1/media/PACKAGE/180p/x/0.m4s",
        "/v1/media/PACKAGE/180p/0/0-1001.m4s",
        "/v1/media/PACKAGE/bed-main/0/0-0.m4s",
        "/v1/media/PACKAGE/bed-main/0/0-79872.m4s",
        "/v1/media/PACKAGE/bed-main/99/0-1.m4s",
    ],
)
def test_what_is_not_there_is_a_problem(path: str, player: TestClient) -> None:
    """With CORS too, so that players can read why."""
    answer = player.get(path.replace("PACKAGE", package_id(player)))
    assert (answer.status_code, answer.json()["status"]) == (404, 404)
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_reel_of_another_version_or_length_is_a_problem(made: Made) -> None:
    """Before a player sees a playlist."""
    reel = scattered(made.index)
    other = scattered(index_of(made.root.parent, "v9"), "other")
    last = reel.cuts[-1]
    beyond = last.source.model_copy(
        update={
            "start": last.source.start.model_copy(update={"frame": 480}),
            "stop": last.source.stop.model_copy(update={"frame": 520}),
        }
    )
    cuts = (*reel.cuts[:-1], last.model_copy(update={"source": beyond}))
    long = reel.model_copy(update={"cuts": cuts, "reel_id": "long"})
    player = TestClient(app_of(made.root, other, long))
    missing = player.get("/v1/reels/other/master.m3u8")
    assert (missing.status_code, missing.json()["detail"]) == (
        *(404, "Version v9 of the asset is not packaged."),
    )
    refused = player.get("/v1/reels/long/master.m3u8")
    assert (refused.status_code, "480 frames" in refused.json()["detail"]) == (422, True)


def test_a_reel_plays_its_own_package_to_the_end(made: Made, tmp_path: Path) -> None:
    """The asset is packaged again while it plays: its segments are the same as before."""
    root = tmp_path / "packages"
    shutil.copytree(made.root, root)
    player = TestClient(app_of(root, scattered(made.index)))
    playlist = package_path(player, "180p.m3u8")
    before = read_media(player.get(playlist).text)
    segments = [player.get(urljoin(playlist, uri)).content for _, uri in before.segments]
    package(made.index, root, replace(QUICK, ladder=(72,)))
    (variant,) = read_master(player.get(MASTER).text).variants
    assert variant.uri.endswith("/72p.m3u8")
    assert [player.get(urljoin(playlist, uri)).content for _, uri in before.segments] == segments


def test_packaging_again_changes_nothing_that_is_kept_for_ever(made: Made, tmp_path: Path) -> None:
    """Addresses given before hold the same bytes under the same tags; new ones differ in both."""
    root = tmp_path / "packages"
    shutil.copytree(made.root, root)
    player = TestClient(app_of(root, scattered(made.index)))
    names = ("180p.m3u8", "bed.m3u8", "180p.mp4")
    before = {path: player.get(path) for path in (package_path(player, name) for name in names)}
    settings = replace(QUICK, encoding=replace(QUICK.encoding, crf=40))
    package(made.index, root, settings)
    for path, got in before.items():
        again = player.get(path)
        assert again.content == got.content
        assert again.headers["etag"] == got.headers["etag"]
    for path, name in zip(before, names, strict=True):
        after = player.get(package_path(player, name))
        assert after.url.path != path
        assert after.content != before[path].content
        assert after.headers["etag"] != before[path].headers["etag"]


def test_the_film_of_a_reel_leads_to_that_of_the_current_package(
    made: Made, reel: TimecodeList
) -> None:
    """For a minute; a signature of the first address holds for the second."""
    player = TestClient(app_of(made.root, reel), follow_redirects=False)
    answer = player.get("/v1/reels/reel-1.mp4?rendition=144p")
    assert (answer.status_code, answer.headers["cache-control"]) == (307, "public, max-age=60")
    film = urljoin("/v1/reels/reel-1.mp4", answer.headers["location"])
    assert film == package_path(player, "144p.mp4")
    signing = Signing(KEY, time.time)
    signed = TestClient(app_of(made.root, reel, signing=signing))
    got = signed.get(signing.signed("/v1/reels/reel-1.mp4"))
    assert (got.status_code, got.url.path.endswith("/180p.mp4")) == (200, True)


def test_a_torn_package_is_not_played(made: Made, tmp_path: Path) -> None:
    """503, with a fix."""
    shutil.copytree(made.root, tmp_path / "packages")
    (tmp_path / "packages" / made.packaged.folder.name / "144p.mp4").unlink()
    player = TestClient(app_of(tmp_path / "packages", scattered(made.index)))
    answer = player.get(MASTER)
    assert (answer.status_code, "144p.mp4" in answer.json()["detail"]) == (503, True)


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def test_only_signed_addresses_are_answered(made: Made, reel: TimecodeList) -> None:
    """Each for what it was signed for, until it expires, and cached no longer than that."""
    clock = Clock(1_000_000)
    signing = Signing(KEY, clock, lifetime=3600)
    player = TestClient(app_of(made.root, reel, signing=signing))
    master = address_of("reel-1", signing=signing)
    playlist = urljoin(master, read_master(player.get(master).text).variants[0].uri)
    segment = urljoin(playlist, read_media(player.get(playlist).text).segments[3][1])
    assert player.get(segment).status_code == 200
    left = int(player.get(segment).headers["cache-control"].removeprefix("public, max-age="))
    assert 3600 <= left <= 7200
    token = master.split("/")[1]
    for refused in (
        MASTER,
        segment[segment.index("/v1/") :],
        f"/{token}{segment[segment.index('/v1/') :]}",
        f"/{token}/v1/reels/reel-2/master.m3u8",
        master.replace("~1", "~9"),
        master.replace(token[-1:] + "/v1", "AA/v1"),
    ):
        answer = player.get(refused)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:sizzle:problem:forbidden")
    clock.now += left
    assert player.get(segment).json()["detail"] == "The address has expired."


def test_members_share_signed_segments() -> None:
    """Addresses that are signed in the same span are equal, so that caches hold one of each."""
    clock = Clock(7200)
    signing = Signing(KEY, clock, lifetime=3600)
    first = signing.signed("/v1/media/p/180p/0/0.m4s")
    clock.now += 3599
    assert signing.signed("/v1/media/p/180p/0/0.m4s") == first
    clock.now += 1
    assert signing.signed("/v1/media/p/180p/0/0.m4s") != first


def test_a_key_that_is_too_short_is_refused() -> None:
    """A short secret can be guessed."""
    with pytest.raises(InputError):
        Signing(b"secret", time.time)


def test_the_service_describes_delivery(player: TestClient) -> None:
    """OpenAPI lists the addresses for players, with their media types."""
    described = player.get("/openapi.json").json()["paths"]
    assert "/v1/reels/{reel_id}/master.m3u8" in described
    answer = described["/v1/reels/{reel_id}/{package_id}/{rendition}.mp4"]["get"]["responses"][
        "200"
    ]
    assert list(answer["content"]) == ["video/mp4"]
    assert json.dumps(described).count("ReelId") == 0
