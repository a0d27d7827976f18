"""Devices' capabilities, and what they get."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

import pytest
from fastapi.testclient import TestClient

from sizzle.api.app import create_app
from sizzle.cadence import Cadences
from sizzle.clips import Index
from sizzle.errors import NotFoundError
from sizzle.links.signing import Signing
from sizzle.packager import Packages
from sizzle.reel.ids import ReelIds
from sizzle.reloading import Reloadable
from tests.api.sample_service import KEY, Alphabetical
from tests.hls.rfc8216 import read_master
from tests.packager.packaged_asset import Made

PLAN = '[cadences]\npair = ["A:80 B:40", "A:40 B:80"]\n'
ASK: dict[str, Any] = {"member_id": "ada", "asset_id": "demo", "cadence": "pair"}
BOTH = {"dynamic_sizzles": True, "plays": ["timecodes", "hls"]}


class Single:
    """A catalog of one asset."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def index(self, asset_id: str) -> Index:
        """It."""
        if asset_id != self._index.asset.asset_id:
            raise NotFoundError(f"There is no asset {asset_id}.", fix="ask for another.")
        return self._index

    def index_of_version(self, version: str) -> Index:
        """It."""
        return self._index

    def assets(self) -> Sequence[str]:
        """Its id."""
        return (self._index.asset.asset_id,)


def client_of(made: Made, *, packaged: bool = True, signing: Signing | None = None) -> TestClient:
    """A client of a service of the asset, whose video is also its trailer."""
    from dataclasses import replace

    from tests.packager.packaged_asset import PublishedIndex

    asset = replace(made.index.asset, trailer=made.index.asset.video)
    index = PublishedIndex(asset, made.index.clips, made.index.version)
    app = create_app(
        Single(index),
        Alphabetical(),
        Packages(made.root) if packaged else None,
        cadences=Reloadable(Cadences.parse(PLAN)),
        ids=ReelIds(KEY),
        signing=signing,
    )
    return TestClient(app)


def answer_to(client: TestClient, device: dict[str, Any]) -> Any:  # noqa: ANN401
    """The response to a device."""
    answer = client.post("/v1/reels", json={**ASK, "device": device, "treatment": "b"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["treatment"] == "b"
    return answer.json()


@pytest.mark.parametrize(
    ("device", "says"),
    [
        ({}, "does not declare"),
        ({"dynamic_sizzles": True, "plays": ["hologram"]}, "plays hologram; reels come as"),
        ({"dynamic_sizzles": True, "plays": []}, "plays nothing"),
        ({**BOTH, "frame_rates": ["25", "50"]}, "plays 25 or 50 frames a second"),
        ({**BOTH, "frame_rates": ["1e99999999"]}, "runs at 24000/1001"),
        ({**BOTH, "frame_rates": []}, "plays nothing"),
        ({**BOTH, "max_height": 100}, "at most 100 pixels"),
        ({**BOTH, "codecs": ["av1", "vp9"]}, "no rendition in av1. Ask for h264"),
        ({**BOTH, "codecs": []}, "no rendition in no codec"),
    ],
)
def test_a_device_that_cannot_play_reels_gets_the_trailer_and_why(
    device: dict[str, Any], says: str, made: Made
) -> None:
    """Never an error: every device can play something."""
    answer = answer_to(client_of(made), device)
    assert answer["kind"] == "trailer"
    assert says in answer["reason"]


@pytest.mark.parametrize("rate", ["24000/1001", "23.976", "23.98"])
def test_a_rate_may_be_rounded(rate: str, made: Made) -> None:
    """As devices round it."""
    assert answer_to(client_of(made), {**BOTH, "frame_rates": ["60", rate]})["kind"] == "reel"


def test_a_device_that_streams_gets_addresses(made: Made) -> None:
    """Every address works; a device with a low picture gets no higher rendition."""
    client = client_of(made)
    answer = answer_to(client, {**BOTH, "max_height": 150})
    for address in answer["playback"].values():
        assert client.get(address).status_code == 200, address
    low = read_master(client.get(answer["playback"]["hls"]).text)
    assert [variant.uri for variant in low.variants] == [f"{made.packaged.folder.name}/144p.m3u8"]
    assert answer["playback"]["film"].endswith("/144p.mp4")
    full = answer_to(client, BOTH)["playback"]
    assert len(read_master(client.get(full["hls"]).text).variants) == 2
    again = client.get(f"/v1/reels/{answer['reel_id']}").json()
    assert again["playback"] == full


@pytest.mark.parametrize("signing", [None, Signing(KEY, time.time)], ids=["open", "signed"])
def test_a_device_that_plays_ranges_gets_them_at_once(made: Made, signing: Signing | None) -> None:
    """As at their address; and each of their files exists."""
    client = client_of(made, signing=signing)
    answer = answer_to(client, {"dynamic_sizzles": True, "plays": ["ranges"]})
    where = answer["playback"]["ranges"]
    document = client.get(where).json()
    assert document.pop("kind") == "byte-ranges"
    assert document.pop("reel")["cuts"] == answer["cuts"]
    assert answer["byte_ranges"] == document
    for track in (*document["renditions"], document["bed"]):
        assert client.get(urljoin(where, track["address"])).status_code == 200
    assert "byte_ranges" not in answer_to(client, BOTH)


def test_a_device_that_plays_only_timecodes_gets_only_those(made: Made) -> None:
    """Its response is the timecode list."""
    assert "playback" not in answer_to(client_of(made), {"dynamic_sizzles": True})


def test_an_asset_that_is_not_packaged_is_not_streamed(made: Made) -> None:
    """A device that plays both gets timecodes; one that only streams gets the trailer."""
    client = client_of(made, packaged=False)
    assert "playback" not in answer_to(client, BOTH)
    only = {"dynamic_sizzles": True, "plays": ["hls"]}
    assert "not packaged" in answer_to(client, only)["reason"]
    assert answer_to(client_of(made), only)["playback"]


def test_addresses_are_signed_where_that_is_required(made: Made) -> None:
    """The reel itself needs only its id."""
    client = client_of(made, signing=Signing(KEY, time.time))
    answer = answer_to(client, BOTH)
    for address in answer["playback"].values():
        assert address.startswith("/~")
        assert client.get(address).status_code == 200, address
    bare = f"/v1/reels/{answer['reel_id']}"
    assert client.get(bare).status_code == 200
    assert client.get(f"{bare}/master.m3u8").status_code == 403
