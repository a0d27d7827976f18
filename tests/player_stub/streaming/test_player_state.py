"""What the player does with what comes: starts, stalls, goes on, and counts."""

from __future__ import annotations

from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player_stub.streaming import (
    POLICIES,
    Arrival,
    Decision,
    PlayerConfig,
    PlayerState,
    RangeRequest,
    Trace,
    Transfer,
    simulate,
    synthetic_trace,
)
from sizzle.errors import InputError
from tests.player_stub.streaming.strategies import traces
from tests.player_stub.streaming.synthetic_reels import FRAGMENT, steady, steps, streamed

REEL = streamed()
LEAST = REEL.renditions[0]
BOTH = [
    RangeRequest(LEAST, init=True),
    RangeRequest(LEAST, 0, 2),
    RangeRequest(REEL.bed, 0, 2 * REEL.bed.pieces, init=True),
]
HALF_OF_MUSIC, ALL_MUSIC = (
    [(BOTH[2], part) for part in range(1 + count * REEL.bed.pieces)] for count in (1, 2)
)


def given_playback(*requests: RangeRequest, start_after: int = 1) -> PlayerState:
    """A player that has sent these requests."""
    playback = PlayerState(REEL, PlayerConfig(start_after=start_after))
    playback.apply(Decision(requests))
    for each in requests:
        playback.response_began(each, 0.0)
    return playback


def come(playback: PlayerState, time: float, *parts: tuple[RangeRequest, int]) -> None:
    """Parts of answers come at a time."""
    size = playback.traffic.size + sum(request.parts[part] for request, part in parts)
    arrivals = [Arrival(request, part, time) for request, part in parts]
    playback.advance(time, arrivals, Transfer(size, time))


def test_it_starts_once_pictures_music_and_their_init_segments_came() -> None:
    """Whatever comes last, and in whatever order."""
    init, video, _ = BOTH
    playback = given_playback(*BOTH)
    come(playback, 1.0, (video, 0))
    come(playback, 2.0, *HALF_OF_MUSIC)
    assert not playback.playing
    come(playback, 3.0, (init, 0))
    assert playback.playing
    assert playback.next_event() == pytest.approx(3.0 + 1.664)  # the music's fragment is shorter


def test_music_plays_as_it_comes() -> None:
    """A quarter of its first fragment is enough beside the first pictures, and so long it plays."""
    init, video, music = BOTH
    playback = given_playback(*BOTH)
    come(playback, 1.0, (init, 0), (video, 0), (music, 0))
    assert not playback.playing
    come(playback, 2.0, (music, 1))
    assert playback.playing
    assert playback.next_event() == pytest.approx(2.0 + 1.664 / 4)


def test_it_waits_for_as_many_fragments_as_it_is_set_up_to() -> None:
    """Of both kinds."""
    init, video, _ = BOTH
    playback = given_playback(*BOTH, start_after=2)
    come(playback, 1.0, (init, 0), (video, 0), *ALL_MUSIC)
    assert not playback.playing
    come(playback, 2.0, (video, 1))
    assert playback.playing


def test_an_answer_that_is_taken_whole_plays_once_its_end_has_come() -> None:
    """As players do that append whole segments."""
    request = RangeRequest(LEAST, 0, 2, whole=True)
    playback = given_playback(BOTH[0], request, BOTH[2])
    come(playback, 1.0, (BOTH[0], 0), *ALL_MUSIC, (request, 0))
    assert not playback.playing
    come(playback, 2.0, (request, 1))
    assert playback.playing
    assert playback.video.end == pytest.approx(2 * FRAGMENT)


def test_a_stall_lasts_from_the_last_frame_until_there_is_enough() -> None:
    """And is counted once, with its seconds; the start is none."""
    init, video, _ = BOTH
    playback = given_playback(*BOTH)
    come(playback, 1.0, (init, 0), *ALL_MUSIC, (video, 0))
    playback.advance(1.0 + FRAGMENT, [], playback.traffic)
    assert not playback.playing
    assert playback.position == pytest.approx(FRAGMENT)
    come(playback, 5.0, (video, 1))
    assert playback.playing
    metrics = playback.metrics()
    assert (metrics.startup_seconds, metrics.stalls) == (1.0, 1)
    assert metrics.stalled_seconds == pytest.approx(4.0 - FRAGMENT)


def test_a_policy_may_ask_for_more_before_it_goes_on() -> None:
    """It does not play with less buffered than the policy wants."""
    init, video, _ = BOTH
    playback = given_playback(*BOTH)
    playback.apply(Decision(min_buffered=3.0))
    come(playback, 1.0, (init, 0), *ALL_MUSIC, (video, 0))
    assert not playback.playing
    come(playback, 2.0, (video, 1))
    assert playback.playing


