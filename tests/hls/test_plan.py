"""Reels as fragments, and why some cannot be."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.clips import Clip
from sizzle.errors import NotFoundError, ReelError, SizzleError
from sizzle.hls import SegmentMapError, plan_reel
from sizzle.reel.timecode_list import TimecodeList
from sizzle.timecode import TimeRange
from tests.hls.sample_segment_map import reel_of, segment_map


def test_cuts_become_whole_fragments_in_order() -> None:
    """A slot a fragment, as long as the reel."""
    plan = plan_reel(reel_of((80, 160), (0, 40), (960, 1000)), segment_map())
    assert plan.fragments == (2, 3, 0, 24)
    assert (plan.frames, plan.seconds) == (160, Fraction(160 * 1001, 24000))


@pytest.mark.parametrize(
    ("frames", "fragments"),
    [
        (40, 2),  # 80,080 samples behind a lead of 1,024: more than the 79,872 of a fragment
        (160, 5),
    ],
)
def test_the_bed_ends_with_the_first_fragment_past_the_video(frames: int, fragments: int) -> None:
    """The encoder's lead counted in, as players skip it."""
    plan = plan_reel(reel_of((0, frames)), segment_map())
    assert plan.bed_fragments == tuple(range(fragments))
    heard = fragments * plan.bed.fragment_ticks - plan.bed.delay
    assert heard >= frames * 2002 > heard - plan.bed.fragment_ticks


@given(st.integers(1, 40), st.integers(1, 6))
def test_a_bed_that_fades_plays_the_ending_of_the_reel_s_length(slots: int, ending: int) -> None:
    """As many fragments as without, the last ones from behind the bed, none of two reels."""
    segments = segment_map(range(0, 1641, 40), bed_samples=1600 * 2002)
    bed, whole = segments.beds[0], segments.beds[0].whole
    sizes = (*bed.sizes[:whole], *[1000] * 40 * (1 + ending))
    bed = replace(bed, sizes=sizes, header_sizes=(416,) * len(sizes), fade_fragments=ending)
    faded = replace(segments, beds=(bed,))
    plan, plain = (plan_reel(reel_of((0, slots * 40)), each) for each in (faded, segments))
    assert len(plan.bed_fragments) == len(plain.bed_fragments)
    kept = max(0, len(plain.bed_fragments) - ending)
    assert plan.bed_fragments[:kept] == plain.bed_fragments[:kept]
    behind = [place - whole for place in plan.bed_fragments[kept:]]
    assert {place // (1 + ending) for place in behind} == {slots - 1}
    # The first of each group only leads the encoder in.
    assert [place % (1 + ending) for place in behind] == [*range(1, 1 + ending)][-len(behind) :]


@pytest.mark.parametrize(
    ("reel", "starts", "says"),
    [
        (reel_of((960, 1040)), range(0, 1001, 40), "1000 frames"),
        (reel_of((20, 60)), range(0, 1001, 40), "not made of whole fragments of 40 frames"),
        (reel_of((0, 60)), range(0, 1001, 40), "not made of whole fragments"),
        (reel_of((0, 60)), (0, 40, 60, 100), "not made of whole fragments"),
        (reel_of((0, 40), bed_start=7), range(0, 1001, 40), "7 frames into bed main"),
        (reel_of((0, 1000), (0, 1000)), range(0, 1001, 40), "ends before"),
        (
            reel_of((0, 40)).model_copy(update={"asset_version": "2"}),
            range(0, 1001, 40),
            "version 2 of autumn",
        ),
    ],
    ids=["past-the-end", "late", "short", "between-clips", "bed-start", "bed-end", "version"],
)
def test_what_cannot_be_exact_is_refused(reel: TimecodeList, starts: range, says: str) -> None:
    """With the reason, and what to do."""
    with pytest.raises(ReelError, match=says) as caught:
        plan_reel(reel, segment_map(starts))
    assert caught.value.fix


def test_an_unknown_bed_is_named() -> None:
    """With those that there are."""
    reel = reel_of((0, 40))
    other = reel.model_copy(update={"bed": reel.bed.model_copy(update={"bed_id": "jazz"})})
    with pytest.raises(NotFoundError, match="jazz"):
        plan_reel(other, segment_map())


@pytest.mark.parametrize(("start", "end"), [(41, 81), (40, 81), (960, 1040)])
def test_clips_that_are_not_where_the_map_has_them(start: int, end: int) -> None:
    """The index moved on, and the package did not."""
    moved = Clip("velvet", 1, TimeRange(start, end))
    with pytest.raises(SegmentMapError, match="velvet-clip-1") as caught:
        segment_map().check_clips([Clip("velvet", 1, TimeRange(0, 40)), moved])
    assert isinstance(caught.value, SizzleError)
    assert "package the asset again" in caught.value.fix
