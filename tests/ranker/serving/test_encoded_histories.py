"""Histories that are read together are read as if each were encoded alone."""

from dataclasses import fields

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import (
    Checkpoint,
    Histories,
    LoggedHistories,
    ModelConfig,
    Ranker,
    ViewingEvent,
    ViewingLog,
)
from ranker.data.encoding import EncodedTokens, encode, item_features
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.network.model import RankerModel
from ranker.serving.encoded_histories import EncodedHistories
from tests.ranker.small_histories import TITLES, rich_events

SCHEMA = Schema.from_tokens(merge_events(ViewingLog.from_events(rich_events())), TITLES)
ITEMS = item_features(SCHEMA, TITLES)
MEMBERS = ("ada", "ben", "cy")

event_lists = st.lists(
    st.builds(
        ViewingEvent,
        st.sampled_from(MEMBERS),
        st.sampled_from(["a", "b", "e", "unheard-of"]),
        st.integers(0, 253_402_300_799) | st.integers(10**9, 10**9 + 10**5),
        seconds=st.none() | st.integers(0, 604_800),
        action=st.sampled_from(["", "play", "voice", "dislike", "impression"]),
        time_zone=st.sampled_from(["", "Asia/Tokyo", "America/New_York"]),
        device=st.sampled_from(["", "tv", "hologram"]),
        country=st.sampled_from(["", "GB"]),
    ),
    max_size=30,
)


def encoded_alone(events: list[ViewingEvent], member: str) -> EncodedTokens:
    """One member's events, as the encoding of training has them without anyone else's."""
    own = Histories(events).events_of(member)
    return encode(SCHEMA, merge_events(ViewingLog.from_events(own)), ITEMS)


def assert_equal(actual: EncodedTokens, expected: EncodedTokens) -> None:
    """Bit for bit, but for what only targets have."""
    assert actual.members == expected.members
    assert actual.time_zones == expected.time_zones
    of_targets = {"weight_N", "engagement_N", "recency_N", "push_downs", "time_zones"}
    for field in [field for field in fields(EncodedTokens)[1:] if field.name not in of_targets]:
        pair = (getattr(actual, field.name), getattr(expected, field.name))
        assert pair[0].dtype == pair[1].dtype
        assert torch.equal(*pair), field.name


@settings(max_examples=30, deadline=None)
@given(event_lists, event_lists)
def test_each_member_is_encoded_as_alone(
    events: list[ViewingEvent], later: list[ViewingEvent]
) -> None:
    """For any events, before and after further ones, and for a member who has none."""
    histories = Histories(events)
    encoded = EncodedHistories(SCHEMA, ITEMS, histories)
    members = (*MEMBERS, "nobody")
    for member, own in encoded.of_members(members).items():
        assert_equal(own, encoded_alone(events, member))
    for event in later:
        histories.add(event)
    for member in members:
        assert_equal(encoded.of_members([member])[member], encoded_alone(events + later, member))


@settings(max_examples=30, deadline=None)
@given(event_lists, event_lists)
def test_a_part_of_a_long_log_is_encoded_as_alone(
    events: list[ViewingEvent], others: list[ViewingEvent]
) -> None:
    """Whatever else the log has, by whomever, and whichever log the same model has read before."""
    logs = [ViewingLog.from_events(dict.fromkeys(each)) for each in (events, others, events)]
    encoded = [EncodedHistories(SCHEMA, ITEMS, LoggedHistories(log)) for log in logs]
    for member in (*MEMBERS, "nobody"):
        for histories, own in zip(encoded, (events, others, events), strict=True):
            alone = encoded_alone(list(dict.fromkeys(own)), member)
            assert_equal(histories.of_members([member])[member], alone)


def test_a_ranking_does_not_depend_on_who_else_is_loaded() -> None:
    """Each member's ranking has exactly the scores as with nobody else's history."""
    events = rich_events()
    checkpoint = Checkpoint(RankerModel(ModelConfig(context=8, width=16), SCHEMA).eval(), "v")
    ranker = Ranker(checkpoint, Histories(events))
    for member in {event.member_id for event in events}:
        own = [event for event in events if event.member_id == member]
        alone = Ranker(checkpoint, Histories(own)).rank(member, "abcde")
        assert ranker.rank(member, "abcde") == alone
