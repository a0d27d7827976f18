"""What sets our policy apart, request by request."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player_stub.streaming import (
    POLICIES,
    PlayerConfig,
    RangeRequest,
    Trace,
    Transfer,
    simulate,
    synthetic_trace,
)
from player_stub.streaming.policies.bandwidth import BandwidthEstimate
from player_stub.streaming.policies.rendition_plan import PlanInput, PlanWeights, plan_renditions
from player_stub.streaming.simulation import RESPONSE_HEAD
from tests.player_stub.streaming.strategies import traces
from tests.player_stub.streaming.synthetic_reels import FRAGMENT, RecordingPolicy, steady, streamed

REEL = streamed()


def requests_of(policy: str, trace: Trace) -> list[tuple[float, RangeRequest]]:
    """What a policy asks for, and when."""
    watched = RecordingPolicy(POLICIES[policy]())
    simulate(REEL, trace, watched)
    return [(now, each) for now, decision in watched.decisions for each in decision.requests]


def test_the_first_requests_go_out_together() -> None:
    """Init segments, pictures and music at once, so that the start takes one round trip."""
    sent = requests_of("whole-reel", steady(2e6))
    first = [request for now, request in sent if now == 0]
    assert {request.track.name for request in first} == {"240p", "bed-main"}
    assert [slot for each in first if each.track is not REEL.bed for slot in each.slots] == [0]
    startup_seconds = simulate(REEL, steady(2e6), POLICIES["whole-reel"]()).metrics.startup_seconds
    size = sum(sum(request.parts) + RESPONSE_HEAD for request in first)
    assert startup_seconds == pytest.approx(0.1 + 8 * size / 2e6)


def test_the_start_takes_a_quarter_of_the_first_music() -> None:
    """What else of it is needed comes in time; on a slow link, more of it comes first."""
    bed = REEL.bed
    least = sum(REEL.renditions[0].sizes[:1] + bed.sizes[:1])
    most = least + sum(bed.sizes[1 : bed.pieces])
    for bits, until in ((2e6, 1.2 * least), (0.3e6, 1.2 * most)):
        play = simulate(REEL, steady(bits), POLICIES["whole-reel"]())
        assert 8 * least / bits < play.metrics.startup_seconds - 0.1 < 8 * until / bits
        assert play.metrics.stalls == 0 or bits < REEL.renditions[0].bits + bed.bits


def test_how_fast_a_program_reads_its_buffer_is_not_how_fast_the_link_is() -> None:
    """A first sample of a thousand bytes in a microsecond is no reason to ask for more at once."""
    speed = BandwidthEstimate()
    speed.update(0.1, Transfer(1000, 1e-6), complete=False)
    assert not speed.has_samples
    speed.update(0.2, Transfer(11_000, 0.1), complete=False)
    assert speed.bits == pytest.approx(880_000)


def test_what_comes_at_once_is_a_sample_if_it_is_all_there_is() -> None:
    """Over the fastest links the first answers take less than a sample should."""
    speed = BandwidthEstimate()
    speed.update(0.1, Transfer(100_000, 0.01), complete=True)
    assert speed.bits == pytest.approx(80e6)


def test_the_link_never_waits_for_a_request_until_the_buffer_is_full() -> None:
    """Over a steady link, every answer follows on the one before without a gap."""
    link = steady(1.2e6, 0.2)
    watched = RecordingPolicy(POLICIES["whole-reel"]())
    play = simulate(REEL, link, watched, PlayerConfig(buffer=1000))
    end = max(now for now, decision in watched.decisions if decision.requests)
    heads = play.metrics.requests * RESPONSE_HEAD
    busy = 0.2 + 8 * (play.metrics.received_bytes + heads) / 1.2e6
    assert end <= busy
    fetched = next(
        each.time for each in play.samples if each.position + each.video > REEL.seconds - 0.1
    )
    assert fetched == pytest.approx(busy, rel=0.03)


@given(traces)
@settings(max_examples=25)
def test_only_bytes_of_the_reel_are_asked_for_and_each_once(trace: Trace) -> None:
    """Nothing between the ranges, nothing twice, in the order of the reel."""
    sent = [request for _, request in requests_of("whole-reel", trace)]
    for bed in (False, True):
        slots = [slot for each in sent for slot in each.slots if (each.track is REEL.bed) is bed]
        assert slots == list(range(len(slots)))
    for each in sent:
        first, end = each.bytes
        assert end - first == sum(each.parts)
    inits = [each.track for each in sent if each.init]
    assert len(inits) == len(set(inits))


def test_neighbours_across_cuts_are_one_request() -> None:
    """Cuts two and three lie side by side in the media, as do five and six."""
    sent = [request for _, request in requests_of("whole-reel", steady(8e6))]
    cuts = set(REEL.cuts)
    across = [each for each in sent for slot in each.slots[1:] if slot in cuts]
    assert any(each.track is not REEL.bed for each in across)
    naive = len(requests_of("throughput", steady(8e6)))
    assert len(sent) < naive


def test_naive_asks_cut_by_cut() -> None:
    """One request for each cut, none before the last one was answered."""
    sent = [each for _, each in requests_of("naive", steady(3e6)) if each.track is not REEL.bed]
    spans = [(each.start, each.stop) for each in sent if each.slots]
    assert spans == list(pairwise(REEL.cuts))


@pytest.mark.parametrize("network", ["3g", "4g", "wifi"])
def test_ours_starts_sooner_at_no_less_quality_than_naive(network: str) -> None:
    """Over forty links of each class, in the mean; the benchmark has the bars."""
    means = {}
    for policy in ("naive", "whole-reel"):
        plays = [
            simulate(REEL, synthetic_trace(network, seed), POLICIES[policy]()).metrics
            for seed in range(40)
        ]
        means[policy] = np.mean([[each.startup_seconds, each.quality] for each in plays], axis=0)
    assert means["whole-reel"][0] < 0.85 * means["naive"][0]
    assert means["whole-reel"][1] >= means["naive"][1]


def outlook(
    speed: float, buffered: float = 8.0, spread: float = 0.3, rendition: int = 0
) -> PlanInput:
    """Twelve fragments in three renditions of 0.3, 0.9 and 2.7 Mbit/s."""
    bits = np.tile(np.array([0.3e6, 0.9e6, 2.7e6]) * FRAGMENT, (12, 1))
    return PlanInput(bits, (0.0, 0.5, 1.0), FRAGMENT, 20.0, buffered, rendition, speed, spread)


def test_a_fast_link_is_planned_the_best_and_a_slow_one_the_least() -> None:
    """And one between, between."""
    assert set(plan_renditions(outlook(20e6), PlanWeights())) == {2}
    assert set(plan_renditions(outlook(0.2e6, buffered=0.0), PlanWeights())) == {0}
    assert 0.0 < np.mean(plan_renditions(outlook(1.6e6), PlanWeights())) < 2.0


def test_a_large_fragment_is_seen_before_it_comes() -> None:
    """The plan saves up for a stretch of large fragments that a mean would not show."""
    even = outlook(3e6, buffered=8.0, spread=0.1)
    bits = even.bits.copy()
    bits[3:6] *= 3
    heavy = PlanInput(bits, *(getattr(even, name) for name in list(PlanInput.__slots__)[1:]))
    assert sum(plan_renditions(heavy, PlanWeights())[:6]) < sum(
        plan_renditions(even, PlanWeights())[:6]
    )


@given(st.floats(0.3e6, 6e6), st.floats(0, 20))
@settings(max_examples=25)
def test_a_faster_link_is_planned_no_worse(speed: float, buffered: float) -> None:
    """Over the whole of the reel that is left."""
    slow, fast = (
        plan_renditions(outlook(speed, buffered), PlanWeights()),
        plan_renditions(outlook(3 * speed, buffered), PlanWeights()),
    )
    assert sum(fast) >= sum(slow)
