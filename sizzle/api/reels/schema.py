"""Responses about reels, as OpenAPI describes them: timecode lists with more fields, trailers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from sizzle.api.http.problems import Problem
from sizzle.reel import TimecodeList
from sizzle.reel.explanation import ReelExplanation


class Playback(BaseModel):
    """Where a reel can be streamed from. Addresses may expire; request the reel again then."""

    hls: str = Field(
        description="The HLS master playlist, of renditions up to the device's `max_height`."
    )
    dash: str = Field(description="The DASH manifest.")
    ranges: str = Field(description="The timecode list with byte ranges, for players that use MSE.")
    film: str = Field(description="One MP4, of the largest rendition up to `max_height`.")


class PackagedTrack(BaseModel):
    """A packaged file, and a reel's segments in it.

    `init` is the first byte and the end (exclusive) of the initialization segment in the file.
    `ranges` has four numbers per segment: its first byte, its end (exclusive), the bytes of its
    header, and the offset in the header of the decoding time.
    """

    name: str
    address: str = Field(description="Relative to the address at `playback.ranges`.")
    type: str = Field(examples=['video/mp4; codecs="avc1.640028"'])
    timescale: int
    ticks: int = Field(description="Duration of a segment, at `timescale`.")
    init: tuple[int, int]
    init_segment: str = Field(description="The initialization segment, in base64.")
    ranges: list[tuple[int, int, int, int]]
    bandwidth: int


class PackagedRendition(PackagedTrack):
    """The picture at one size."""

    width: int
    height: int
    average_bandwidth: int


class PackagedBed(PackagedTrack):
    """The music.

    `offsets` has, per segment, the seconds from its own time to its time in the reel.
    """

    offsets: list[float]


class ByteRanges(BaseModel):
    """The bytes of a reel's segments.

    `segments` has two numbers per segment: its cut, from 0, and the seconds from its own time to
    its time in the reel.
    """

    seconds: float
    segments: list[tuple[int, float]]
    renditions: list[PackagedRendition]
    bed: PackagedBed


class ReelResponse(TimecodeList):
    """A member's reel: its timecode list, and where it can be streamed from.

    `byte_ranges` saves players of `ranges` the request to `playback.ranges`. `event_token` lets
    `POST /v1/events` record events of this reel and member, without a key, for a week.
    `explanation` is there where the request has `explain`; the reel does not depend on it.
    """

    treatment: str | None = None
    playback: Playback | None = None
    byte_ranges: ByteRanges | None = None
    event_token: str | None = None
    explanation: ReelExplanation | None = None


class Trailer(BaseModel):
    """The plain film that every device can play, and why the device gets it."""

    kind: Literal["trailer"] = "trailer"
    asset_id: str
    asset_version: str
    href: str
    reason: str
    treatment: str | None = None


class BatchResponse(BaseModel):
    """A reel, a trailer or a problem for each member, in the order of the request."""

    results: list[ReelResponse | Trailer | Problem]
