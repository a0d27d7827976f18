"""Editors' uploads over HTTP: accepted, checked, shown, published, rolled back and discarded."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from fixtures.defects import DEFECTS, clean_xml
from fixtures.exports import CLEAN, edl
from fixtures.timeline import demo_timeline
from fixtures.titles import demo_clips
from player_stub import barcode
from sizzle.api.http.server_sent_events import stream
from sizzle.errors import UnreadableTimelineError
from sizzle.ingest.premiere_xml import premiere_xml
from sizzle.ingest_jobs.run_job import failure_of
from sizzle.layout import FrameSize
from sizzle.reel import TimecodeList
from tests.api.ingests.ingest_app import CADENCE, LAYOUT, SIZE, TITLES, Ingests, export

GOOD: dict[str, Any] = {"media": "mega.mp4", "bed": "bed.wav"}


@pytest.fixture(scope="module")
def checked(ingests: Ingests) -> dict[str, Any]:
    """An ingest without findings."""
    return ingests.ingest(export(), asset_id="checked", **GOOD)


@pytest.fixture(scope="module")
def broken(ingests: Ingests) -> dict[str, Any]:
    """An ingest of a timeline with a gap, without media."""
    gap = next(defect for defect in DEFECTS if defect.name == "gap")
    return ingests.ingest(gap.xml(), layout=None, name="../<b>gap</b>.xml")


@pytest.fixture(scope="module")
def both(ingests: Ingests) -> list[str]:
    """The addresses of two ingests of one asset, uploaded before either is published."""
    beds: tuple[dict[str, str], ...] = ({}, {"bed": "bed.wav"})
    jobs = [ingests.ingest(export(), asset_id="both", media="mega.mp4", **bed) for bed in beds]
    return [job["links"]["self"] for job in jobs]


def test_a_clean_timeline_is_checked_and_may_be_published(checked: dict[str, Any]) -> None:
    """The job says what it found, and where its reports are."""
    assert (checked["state"], checked["errors"], checked["warnings"]) == ("checked", 0, 0)
    assert (checked["titles"], checked["clips"], checked["frames"]) == (2, 4, 160)
    assert checked["publishable"]


def test_a_timeline_is_uploaded_by_itself_too(ingests: Ingests) -> None:
    """As a raw body, with the fields in the query."""
    answer = ingests.client.post(
        "/v1/ingests?asset_id=raw&filename=raw.xml", content=clean_xml().encode()
    )
    job = ingests.done(answer.json()["id"])
    assert (job["timeline"], job["clips"], job["errors"]) == ("raw.xml", 28, 0)
    assert not job["publishable"]


def test_findings_are_read_and_downloaded(ingests: Ingests, broken: dict[str, Any]) -> None:
    """As JSON, SARIF, markers and a picture, all of the same finding."""
    get = ingests.client.get
    links = broken["links"]
    found = get(links["findings"]).json()["findings"]
    assert [(each["rule"], each["frame"]) for each in found] == [("gap", 640)]
    sarif = get(links["sarif"])
    assert sarif.json()["runs"][0]["results"][0]["ruleId"] == "gap"
    assert sarif.headers["content-type"] == "application/sarif+json"
    markers = get(links["markers"])
    assert "<name>gap (" in markers.text
    assert markers.headers["content-disposition"].startswith("attachment")
    with Image.open(BytesIO(get(links["picture"]).content)) as picture:
        assert (picture.format, picture.width) == ("PNG", 1800)


def test_markers_are_mended_for_download(ingests: Ingests, broken: dict[str, Any]) -> None:
    """The editor's own file, but for its markers; none where an editor must mend it all."""
    late = next(defect for defect in DEFECTS if defect.name == "late marker").xml()
    job = ingests.ingest(late, layout=None, asset_id="late")
    answer = ingests.client.get(job["links"]["fixed"])
    assert answer.content == late.replace(b"<in>161</in>", b"<in>160</in>")
    assert answer.headers["content-disposition"].endswith('-fixed.xml"')
    assert job["links"]["fixed"] in ingests.client.get(f"/editor/ingests/{job['id']}").text
    assert "fixed" not in broken["links"]
    missing = ingests.client.get(f"{broken['links']['self']}/fixed")
    assert (missing.status_code, missing.json()["status"]) == (404, 404)


def test_a_list_of_markers_is_uploaded_beside_an_edl(ingests: Ingests) -> None:
    """It gives the EDL the markers that it lacks."""
    bare = edl(replace(CLEAN, markers=())).encode()
    rows = [f"{each.name}\t\t{CLEAN.timecode(each.frame)}\t\t\t" for each in CLEAN.markers]
    text = "\n".join(["Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type", *rows])
    fields: dict[str, Any] = {"layout": None, "asset_id": "listed", "name": "mega.edl"}
    job = ingests.ingest(bare, markers=text.encode("utf-16"), rate="23.976", **fields)
    assert (job["errors"], job["warnings"], job["clips"]) == (0, 0, 28)


