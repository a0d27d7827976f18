"""Rendered media is, frame by frame, what the sheet says."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from sizzle.errors import MediaError
from sizzle.ingest.media import read_packets
from sizzle.layout import FrameSize
from sizzle.media.probe import probe_video
from sizzle.mega import MegaPlan, Options, plan, render
from tests.mega.numbered_films import (
    H264,
    LAYOUT,
    NTSC,
    TAGGED,
    decoded,
    film,
    number_of,
    write_sheet,
)

ROWS = (
    "a,film.mp4,3,16", "a,open.mov,21,16", "a,tall.ts,40,8", "a,film.mp4,52,8",
    "b,tall.ts,0,16", "b,film.mp4,30,16", "b,open.mov,00:00:02:04,8", "b,open.mov,5,8",
)  # fmt: skip
STARTS = (3, 21, 40, 52, 0, 30, 52, 5)
LENGTHS = (*LAYOUT.run, *LAYOUT.run)
FRAMES = [start + at for start, length in zip(STARTS, LENGTHS, strict=True) for at in range(length)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> MegaPlan:
    """Two titles at 24000/1001 from films of 24 frames a second, B-frames and several shapes."""
    folder = tmp_path_factory.mktemp("sources")
    film(folder / "film.mp4", coding=(*H264, *TAGGED))
    film(folder / "open.mov", coding=(*H264, *TAGGED, "-x264-params", "open-gop=1:keyint=10"))
    film(folder / "tall.ts", size=(64, 64), coding=(*H264, *TAGGED))
    return plan(write_sheet(folder / "sheet.csv", *ROWS), LAYOUT, Options(conform=True))


def rendered(made: MegaPlan, path: Path, size: FrameSize | None = None) -> Path:
    """The plan's media."""
    assert made.timeline
    picture = size or made.timeline.picture
    assert picture
    render(path, made.cuts, LAYOUT, picture)
    return path


def test_every_frame_is_the_one_meant(made: MegaPlan, tmp_path: Path) -> None:
    """24 conformed to 24000/1001: none doubled, none dropped, in four containers and codings."""
    shown = decoded(rendered(made, tmp_path / "mega.mp4"))
    middle = [slice(32, 96) if cut.source.width == 64 else slice(None) for cut in made.cuts]
    columns = [each for each, n in zip(middle, LENGTHS, strict=True) for _ in range(n)]
    numbers = [number_of(plane[:, each]) for plane, each in zip(shown, columns, strict=True)]
    assert numbers == FRAMES


def test_the_media_can_be_cut_at_each_clip(made: MegaPlan, tmp_path: Path) -> None:
    """A key frame at each fragment and nowhere else, at the exact rate, in closed GOPs."""
    path = rendered(made, tmp_path / "mega.mov", FrameSize(64, 32))
    packets = read_packets(path)
    assert packets.key_frames == frozenset(range(0, len(FRAMES), LAYOUT.fragment))
    # Closed: what is stored from a key frame on is shown from it on.
    for position, key in enumerate(packets.keys):
        assert min(packets.shown[key:]) == position * LAYOUT.fragment
    facts = probe_video(path)
    assert (facts.rate, facts.frames, facts.irregular) == (NTSC, len(FRAMES), None)
    assert facts.size == (64, 32)


def test_the_media_says_what_it_is(made: MegaPlan, tmp_path: Path) -> None:
    """bt709 in video range, every frame a whole count of ticks, and the layout's start timecode."""
    with av.open(str(rendered(made, tmp_path / "mega.mp4"))) as container:
        stream = container.streams.video[0]
        frame = next(container.decode(stream))
        assert (frame.colorspace, frame.color_trc, frame.color_primaries) == (1, 1, 1)
        assert (frame.color_range, frame.format.name) == (1, "yuv420p")
        assert stream.time_base == Fraction(1, 24000)
        assert container.streams.video[0].metadata["timecode"] == "01:00:00:00"
        assert not container.streams.audio


def test_progress_is_told_frame_by_frame(made: MegaPlan, tmp_path: Path) -> None:
    """So that a bar can move."""
    told: list[int] = []
    render(tmp_path / "mega.mp4", made.cuts, LAYOUT, FrameSize(64, 32), told.append)
    assert told == list(range(1, len(FRAMES) + 1))


def test_an_interrupted_render_leaves_nothing(made: MegaPlan, tmp_path: Path) -> None:
    """Neither half a film nor a temporary file, and what was there before stays."""
    path = tmp_path / "mega.mp4"
    path.write_text("the film before")

    def interrupt(done: int) -> None:
        if done == 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render(path, made.cuts, LAYOUT, FrameSize(128, 64), interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["mega.mp4"]
    assert path.read_text() == "the film before"


def test_a_source_that_lost_frames_ends_the_render(tmp_path: Path) -> None:
    """Replaced after it was planned: an error, and no film with a frame too few."""
    source = film(tmp_path / "film.mp4")
    rows = [
        f"a,film.mp4,{start},{length}" for start, length in ((0, 16), (16, 16), (32, 8), (40, 8))
    ]
    made = plan(write_sheet(tmp_path / "sheet.csv", *rows), LAYOUT, Options(conform=True))
    film(source, 30)
    with pytest.raises(MediaError, match="frame 30 of 60 cannot be decoded"):
        rendered(made, tmp_path / "mega.mp4")
    assert {path.name for path in tmp_path.iterdir()} == {"film.mp4", "sheet.csv"}
