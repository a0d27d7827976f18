"""Viewing events as columns."""

import numpy as np

from ranker import ViewingEvent, ViewingLog
from ranker.data.events import Column
from tests.ranker.small_histories import rich_events


def test_a_compact_column_has_only_used_values() -> None:
    """Its events keep their values, with or without events that have none."""
    column = Column(("a", "b", "c", "d"), np.array([3, -1, 1, 3]))
    small = column.compact()
    assert small.values == ("b", "d")
    assert small.codes_E.tolist() == [1, -1, 0, 1]
    assert column.take(slice(0, 1)).compact().values == ("d",)
    assert column.take(slice(1, 2)).compact().values == ()


def test_events_come_back_from_a_log() -> None:
    """Each event is as it was given, by member and time, with and without optional fields."""
    events = [*rich_events(), ViewingEvent("zoe", "a", 7), ViewingEvent("zoe", "b", 8, 0, "play")]
    assert list(ViewingLog.from_events(reversed(events)).events()) == events
    assert list(ViewingLog.from_events(events[-2:-1]).events()) == events[-2:-1]


def test_parts_of_a_log_are_put_together() -> None:
    """In whatever order; none of them need have what another has."""
    events = rich_events()
    parts = [
        ViewingLog.from_events(event for event in events if event.member_id in members)
        for members in (["member-3", "member-7"], ["member-0"], [])
    ]
    bare = ViewingLog.from_events([ViewingEvent("member-1", "a", 7)])
    whole = ViewingLog.concatenate([*parts, bare])
    expected = [event for part in parts for event in part.events()] + [*bare.events()]
    assert list(whole.events()) == list(ViewingLog.from_events(expected).events())
    assert list(ViewingLog.concatenate([]).events()) == []