def test_what_a_file_is_called_is_only_shown(broken: dict[str, Any]) -> None:
    """Its folders are dropped; the rest is text."""
    assert broken["timeline"] == "b>.xml"


def test_progress_is_followed_to_its_end(ingests: Ingests, checked: dict[str, Any]) -> None:
    """Every step has its event, numbered, and the last says how it went."""
    answer = ingests.client.get(checked["links"]["events"])
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = _events(answer.text)
    assert [each["event"] for each in events] == ["queued", *["progress"] * 4, "done"]
    steps = [json.loads(each["data"]).get("step") for each in events[1:-1]]
    assert steps == ["reading", "checking", "media", "reports"]
    assert [int(each["id"]) for each in events] == list(range(1, len(events) + 1))


def test_progress_is_taken_up_where_it_broke_off(ingests: Ingests, checked: dict[str, Any]) -> None:
    """Only later events come again, and none to who has seen the last."""
    events = checked["links"]["events"]
    rest = ingests.client.get(events, headers={"Last-Event-ID": "4"})
    assert [each["id"] for each in _events(rest.text)] == ["5", "6"]
    assert ingests.client.get(events, headers={"Last-Event-ID": "6"}).status_code == 204
    odd = ingests.client.get(events, headers={b"Last-Event-ID": "²".encode("latin-1")})
    assert len(_events(odd.text)) == 6


