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
from sizzle.hls import BedTrack, retime
from sizzle.packager import Packaged, package
from sizzle.packager.bed_fades import BedGrid
from sizzle.packager.encode import PACKET
from tests.packager.packaged_asset import BED_FRAMES, QUICK, Made, PublishedIndex, index_of

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
    whole = BedGrid(samples, 78 * PACKET, PACKET, 0, ()).padded
    assert (whole + PACKET) % (78 * PACKET) == 0
    assert 0 <= whole - samples < 78 * PACKET


def packaged_with(made: Made, folder: Path, bed: Bed, loop_to: int) -> Packaged:
    """The asset packaged with another bed, and little else."""
    whole = index_of(Path(made.index.asset.video).parent)
    index = PublishedIndex(replace(whole.asset, beds=(bed,)), whole.clips, "v1")
    return package(index, folder, replace(QUICK, ladder=(72,), loop_beds_to=loop_to))


def test_a_short_bed_is_looped_without_a_gap(made: Made, tmp_path: Path) -> None:
    """The first sample of the second round follows the last of the first one."""
    bed = Bed("main", made.index.asset.bed().media, 100, loops=True)
    packaged = packaged_with(made, tmp_path, bed, 250)
    assert packaged.segment_map.bed("main").samples == 250 * A_FRAME
    music = heard(Path(bed.media))[: 100 * A_FRAME]
    sound = heard(packaged.folder / "bed-main.mp4")
    rounds = np.tile(music, 3)
    joins = [100 * A_FRAME - _HEARD // 2, 200 * A_FRAME - _HEARD // 2]
    assert [lateness(sound, rounds, at, at) for at in joins] == [0, 0]
    assert np.abs(sound[: 250 * A_FRAME] - rounds[: 250 * A_FRAME]).max() < 0.2


def under_a_reel(packaged: Packaged, bed: BedTrack, slots: int, path: Path) -> Samples:
    """What players hear under a reel of so many slots: its fragments, moved, in one file."""
    data = (packaged.folder / bed.file).read_bytes()
    parts = [data[: bed.init_size]]
    samples = slots * 40 * A_FRAME
    for slot, fragment in enumerate(bed.playing(samples, slots).fragments):
        moved = bytearray(data[bed.offsets[fragment] : bed.offsets[fragment + 1]])
        retime(moved, slot, slot * bed.fragment_ticks, bed.time_offsets[fragment])
        parts.append(bytes(moved))
    path.write_bytes(b"".join(parts))
    return heard(path)


@pytest.mark.parametrize("fade", [pytest.param(12, marks=pytest.mark.full), 100])
def test_the_music_fades_out_at_every_reel_s_end(made: Made, tmp_path: Path, fade: int) -> None:
    """Whatever the length, looped or not: the bed as it is, then its ending, and no seam.

    Where a reel goes over from the bed to its ending, it sounds as near to the music as the bed
    itself does. Loop and fragments begin together every 200 frames, and then all is as before.
    """
    bed = Bed("main", made.index.asset.bed().media, 100, loops=True, fade=fade)
    packaged = packaged_with(made, tmp_path, bed, 280)
    sound = packaged.segment_map.bed("main")
    rounds = np.tile(heard(Path(bed.media))[: 100 * A_FRAME], 5)
    plain = heard(packaged.folder / sound.file)[: 280 * A_FRAME]
    noise = np.abs(plain - rounds[: len(plain)]).max()
    for slots in range(1, 8):
        end = slots * 40 * A_FRAME
        left = np.clip((end - np.arange(end)) / min(fade * A_FRAME, end), 0, 1)
        wanted = rounds[:end] * (1 - np.cos(np.pi * left)) / 2
        film = under_a_reel(packaged, sound, slots, tmp_path / f"{slots}.mp4")
        assert np.abs(film[:end] - wanted).max() < 1.3 * noise
        assert np.abs(film[end + PACKET :]).max(initial=0) < 1e-3
