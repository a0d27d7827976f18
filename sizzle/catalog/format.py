"""The bytes of a segment: everything published of one Mega Asset, in one immutable file.

Numbers are little-endian and unsigned unless noted otherwise. Regions follow each other without
padding, so that every bit of the file is under a checksum.

    header    magic, rate, drop-frame flag, titles, start (signed), duration, clips; then the size
              and CRC-32 of each region below; then the CRC-32 of all that
    asset     id, video, beds, trailer and digests of the media, JSON, with spaces behind it to
              align what follows
    records   one a title, in timeline order, and a blank one: see `Record`
    slots     u32: a hash table of the titles' positions among the records, see `slots_of`
    order     u32 a title: the titles' positions, sorted by id; not read
    times     u32 a clip: the clips' positions, sorted by start, or empty if sorted already;
              not read
    clips     u32 start and u32 end (exclusive) a clip, title after title, in frames of the media
    texts     each title's name and metadata, UTF-8 and JSON

`order` and `times` are search tables that no reader uses any more. They are still written, so that
the same clips have the same bytes, and an asset the same version, as in 0.1.0.

The header and the regions up to `order` are checked when a segment is opened, which is one short
read. Names and clips, the bulk of the file, are checked title by title when a title is first looked
up: opening costs the same for ten clips as for a million, and no damaged bit is ever served.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate, repeat
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from sizzle.clips import Bed, MediaDigest, MegaAsset
from sizzle.errors import CatalogError, InputError, TimecodeError
from sizzle.timecode import FrameRate

# Frames are read straight from the mapped file, without a copy to swap bytes in.
assert sys.byteorder == "little", "segments need a little-endian machine, as x86 and ARM are"

MAGIC = b"SZLSEG01"
REGIONS = ("asset", "records", "slots", "order", "times", "clips", "texts")
HEADER = struct.Struct("<8sIIIIqII" + "QI" * len(REGIONS))
HEADER_SIZE = HEADER.size + 4
PAIR_SIZE = 8
U32_SIZE = 4
_ALIGNMENT = 8
_RECORD_NUMBERS = 7

_UNDECODABLE = (
    ValueError,
    TypeError,
    LookupError,
    RecursionError,
    struct.error,
    InputError,
    TimecodeError,
)


class Record(NamedTuple):
    """What the segment says of one title.

    Attributes:
        title_id: ASCII; in the file its length is the first byte, and blanks follow it.
        first: where its clips begin, in numbers of the region of clips.
        end: where they end.
        clips_crc: the CRC-32 of those.
        text_at: where its text begins, in bytes of the region of texts.
        name_size: how many bytes of it are the name.
        metadata_size: how many bytes after those are the metadata.
        text_crc: the CRC-32 of both.
    """

    title_id: bytes
    first: int
    end: int
    clips_crc: int
    text_at: int
    name_size: int
    metadata_size: int
    text_crc: int


BLANK = Record(b"", 0, 0, 0, 0, 0, 0, 0)
"""Follows the last title; empty slots point to it, so that look-ups need not tell them apart."""


def record_layout(size: int, numbers: int = _RECORD_NUMBERS) -> struct.Struct:
    """The layout of records of this many bytes, or of their id and first numbers only.

    Records of a segment are all as wide as its longest id needs.
    """
    return struct.Struct(f"<{size - _RECORD_NUMBERS * U32_SIZE}p{numbers}I")


def record_size(longest_id: int) -> int:
    """The bytes of a record with room for ids of this length."""
    return 1 + longest_id + _RECORD_NUMBERS * U32_SIZE


def slots_of(title_ids: Sequence[bytes]) -> array[int]:
    """A hash table of positions, at most half full: the id's CRC-32 says the slot to look in first.

    It wraps around, and an id is in the first slot from there on that was free. A title that is
    listed twice is in it once. Empty slots hold the position of the blank record.
    """
    blank = len(title_ids)
    slots = array("I", [blank]) * (2 << blank.bit_length())
    for position, title_id in enumerate(title_ids):
        slot = zlib.crc32(title_id) % len(slots)
        while slots[slot] != blank and title_ids[slots[slot]] != title_id:
            slot = (slot + 1) % len(slots)
        slots[slot] = min(position, slots[slot])
    return slots


class Region(NamedTuple):
    """Where a region lies in the segment, in bytes, and its CRC-32."""

    start: int
    end: int
    crc: int


def damaged(part: str, version: str) -> CatalogError:
    """The error for bytes that are not what was published."""
    return CatalogError(
        f"The segment is damaged: its {part} is not what was published.",
        where=f"segment {version}",
        fix="publish the asset again, or roll back to a version that uses another segment.",
    )


@contextmanager
def decoding(part: str, version: str) -> Iterator[None]:
    """Turn the errors of decoders over damaged bytes into `damaged`."""
    try:
        yield
    except _UNDECODABLE as error:
        raise damaged(part, version) from error


@dataclass(frozen=True, slots=True)
class SegmentHeader:
    """The decoded header. `start` and `duration` are in frames, counts are of the whole segment."""

    rate: FrameRate
    titles: int
    start: int
    duration: int
    clips: int
    regions: Mapping[str, Region]

    @classmethod
    def read(cls, data: memoryview, version: str) -> Self:
        """Decode and check the header of a segment.

        Raises:
            CatalogError: no segment, a torn one, or a header that contradicts itself.
        """
        with decoding("header", version):
            fields = HEADER.unpack_from(data)
            (crc,) = struct.unpack_from("<I", data, HEADER.size)
            if fields[0] != MAGIC or crc != zlib.crc32(data[: HEADER.size]):
                raise ValueError
            rate = FrameRate(fields[1], fields[2], bool(fields[3]))
        titles, start, duration, clips = fields[4:8]
        header = cls(rate, titles, start, duration, clips, _regions(fields[8:]))
        if not header._fits(len(data)):
            raise damaged("length", version)
        return header

    def _fits(self, size: int) -> bool:
        """Whether the regions have the sizes that the counts ask for and fill the file exactly."""
        sizes = {name: region.end - region.start for name, region in self.regions.items()}
        return (
            sizes["records"] % (self.titles + 1) == 0
            and sizes["records"] // (self.titles + 1) >= record_size(0)
            and _is_power_of_two(sizes["slots"] // U32_SIZE)
            and sizes["slots"] % U32_SIZE == 0
            and sizes["order"] == self.titles * U32_SIZE
            and sizes["clips"] == self.clips * PAIR_SIZE
            and sizes["times"] in (0, self.clips * U32_SIZE)
            and self.regions[REGIONS[-1]].end == size
        )


def _is_power_of_two(number: int) -> bool:
    return number > 0 and number & (number - 1) == 0


def _regions(fields: tuple[int, ...]) -> Mapping[str, Region]:
    sizes, crcs = fields[::2], fields[1::2]
    edges = list(accumulate(sizes, initial=HEADER_SIZE))
    return MappingProxyType(dict(zip(REGIONS, map(Region, edges, edges[1:], crcs), strict=True)))


def header_bytes(
    rate: FrameRate, titles: int, start: int, duration: int, clips: int, regions: list[bytes]
) -> bytes:
    """The header that goes before these regions, which are in the order of `REGIONS`."""
    table = [number for region in regions for number in (len(region), zlib.crc32(region))]
    numbers = (rate.numerator, rate.denominator, rate.drop_frame, titles, start, duration, clips)
    header = HEADER.pack(MAGIC, *numbers, *table)
    return header + zlib.crc32(header).to_bytes(4, "little")


def json_bytes(value: object) -> bytes:
    """Canonical JSON: equal values give equal bytes, so equal assets have equal hashes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def asset_bytes(asset: MegaAsset) -> bytes:
    """What the header does not hold of an asset."""
    beds = [[bed.bed_id, bed.media, bed.duration, bed.loops, bed.fade] for bed in asset.beds]
    value: dict[str, object] = {
        "id": asset.asset_id,
        "video": asset.video,
        "beds": beds,
        "trailer": asset.trailer,
    }
    # Left out if empty, so that such segments have the same bytes as those of earlier versions.
    if asset.digest:
        value["digest"] = [asset.digest.sampled, asset.digest.whole]
    digests = {bed.bed_id: bed.digest for bed in asset.beds if bed.digest}
    if digests:
        value["bed_digests"] = {
            bed_id: [digest.sampled, digest.whole] for bed_id, digest in digests.items()
        }
    data = json_bytes(value)
    return data + b" " * (-len(data) % _ALIGNMENT)


def read_asset(header: SegmentHeader, data: memoryview, version: str) -> MegaAsset:
    """The asset of a segment; `data` is its asset region, already checked against its CRC."""
    with decoding("asset", version):
        raw: dict[str, Any] = json.loads(bytes(data))
        return MegaAsset(
            asset_id=raw["id"],
            rate=header.rate,
            start=header.start,
            duration=header.duration,
            video=raw["video"],
            beds=tuple(map(_bed, raw["beds"], repeat(raw.get("bed_digests", {})))),
            trailer=raw["trailer"],
            digest=_digest(raw.get("digest")),
        )


def _bed(raw: tuple[str, str, int, bool, int], digests: Mapping[str, list[str]]) -> Bed:
    return Bed(*raw, digest=_digest(digests.get(raw[0])))


def _digest(raw: list[str] | None) -> MediaDigest | None:
    return None if raw is None else MediaDigest(*map(str, raw))
