"""The parts of H.264 and HEVC that a smart cut needs (pure).

That is: where decoding can start, and which parameter sets a picture is decoded with. Copied and
encoded GOPs share one track with one description, which has the parameter sets of both, under
different ids (ISO/IEC 14496-15, 5.3.3.1; ITU-T H.264, 7.3.2.1.1 and 7.3.2.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

_IDR = {"h264": frozenset({5}), "hevc": frozenset({16, 17, 18, 19, 20})}
_START_CODE = b"\x00\x00\x01"
_IDS = 32  # sequence parameter sets are numbered 0 to 31
_PROFILE_BYTES = 3  # profile, constraints and level come before a sequence parameter set's id
_HIGH_PROFILES = frozenset({100, 110, 122, 144})  # whose configuration includes the chroma format


def is_random_access(payload: bytes, codec: str, is_key: bool, prefix: int | None) -> bool:
    """Whether decoding can start with this packet.

    It cannot with a key frame of an open GOP: frames shown before it but stored after it depend on
    earlier ones too.

    Args:
        payload: the packet's bytes.
        codec: ffmpeg's name for it; only H.264 and HEVC have open GOPs.
        is_key: whether the container marks it as a key frame.
        prefix: bytes of the length before each NAL unit, or None where start codes separate them.
    """
    kinds = _IDR.get(codec)
    if kinds is None or not is_key:
        return is_key
    return any(_kind(unit, codec) in kinds for unit in _units(payload, prefix))


def _kind(unit: int, codec: str) -> int:
    return unit & 0x1F if codec == "h264" else unit >> 1 & 0x3F


def _units(payload: bytes, prefix: int | None) -> Iterator[int]:
    """The first byte of each NAL unit."""
    at = 0
    if prefix is None:
        while (at := payload.find(_START_CODE, at) + len(_START_CODE)) >= len(_START_CODE):
            yield from payload[at : at + 1]
        return
    while at + prefix < len(payload):
        yield payload[at + prefix]
        at += prefix + int.from_bytes(payload[at : at + prefix])


@dataclass(frozen=True, slots=True)
class Configuration:
    """An AVCDecoderConfigurationRecord.

    Attributes:
        profile: profile, compatibility and level, a byte each.
        prefix: bytes of the length before each NAL unit.
        sequence_sets: the sequence parameter sets.
        picture_sets: the picture parameter sets.
        chroma: what follows, which high profiles have.
    """

    profile: bytes
    prefix: int
    sequence_sets: tuple[bytes, ...]
    picture_sets: tuple[bytes, ...]
    chroma: bytes

    @classmethod
    def parse(cls, data: bytes | None) -> Self | None:
        """Parse one; None where the bytes are something else."""
        if not data or len(data) < 7 or data[0] != 1:
            return None
        sequence_sets, at = _sets(data, 6, data[5] & 0x1F)
        if at >= len(data):
            return None
        picture_sets, at = _sets(data, at + 1, data[at])
        if not sequence_sets or not picture_sets:
            return None
        return cls(data[1:4], (data[4] & 3) + 1, sequence_sets, picture_sets, data[at:])

    @property
    def free_id(self) -> int | None:
        """The lowest id that no parameter set uses; None where all are taken."""
        sequences = {_number(each, 1 + _PROFILE_BYTES) for each in self.sequence_sets}
        pictures = {_number(each, 1) for each in self.picture_sets}
        return next((each for each in range(_IDS) if each not in sequences | pictures), None)

    def merged(self, other: Self) -> Self:
        """One configuration for both, at the higher of the two levels."""
        level = max(self.profile[2:], other.profile[2:])
        return replace(
            self,
            profile=self.profile[:2] + level,
            sequence_sets=self.sequence_sets + other.sequence_sets,
            picture_sets=self.picture_sets + other.picture_sets,
        )

    def to_bytes(self) -> bytes:
        """The record as a container stores it."""
        head = bytes([1, *self.profile, 0xFC | self.prefix - 1, 0xE0 | len(self.sequence_sets)])
        sets = b"".join(map(_stored, self.sequence_sets))
        pictures = bytes([len(self.picture_sets)]) + b"".join(map(_stored, self.picture_sets))
        return head + sets + pictures + (self.chroma if self.profile[0] in _HIGH_PROFILES else b"")


def _sets(data: bytes, at: int, count: int) -> tuple[tuple[bytes, ...], int]:
    """That many parameter sets, and where they end."""
    found = []
    for _ in range(count):
        length = int.from_bytes(data[at : at + 2])
        found.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    return tuple(found), at


def _stored(parameter_set: bytes) -> bytes:
    return len(parameter_set).to_bytes(2) + parameter_set


def _number(data: bytes, at: int) -> int:
    """The Exp-Golomb number that starts at a byte."""
    bits = "".join(f"{byte:08b}" for byte in data[at : at + 8])
    zeros = len(bits) - len(bits.lstrip("0"))
    return int(bits[zeros : 2 * zeros + 1] or "1", 2) - 1