def test_who_waits_in_silence_is_kept(
    ingests: Ingests, checked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A comment comes now and then, since some proxies hang up on silence."""
    monkeypatch.setattr("sizzle.api.http.server_sent_events._KEEP_ALIVE", 0)
    log = ingests.service.jobs.named(checked["id"]).events

    async def third() -> bytes:
        said = stream(log, 6)
        return [await anext(said) for _ in range(3)][2]

    assert asyncio.run(third()).startswith(b": ")


def test_a_frame_is_taken_out_once(ingests: Ingests, checked: dict[str, Any]) -> None:
    """Then it is there, in each size."""
    kept = ingests.service.frames.root
    address = f"/v1/ingests/{checked['id']}/frames/77.jpg"
    answers = [ingests.client.get(address) for _ in range(2)]
    assert answers[0].content == answers[1].content
    (path,) = kept.glob("*/77-*.jpg")
    path.write_bytes(b"the kept one")
    assert ingests.client.get(address).content == b"the kept one"
    small = ingests.client.get(address, params={"size": "small"})
    with Image.open(BytesIO(small.content)) as picture:
        assert picture.size == (192, 108)


@pytest.mark.parametrize("frame", [0, 1, 39, 40, 159])
def test_a_frame_is_shown_exactly(ingests: Ingests, checked: dict[str, Any], frame: int) -> None:
    """The number that each frame carries is that which was asked for."""
    import numpy as np

    answer = ingests.client.get(f"/v1/ingests/{checked['id']}/frames/{frame}.jpg")
    assert answer.headers["content-type"] == "image/jpeg"
    with Image.open(BytesIO(answer.content)) as picture:
        assert barcode.read(np.asarray(picture.convert("L"))) == frame


def test_a_frame_past_the_end_is_not_there(ingests: Ingests, checked: dict[str, Any]) -> None:
    """And the answer says which is the last."""
    answer = ingests.client.get(f"/v1/ingests/{checked['id']}/frames/160.jpg")
    assert (answer.status_code, answer.json()["fix"]) == (404, "its last is 159.")


def test_frames_beyond_what_is_taken_at_once_are_put_off(
    ingests: Ingests, checked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with when to come again; the kept ones are still shown."""
    monkeypatch.setattr("sizzle.ingest_jobs.frame_images._PATIENCE", 0.01)
    address = f"/v1/ingests/{checked['id']}/frames"
    assert ingests.client.get(f"{address}/21.jpg").status_code == 200
    with ingests.service.frames._turn(), ingests.service.frames._turn():
        refused = ingests.client.get(f"{address}/22.jpg")
        assert ingests.client.get(f"{address}/21.jpg").status_code == 200
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert refused.json()["type"] == "urn:sizzle:problem:busy"


def test_a_reel_is_previewed_before_anything_is_published(
    ingests: Ingests, checked: dict[str, Any]
) -> None:
    """For any member, with a cadence of the service's by name, or one written out."""
    reel = f"/v1/ingests/{checked['id']}/reel"
    answer = ingests.client.get(reel, params={"member_id": "ada", "cadence": CADENCE})
    played = TimecodeList.model_validate(answer.json())
    assert [cut.title_id for cut in played.cuts] == ["aurora", "harbor"]
    named = ingests.client.get(reel, params={"member_id": "ada", "cadence": "backwards"})
    assert [cut["title_id"] for cut in named.json()["cuts"]] == ["harbor", "aurora"]
    assert ingests.client.get("/v1/assets/checked/versions").status_code == 404
    unknown = ingests.client.get(reel, params={"member_id": "ada", "cadence": "waltz"})
    assert unknown.json()["type"] == "urn:sizzle:problem:not-found"


def test_a_checked_timeline_is_published_once(ingests: Ingests) -> None:
    """The service then gives the reels that were previewed, with their ids, whatever the cadence.

    Publishing again gives the same response and no new version.
    """
    job = ingests.ingest(export(), asset_id="published", **GOOD)
    reel = f"/v1/ingests/{job['id']}/reel"
    previews = {
        cadence: ingests.client.get(reel, params={"member_id": "ada", "cadence": cadence}).json()
        for cadence in (CADENCE, "backwards", "pair", "random")
    }
    first = ingests.client.post(f"/v1/ingests/{job['id']}/publish").json()
    asked = {"member_id": "ada", "asset_id": "published", "device": {"dynamic_sizzles": True}}
    for cadence, preview in previews.items():
        assert preview["asset_version"] == first["asset_version"]
        played = ingests.client.post("/v1/reels", json={**asked, "cadence": cadence})
        assert played.json() == preview
    assert ingests.service.catalog.index("published").version == first["asset_version"]
    assert ingests.client.post(f"/v1/ingests/{job['id']}/publish").json() == first
    assert ingests.client.get(job["links"]["self"]).json()["state"] == "published"
    versions = ingests.client.get("/v1/assets/published/versions").json()["versions"]
    assert [each["asset_version"] for each in versions] == [first["asset_version"]]


def test_a_timeline_with_errors_is_not_published(ingests: Ingests, broken: dict[str, Any]) -> None:
    """Nor one without media: the answer says which."""
    answer = ingests.client.post(f"/v1/ingests/{broken['id']}/publish")
    assert answer.status_code == 422
    assert "without its media" in answer.json()["detail"]
    job = ingests.ingest(export(3), **GOOD)
    answer = ingests.client.post(f"/v1/ingests/{job['id']}/publish")
    assert answer.json()["type"] == "urn:sizzle:problem:broken-layout"


def test_of_two_publishers_one_is_told_that_the_other_was_first(
    ingests: Ingests, both: list[str]
) -> None:
    """409, that says so; who has looked may then publish over it."""
    first = ingests.client.post(f"{both[0]}/publish")
    second = ingests.client.post(f"{both[1]}/publish")
    assert (first.status_code, second.status_code) == (200, 409)
    assert "Another producer published asset both meanwhile" in second.json()["detail"]
    over = {"replaces": first.json()["asset_version"]}
    assert ingests.client.post(f"{both[1]}/publish", json=over).status_code == 200


def test_an_asset_goes_back_to_what_it_was(ingests: Ingests, both: list[str]) -> None:
    """And forth again, unless it is no longer what the editor saw; other assets stay."""
    first, second = (_published(ingests, each) for each in both)
    others = {each: ingests.service.catalog.index(each).version for each in _others(ingests)}
    rollback = "/v1/assets/both/rollback"
    back = ingests.client.post(rollback, json={"to_version": first["catalog_version"]}).json()
    assert back["asset_version"] == first["asset_version"] != second["asset_version"]
    assert ingests.service.catalog.index("both").version == first["asset_version"]
    stale = {"to_version": second["catalog_version"], "replaces": second["asset_version"]}
    assert ingests.client.post(rollback, json=stale).status_code == 409
    forth = ingests.client.post(rollback, json={"to_version": second["catalog_version"]}).json()
    assert forth["asset_version"] == second["asset_version"]
    versions = ingests.client.get("/v1/assets/both/versions").json()["versions"]
    assert [each["current"] for each in versions] == [True, False, False, False]
    missing = ingests.client.post(rollback, json={"to_version": 10**6})
    assert missing.status_code == 404
    assert {
        each: ingests.service.catalog.index(each).version for each in _others(ingests)
    } == others


def test_an_asset_is_withdrawn_and_comes_back(ingests: Ingests) -> None:
    """Clients find it no longer; 409 where it is not what was seen; a rollback restores it."""
    job = ingests.ingest(export(), asset_id="withdrawn", media="mega.mp4")
    first = ingests.client.post(f"{job['links']['self']}/publish").json()
    asset = "/v1/assets/withdrawn"
    assert ingests.client.delete(asset, params={"replaces": "0" * 64}).status_code == 409
    gone = ingests.client.delete(asset, params={"replaces": first["asset_version"]})
    assert (gone.status_code, gone.json()["asset_version"]) == (200, "")
    assert ingests.client.get(asset).status_code == 404
    assert ingests.client.delete(asset).status_code == 404
    versions = ingests.client.get(f"{asset}/versions").json()["versions"]
    assert [each["current"] for each in versions] == [False]
    body = {"to_version": first["catalog_version"], "replaces": ""}
    back = ingests.client.post(f"{asset}/rollback", json=body)
    assert back.json()["asset_version"] == first["asset_version"]
    assert ingests.client.get(asset).status_code == 200


def test_a_large_change_must_be_meant(ingests: Ingests) -> None:
    """The catalog refuses it, and says so; who means it may say that."""
    job = ingests.ingest(export(), asset_id="shrinks", media="mega.mp4")
    assert ingests.client.post(f"/v1/ingests/{job['id']}/publish").status_code == 200
    shots = premiere_xml(
        demo_timeline(TITLES[:1], demo_clips(TITLES[:1], (160,))), FrameSize(*SIZE)
    ).encode()
    one_clip = LAYOUT.replace("2x40", "1x160")
    job = ingests.ingest(shots, layout=one_clip, asset_id="shrinks", media="mega.mp4")
    page = ingests.client.get(f"/editor/ingests/{job['id']}").text
    assert 'name="large_change"' in page
    publish = f"/v1/ingests/{job['id']}/publish"
    refused = ingests.client.post(publish)
    assert refused.json()["type"] == "urn:sizzle:problem:publication-refused"
    assert ingests.client.post(publish, json={"large_change": True}).status_code == 200
    assert ingests.service.catalog.index("shrinks").clip_count == 1


def test_publishing_under_a_pin_says_that_readers_stay(ingests: Ingests) -> None:
    """What is replaced is what is announced; the pin holds, on the page too."""
    catalog = ingests.service.catalog
    job = ingests.ingest(export(), asset_id="pinned", media="mega.mp4")
    first = ingests.client.post(f"/v1/ingests/{job['id']}/publish").json()
    catalog.pin(first["catalog_version"])
    try:
        for bed in ("bed.wav", ""):
            job = ingests.ingest(export(), asset_id="pinned", media="mega.mp4", bed=bed)
            answer = ingests.client.post(f"/v1/ingests/{job['id']}/publish")
            assert (answer.status_code, answer.json()["pinned"]) == (200, first["catalog_version"])
        page = ingests.client.get("/editor/assets/pinned").text
        assert f"pinned at version {first['catalog_version']} of the catalog" in page
    finally:
        catalog.unpin()


def test_advice_speaks_of_fields_and_not_of_options() -> None:
    """What the command line advises is said in the service's own terms."""
    error = UnreadableTimelineError(
        "An EDL does not contain its frame rate.", fix="--rate, as --rate 23.976."
    )
    assert failure_of(error).fix == "the field rate, as 23.976."


def test_an_upload_is_answered_at_once_and_may_be_discarded(ingests: Ingests) -> None:
    """202 with where its job is; once that is discarded it is gone, and says so."""
    answer = ingests.upload(export())
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/ingests/{answer.json()['id']}"
    assert answer.json()["state"] in ("queued", "running")
    job = ingests.done(answer.json()["id"])
    assert ingests.client.delete(job["links"]["self"]).status_code == 204
    assert ingests.client.get(job["links"]["self"]).status_code == 404
    assert ingests.client.delete(job["links"]["self"]).status_code == 404
    listed = ingests.client.get("/v1/ingests").json()["jobs"]
    assert job["id"] not in [each["id"] for each in listed]


def _published(ingests: Ingests, ingest: str) -> dict[str, Any]:
    """What an ingest's publication came to; it is published if it was not yet."""
    over = {"replaces": _version(ingests)}
    answer: dict[str, Any] = ingests.client.post(f"{ingest}/publish", json=over).json()
    return answer


def _version(ingests: Ingests) -> str:
    catalog = ingests.service.catalog
    return catalog.index("both").version if "both" in catalog.assets() else ""


def _others(ingests: Ingests) -> list[str]:
    return [each for each in ingests.service.catalog.assets() if each != "both"]


def _events(text: str) -> list[dict[str, str]]:
    blocks = [block for block in text.split("\n\n") if block.startswith("id:")]
    return [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]
