"""A render is the cuts' packets, bit for bit, each frame at its exact time, over the whole bed."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import av
import pytest
from av.packet import Packet
from av.video.stream import VideoStream
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from player_stub import ReelMedia, render_reel, verify_film
from sizzle.errors import InputError, MediaError
from sizzle.reel.timecode_list import TimecodeList
from sizzle.timecode import FrameRate
from tests.player_stub import synthetic
from tests.player_stub.synthetic import CLIP_STARTS

VideoPacket: TypeAlias = "Packet[VideoStream]"


def packets(path: Path) -> Iterator[VideoPacket]:
    """The video's packets, in decoding order."""
    with av.open(str(path)) as film:
        yield from (packet for packet in film.demux(film.streams.video[0]) if packet.size)


def test_reports_what_it_made(media: ReelMedia, reel: TimecodeList, tmp_path: Path) -> None:
    """The result counts frames and samples exactly, and progress ends at the whole."""
    progress: list[tuple[int, int]] = []
    made = render_reel(
        reel,
        media,
        tmp_path / "film.mp4",
        on_progress=lambda done, of: progress.append((done, of)),
    )
    assert (made.cuts, made.frames, made.samples) == (5, 240, 240 * 2002)
    assert made.duration == Fraction(240 * 1001, 24000)
    assert made.size == made.path.stat().st_size
    assert progress == [(40, 240), (120, 240), (160, 240), (200, 240), (240, 240)]


def test_copies_packets_bit_for_bit(media: ReelMedia, reel: TimecodeList, film: Path) -> None:
    """Nothing is encoded again: each packet is one of the media's, byte by byte."""
    source = {bytes(packet) for packet in packets(media.video)}
    copied = [bytes(packet) for packet in packets(film)]
    assert len(copied) == reel.duration.frame
    assert set(copied) <= source


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations(range(len(CLIP_STARTS) - 1)), st.integers(1, 6), st.integers(0, 200))
def test_any_cuts_in_any_order_are_exact(
    media: ReelMedia,
    clips: list[tuple[int, int]],
    tmp_path: Path,
    order: list[int],
    count: int,
    bed_start: int,
) -> None:
    """Every frame is the one named at exactly its time, decoded in order and never after it."""
    reel = synthetic.reel_of(*(clips[index] for index in order[:count]), bed_start=bed_start)
    film = render_reel(reel, media, tmp_path / "film.mp4").path
    assert synthetic.shown(film) == synthetic.expected(reel)
    times = [(packet.dts, packet.pts) for packet in packets(film)]
    decoded = [dts for dts, _ in times if dts is not None]
    assert {later - earlier for earlier, later in pairwise(decoded)} <= {1001}
    assert all(dts <= pts for dts, pts in times if dts is not None and pts is not None)


@pytest.mark.parametrize("rate", [FrameRate(25), FrameRate(30000, 1001), FrameRate(50)])
def test_keeps_every_rate_exactly(tmp_path: Path, rate: FrameRate) -> None:
    """Frames of other rates are whole counts of ticks too, and the reel verifies."""
    video = synthetic.write_video(tmp_path / "video.mp4", range(60), (0, 20, 40), rate=rate)
    media = ReelMedia(video, synthetic.write_wav(tmp_path / "bed.wav", synthetic.music(6)))
    reel = synthetic.reel_of((40, 60), (0, 20), (20, 40), bed_start=7, rate=rate)
    film = render_reel(reel, media, tmp_path / "film.mp4").path
    assert synthetic.shown(film) == synthetic.expected(reel)
    assert verify_film(reel, film, media).passed


def test_the_same_reel_gives_the_same_bytes(
    media: ReelMedia, reel: TimecodeList, film: Path, tmp_path: Path
) -> None:
    """No clock, version or path gets into the film."""
    again = render_reel(reel, media, tmp_path / "again.mp4").path
    assert again.read_bytes() == film.read_bytes()


def test_plays_while_it_loads(film: Path) -> None:
    """The index comes before the media."""
    content = film.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize("broken", ["video", "bed"])
@pytest.mark.parametrize("content", [None, b"", b"no media at all"])
def test_refuses_files_that_are_not_media(
    media: ReelMedia, tmp_path: Path, broken: str, content: bytes | None
) -> None:
    """A missing, an empty and a foreign file are named, whichever of the two it is."""
    path = tmp_path / "broken"
    if content is not None:
        path.write_bytes(content)
    paths = {"video": media.video, "bed": media.bed, broken: path}
    with pytest.raises(MediaError, match="cannot be read") as raised:
        render_reel(
            synthetic.reel_of((0, 40)),
            ReelMedia(paths["video"], paths["bed"]),
            tmp_path / "film.mp4",
        )
    assert raised.value.where == str(path)


def test_refuses_media_without_the_track(media: ReelMedia, tmp_path: Path) -> None:
    """Music is no video, and silent video no bed."""
    reel = synthetic.reel_of((0, 40))
    with pytest.raises(MediaError, match="no video track"):
        render_reel(reel, ReelMedia(media.bed, media.bed), tmp_path / "film.mp4")
    with pytest.raises(MediaError, match="no audio track"):
        render_reel(reel, ReelMedia(media.video, media.video), tmp_path / "film.mp4")


def test_leaves_no_half_film(media: ReelMedia, tmp_path: Path) -> None:
    """Interrupted half-way, the film before stays and nothing else is left behind."""
    output = tmp_path / "film.mp4"
    output.write_bytes(b"the film before")

    def interrupt(done: int, of: int) -> None:
        if done < of:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render_reel(synthetic.reel_of((40, 60), (0, 40)), media, output, on_progress=interrupt)
    assert output.read_bytes() == b"the film before"
    assert list(tmp_path.iterdir()) == [output]


def test_never_overwrites_its_media(media: ReelMedia, tmp_path: Path) -> None:
    """A slip on the command line does not cost the asset."""
    for path in (media.video, media.bed):
        with pytest.raises(MediaError, match="overwrite"):
            render_reel(synthetic.reel_of((0, 40)), media, path)


def test_refuses_a_missing_folder(media: ReelMedia, tmp_path: Path) -> None:
    """A folder is not made by guess."""
    with pytest.raises(InputError, match="cannot be written"):
        render_reel(synthetic.reel_of((0, 40)), media, tmp_path / "none" / "film.mp4")
