"""Unusual events, and unknown titles, members and devices."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import (
    Checkpoint,
    Histories,
    ModelConfig,
    Ranker,
    RankingError,
    RequestContext,
    TrainedModel,
    TrainingConfig,
    ViewingEvent,
    ViewingLog,
    train,
)
from tests.ranker.small_histories import DAY, TITLES, rich_events

LAST_TIME = 253_402_300_799  # in the year 9999
LONGEST = 7 * DAY
NOW = 1_600_000_000 + 30 * DAY


@pytest.fixture(scope="module")
def rich() -> TrainedModel:
    """A small model of events with all fields."""
    config = TrainingConfig(steps=30, batch_positions=256, evaluate_every=30)
    return train(
        ViewingLog.from_events(rich_events()), TITLES, ModelConfig(context=8, width=16), config
    )


def ranker_of(model: TrainedModel, events: list[ViewingEvent]) -> Ranker:
    """A ranker of that model."""
    return Ranker(Checkpoint(model.network, "v"), Histories(events), TITLES)


anything = st.lists(
    st.builds(
        ViewingEvent,
        st.just("m"),
        st.sampled_from(["a", "b", "e", "unheard-of"]),
        st.integers(0, LAST_TIME),
        seconds=st.none() | st.integers(0, LONGEST),
        action=st.sampled_from(["", "play", "voice", "Thumbs Down", "skip", "like", "impression"]),
        device=st.sampled_from(["", "tv", "hologram"]),
        time_zone=st.sampled_from(["", "Asia/Tokyo", "Mars/Phobos"]),
        rating=st.sampled_from([None, -1, 5]),
    ),
    max_size=20,
)
requests = st.builds(
    RequestContext,
    at=st.none() | st.integers(0, LAST_TIME),
    device=st.sampled_from(["", "tv", "hologram"]),
)


@settings(max_examples=25, deadline=None)
@given(anything, requests)
def test_scores_are_finite_for_all_histories(
    rich: TrainedModel, events: list[ViewingEvent], request_: RequestContext
) -> None:
    """Out of order, duplicate, at any time, with unknown titles and devices: never NaN."""
    ranking = ranker_of(rich, events).rank("m", ["a", "b", "new", "e"], request_)
    assert sum(title.score for title in ranking.titles) == pytest.approx(1)
    assert all(math.isfinite(title.score) for title in ranking.titles)
    assert ranking.cold_start == (not events)


@settings(max_examples=20, deadline=None)
@given(anything, st.permutations(range(20)))
def test_events_one_by_one_rank_as_all_at_once(
    rich: TrainedModel, events: list[ViewingEvent], order: list[int]
) -> None:
    """Extending a state event by event, in any order, gives what reading all events gives."""
    at_once = ranker_of(rich, events)
    histories = Histories()
    by_and_by = Ranker(Checkpoint(rich.network, "v"), histories, TITLES)
    later = [events[place] for place in order if place < len(events)]
    # Events at equal times count in the order they are given, which another order would change.
    unique = len({event.at for event in later}) == len(later)
    for event in later if unique else events:
        by_and_by.rank("m", ["a", "b"])
        histories.add(event)
        by_and_by.outdate(["m"])
    if unique or events == sorted(events, key=lambda event: event.at):
        expected = at_once.rank("m", ["a", "b", "e"], RequestContext(at=NOW))
        actual = by_and_by.rank("m", ["a", "b", "e"], RequestContext(at=NOW))
        for one, other in zip(expected.titles, actual.titles, strict=True):
            assert one.score == pytest.approx(other.score, abs=1e-4)


def test_duplicate_events_count_once(rich: TrainedModel) -> None:
    """The ranking is the same."""
    events = [ViewingEvent("m", title, step * DAY) for step, title in enumerate("abc")]
    once, twice = (ranker_of(rich, each).rank("m", ["d", "e"]) for each in (events, events * 2))
    assert once.titles == twice.titles


def test_a_new_title_is_ranked_by_its_metadata(rich: TrainedModel) -> None:
    """Two without metadata tie."""
    titles = {**TITLES, "like-a": TITLES["a"], "like-e": TITLES["e"]}
    ranker = Ranker(Checkpoint(rich.network, "v"), Histories(), titles)
    asked = ["like-a", "like-e", "x", "y"]
    scores = {title.title_id: title.score for title in ranker.rank("m", asked).titles}
    assert scores["x"] == scores["y"]
    assert scores["like-a"] != scores["like-e"]


def test_the_request_context_counts(rich: TrainedModel) -> None:
    """Time and device change the scores; both are optional."""
    ranker = ranker_of(rich, rich_events(members=1))
    asked = ["a", "b", "c", "d", "e"]
    rankings = [
        ranker.rank("member-0", asked, request)
        for request in (
            RequestContext(),
            RequestContext(at=NOW),
            RequestContext(at=NOW, device="tv"),
        )
    ]
    assert len({ranking.titles for ranking in rankings}) == 3


def test_a_ranking_says_why(rich: TrainedModel) -> None:
    """By intents, with falling weights that add up to 1."""
    why = ranker_of(rich, rich_events()).rank("member-0", ["a", "b"]).why
    assert {reason.intent for reason in why} == set(rich.network.schema.intent_sizes())
    assert sum(reason.weight for reason in why) == pytest.approx(1)
    assert [reason.weight for reason in why] == sorted((r.weight for r in why), reverse=True)
    assert all(reason.likely and 0 < reason.chance <= 1 for reason in why)


@pytest.mark.parametrize("at", [-1, 2**60])
def test_an_invalid_time_is_refused(at: int) -> None:
    """The error names the time."""
    with pytest.raises(RankingError, match=f"`at` is {at}"):
        RequestContext(at=at)
