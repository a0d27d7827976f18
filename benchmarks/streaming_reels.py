"""A packaged Mega Asset to stream from, and reels of it for many members."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from fixtures.bed import write_bed
from fixtures.media import write_mega_asset
from fixtures.titles import DEMO_RATE, DEMO_TITLES, demo_clips
from ranker import RankedTitle, Ranking
from sizzle import cadence
from sizzle.clips import Bed, ClipIndex, MegaAsset
from sizzle.hls import SegmentMap
from sizzle.packager import Encoding, PackageSettings, package
from sizzle.reel import TimecodeList, assemble, to_timecode_list

SIZE = (1280, 720)
RUN = (160, 80, 80, 40, 40, 40)
TITLES = DEMO_TITLES[:5]
SETTINGS = PackageSettings((720, 480, 360, 240), Encoding("veryfast"))


@dataclass(frozen=True)
class Streamable:
    """What is streamed.

    Attributes:
        root: the folder of packages.
        segment_map: of the package.
        reels: of the default cadence, each of another order of the titles.
    """

    root: Path
    segment_map: SegmentMap
    reels: list[TimecodeList]


def make(folder: Path, reels: int) -> Streamable:
    """Draw, encode and package an asset, and compose reels of it."""
    clips = demo_clips(TITLES, RUN)
    frames = clips[-1].source.end
    write_mega_asset(folder / "mega.mp4", TITLES, clips, size=SIZE)
    write_bed(folder / "bed.wav", frames)
    bed = Bed("main", str(folder / "bed.wav"), frames)
    asset = MegaAsset("bench", DEMO_RATE, 0, frames, str(folder / "mega.mp4"), (bed,))
    index = ClipIndex(asset, TITLES, clips)
    packaged = package(index, folder / "packages", SETTINGS)
    composed = [
        to_timecode_list(
            assemble(_ranking(index, seed), index, cadence.DEFAULT, seed=seed), f"bench-{seed}"
        )
        for seed in range(reels)
    ]
    return Streamable(folder / "packages", packaged.segment_map, composed)


def _ranking(index: ClipIndex, seed: int) -> Ranking:
    """A member's order of the titles, by the dice."""
    titles = [title.title_id for title in index.titles]
    Random(seed).shuffle(titles)  # noqa: S311 - not for secrets
    ranked = tuple(RankedTitle(title, -float(index)) for index, title in enumerate(titles))
    return Ranking(f"member-{seed}", ranked, "dice", cold_start=False)
