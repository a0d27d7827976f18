"""Whatever JSON a client sends is read as events, or refused: nothing else comes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.api.http.invalid_request import InvalidRequestError
from sizzle.api.pinpoint.items import read_item
from sizzle.api.pinpoint.wire import read_event, read_json
from sizzle.events import Batch, Event, Refusal
from tests.api.pinpoint.pinpoint_app import OPENED, TIMESTAMP
from tests.events.sample_events import NOW

SESSION = {"Id": "s", "StartTimestamp": TIMESTAMP, "StopTimestamp": TIMESTAMP, "Duration": 5}
WHOLE = {
    "Endpoint": {
        "Address": "token",
        "Attributes": {"genres": ["crime"]},
        "ChannelType": "GCM",
        "Demographic": {"Locale": "fr"},
        "EffectiveDate": TIMESTAMP,
        "Location": {"Latitude": 1.5},
        "Metrics": {"m": 1},
        "OptOut": "NONE",
        "User": {"UserId": "ada", "UserAttributes": {"age": ["36"]}},
    },
    "Events": {"e": {**OPENED, "Metrics": {"m": 1}, "Session": SESSION, "SdkName": "js"}},
}

_texts = st.text(st.characters(exclude_categories=[]), max_size=5) | st.sampled_from(
    ["Endpoint", "Events", "EventType", "Timestamp", TIMESTAMP, "\ud83d", "0001-01-01T00:00+14:00"]
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _texts | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=8,
)


def _written(value: Any) -> bytes:  # noqa: ANN401 - any JSON
    return json.dumps(value, ensure_ascii=False).encode()


def _is_text(value: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether no half of a character is in it, which is refused."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


@st.composite
def changed(draw: st.DrawFn) -> Any:  # noqa: ANN401 - any JSON
    """An endpoint with its event, in which something is replaced by anything."""

    def change(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if not isinstance(value, dict) or draw(st.integers(0, 5)) == 0:
            return draw(_json)
        name = draw(st.sampled_from(list(value)))
        return {**value, name: change(value[name])}

    return change(WHOLE)


@given(changed())
def test_anything_is_read_or_refused(value: Any) -> None:  # noqa: ANN401 - any JSON
    """Each event is one or has a reason, and its endpoint as well."""
    try:
        read = read_json(json.dumps(value).encode())
    except InvalidRequestError:
        return
    item = read_item("tv", read, None)
    for event_id, sent in item.events.items():
        found = read_event(event_id, sent, "tv", item.fields.member_id, Batch(received=NOW))
        assert isinstance(found, Event | Refusal)
        if isinstance(found, Event):
            assert len(found.key + found.digest) == 32
            assert json.loads(found.content)["attributes"] == found.attributes


@given(st.binary(max_size=40) | _json.filter(_is_text).map(_written))
def test_any_body_is_json_or_refused(body: bytes) -> None:
    """What Python's own reader takes is read as that does, and nothing else."""
    try:
        expected = json.loads(body.decode())
    except ValueError:
        with pytest.raises(InvalidRequestError):
            read_json(body)
    else:
        assert repr(read_json(body)) == repr(expected)  # as text, since NaN differs from itself
