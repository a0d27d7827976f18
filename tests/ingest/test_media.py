"""Reading media: which frames a file has, and what some of them look like without decoding all."""

from __future__ import annotations

from pathlib import Path

import pytest

from sizzle import process
from sizzle.errors import MediaError
from sizzle.ingest.media import Packets, read_frame_stats, read_packets
from sizzle.media.probe import probe_video

FRAMES = 96

ENCODINGS = {
    "closed GOPs": ("-c:v", "libx264", "-g", "12", "-bf", "3", "-flags", "+cgop"),
    "open GOPs": ("-c:v", "libx264", "-g", "12", "-bf", "3", "-x264-params", "open-gop=1"),
    "one GOP": ("-c:v", "libx264", "-g", "9999", "-bf", "2"),
    "no B-frames": ("-c:v", "mpeg4", "-g", "10"),
    "key frames only": ("-c:v", "prores_ks", "-profile:v", "0", "-pix_fmt", "yuv422p10le"),
}


@pytest.fixture(scope="module", params=ENCODINGS, ids=str)
def film(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Moving pictures, no two frames alike, in each way of coding them."""
    path = tmp_path_factory.mktemp("media") / "film.mov"
    source = f"testsrc2=size=256x144:rate=24000/1001,trim=end_frame={FRAMES}"
    command = [process.ffmpeg(), "-y", "-f", "lavfi", "-i", source]
    process.run([*command, *ENCODINGS[request.param], str(path)], timeout=60)
    return path


def test_every_packet_has_its_place(film: Path) -> None:
    """As many frames as were encoded, each shown once, the first a key frame."""
    packets = read_packets(film)
    assert sorted(packets.shown) == list(range(FRAMES))
    assert 0 in packets.key_frames


def test_a_frame_looks_the_same_alone_as_among_all(film: Path) -> None:
    """Decoding from the key frame before, and only what a frame leans on, loses nothing."""
    packets = read_packets(film)
    everything = read_frame_stats(film, packets, range(FRAMES))
    assert sorted(everything) == list(range(FRAMES))
    for wanted in (range(1, 5), range(22, 27), range(34, 38), (0, 1, 50, 51, 94, 95)):
        some = read_frame_stats(film, packets, wanted)
        assert sorted(some) == list(wanted)
        for frame in wanted:
            if frame - 1 in wanted:
                assert some[frame] == everything[frame]
            else:
                assert some[frame].change is None
                assert some[frame].brightest == everything[frame].brightest


def test_frames_that_are_not_there_are_left_out(film: Path) -> None:
    """Past the end there is nothing to see."""
    assert list(read_frame_stats(film, read_packets(film), [95, 96, 500])) == [95]


def test_only_the_packets_needed_are_decoded() -> None:
    """From the key frame shown at or before a frame, which may be stored after it."""
    # Stored:    0  3  1  2  6  4  5  9  7  8   where 0 and 6 are key frames
    packets = Packets((0, 3, 1, 2, 6, 4, 5, 9, 7, 8), (0, 4), {})
    assert packets.needed_for([8]) == [range(4, 10)]
    assert packets.needed_for([1]) == [range(3)]
    assert packets.needed_for([5]) == [range(7)]
    assert packets.needed_for([1, 6]) == [range(3), range(4, 5)]
    assert packets.needed_for([5, 6, 9]) == [range(8)]
    assert packets.needed_for([]) == []


def test_a_constant_rate_is_read_exactly(film: Path) -> None:
    """Whatever the codec."""
    facts = probe_video(film)
    assert (str(facts.rate), facts.frames) == ("24000/1001", FRAMES)
    assert facts.size == (256, 144)


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    """And is refused by name."""
    path = tmp_path / "bed.wav"
    source = ["-f", "lavfi", "-i", "anullsrc", "-t", "1"]
    process.run([process.ffmpeg(), *source, str(path)], timeout=60)
    for read in (probe_video, read_packets):
        with pytest.raises(MediaError, match="no video") as caught:
            read(path)
        assert caught.value.where == str(path)
