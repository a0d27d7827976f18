"""What a reel is, and the promises that every reel keeps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sizzle.clips import Bed, Clip, MegaAsset, Title
from sizzle.errors import ReelError
from sizzle.timecode import TimeRange


@dataclass(frozen=True, slots=True)
class Cut:
    """A slot filled.

    Attributes:
        clip: what plays; `clip.source` is the cut's source range.
        title: of the clip.
        rank: of the title in the member's ranking, from 1.
        segment: of the cadence, from 1.
        record: its range in the reel.
    """

    clip: Clip
    title: Title
    rank: int
    segment: int
    record: TimeRange


@dataclass(frozen=True)
class Reel:
    """The cuts in order, plus the music bed's range, and all that replays them.

    Raises:
        ReelError: a promise broken: record ranges contiguous from zero, each as long as its clip,
            no clip twice, every source range inside the asset, higher ranks at least as much time
            as lower ones, the bed exactly as long as the video.
    """

    member_id: str
    asset: MegaAsset
    asset_version: str
    cadence: str
    model_version: str
    seed: int
    cold_start: bool
    cuts: tuple[Cut, ...]
    bed: Bed
    bed_range: TimeRange

    def __post_init__(self) -> None:
        self._check_cuts()
        self._check_no_clip_twice()
        self._check_rank_times()
        self._check_bed()

    @cached_property
    def duration(self) -> int:
        """Frames."""
        return self.cuts[-1].record.end if self.cuts else 0

    def _check_cuts(self) -> None:
        if not self.cuts:
            raise ReelError("The reel has no cuts.", fix="use a cadence with at least one slot.")
        media = TimeRange(0, self.asset.duration)
        end = 0
        for cut in self.cuts:
            if cut.record != TimeRange.of(end, cut.clip.length):
                raise ReelError(f"{cut.clip.key} plays at {cut.record}, not from frame {end}.")
            if not media.contains(cut.clip.source):
                raise ReelError(
                    f"{cut.clip.key} at {cut.clip.source} is outside the asset's media."
                )
            end = cut.record.end

    def _check_no_clip_twice(self) -> None:
        seen: set[str] = set()
        for cut in self.cuts:
            if cut.clip.key in seen:
                raise ReelError(f"{cut.clip.key} plays twice.")
            seen.add(cut.clip.key)

    def _check_rank_times(self) -> None:
        times: dict[int, int] = {}
        for cut in self.cuts:
            times[cut.rank] = times.get(cut.rank, 0) + cut.clip.length
        best_first = [times[rank] for rank in sorted(times)]
        if best_first != sorted(best_first, reverse=True):
            raise ReelError(f"A lower rank plays longer than a higher one: {best_first} frames.")

    def _check_bed(self) -> None:
        if self.bed_range.duration != self.duration:
            raise ReelError(
                f"The bed's range is {self.bed_range.duration} frames, the video's {self.duration}."
            )
        if not self.bed.covers(self.bed_range):
            raise ReelError(
                f"Bed {self.bed.bed_id} lasts {self.bed.duration} frames, the reel needs "
                f"{self.bed_range}.",
                fix="publish the asset with a longer bed, or one that loops, "
                "or use a shorter cadence.",
            )
