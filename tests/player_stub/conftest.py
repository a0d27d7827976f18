"""One small Mega Asset, its bed and a clean film of it, made once and shared by all tests."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from player_stub import ReelMedia, render_reel
from sizzle.reel.timecode_list import TimecodeList
from tests.made_once import made_once
from tests.player_stub import synthetic
from tests.player_stub.synthetic import CLIP_STARTS


@pytest.fixture(scope="session")
def clips() -> list[tuple[int, int]]:
    """The source ranges of the asset's clips."""
    return list(pairwise(CLIP_STARTS))


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> ReelMedia:
    """320 frames of H.264 with B-frames, a key frame at each clip's start, and 25 s of music."""
    return made_once(tmp_path_factory, "media", _make_media)


def _make_media(folder: Path) -> ReelMedia:
    return ReelMedia(
        video=synthetic.write_video(folder / "video.mp4", range(320), CLIP_STARTS),
        bed=synthetic.write_wav(folder / "bed.wav", synthetic.music(25)),
    )


@pytest.fixture(scope="session")
def reel() -> TimecodeList:
    """240 frames in five cuts, over the bed from its 50th frame on."""
    return synthetic.reel_of((106, 146), (186, 266), (0, 40), (266, 306), (146, 186), bed_start=50)


@pytest.fixture(scope="session")
def film(reel: TimecodeList, media: ReelMedia, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reel, rendered."""

    def make(folder: Path) -> Path:
        return render_reel(reel, media, folder / "film.mp4").path

    return made_once(tmp_path_factory, "film", make)
