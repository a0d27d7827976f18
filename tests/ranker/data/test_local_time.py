"""Members' local times."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranker import (
    Checkpoint,
    Histories,
    ModelConfig,
    Ranker,
    RequestContext,
    ViewingEvent,
    ViewingLog,
)
from ranker.data.encoding import encode, item_features
from ranker.data.events import Column
from ranker.data.local_time import utc_offset, utc_offsets
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.network.model import RankerModel

SUMMER, WINTER = 1_720_000_000, 1_700_000_000
ZONES = ["", "UTC", "Europe/London", "Asia/Kolkata", "America/New_York", "Mars/Phobos", "../etc"]


def test_zones_are_ahead_of_utc_by_the_season() -> None:
    """An unknown zone, or no name of a zone at all, counts as UTC."""
    expected = {"Europe/London": 3600, "Asia/Kolkata": 19_800, "America/New_York": -14_400}
    assert {zone: utc_offset(zone, SUMMER) for zone in ZONES} == dict.fromkeys(ZONES, 0) | expected
    assert utc_offset("Europe/London", WINTER) == 0
    assert utc_offset("Europe/London\0", WINTER) == utc_offset("x" * 5000, WINTER) == 0


@given(st.lists(st.tuples(st.sampled_from(ZONES), st.integers(0, 253_402_300_799)), max_size=30))
def test_many_times_are_read_as_one_is(times: list[tuple[str, int]]) -> None:
    """Whatever the zones and the times."""
    column = Column.from_texts([zone for zone, _ in times])
    time_N = np.array([time for _, time in times], np.int64)
    assert utc_offsets(column, time_N).tolist() == [utc_offset(*each) for each in times]


def test_an_evening_is_an_evening_wherever_the_member_lives() -> None:
    """Eight in the evening in London, Tokyo and New York are the same hour and weekday."""
    evenings = {"Europe/London": 20, "Asia/Tokyo": 11, "America/New_York": 25}
    midnight = WINTER - WINTER % 86_400
    events = [
        ViewingEvent(zone, "a", midnight + hour * 3600, time_zone=zone)
        for zone, hour in evenings.items()
    ]
    tokens = merge_events(ViewingLog.from_events(events))
    schema = Schema.from_tokens(tokens, {})
    encoded = encode(schema, tokens, item_features(schema))
    assert len({tuple(row) for row in encoded.request_NR.tolist()}) == 1
    assert encoded.time_zones == tokens.member.values


def test_a_request_is_in_the_zone_of_the_last_viewing() -> None:
    """Unless it says another; both give the same order as the time of that zone does."""
    events = [ViewingEvent("m", "abc"[n % 3], WINTER + n * 40_000) for n in range(9)]
    schema = Schema.from_tokens(merge_events(ViewingLog.from_events(events)), {})
    checkpoint = Checkpoint(RankerModel(ModelConfig(context=8, width=16), schema), "v")
    at = WINTER + 10 * 86_400

    def scores(zone: str, request: RequestContext) -> list[float]:
        history = [ViewingEvent("m", "a", WINTER, time_zone=zone), *events[1:2]]
        ranking = Ranker(checkpoint, Histories(history)).rank("m", "abc", request)
        return [title.score for title in sorted(ranking.titles, key=lambda title: title.title_id)]

    tokyo = scores("Asia/Tokyo", RequestContext(at=at))
    assert tokyo == scores("Asia/Tokyo", RequestContext(at=at, time_zone="Asia/Seoul"))
    assert tokyo != scores("Asia/Tokyo", RequestContext(at=at, time_zone="UTC"))
