"""Histories of events of all kinds, from both databases, against a policy that reads one event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL

from ranker import Histories, ViewingEvent
from ranker.data.events import ViewingLog
from ranker.data.tokens import Tokens, merge_events
from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.events import Event
from sizzle.events.viewing_policy import ViewingPolicy
from sizzle.events.viewings import SESSION_GAP
from sizzle.histories import StoredHistories, ViewingStore
from tests.events.sample_events import NOW, cut, event

POLICIES = [
    ViewingPolicy(),
    ViewingPolicy.parse(
        "[plays]\ntypes = ['title_played', 'video_finished']\nshort_action = ''\naction = 'seen'\n"
        "[reels]\nshort_action = ''\n[ratings]\nleast_rating = 3\n[thumbs]\nlike = 'seen'"
    ),
    ViewingPolicy.parse(
        "[plays]\nleast_seconds = 0\naction = ''\n[reels]\ncount = false\n"
        "[ratings]\ncount = false\n[thumbs]\ncount = false\n[impressions]\ncount = false"
    ),
]
MEMBERS = count()

amounts = st.sampled_from([-1.0, 0.0, 2.0, 3.5, 30.5, 59.5, 60.0, 90.25, 1e5, 7e5, 1e30])
kinds = st.sampled_from(
    [
        *("title_played", "title_played", "video_finished", "reel_progress", "reel_progress"),
        *("title_viewed", "title_rated", "title_liked", "title_disliked", "title_shown", "other"),
    ]
)
contexts = st.fixed_dictionaries(
    {"title_id": st.sampled_from(["aurora", "aurora", "velvet", "höhle", ""])},
    optional={
        "device": st.sampled_from(["tv", "phone"]),
        "time_zone": st.just("Asia/Tokyo"),
        "action": st.sampled_from(["download", "play", "rating"]),
    },
)
measures = st.fixed_dictionaries(
    {"frames": st.sampled_from([0.0, 30.0, 75.0, 1e9])},
    optional={
        "seconds": amounts,
        "rating": st.sampled_from([-2e6, 0.0, 3.0, 4.5]),
        "cut": st.sampled_from([-1.0, 1.0, 2.0, 3.0, 7.0, 1e30]),
    },
)
pauses = st.sampled_from([0, 1, 60_000, 60_000, SESSION_GAP, SESSION_GAP + 1])
reels = st.sampled_from(["reel-1", "reel-2", "", "title_rated"])
rows = st.lists(st.tuples(kinds, contexts, measures, pauses, reels), max_size=30)


class Seen(NamedTuple):
    """What one event says: of its viewing, and for how long."""

    source: object
    action: str
    seconds: float | None = None
    least: float = 0
    short_action: str = ""
    rating: float | None = None


def seen_in(one: Event, policy: ViewingPolicy) -> tuple[str, Seen] | None:
    """The title and what an event says of it, straight from the policy's documentation."""
    if one.type == "reel_progress":
        return seen_in_reel(one, policy)
    title = one.attributes.get("title_id", "")
    seen = seen_by_itself(one, policy) or said_of_title(one, policy)
    return (title, seen) if title and seen else None


def seen_by_itself(one: Event, policy: ViewingPolicy) -> Seen | None:
    """What a play says, or a viewing of another system."""
    seconds = one.metrics.get("seconds")
    if one.type in policy.plays.types and seconds is not None and seconds >= 0:
        plays, longest = policy.plays, min(seconds, 86_400)
        return Seen("", plays.action, longest, plays.least_seconds, plays.short_action)
    if one.type == "title_viewed":
        known = seconds is not None and 0 <= seconds <= 604_800
        rating = max(one.metrics["rating"], -1e6) if "rating" in one.metrics else None
        action = one.attributes.get("action", "")
        return Seen(one.time, action, seconds if known else None, rating=rating)
    return None


def said_of_title(one: Event, policy: ViewingPolicy) -> Seen | None:
    """What a rating or a thumb says, and a title that was shown."""
    rating, least = one.metrics.get("rating"), policy.ratings.least_rating
    if one.type == "title_rated" and policy.ratings.count and rating is not None:
        return Seen(one.type, policy.ratings.action, rating=rating) if rating >= least else None
    actions = {"title_shown": policy.impressions.action} if policy.impressions.count else {}
    if policy.thumbs.count:
        actions |= {"title_liked": policy.thumbs.like, "title_disliked": policy.thumbs.dislike}
    return Seen(one.type, actions[one.type]) if one.type in actions else None


