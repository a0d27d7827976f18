"""A small packaged asset, reels of it, and what reads back which frames a player would show."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import av
import numpy as np
import pytest
import uvicorn
from starlette.types import ASGIApp

from fixtures.bed import write_bed
from fixtures.titles import DEMO_RATE, DEMO_TITLES, demo_clips
from player_stub import barcode
from sizzle import process
from sizzle.clips import Bed, Clip, ClipIndex, MegaAsset
from sizzle.hls import Codec
from sizzle.packager import Encoding, Packaged, PackageSettings, package
from sizzle.reel import Cut, Reel, TimecodeList, to_timecode_list
from sizzle.timecode import FrameRate, TimeRange
from tests.made_once import made_once
from tests.player_stub.synthetic import luma, write_asset

SIZE = (320, 180)
RUN = (80, 40, 40)
TITLES = DEMO_TITLES[:3]
BED_FRAMES = 440
SIZES = {"180p": (320, 180), "144p": (256, 144)}
QUICK = PackageSettings(ladder=(1080, 180, 144), encoding=Encoding(preset="ultrafast"))

IN_AV1 = PackageSettings(
    ladder=(180,),
    encoding=Encoding("ultrafast", av1_preset=12, av1_crf=20),
    codecs=(Codec.H264, Codec.AV1),
)

Numbers = list[int | None]


class PublishedIndex(ClipIndex):
    """An index at a version, as if it came from a catalog."""

    def __init__(self, asset: MegaAsset, clips: Sequence[Clip], version: str) -> None:
        super().__init__(asset, TITLES, clips)
        self.version = version


@dataclass(frozen=True)
class Made:
    """A packaged asset: its index, the folder of packages, and what `package` said."""

    index: PublishedIndex
    root: Path
    packaged: Packaged


def write_media(folder: Path, rate: FrameRate = DEMO_RATE) -> None:
    """Draw `mega.mp4`, every frame with its number, and `bed.wav`."""
    write_asset(folder / "mega.mp4", demo_clips(TITLES, RUN), rate, SIZE)
    write_bed(folder / "bed.wav", BED_FRAMES, rate)


def index_of(
    folder: Path,
    version: str = "v1",
    *,
    clips: Sequence[Clip] | None = None,
    duration: int = len(TITLES) * sum(RUN),
    rate: FrameRate = DEMO_RATE,
    bed_frames: int = BED_FRAMES,
) -> PublishedIndex:
    """The index of the media in a folder."""
    bed = Bed("main", str(folder / "bed.wav"), bed_frames)
    asset = MegaAsset("demo", rate, 86_400, duration, str(folder / "mega.mp4"), (bed,))
    return PublishedIndex(asset, demo_clips(TITLES, RUN) if clips is None else clips, version)


def make(folder: Path) -> Made:
    """Draw an asset and package it."""
    write_media(folder)
    index = index_of(folder)
    return Made(index, folder / "packages", package(index, folder / "packages", QUICK))


def shared(factory: pytest.TempPathFactory) -> Made:
    """An asset drawn and packaged once for all tests that only read it."""
    return made_once(factory, "packaged", make)


def shared_in_av1(factory: pytest.TempPathFactory) -> Made:
    """The same asset in one size and two codecs, made once for all tests that only read it."""
    index = shared(factory).index
    return made_once(factory, "packaged-av1", lambda folder: _in_av1(index, folder))


def _in_av1(index: PublishedIndex, folder: Path) -> Made:
    return Made(index, folder, package(index, folder, IN_AV1))


def reel_of(index: PublishedIndex, *keys: str, reel_id: str = "reel-1") -> TimecodeList:
    """A reel of these clips, in this order."""
    cuts, at = [], 0
    for key in keys:
        clip = index.clip(key)
        title = index.title(clip.title_id)
        cuts.append(Cut(clip, title, 1, 1, TimeRange.of(at, clip.length)))
        at += clip.length
    reel = Reel(
        member_id="ada",
        asset=index.asset,
        asset_version=index.version,
        cadence="test",
        model_version="model-1",
        seed=0,
        cold_start=False,
        cuts=tuple(cuts),
        bed=index.asset.bed(),
        bed_range=TimeRange(0, at),
    )
    return to_timecode_list(reel, reel_id)


def scattered(index: PublishedIndex, reel_id: str = "reel-1") -> TimecodeList:
    """A reel of eight cuts, none beside its neighbour in the media, some going back in it."""
    titles = [title.title_id for title in TITLES]
    order = ((2, 2), (0, 1), (1, 3), (2, 1), (0, 3), (1, 2), (0, 2), (2, 3))
    keys = [f"{titles[title]}-clip-{number}" for title, number in order]
    return reel_of(index, *keys, reel_id=reel_id)


def shown_by_ffmpeg(address: str, size: tuple[int, int], stream: int = 0) -> Numbers:
    """The numbers of the frames that ffmpeg decodes from a file or address."""
    data = process.run(
        [
            *(process.ffmpeg(), "-nostdin", "-loglevel", "error", "-i", address),
            *("-map", f"0:v:{stream}", "-fps_mode", "passthrough"),
            *("-pix_fmt", "gray", "-f", "rawvideo", "-"),
        ],
        timeout=60,
    )
    width, height = size
    frames = np.frombuffer(data, np.uint8).reshape(-1, height, width)
    return [barcode.read(frame) for frame in frames]


def shown_by_pyav(address: str, stream: int = 0) -> tuple[Numbers, list[float]]:
    """The numbers of the frames that PyAV decodes, and the seconds at which each is shown."""
    numbers: Numbers = []
    seconds = []
    with av.open(address) as container:
        for frame in container.decode(container.streams.video[stream]):
            numbers.append(barcode.read(luma(frame)))
            assert frame.pts is not None
            assert frame.time_base is not None
            seconds.append(float(frame.pts * frame.time_base))
    return numbers, seconds


def all_frames(folder: Path) -> Numbers:
    """The numbers of the frames of the larger rendition in a package."""
    return shown_by_pyav(str(folder / "180p.mp4"))[0]


def commands(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The programs that were run, but for asking an ffmpeg what it can do."""
    run = [record.getMessage() for record in caplog.records if record.name == "sizzle.process"]
    return [command for command in run if "-hide_banner" not in command]


@contextmanager
def serving(
    app: ASGIApp, protocol: type[asyncio.Protocol] | Literal["auto"] = "auto"
) -> Iterator[str]:
    """The address of a real server in a thread."""
    config = uvicorn.Config(app, port=0, log_level="error", lifespan="off", http=protocol)
    server = uvicorn.Server(config)
    socket = server.config.bind_socket()
    socket.listen()
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        socket.close()
