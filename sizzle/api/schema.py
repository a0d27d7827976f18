"""What clients get. The timecode list itself is `sizzle.reel.TimecodeList`."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import BaseModel, Field

from sizzle.api.http.problems import Problem
from sizzle.reel import TimecodeList

LONGEST_ID: Final = 100
PRINTABLE: Final = (
    r"^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]*$"
)
"""No control character, nor what turns the direction of a line: ids are written to logs."""

TALLEST: Final = 100_000


class Playback(BaseModel):
    """Where a reel can be streamed from. Addresses may expire; ask again where one has."""

    hls: str = Field(description="The HLS master playlist, of no picture that is too high.")
    dash: str = Field(description="The DASH manifest.")
    ranges: str = Field(description="The timecode list with byte ranges, for players by MSE.")
    film: str = Field(description="One MP4, at the largest size that suits.")


class PackagedTrack(BaseModel):
    """A packaged file, and a reel's segments in it.

    `init` is first byte and end (exclusive) of the init segment, which is here too. `ranges` has
    for each segment first byte, end (exclusive), bytes of the header, and the place in it of the
    decoding time.
    """

    name: str
    address: str = Field(description="Relative to the address at `playback.ranges`.")
    type: str = Field(examples=['video/mp4; codecs="avc1.640028"'])
    timescale: int
    ticks: int = Field(description="That a segment lasts.")
    init: tuple[int, int]
    init_segment: str = Field(description="In base64.")
    ranges: list[tuple[int, int, int, int]]
    bandwidth: int


class PackagedRendition(PackagedTrack):
    """The same of a picture in one size."""

    width: int
    height: int
    average_bandwidth: int


class PackagedBed(PackagedTrack):
    """The same of the music.

    `offsets` has for each segment the seconds from its own time to its time in the reel.
    """

    offsets: list[float]


class ByteRanges(BaseModel):
    """The bytes of a reel's segments.

    `segments` has for each the cut that it belongs to, from 0, and the seconds from its own time to
    its time in the reel.
    """

    seconds: float
    segments: list[tuple[int, float]]
    renditions: list[PackagedRendition]
    bed: PackagedBed


class ReelResponse(TimecodeList):
    """A member's reel: its timecode list, and where it can be streamed from.

    `byte_ranges` saves who plays `ranges` the way to `playback.ranges`.
    """

    treatment: str | None = None
    playback: Playback | None = None
    byte_ranges: ByteRanges | None = None


class Trailer(BaseModel):
    """The plain film that every device plays, and why the device gets it."""

    kind: Literal["trailer"] = "trailer"
    asset_id: str
    asset_version: str
    href: str
    reason: str
    treatment: str | None = None


class BatchResponse(BaseModel):
    """A reel, a trailer or a problem for each member, in the order of the request."""

    results: list[ReelResponse | Trailer | Problem]


class AssetEntry(BaseModel):
    """A published Mega Asset. `frames` and `start` are counts, at its exact rate."""

    asset_id: str
    asset_version: str
    rate: str = Field(examples=["24000/1001"])
    start: str = Field(description="The SMPTE timecode of its first frame.")
    frames: int
    titles: int
    clips: int
    beds: list[str]
    packaged: bool = Field(description="Whether its reels can be streamed.")


class AssetList(BaseModel):
    """All assets of the version of the catalog that is in use."""

    assets: list[AssetEntry]


class TitleEntry(BaseModel):
    """A title of a Mega Asset."""

    title_id: str
    name: str
    clips: int


class AssetPage(AssetEntry):
    """A Mega Asset with some of its titles, in timeline order; `next` asks for those behind."""

    shown: list[TitleEntry]
    next: str | None = None


class ClipEntry(BaseModel):
    """One clip; frames count from the first of the asset's media, and `stop` is the first after."""

    asset_id: str
    asset_version: str
    clip_key: str
    title_id: str
    number: int
    start: int
    stop: int
    start_timecode: str
    stop_timecode: str
