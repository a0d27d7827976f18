"""Requests are read alike, one by one and for many members at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranker import RequestContext, ViewingLog
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.serving.request_features import RequestEncoder
from tests.ranker.small_histories import TITLES, rich_events

SCHEMA = Schema.from_tokens(merge_events(ViewingLog.from_events(rich_events())), TITLES)
ENCODER = RequestEncoder(SCHEMA)

times = st.one_of(
    st.integers(0, 253_402_300_799),
    st.integers(0, 37).flatmap(lambda power: st.integers(max(0, 2**power - 2), 2**power)),
)
texts = st.sampled_from(
    ["", "hologram", *{text for v in SCHEMA.text_values.values() for text in v}]
)
zones = st.sampled_from(["", "Asia/Tokyo", "America/New_York", "Mars/Phobos"])
requests = st.builds(RequestContext, st.none() | times, texts, texts, texts, texts, zones)


@given(requests, st.none() | times, zones)
def test_one_request_is_read_as_many_are(
    request: RequestContext, last_at: int | None, zone: str
) -> None:
    """Whatever the time, the gap, the zone and the texts, known or not."""
    request_1R, time = ENCODER.encode(last_at, request, zone)
    last_at_1 = np.array([-1 if last_at is None else last_at])
    many_1R, time_1 = ENCODER.encode_many(last_at_1, request, [zone])
    assert request_1R.tolist() == many_1R.tolist()
    assert time == max(int(time_1[0]), 0)


@given(requests)
def test_what_is_unknown_is_left_out(request: RequestContext) -> None:
    """And reads the same without it."""
    known = ENCODER.known(request)
    assert ENCODER.known(known) == known
    assert ENCODER.encode(7, known)[0].tolist() == ENCODER.encode(7, request)[0].tolist()