def test_a_player_that_could_never_start_is_refused() -> None:
    """Instead of waiting for ever with a full buffer."""
    with pytest.raises(InputError, match="starts after 4 fragments of"):
        simulate(REEL, steady(1e6), POLICIES["naive"](), PlayerConfig(start_after=4, buffer=5))


def never_heard() -> int:
    """Bytes of music past the reel's end, which come with its last fragment."""
    heard = ceil(REEL.seconds / float(REEL.bed.fragment))
    return sum(REEL.bed.sizes[heard:])


def test_metrics_of_a_play_agree_with_arithmetic() -> None:
    """A link that carries everything at once: no stall, the renditions' own qualities and bytes."""
    metrics = simulate(REEL, steady(1e9, 0.0), POLICIES["naive"]()).metrics
    best, cuts = REEL.renditions[-1], REEL.cuts
    first = cuts[1]  # of the first cut the speed was unknown
    assert metrics.stalls == 0
    assert metrics.quality == pytest.approx((REEL.slots - first) / REEL.slots)
    assert metrics.switches == 1
    shown = sum(LEAST.sizes[:first]) + sum(best.sizes[first:])
    assert metrics.bits_per_second == pytest.approx(8 * shown / REEL.seconds)
    inits = LEAST.init_size + best.init_size + REEL.bed.init_size
    assert metrics.received_bytes == pytest.approx(shown + sum(REEL.bed.sizes) + inits)
    assert metrics.wasted_bytes == pytest.approx(never_heard())
    assert metrics.requests == len(cuts) - 1 + 2 + 1 + len(REEL.bed.sizes) // REEL.bed.pieces


def test_who_leaves_has_wasted_what_was_fetched_ahead() -> None:
    """Fragments that arrived and were not begun; the one on the screen does not count."""
    everything = simulate(REEL, steady(1e9, 0.0), POLICIES["throughput"](), PlayerConfig(buffer=60))
    left = simulate(
        REEL, steady(1e9, 0.0), POLICIES["throughput"](), PlayerConfig(buffer=60), leave=2.0
    )
    assert everything.metrics.wasted_bytes == pytest.approx(never_heard())
    assert left.metrics.received_bytes == everything.metrics.received_bytes
    shown, heard = 2, 5
    names = [each.name for each in REEL.renditions]
    fetched = [REEL.renditions[names.index(rendition)] for rendition in left.renditions]
    unseen = sum(rendition.sizes[slot] for slot, rendition in enumerate(fetched) if slot >= shown)
    assert left.metrics.wasted_bytes == pytest.approx(unseen + sum(REEL.bed.sizes[heard:]))


@pytest.mark.parametrize("policy", sorted(POLICIES))
@given(trace=traces, leave=st.floats(0.1, 30), buffer=st.floats(1, 30), after=st.integers(1, 12))
@settings(max_examples=15)
def test_every_policy_plays_every_reel_over_every_link(
    policy: str, trace: Trace, leave: float, buffer: float, after: int
) -> None:
    """To its end or the viewer's, whatever the link does; all counts are possible ones."""
    player = PlayerConfig(start_after=after, buffer=max(buffer, after * FRAGMENT + 1e-6))
    play = simulate(REEL, trace, POLICIES[policy](), player, leave=leave)
    metrics, end = play.metrics, play.samples[-1].time
    assert metrics.played_seconds == min(leave, REEL.seconds)
    assert end == pytest.approx(
        metrics.startup_seconds + metrics.stalled_seconds + metrics.played_seconds
    )
    assert 0 <= metrics.quality <= 1
    assert 0 <= metrics.wasted_bytes <= metrics.received_bytes
    assert 8 * metrics.received_bytes <= trace.bits_by(end) + 1
    ahead = max(max(moment.video, moment.music) for moment in play.samples)
    longest = 4 * FRAGMENT  # of what any policy asks for at once
    assert ahead <= player.buffer + longest + FRAGMENT


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_the_same_link_gives_the_same_play(policy: str) -> None:
    """To the last bit: nothing is left to chance."""
    plays = [simulate(REEL, synthetic_trace("3g", 5), POLICIES[policy]()) for _ in range(2)]
    assert plays[0] == plays[1]


def test_a_tunnel_longer_than_the_buffer_is_a_stall() -> None:
    """And one that the buffer bridges is not."""
    short, long = (
        simulate(REEL, steps(*[6e6] * 3, *[0.0] * tunnel, *[6e6] * 40), POLICIES["throughput"]())
        for tunnel in (4, 20)
    )
    assert short.metrics.stalls == 0
    assert long.metrics.stalls == 1
