"""Other players play the same reels from the same addresses: Shaka Player and dash.js."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.node_project import open_node_project
from tests.web_player import sample_asset
from tests.web_player.recorded_frames import on_screen, starving, until, watch, watched

pytestmark = pytest.mark.full

TRIES = 4
SHAKA = "shaka-player/dist/shaka-player.compiled.js"
DASH = "dashjs/dist/modern/umd/dash.all.min.js"
_OVER = "((video) => video.ended || video.currentTime >= {})(document.querySelector('video'))"
_OPEN = """
async ([library, form]) => {
    const headers = { "Content-Type": "application/json" };
    const device = { dynamic_sizzles: true };
    const asked = { member_id: "ada", asset_id: "demo", cadence: "many-cuts", device };
    const body = JSON.stringify(asked);
    const answer = await fetch("/v1/reels", { method: "POST", headers, body });
    const { reel_id } = await answer.json();
    const address = new URL(`/v1/reels/${reel_id}/${form}`, location.href).href;
    const video = document.createElement("video");
    document.body.replaceChildren(video);
    if (library === "shaka") {
        shaka.polyfill.installAll();
        const player = new shaka.Player();
        await player.attach(video);
        await player.load(address);
    } else {
        dashjs.MediaPlayer().create().initialize(video, address, false);
    }
}
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the players."""
    peers = Path(__file__).parent / "peers"
    return (
        open_node_project(tmp_path_factory.mktemp("peers") / "peers", peers).folder / "node_modules"
    )


@pytest.fixture
def bare(browser: Browser, address: str) -> Iterator[Page]:
    """An empty page of the service, to run a player in."""
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{address}/player/licenses.txt")
    yield page
    context.close()


PLAYERS = pytest.mark.parametrize(
    ("script", "form"),
    [(SHAKA, "master.m3u8"), (SHAKA, "manifest.mpd"), (DASH, "manifest.mpd")],
    ids=["shaka-hls", "shaka-dash", "dashjs"],
)


@PLAYERS
def test_the_reel_plays_to_its_end(
    script: str, form: str, bare: Page, packages: Path, asset: sample_asset.SampleAsset
) -> None:
    """Every picture in order, each shown once, nothing stalls."""
    reel = asset.reel_of("ada")
    told = []
    for _ in range(TRIES):
        _open(bare, packages / script, form)
        with starving() as starved:
            bare.evaluate("void document.querySelector('video').play()")
            until(bare, _OVER.format(reel.duration.seconds - 0.001))
        [play] = watched(bare)
        play.check_frames(reel)
        told.append((starved.worst, play.total, play.dropped, play.stalls))
        frames = reel.duration.frame
        if play.is_smooth(frames) and play.was_looked_at(frames):
            return
        assert starved, told
    pytest.skip(f"the pictures are right, but this machine is too busy to be smooth: {told}")


@pytest.mark.parametrize("form", ["master.m3u8", "manifest.mpd"])
def test_seeks_show_the_right_pictures(
    form: str, bare: Page, packages: Path, asset: sample_asset.SampleAsset
) -> None:
    """Twenty at random in Shaka Player, every second one directly beside a join."""
    _open(bare, packages / SHAKA, form)
    reel, chance = asset.reel_of("ada"), random.Random(5)
    rate = reel.rate.to_frame_rate()
    joins = [cut.record.start.frame for cut in reel.cuts[1:]]
    frames = [chance.randrange(reel.duration.frame) for _ in range(10)]
    frames += [chance.choice(joins) - chance.randrange(2) for _ in range(10)]
    for frame in frames:
        middle = float(rate.seconds(frame)) + float(rate.seconds(1)) / 2
        bare.evaluate(f"document.querySelector('video').currentTime = {middle}")
        _wait_for(bare, reel.source_frames()[frame])


def _open(page: Page, script: Path, form: str) -> None:
    page.add_script_tag(path=script)
    page.evaluate(_OPEN, ["shaka" if "shaka" in script.name else "dashjs", form])
    until(page, "document.querySelector('video').readyState >= 3")
    watch(page)


def _wait_for(page: Page, number: int) -> None:
    until(page, "!document.querySelector('video').seeking")
    for _ in range(60):
        [shown] = on_screen(page)
        if shown.number == number:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{shown} and not {number}")
