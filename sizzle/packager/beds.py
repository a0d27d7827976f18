"""Encoding the music beds: fragmented AAC, as an audio rendition that is never cut."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from sizzle import process
from sizzle.clips import Bed
from sizzle.files import replacing, scratch_folder
from sizzle.hls import BedTrack, FragmentError, bed_name
from sizzle.media.checked import checked_audio
from sizzle.packager.bed_fades import BedGrid, BedSamples
from sizzle.packager.encode import (
    CHANNELS,
    PACKET,
    SAMPLE_RATE,
    Encoding,
    decode_bed_command,
    encode_bed_command,
)
from sizzle.packager.key_plan import KeyPlan
from sizzle.packager.scan import scan
from sizzle.packager.tracks import bed_track_of
from sizzle.timecode import FrameRate

_TIMEOUT: Final = 24 * 3600.0


def encode_bed(
    folder: Path, media: Path, bed: Bed, keys: KeyPlan, encoding: Encoding, loop_to: int
) -> None:
    """Encode a bed, if the folder lacks it or has one that is not as planned.

    Args:
        folder: where `bed-<id>.mp4` is to be.
        media: the music.
        bed: as the asset names it.
        keys: the video's fragments; those of the bed are about as long.
        encoding: quality.
        loop_to: the least length in frames of a bed that loops.

    Raises:
        MediaError: the music cannot be used.
        ProcessError: ffmpeg failed.
        FragmentError: what it made is not what was planned; nothing is left of it.
    """
    path, grid = _file(folder, bed), bed_grid(bed, keys, loop_to)
    if _fits(path, bed, grid):
        return
    with scratch_folder() as scratch, replacing(path) as temporary:
        bare = scratch / "samples"
        decode = decode_bed_command(
            media,
            bare,
            mono=checked_audio(media).channels == 1,
            lasting=samples_of(bed.duration, keys.rate),
            samples=grid.samples,
        )
        process.run(decode, timeout=_TIMEOUT)
        process.run(
            encode_bed_command(temporary, encoding, packets_of(keys)),
            stdin=_pieces(bare, grid),
            timeout=_TIMEOUT,
        )
        _sound(temporary, bed, grid, path)


def read_bed(folder: Path, bed: Bed, keys: KeyPlan, loop_to: int) -> BedTrack:
    """An encoded bed, checked. Raises FragmentError: it is not as planned."""
    path = _file(folder, bed)
    return _sound(path, bed, bed_grid(bed, keys, loop_to), path)


def bed_grid(bed: Bed, keys: KeyPlan, loop_to: int) -> BedGrid:
    """How a bed is divided into fragments."""
    frames = max(bed.duration, loop_to) if bed.loops else bed.duration
    return BedGrid(
        samples=samples_of(frames, keys.rate),
        fragment=packets_of(keys) * PACKET,
        lead=PACKET,
        fade=samples_of(bed.fade, keys.rate),
        ends=tuple(
            samples_of(end, keys.rate) for end in range(keys.fragment, frames + 1, keys.fragment)
        ),
    )


def samples_of(frames: int, rate: FrameRate) -> int:
    """Samples in so many frames, rounded up: the music is at least as long as the picture."""
    seconds = rate.seconds(frames)
    return -(-seconds.numerator * SAMPLE_RATE // seconds.denominator)


def packets_of(keys: KeyPlan) -> int:
    """Packets in a fragment: as many as fit in a fragment of the video."""
    return max(1, int(keys.rate.seconds(keys.fragment) * SAMPLE_RATE) // PACKET)


def _file(folder: Path, bed: Bed) -> Path:
    return folder / f"{bed_name(bed.bed_id)}.mp4"


def _fits(path: Path, bed: Bed, grid: BedGrid) -> bool:
    """Whether the bed's file exists and is as planned."""
    try:
        _sound(path, bed, grid, path)
    except (FileNotFoundError, FragmentError):
        return False
    return True


def _sound(file: Path, bed: Bed, grid: BedGrid, path: Path) -> BedTrack:
    """Read and check a bed; `path` is its final path, for errors. Raises FragmentError."""
    return bed_track_of(scan(file), bed, grid, path, packet=PACKET, channels=CHANNELS)


def _pieces(bare: Path, grid: BedGrid) -> Iterator[bytes]:
    yield from BedSamples(bare, CHANNELS).pieces(grid)
