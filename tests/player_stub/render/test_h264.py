"""Two encoders share one description, and packets tell where decoding can start."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from player_stub import ReelMedia
from player_stub.render.h264 import Configuration, is_random_access
from player_stub.render.smart_cut import StoredFrame, split_cut
from sizzle.timecode import TimeRange
from tests.player_stub import synthetic


def test_a_description_survives_being_read(media: ReelMedia) -> None:
    """Read and written it is the same bytes; joined with itself it has all sets twice."""
    with av.open(str(media.video)) as container:
        extradata = container.streams.video[0].codec_context.extradata
    own = Configuration.parse(extradata)
    assert own is not None
    assert own.to_bytes() == extradata
    assert own.free_id == 1
    joined = Configuration.parse(own.merged(own).to_bytes())
    assert joined is not None
    assert joined.sequence_sets == own.sequence_sets * 2
    assert joined.picture_sets == own.picture_sets * 2


@given(st.binary(max_size=60))
def test_no_bytes_crash_it(data: bytes) -> None:
    """Any bytes parse to a configuration or to None."""
    own = Configuration.parse(b"\x01" + data)
    assert own is None or own.free_id is None or 0 <= own.free_id < 32
    for prefix in (None, 1, 2, 4):
        assert is_random_access(data, "h264", True, prefix) in (True, False)


@pytest.mark.parametrize(("x264", "starts"), [("open-gop=0", 3), ("open-gop=1", 1)])
def test_decoding_cannot_start_at_an_open_gop(tmp_path: Path, x264: str, starts: int) -> None:
    """Of key frames only those that nothing reaches over count."""
    options = f"keyint=20:min-keyint=20:scenecut=0:bframes=3:threads=1:{x264}"
    video = synthetic.write_video(tmp_path / "video.mp4", range(60), x264=options)
    with av.open(str(video)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        starts_found = [
            is_random_access(bytes(each), "h264", each.is_keyframe, 4) for each in packets
        ]
    assert starts_found.count(True) == starts


@given(
    st.lists(st.integers(1, 12), min_size=1, max_size=6),
    st.integers(0, 40),
    st.integers(1, 30),
)
def test_pieces_cover_a_cut_once(gops: list[int], start: int, length: int) -> None:
    """Without reordering: copied from the first start in the cut to its end, encoded before."""
    starts = {sum(gops[:index]) for index in range(len(gops))}
    frames = sum(gops)
    source = TimeRange(min(start, frames - 1), min(start + length, frames))
    stored = [StoredFrame(frame, frame in starts) for frame in range(source.end)]
    made = split_cut(source, stored)
    covered = [frame for piece in made for frame in range(piece.source.start, piece.source.end)]
    assert covered == list(range(source.start, source.end))
    first = min((each for each in starts if source.start <= each < source.end), default=source.end)
    copied = [piece.source for piece in made if piece.copied]
    assert copied == ([TimeRange(first, source.end)] if first < source.end else [])
