"""A fragment's header, the `moof` box: reading its samples, and re-timing it for a reel."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct, error, unpack_from

from sizzle.hls.boxes import HEADER_SIZE, Box, boxes, child, find
from sizzle.hls.errors import FragmentError

SEQUENCE_OFFSET = 20
"""Offset of the sequence number: `mfhd` is the first box of the header and holds only that."""

_SEQUENCE = Struct(">I")
_TIME = Struct(">Q")
_NOT_SYNC = 0x10000
_TFHD_OPTIONS = (0x1, 8), (0x2, 4), (0x8, 4), (0x10, 4), (0x20, 4)
_DEFAULT_DURATION, _DEFAULT_SIZE, _DEFAULT_FLAGS = 0x8, 0x10, 0x20
_DATA_OFFSET, _FIRST_FLAGS = 0x1, 0x4
_DURATION, _SIZE, _FLAGS, _COMPOSITION = 0x100, 0x200, 0x400, 0x800


@dataclass(frozen=True, slots=True)
class Samples:
    """The contents of a fragment's header.

    Attributes:
        sequence: its number.
        time: decoding time of the first sample, in ticks of the track.
        time_offset: of the eight bytes of `time` in the header.
        durations: of each sample, in ticks.
        sizes: of each sample, in bytes.
        offsets: ticks from the decoding of each sample to its presentation.
        sync: whether decoding can start at each sample.
    """

    sequence: int
    time: int
    time_offset: int
    durations: tuple[int, ...]
    sizes: tuple[int, ...]
    offsets: tuple[int, ...]
    sync: tuple[bool, ...]


def retime(header: bytearray, slot: int, time: int, time_offset: int) -> None:
    """Move a fragment to another time of its track, by rewriting twelve bytes of its header.

    Args:
        header: a buffer that begins with the fragment's `moof` box; changed in place.
        slot: the new position, counted in fragments from 0.
        time: the new decoding time, in ticks of the track: slot times the length of a fragment.
        time_offset: from the segment map.
    """
    _SEQUENCE.pack_into(header, SEQUENCE_OFFSET, slot + 1)
    _TIME.pack_into(header, time_offset, time)


def read_samples(header: bytes) -> Samples:
    """Read a `moof` box of one track.

    Raises:
        FragmentError: it is damaged, or is laid out so that it cannot be re-timed.
    """
    try:
        return _read(header)
    except (error, IndexError):
        raise FragmentError("The fragment's header is cut short.") from None


def _read(header: bytes) -> Samples:
    moof = find(header, b"moof")
    first = next(boxes(header, moof.body, moof.end), None)
    if first is None or first.kind != b"mfhd":
        raise FragmentError("The first box of the fragment's header is not its sequence number.")
    traf = child(header, b"traf", moof)
    tfdt, trun = child(header, b"tfdt", traf), child(header, b"trun", traf)
    if header[tfdt.body] != 1:
        raise FragmentError("The fragment's time has 32 bits, not 64.")
    table = _Run(header, trun, _defaults(header, child(header, b"tfhd", traf)))
    if table.data_offset != moof.size + HEADER_SIZE:
        raise FragmentError("The fragment's samples do not follow its header.")
    return Samples(
        sequence=_SEQUENCE.unpack_from(header, SEQUENCE_OFFSET)[0],
        time=_TIME.unpack_from(header, tfdt.body + 4)[0],
        time_offset=tfdt.body + 4,
        durations=table.column(_DURATION),
        sizes=table.column(_SIZE),
        offsets=table.column(_COMPOSITION),
        sync=tuple(not flags & _NOT_SYNC for flags in table.flags()),
    )


def _defaults(header: bytes, tfhd: Box) -> dict[int, int]:
    """The defaults of samples, by the flag of the same meaning in `trun`."""
    (flags,) = unpack_from(">I", header, tfhd.body)
    at = tfhd.body + 8
    found = {}
    for option, size in _TFHD_OPTIONS:
        if flags & option:
            found[option] = int.from_bytes(header[at : at + size])
            at += size
    return {
        _DURATION: found.get(_DEFAULT_DURATION, 0),
        _SIZE: found.get(_DEFAULT_SIZE, 0),
        _FLAGS: found.get(_DEFAULT_FLAGS, 0),
        _COMPOSITION: 0,
    }


class _Run:
    """The table of samples in a `trun` box."""

    def __init__(self, header: bytes, trun: Box, defaults: dict[int, int]) -> None:
        options, count = unpack_from(">II", header, trun.body)
        self._options: int = options
        self._count: int = count
        self._defaults = defaults
        at = trun.body + 8
        self.data_offset = self._first_flags = 0
        if self._options & _DATA_OFFSET:
            (self.data_offset,) = unpack_from(">i", header, at)
            at += 4
        if self._options & _FIRST_FLAGS:
            (self._first_flags,) = unpack_from(">I", header, at)
            at += 4
        self._columns = [
            option for option in (_DURATION, _SIZE, _FLAGS, _COMPOSITION) if self._options & option
        ]
        cells = self._count * len(self._columns)
        if at + 4 * cells != trun.end:
            raise FragmentError(f"The table of {self._count} samples does not fill its box.")
        # Composition offsets are signed by their version, but none of ours is negative.
        self._cells: tuple[int, ...] = unpack_from(f">{cells}i", header, at)

    def column(self, option: int) -> tuple[int, ...]:
        """One value a sample."""
        if option not in self._columns:
            return (self._defaults[option],) * self._count
        return self._cells[self._columns.index(option) :: len(self._columns)]

    def flags(self) -> tuple[int, ...]:
        """The flags of each sample; `trun` may give those of the first one separately."""
        flags = self.column(_FLAGS)
        return (self._first_flags, *flags[1:]) if self._options & _FIRST_FLAGS else flags