def seen_in_reel(one: Event, policy: ViewingPolicy) -> tuple[str, Seen] | None:
    """The same of a cut."""
    if not policy.reels.count or "cut" not in one.metrics or "frames" not in one.metrics:
        return None
    title, seconds = one.attributes.get("title_id", ""), one.metrics.get("seconds")
    shown = cut(one.reel_id, int(one.metrics["cut"]))
    if shown is not None:
        title, seconds = shown.title_id, float(min(one.metrics["frames"], shown.frames) / 25)
    if not title or seconds is None or seconds < 0:
        return None
    rule, seconds = policy.reels, min(seconds, 86_400)
    return title, Seen(one.reel_id, rule.action, seconds, rule.least_seconds, rule.short_action)


def viewings_of(events: Sequence[Event], policy: ViewingPolicy) -> list[ViewingEvent]:
    """One member's viewings, one event after the other."""
    found: list[list[Any]] = []  # of each viewing: first event, title, what it says, seconds, end
    open_viewings: dict[object, list[Any]] = {}
    for one in sorted(events, key=lambda one: (one.time, one.key)):
        said = seen_in(one, policy)
        if said is None:
            continue
        title, seen = said
        viewing = open_viewings.get((seen.source, title))
        if viewing is not None and one.time - viewing[4] <= SESSION_GAP:
            both = viewing[3] is not None and seen.seconds is not None
            viewing[3:] = [viewing[3] + seen.seconds if both else None, one.time]
        else:
            viewing = [one, title, seen, seen.seconds, one.time]
            open_viewings[seen.source, title] = viewing
            found.append(viewing)
    whole = (as_viewing(*parts[:4]) for parts in found)
    return [viewing for viewing in whole if viewing is not None]


def as_viewing(one: Event, title: str, seen: Seen, seconds: float | None) -> ViewingEvent | None:
    """A viewing as the ranker has it; None if it is too short to count."""
    is_short = seconds is not None and seconds < seen.least
    if is_short and not seen.short_action:
        return None
    return ViewingEvent(
        one.member_id,
        title,
        one.time // 1000,
        None if seconds is None else round(seconds),
        seen.short_action if is_short else seen.action,
        device=one.attributes.get("device", ""),
        time_zone=one.attributes.get("time_zone", ""),
        rating=seen.rating,
    )


def events_of(member: str, rows: Sequence[tuple[Any, ...]]) -> list[Event]:
    """A member's events, each some time after the one before it."""
    time, events = NOW, []
    for number, (type_, attributes, numbers, pause, reel) in enumerate(rows):
        time += pause
        fields = {"type": type_, "time": time, "attributes": attributes, "metrics": numbers}
        events.append(event(f"e-{number}", member_id=member, reel_id=reel, **fields))
    return events


@pytest.fixture
def store(url: URL) -> Iterator[ViewingStore]:
    """A store of an empty log, which can be read."""
    log = EventLog(Database(url), b"k" * 32)
    log.upgrade()
    store = ViewingStore(log)
    store.problem = ""
    yield store
    log.close()


def as_texts(tokens: Tokens) -> list[object]:
    """Tokens without the numbers of their titles and members, which are free."""
    given = {**tokens.request_fields, "time_zone": tokens.time_zone}
    arrays = [tokens.start_time_N, tokens.end_time_N, tokens.gap_N, tokens.seconds_N, tokens.role_N]
    ratings = [] if tokens.rating_N is None else np.nan_to_num(tokens.rating_N, nan=-1e9).tolist()
    return [
        *(list(column.texts()) for column in (tokens.member, tokens.title)),
        *(array.tolist() for array in arrays),
        ratings,
        {name: has.tolist() for name, has in tokens.actions.items()},
        {name: list(column.texts()) for name, column in given.items() if column is not None},
    ]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows, rows, st.sampled_from(POLICIES))
def test_a_history_is_what_its_events_say(
    store: ViewingStore,
    first: list[tuple[Any, ...]],
    second: list[tuple[Any, ...]],
    policy: ViewingPolicy,
) -> None:
    """Viewings and the model's tokens, of one member and of two, in any mixture of events."""
    members = [f"member-{next(MEMBERS)}" for _ in range(2)]
    events = [events_of(name, own) for name, own in zip(members, (first, second), strict=True)]
    store.log.append([one for own in events for one in own])
    histories = StoredHistories(store, policy, cut, Histories())
    expected = [viewings_of(own, policy) for own in events]
    for member, own in zip(members, expected, strict=True):
        assert_same(histories.log_of([member]), own)
    together = sorted(zip(members, expected, strict=True))
    assert_same(histories.log_of(members), [one for _, own in together for one in own])


def assert_same(log: ViewingLog, expected: list[ViewingEvent]) -> None:
    """The same viewings, and the same tokens of them."""
    assert list(log.events()) == expected
    if len(set(expected)) == len(expected):  # `from_events` counts equal ones once
        read = merge_events(ViewingLog.from_events(expected))
        assert as_texts(merge_events(log)) == as_texts(read)
