"""The timecode list: the wire form of a reel, and all that a player needs to know of it.

Every moment is given three ways: the frame (exact, what our own players use), SMPTE text and
seconds. Source moments count from the first frame of the Mega Asset's media; their SMPTE text
carries the asset's start timecode. Record moments count from the first frame of the reel.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sizzle.clips import Bed, MegaAsset
from sizzle.reel.model import Cut, Reel
from sizzle.timecode import FrameRate, TimeRange

_MAXIMUM_CUTS = 10_000
_Frame = Annotated[int, Field(ge=0, lt=2**31)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Rate(_Wire):
    """The exact frame rate, as a fraction of frames a second."""

    numerator: int = Field(gt=0, le=1_000_000, examples=[24000])
    denominator: int = Field(gt=0, le=1_000_000, examples=[1001])
    drop_frame: bool = False

    def to_frame_rate(self) -> FrameRate:
        """As a `FrameRate`. Raises TimecodeError."""
        return FrameRate(self.numerator, self.denominator, self.drop_frame)


class Moment(_Wire):
    """One moment, three ways. The frame is exact; the seconds are rounded to a microsecond."""

    frame: _Frame
    timecode: str
    seconds: float


class Range(_Wire):
    """Half-open: `stop` is the first moment that is no longer inside."""

    start: Moment
    stop: Moment

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.stop.frame <= self.start.frame:
            raise ValueError("stop.frame must be after start.frame")
        return self

    def to_time_range(self) -> TimeRange:
        """The range in frames."""
        return TimeRange(self.start.frame, self.stop.frame)


class CutEntry(_Wire):
    """One cut: play `source` of the Mega Asset at `record` of the reel."""

    clip_key: str
    title_id: str
    title: str
    rank: int = Field(ge=1)
    segment: int = Field(ge=1)
    source: Range
    record: Range


class BedEntry(_Wire):
    """The continuous music: play `range` of it from the reel's first frame to its last.

    Attributes:
        loop: the length after which the music starts again; None where it does not.
        fade: how long before the reel's end it starts to fade out; None where it does not.
    """

    bed_id: str
    range: Range
    loop: Moment | None = None
    fade: Moment | None = None

    @model_validator(mode="after")
    def _lasting(self) -> Self:
        if self.loop is not None and self.loop.frame == 0:
            raise ValueError("loop must be longer than zero frames")
        return self

    @property
    def is_plain(self) -> bool:
        """Whether the range plays as it is in the bed: without a loop or a fade."""
        return self.fade is None and len(self.rounds()) == 1

    def rounds(self) -> tuple[TimeRange, ...]:
        """The ranges of the bed that play one after the other: more than one where it loops."""
        start, stop = self.range.start.frame, self.range.stop.frame
        if self.loop is None or stop <= self.loop.frame:
            return (TimeRange(start, stop),)
        length, rounds = self.loop.frame, []
        while start < stop:
            end = min(stop, start - start % length + length)
            rounds.append(TimeRange.of(start % length, end - start))
            start = end
        return tuple(rounds)


class TimecodeList(_Wire):
    """A reel as devices get it.

    A service may add fields, such as where the reel can be streamed from; reading ignores them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: Literal["reel"] = "reel"
    reel_id: str
    member_id: str
    asset_id: str
    asset_version: str
    cadence: str
    model_version: str
    seed: int
    cold_start: bool
    rate: Rate
    duration: Moment
    cuts: tuple[CutEntry, ...] = Field(min_length=1, max_length=_MAXIMUM_CUTS)
    bed: BedEntry

    @model_validator(mode="after")
    def _contiguous(self) -> Self:
        end = 0
        for cut in self.cuts:
            record, source = cut.record.to_time_range(), cut.source.to_time_range()
            if record != TimeRange.of(end, source.duration):
                raise ValueError(f"{cut.clip_key} does not start at frame {end} with its length")
            end = record.end
        if end != self.duration.frame or end != self.bed.range.to_time_range().duration:
            raise ValueError("the cuts, the bed and the duration are not equally long")
        return self

    def source_frames(self) -> list[int]:
        """The source frame of every frame of the reel, in order."""
        return [
            frame
            for cut in self.cuts
            for frame in range(cut.source.start.frame, cut.source.stop.frame)
        ]


def to_timecode_list(reel: Reel, reel_id: str) -> TimecodeList:
    """Put a reel into its wire form, under the id that `ReelIds` gives it."""
    rate = reel.asset.rate
    return TimecodeList(
        reel_id=reel_id,
        member_id=reel.member_id,
        asset_id=reel.asset.asset_id,
        asset_version=reel.asset_version,
        cadence=reel.cadence,
        model_version=reel.model_version,
        seed=reel.seed,
        cold_start=reel.cold_start,
        rate=Rate(
            numerator=rate.numerator, denominator=rate.denominator, drop_frame=rate.drop_frame
        ),
        duration=to_moment(rate, reel.duration),
        cuts=tuple(_cut_entry(reel.asset, cut) for cut in reel.cuts),
        bed=to_bed_entry(rate, reel.bed, reel.bed_range),
    )


def to_bed_entry(rate: FrameRate, bed: Bed, frames: TimeRange) -> BedEntry:
    """A range of a bed in wire form."""
    return BedEntry(
        bed_id=bed.bed_id,
        range=to_range(rate, frames),
        loop=to_moment(rate, bed.duration) if bed.loops else None,
        fade=to_moment(rate, min(bed.fade, frames.duration)) if bed.fade else None,
    )


def _cut_entry(asset: MegaAsset, cut: Cut) -> CutEntry:
    return CutEntry(
        clip_key=cut.clip.key,
        title_id=cut.title.title_id,
        title=cut.title.name,
        rank=cut.rank,
        segment=cut.segment,
        source=to_range(asset.rate, cut.clip.source, asset.start),
        record=to_range(asset.rate, cut.record),
    )


def to_range(rate: FrameRate, frames: TimeRange, offset: int = 0) -> Range:
    """A range in wire form; its SMPTE text counts from `offset` frames."""
    return Range(
        start=to_moment(rate, frames.start, offset), stop=to_moment(rate, frames.end, offset)
    )


def to_moment(rate: FrameRate, frame: int, offset: int = 0) -> Moment:
    """A moment in wire form; its SMPTE text counts from `offset` frames."""
    return Moment(
        frame=frame,
        timecode=rate.timecode(offset + frame),
        seconds=round(float(rate.seconds(frame)), 6),
    )
