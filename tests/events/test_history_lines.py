"""A file of viewing histories can be imported: what was viewed stays what it was."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ranker import ViewingEvent, read_events, write_histories
from sizzle.events import Event, Refusal
from sizzle.events.records import from_record
from sizzle.events.viewing_policy import ViewingPolicy
from sizzle.reel.reel_cuts import ReelCut
from tests.events.sample_events import NOW

_texts = st.sampled_from(["", "tv", "en-GB", "é"])


def no_cut(_reel_id: str, _number: int) -> ReelCut | None:
    """There are no reels."""
    return None


@given(
    st.lists(
        st.builds(
            ViewingEvent,
            st.sampled_from(["ada", "ben"]),
            st.sampled_from(["aurora", "velvet"]),
            st.integers(0, NOW // 1000),
            st.none() | st.integers(0, 604_800),
            *[_texts] * 6,
            st.sampled_from([None, -1.0, 4.5]),
        ),
        unique_by=lambda event: (event.member_id, event.at),
    )
)
def test_each_line_is_the_viewing_that_it_was(events: list[ViewingEvent]) -> None:
    """Short or long, near to another of the same title or not, with all that is known of it."""
    lines = [
        {
            name: value
            for name in ViewingEvent.__slots__
            if (value := getattr(event, name)) is not None
        }
        for event in events
    ]
    read = [from_record(line, NOW) for line in lines]
    stored = [event for event in read if isinstance(event, Event)]
    assert len(stored) == len(events)
    assert stored == [from_record(line, NOW) for line in lines]
    found = ViewingPolicy().viewings(stored, no_cut)
    assert found == sorted(events, key=lambda event: (event.member_id, event.at))


def test_a_line_that_is_no_viewing_is_refused(tmp_path: Path) -> None:
    """As one of an event is."""
    path = tmp_path / "log.jsonl"
    write_histories(path, [ViewingEvent("ada", "aurora", 5)])
    [line] = map(json.loads, path.read_text().splitlines())
    assert read_events(path)
    assert isinstance(from_record(line, NOW), Event)
    for change in ({"at": -1}, {"at": True}, {"at": 1e300}, {"title_id": None}, {"seconds": "9"}):
        assert isinstance(from_record({**line, **change}, NOW), Refusal)
