"""The simulation compared with real plays: a server, a slow link, and a client that plays."""

from __future__ import annotations

import asyncio

import pytest

from player_stub.streaming import (
    POLICIES,
    Play,
    PlayerConfig,
    StreamedReel,
    Trace,
    simulate,
)
from sizzle.reel import TimecodeList
from tests.api.delivery_app import app_of
from tests.packager import packaged_asset
from tests.packager.packaged_asset import Made, scattered, serving
from tests.player_stub.streaming.live_player import LivePlayer, client, play_live
from tests.player_stub.streaming.synthetic_reels import steps

TRACE = steps(0.9e6, 0.5e6, 1.4e6, 0.2e6, 0.6e6, round_trip=0.15)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A packaged asset."""
    return packaged_asset.shared(tmp_path_factory)


@pytest.fixture(scope="module")
def reel(made: Made) -> TimecodeList:
    """Eight cuts out of order."""
    return scattered(made.index)


def play(
    made: Made, reel: TimecodeList, policy: str, trace: Trace, leave: float
) -> tuple[Play, LivePlayer]:
    """Play it for real."""

    async def run(document: str) -> tuple[Play, LivePlayer]:
        async with client() as each:
            return await play_live(each, document, trace, POLICIES[policy](), PlayerConfig(), leave)

    with serving(app_of(made.root, reel)) as address:
        return asyncio.run(run(f"{address}/v1/reels/{reel.reel_id}/ranges.json"))


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_a_real_play_fetches_the_reels_own_bytes(
    made: Made, reel: TimecodeList, policy: str
) -> None:
    """Over HTTP, what comes is byte for byte the reel's fragments, in the renditions decided."""
    fast = steps(40e6, round_trip=0.005)
    played, live = play(made, reel, policy, fast, leave=1.0)
    assert played.metrics.played_seconds == 1.0
    for request, body in live.bodies.items():
        first, end = request.bytes
        file = made.packaged.folder / f"{request.track.name}.mp4"
        assert file.read_bytes()[first:end].startswith(bytes(body))
    assert sum(map(len, live.bodies.values())) >= played.metrics.received_bytes > 0


@pytest.mark.full
@pytest.mark.parametrize("policy", ["naive", "whole-reel"])
def test_the_simulation_agrees_with_real_plays(made: Made, reel: TimecodeList, policy: str) -> None:
    """Within a tenth, or a wink; one fragment of ten in another rendition."""
    real = play(made, reel, policy, TRACE, leave=16.0)[0].metrics
    streamed = StreamedReel.from_package(reel, made.packaged.segment_map)
    simulated = simulate(streamed, TRACE, POLICIES[policy](), PlayerConfig(), leave=16.0).metrics
    assert real.startup_seconds == pytest.approx(simulated.startup_seconds, rel=0.1, abs=0.03)
    assert real.stalled_seconds == pytest.approx(simulated.stalled_seconds, rel=0.1, abs=0.1)
    assert real.received_bytes == pytest.approx(simulated.received_bytes, rel=0.1)
    assert real.quality == pytest.approx(simulated.quality, abs=0.15)
    assert real.stalls == simulated.stalls
