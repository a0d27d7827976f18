"""Ending a fragment early: the last one of the music, which ends where the picture does.

The header is written anew with fewer samples, the last of which may last less than the others. The
samples themselves are the first bytes of the fragment's own: nothing is decoded or encoded.
"""

from __future__ import annotations

from struct import pack

from sizzle.hls.boxes import HEADER_SIZE, box, copied, full_box
from sizzle.hls.errors import FragmentError
from sizzle.hls.fragment import read_samples

_FULL_BOX = 12  # bytes of a box's size, type, version and flags
_COLUMNS = 0x1 | 0x100 | 0x200  # of `trun`: where the samples are, their durations and sizes


def trim(header: bytes, ticks: int) -> tuple[bytearray, int]:
    """The header of a fragment that ends after so many ticks, up to its first sample.

    Args:
        header: the fragment's `moof` box.
        ticks: of the track, from the fragment's start.

    Returns:
        Its `moof` box and the header of its `mdat`, with all at the same offsets as before as far
        as re-timing goes; and how many bytes of samples follow.

    Raises:
        FragmentError: it ends before that; its samples are not all alike, as those of a picture
            are not; or the header is damaged.
    """
    samples = read_samples(header)
    if any(samples.offsets) or not all(samples.sync):
        raise FragmentError("Only fragments of audio can end early.")
    durations = _shortened(samples.durations, ticks)
    sizes = samples.sizes[: len(durations)]
    moof = _moof(header, durations, sizes)
    size = sum(sizes)
    return moof + pack(">I4s", HEADER_SIZE + size, b"mdat"), size


def _shortened(durations: tuple[int, ...], ticks: int) -> list[int]:
    """The durations of the samples of the first so many ticks."""
    kept, left = list[int](), ticks
    for duration in durations:
        if left <= 0:
            break
        kept.append(min(duration, left))
        left -= duration
    if left > 0 or not kept:
        raise FragmentError(f"A fragment of {sum(durations)} ticks cannot end after {ticks}.")
    return kept


def _moof(header: bytes, durations: list[int], sizes: tuple[int, ...]) -> bytearray:
    before = [copied(header, b"moof", b"mfhd")]
    track = [copied(header, b"moof", b"traf", kind) for kind in (b"tfhd", b"tfdt")]
    cells = [cell for pair in zip(durations, sizes, strict=True) for cell in pair]
    run = _FULL_BOX + 8 + 4 * len(cells)
    size = 2 * HEADER_SIZE + run + sum(map(len, (*before, *track)))
    samples = pack(f">Ii{len(cells)}I", len(sizes), size + HEADER_SIZE, *cells)
    traf = box(b"traf", *map(bytes, track), full_box(b"trun", 0, _COLUMNS, samples))
    return bytearray(box(b"moof", *map(bytes, before), traf))
