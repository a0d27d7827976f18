"""What clients send and get. The timecode list itself is `sizzle.reel.TimecodeList`."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from sizzle import cadence
from sizzle.api.http.problems import Problem
from sizzle.reel import TimecodeList

LONGEST_ID: Final = 100
PRINTABLE: Final = (
    r"^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]*$"
)
"""No control character, nor what turns the direction of a line: ids are written to logs."""

MOST_TITLES: Final = 1000
MOST_MEMBERS: Final = 1000
MOST_WORDS: Final = 20
TALLEST: Final = 100_000
SEEDS: Final = 2**31

Id = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_ID, pattern=PRINTABLE, strict=True)
]
"""Names of members, assets, titles and cadences. Ids are looked up; none is ever a path."""


def _number(value: object) -> object:
    """A JSON number, of which 7.0 is a whole one; a text or a truth is none."""
    if isinstance(value, str | bytes | bool):
        raise ValueError("should be a whole number")
    return value


_Height = Annotated[int, Field(ge=1, le=TALLEST), BeforeValidator(_number)]
_Seed = Annotated[int, Field(ge=0, lt=SEEDS), BeforeValidator(_number)]


class Device(BaseModel):
    """What the device can do. Capabilities that we do not know yet are ignored, not refused."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    dynamic_sizzles: bool = Field(
        default=False,
        strict=True,
        description="It plays reels: pieces of a Mega Asset as one film.",
    )
    plays: tuple[Id, ...] = Field(
        default=("timecodes",),
        max_length=MOST_WORDS,
        description="How: `timecodes` into a Mega Asset that it holds, `hls` as a stream, `ranges` "
        "of packaged files, or several of them.",
    )
    max_height: _Height | None = Field(default=None, description="Of its picture, in pixels.")
    frame_rates: tuple[Id, ...] | None = Field(
        default=None,
        max_length=MOST_WORDS,
        description="That it plays, such as `24000/1001` or `25`; any, where it is left out.",
    )


class _Wishes(BaseModel):
    """What may be asked of a reel, whoever it is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    asset_id: Id
    device: Device = Device()
    cadence: Id = Field(
        default=cadence.DEFAULT.name,
        description="A cadence; a set, of which each member gets one by weight; or `random`, "
        "which the seed decides.",
    )
    seed: _Seed = 0
    title_ids: tuple[Id, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_TITLES,
        description="Choose from these titles only, each once; all where it is left out.",
        json_schema_extra={"uniqueItems": True},
    )
    treatment: Id | None = Field(
        default=None, description="Of an experiment; the answer says it again."
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if self.title_ids is not None and len(set(self.title_ids)) != len(self.title_ids):
            raise ValueError("title_ids names a title twice")
        return self


class ReelRequest(_Wishes):
    """Ask for a member's reel of a Mega Asset."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "member_id": "member-ada",
                    "asset_id": "demo",
                    "device": {"dynamic_sizzles": True},
                }
            ]
        },
    )

    member_id: Id


class BatchRequest(_Wishes):
    """Ask for the reels of several members of one Mega Asset."""

    member_ids: tuple[Id, ...] = Field(min_length=1, max_length=MOST_MEMBERS)


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


class PackagedRung(PackagedTrack):
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
    rungs: list[PackagedRung]
    bed: PackagedBed


class ReelAnswer(TimecodeList):
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


class BatchAnswer(BaseModel):
    """An answer for each member, in the order in which they were asked for."""

    answers: list[ReelAnswer | Trailer | Problem]


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
