"""What others read of ours does not change unnoticed: each wire form, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from sizzle.api.app import create_app
from sizzle.cadence import STANDARD
from sizzle.hls import (
    ReelPlan,
    bed_playlist,
    key_frame_playlist,
    manifest,
    master_playlist,
    media_playlist,
    plan_reel,
)
from sizzle.reel.compose import Composer
from sizzle.reel.ids import ReelIds
from tests.api.sample_service import KEY, Alphabetical, catalog_in
from tests.golden import check_golden
from tests.hls.sample_segment_map import reel_of, segment_map
from tests.reel.sample_reels import INDEX

MEDIA = "../../media/1-abc"
REEL = reel_of((0, 80), (200, 240), (120, 160))


@pytest.fixture(scope="module")
def plan() -> ReelPlan:
    """A reel of three cuts, in four fragments."""
    return plan_reel(REEL, segment_map())


def test_the_timecode_list() -> None:
    """As the service and `sizzle compose` give it, its id included."""
    composer = Composer(Alphabetical(), STANDARD, ReelIds(KEY))
    reel = composer.compose(INDEX, "member-ada", "A:160 B:80 | A:80", seed=1)
    check_golden("timecode-list.json", reel.model_dump_json(indent=2) + "\n")


def test_hls(plan: ReelPlan) -> None:
    """The master playlist, one of a picture, one of key frames, and the music's."""
    rendition = plan.segment_map.renditions[0]
    sizes = [size // 3 for size in plan.values_in_order(rendition.sizes)]
    check_golden("master.m3u8", master_playlist(plan, lambda _: sizes))
    check_golden("iframes.m3u8", key_frame_playlist(plan, rendition, MEDIA, sizes))
    check_golden("media.m3u8", media_playlist(plan, plan.segment_map.renditions[0], MEDIA))
    check_golden("bed.m3u8", bed_playlist(plan, MEDIA))


def test_dash(plan: ReelPlan) -> None:
    """The media presentation description."""
    check_golden("manifest.mpd", manifest(plan, MEDIA))


def test_a_problem(tmp_path: Path) -> None:
    """RFC 9457, as every error of the service is sent."""
    client = TestClient(create_app(catalog_in(tmp_path), Alphabetical()))
    check_golden("problem.json", client.get("/v1/reels/nonsense").content)
