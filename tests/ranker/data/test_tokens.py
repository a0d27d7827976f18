"""Events merged into tokens, and tokens as numbers."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import ViewingEvent, ViewingLog
from ranker.data.encoding import encode, item_features
from ranker.data.schema import Schema
from ranker.data.tokens import CONTINUE, DISCOVER, REWATCH, SESSION_GAP, merge_events
from ranker.data.vocabulary import UNK
from tests.ranker.small_histories import DAY, TITLES, rich_events

events = st.lists(
    st.builds(
        ViewingEvent,
        st.sampled_from("ab"),
        st.sampled_from("xyz"),
        st.integers(0, 40).map(lambda hours: hours * 3600),
        seconds=st.none() | st.integers(0, 9000),
        action=st.sampled_from(["", "play", "trailer"]),
    ),
    max_size=12,
)


def test_neighbouring_events_on_one_title_become_one_token() -> None:
    """Total duration, kinds of action, first and last times are kept; the gap is to the one before.

    A trailer and the film after it are one token; the next day's is another, and so is the other
    title's.
    """
    tokens = merge_events(
        ViewingLog.from_events(
            [
                ViewingEvent("m", "a", 100, seconds=60, action="trailer", device="phone"),
                ViewingEvent("m", "a", 200, seconds=5400, action="play", device="tv"),
                ViewingEvent("m", "b", 9000, seconds=None, action="play"),
                ViewingEvent("m", "a", 200 + DAY, seconds=7),
            ]
        )
    )
    assert tokens.start_time_N.tolist() == [100, 9000, 200 + DAY]
    assert tokens.end_time_N.tolist() == [200 + 5400, 9000, 200 + DAY + 7]
    assert tokens.seconds_N.tolist() == [5460, -1, 7]
    assert tokens.gap_N.tolist() == [-1, 9000 - 200 - 5400, 200 + DAY - 9000]
    assert {name: yes.tolist() for name, yes in tokens.actions.items()} == {
        "play": [1, 1, 0],
        "trailer": [1, 0, 0],
    }
    assert tokens.request_fields["device"].codes_E.tolist() == [0, -1, -1]


def test_tokens_have_an_engagement() -> None:
    """A new title is discovered, a recent one continued, one of longer ago watched again."""
    log = ViewingLog.from_events(
        [
            ViewingEvent("m", "a", 0),
            ViewingEvent("m", "b", DAY),
            ViewingEvent("m", "a", 2 * DAY),
            ViewingEvent("m", "b", 60 * DAY),
            ViewingEvent("n", "a", 60 * DAY),
        ]
    )
    expected = [DISCOVER, DISCOVER, CONTINUE, REWATCH, DISCOVER]
    assert merge_events(log).engagement_N.tolist() == expected


@settings(max_examples=100, deadline=None)
@given(events)
def test_merging_keeps_durations_and_order(given_events: list[ViewingEvent]) -> None:
    """Durations add up, each member's times rise, and neighbouring tokens differ."""
    tokens = merge_events(ViewingLog.from_events(given_events))
    told = sum(event.seconds or 0 for event in set(given_events))
    assert np.maximum(tokens.seconds_N, 0).sum() == told
    members = [tokens.member.values[code] for code in tokens.member.codes_E]
    assert set(members) == {event.member_id for event in given_events}
    for before in range(len(tokens) - 1):
        if members[before] == members[before + 1]:
            assert tokens.start_time_N[before] <= tokens.start_time_N[before + 1]
            same = tokens.title.codes_E[before] == tokens.title.codes_E[before + 1]
            apart = tokens.start_time_N[before + 1] - tokens.start_time_N[before]
            assert not same or apart > SESSION_GAP
            assert tokens.gap_N[before + 1] >= 0


@settings(max_examples=50, deadline=None)
@given(events, st.randoms(use_true_random=False))
def test_duplicate_events_count_once(given_events: list[ViewingEvent], random: object) -> None:
    """Also in another order."""
    once, twice = (
        merge_events(ViewingLog.from_events(each)) for each in (given_events, given_events * 2)
    )
    assert once.seconds_N.tolist() == twice.seconds_N.tolist()
    assert once.start_time_N.tolist() == twice.start_time_N.tolist()


def test_unknown_values_are_encoded_as_unknown() -> None:
    """Unknown titles, devices and actions of later events are not an error."""
    schema = Schema.from_tokens(merge_events(ViewingLog.from_events(rich_events())), TITLES)
    later = merge_events(
        ViewingLog.from_events(
            [ViewingEvent("new", "brand-new", 5, action="voice", device="hologram")]
        )
    )
    encoded = encode(schema, later, item_features(schema))
    columns = [*schema.request_columns]
    assert encoded.titles_N.tolist() == [UNK]
    assert encoded.request_NR[0, columns.index("device")] == 0
    assert encoded.recency_N.tolist() == [-1]


def test_columns_have_separate_rows() -> None:
    """Each value of each column has a row of its own in the model's table, and row 0 is unknown."""
    schema = Schema.from_tokens(merge_events(ViewingLog.from_events(rich_events())), TITLES)
    encoded = encode(
        schema, merge_events(ViewingLog.from_events(rich_events())), item_features(schema)
    )
    sizes = list(schema.post_action_columns.values())
    ends = np.cumsum(sizes)
    for column, (end, size) in enumerate(zip(ends, sizes, strict=True)):
        places = encoded.post_action_NF[:, column]
        used = places[places > 0]
        assert int(used.min()) > end - size
        assert int(used.max()) <= end
