"""The music: in sync to the sample, its loop without a gap."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from pymp4.parser import Box

from sizzle.clips import Bed
from sizzle.packager import package
from sizzle.packager.encode import PACKET, padded
from tests.packager.kit import BED_FRAMES, QUICK, Index, Made, index_of

A_FRAME = 2002  # samples at 48 kHz and 24000/1001
_HEARD = 48_000

Samples = NDArray[np.float64]


def heard(path: Path) -> Samples:
    """The left channel of a file as players decode it."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    if frames[0].shape[0] == 1:  # packed: left and right in turn
        return np.concatenate([frame[0, ::2] for frame in frames]) / 32768
    return np.concatenate([frame[0] for frame in frames]).astype(np.float64)


def lateness(sound: Samples, music: Samples, at: int, of: int) -> int:
    """By how many samples the second of music at `of` comes late where it should be at `at`."""
    size, slack = _HEARD, 3000
    wanted = music[of : of + size]
    around = np.pad(sound, slack)[at : at + size + 2 * slack]
    spectrum = np.fft.rfft(around) * np.conj(np.fft.rfft(wanted, len(around)))
    return int(np.argmax(np.fft.irfft(spectrum)[: 2 * slack])) - slack


def test_the_first_sample_is_heard_at_zero(made: Made) -> None:
    """The edit list skips the encoder's lead, and nothing drifts to the end."""
    music = heard(Path(made.index.asset.bed().media))
    sound = heard(made.packaged.folder / "bed-main.mp4")
    last = BED_FRAMES * A_FRAME - _HEARD
    assert [lateness(sound, music, at, at) for at in (0, 200_000, last)] == [0, 0, 0]


def test_fragments_of_the_bed_are_equally_long(made: Made) -> None:
    """To the last, as the playlist says; about as long as the video's, never longer."""
    bed = made.packaged.segment_map.bed("main")
    data = (made.packaged.folder / bed.file).read_bytes()
    for number, start in enumerate(bed.offsets[:-1]):
        moof = Box.parse(data[start : start + bed.header_sizes[number]])
        (track,) = [box for box in moof.children if box.type == b"traf"]
        times = {box.type: box for box in track.children}
        assert times[b"tfdt"].baseMediaDecodeTime == number * bed.fragment_ticks
        assert len(times[b"trun"].sample_info) * PACKET == bed.fragment_ticks
    assert 0 < 40 * A_FRAME - bed.fragment_ticks < PACKET


@pytest.mark.parametrize("samples", [1, 78 * 1024 - 1024, 78 * 1024 - 1023, 960_960])
def test_padding_fills_the_last_fragment(samples: int) -> None:
    """With the encoder's lead, and with less than a fragment of silence."""
    whole = padded(samples, 78)
    assert (whole + PACKET) % (78 * PACKET) == 0
    assert 0 <= whole - samples < 78 * PACKET


def test_a_short_bed_is_looped_without_a_gap(made: Made, tmp_path: Path) -> None:
    """The first sample of the second round follows the last of the first one."""
    whole = index_of(Path(made.index.asset.video).parent)
    bed = Bed("main", whole.asset.bed().media, 100)
    index = Index(replace(whole.asset, beds=(bed,)), whole.clips, "v1")
    settings = replace(QUICK, ladder=(72,), loop_beds_to=250)
    packaged = package(index, tmp_path, settings)
    assert packaged.segment_map.bed("main").samples == 250 * A_FRAME
    music = heard(Path(bed.media))[: 100 * A_FRAME]
    sound = heard(packaged.folder / "bed-main.mp4")
    rounds = np.tile(music, 3)
    joins = [100 * A_FRAME - _HEARD // 2, 200 * A_FRAME - _HEARD // 2]
    assert [lateness(sound, rounds, at, at) for at in joins] == [0, 0]
    assert np.abs(sound[: 250 * A_FRAME] - rounds[: 250 * A_FRAME]).max() < 0.2
