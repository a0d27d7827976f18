"""Encoding the music beds: fragmented AAC, as a rendition of its own that nothing cuts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sizzle import process
from sizzle.clips import Bed
from sizzle.files import replacing
from sizzle.hls import Sound, bed_name
from sizzle.packager.encode import CHANNELS, PACKET, SAMPLE_RATE, Encoding, bed_command
from sizzle.packager.key_plan import KeyPlan
from sizzle.packager.scan import scan
from sizzle.packager.tracks import sound_of
from sizzle.timecode import FrameRate

_TIMEOUT: Final = 24 * 3600.0


def encode_bed(
    folder: Path, media: Path, bed: Bed, keys: KeyPlan, encoding: Encoding, loop_to: int
) -> None:
    """Encode a bed, if the folder lacks it.

    Args:
        folder: where `bed-<id>.mp4` is to be.
        media: the music.
        bed: as the asset names it.
        keys: the video's fragments: those of the bed are about as long.
        encoding: quality.
        loop_to: frames that the bed lasts at least; a shorter one begins again, without a gap.

    Raises:
        ProcessError: ffmpeg failed.
    """
    path = folder / f"{bed_name(bed.bed_id)}.mp4"
    if path.exists():
        return
    with replacing(path) as temporary:
        command = bed_command(
            media,
            temporary,
            encoding,
            lasting=samples_of(bed.duration, keys.rate),
            samples=samples_of(max(bed.duration, loop_to), keys.rate),
            packets=packets_of(keys),
        )
        process.run(command, timeout=_TIMEOUT)


def read_bed(folder: Path, bed: Bed, keys: KeyPlan, loop_to: int) -> Sound:
    """An encoded bed, proved. Raises FragmentError: it is not what it should be."""
    return sound_of(
        scan(folder / f"{bed_name(bed.bed_id)}.mp4"),
        bed,
        samples=samples_of(max(bed.duration, loop_to), keys.rate),
        packet=PACKET,
        packets=packets_of(keys),
        channels=CHANNELS,
    )


def samples_of(frames: int, rate: FrameRate) -> int:
    """Samples in so many frames, rounded up: the music is as long as the picture at least."""
    seconds = rate.seconds(frames)
    return -(-seconds.numerator * SAMPLE_RATE // seconds.denominator)


def packets_of(keys: KeyPlan) -> int:
    """Packets of a fragment: as many as the video's fragment has time for."""
    return max(1, int(keys.rate.seconds(keys.fragment) * SAMPLE_RATE) // PACKET)
