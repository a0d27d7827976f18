"""Which events are taken, which are refused and why, and what makes two of them the same."""

from __future__ import annotations

from typing import Any

import pytest

from sizzle.events import Batch, Event, Refusal
from tests.events.sample_events import NOW, TIME, event, raw

YEAR = 365 * 86_400_000
BATCH = Batch(received=NOW)


def taken(text: bytes, batch: Batch = BATCH) -> Event:
    """An event that must be taken."""
    found = batch.read(text)
    assert isinstance(found, Event), found
    return found


def reason(text: bytes, batch: Batch = BATCH) -> str:
    """Why one is refused."""
    found = batch.read(text)
    assert isinstance(found, Refusal), found
    return found.reason


def test_an_event_keeps_what_was_sent() -> None:
    """Each field; unknown types and members too."""
    found = taken(
        raw(
            type="Jumped over!",
            member_id="nobody",
            endpoint_id="phone",
            reel_id="r" * 6000,
            attributes={"a": "'; DROP TABLE events; --"},
            metrics={"m": -0.5},
        )
    )
    assert found == Event(
        event_id="e-1",
        type="Jumped over!",
        member_id="nobody",
        endpoint_id="phone",
        reel_id="r" * 6000,
        time=NOW,
        received=NOW,
        attributes={"a": "'; DROP TABLE events; --"},
        metrics={"m": -0.5},
    )


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"member_id": None}, "needs member_id or endpoint_id"),
        ({"member_id": "m" * 2**20}, "member_id: Expected `str` of length <= 100"),
        ({"member_id": ""}, "member_id: Expected `str` of length >= 1"),
        ({"member_id": "line\nbreak"}, "member_id: Control characters"),
        ({"id": None}, "missing required field `id`"),
        ({"id": 7}, "id: Expected `str`, got `int`"),
        ({"type": "t" * 101}, "type: Expected `str` of length <= 100"),
        ({"time": "yesterday"}, "time: Invalid RFC3339"),
        ({"time": "2026-09-21T14:13:20"}, "time: Expected `datetime` with a timezone"),
        ({"time": "1969-12-31T23:59:59Z"}, "before 1970"),
        ({"time": "2026-09-22T14:13:21Z"}, "more than a day ahead"),
        ({"time": "9999-12-31T23:59:59Z"}, "more than a day ahead"),
        ({"attributes": {str(n): "" for n in range(10_000)}}, "attributes: Expected `object`"),
        ({"attributes": {str(n): "" for n in range(30)}, "metrics": {str(n): 1 for n in range(11)}}
         , "more than 40 names together"),
        ({"attributes": {"a": "v" * 201}}, "attributes[...]: Expected `str` of length <= 200"),
        ({"attributes": {"a" * 51: ""}}, "Expected `str` of length <= 50"),
        ({"attributes": {"a": 1}}, "Expected `str`, got `int`"),
        ({"metrics": {"m": "NaN"}}, "Expected `float`, got `str`"),
        ({"metrics": {"m": True}}, "Expected `float`, got `bool`"),
        ({"surprise": 1}, "unknown field `surprise`"),
        ({"type": "reel_started"}, "reel_started needs reel_id"),
        ({"type": "reel_progress", "reel_id": "r", "metrics": {"cut": 1}}, "the metric frames"),
        ({"type": "title_played", "metrics": {"seconds": 1}}, "the attribute title_id"),
        ({"type": "title_played", "attributes": {"title_id": "t"}}, "the metric seconds"),
        ({"type": "title_rated", "attributes": {"title_id": "t"}, "metrics": {"rating": -1}},
         "not negative"),
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_used_is_refused(fields: dict[str, Any], why: str) -> None:
    """The reason names the field and what is expected of it."""
    assert why in reason(raw(**fields))


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"7", b"null", b'{"id": "e-1", "ty', b"\xff", b"[" * 5000, b'{"id": "\\ud800"}'],
)
def test_what_is_no_event_is_refused(text: bytes) -> None:
    """Whatever it is."""
    assert reason(text)


@pytest.mark.parametrize("number", [b"1e999", b"-1e999", b"NaN", b"Infinity"])
def test_numbers_that_are_not_finite_are_refused(number: bytes) -> None:
    """JSON has none, but some programs write them."""
    assert reason(raw()[:-1] + b', "metrics": {"m": ' + number + b"}}")


def test_a_refusal_names_the_event() -> None:
    """As far as its id can be read."""
    found = BATCH.read(raw(id="e-9", type=7))
    assert isinstance(found, Refusal)
    assert found.event_id == "e-9"


@pytest.mark.parametrize("wrong", [YEAR * 5, -YEAR * 5, 0])
def test_a_wrong_clock_is_corrected_by_its_own_time_of_sending(wrong: int) -> None:
    """An event 10 s before it was sent happened 10 s before it came."""
    sent_at = NOW + wrong
    times = {
        YEAR * 5: "2031-09-20T14:13:10Z",
        -YEAR * 5: "2021-09-22T14:13:10Z",
        0: "2026-09-21T14:13:10Z",
    }
    found = taken(raw(time=times[wrong]), Batch(received=NOW, sent=sent_at))
    assert found.time == NOW - 10_000
    assert found.clock_offset == -wrong


def test_what_comes_late_is_taken() -> None:
    """A device may have been off for years."""
    assert taken(raw(time="2011-09-21T14:13:20+02:00")).time < NOW - 14 * YEAR


def test_events_are_the_same_by_app_sender_and_id() -> None:
    """The sender is the endpoint where one is given, else the member; each character counts."""
    base = event()
    assert base.key == event(type="other", time=1).key
    others = [
        event("e-2"),
        event(app="other"),
        event(member_id="member-ben"),
        event(member_id="Member-ada"),
        event(endpoint_id="phone"),
        event(member_id="", endpoint_id="member-ada"),
        event(member_id="é"),
        event(member_id="e\u0301"),
    ]
    assert len({base.key, *(each.key for each in others)}) == len(others) + 1
    assert event(endpoint_id="phone").key == event(endpoint_id="phone", member_id="").key


def test_content_is_the_same_whatever_the_order_and_the_clock() -> None:
    """A resent event has the same content even where its time was corrected differently."""
    first = taken(raw(attributes={"a": "1", "b": "2"}), Batch(received=NOW, sent=NOW))
    again = taken(raw(attributes={"b": "2", "a": "1"}), Batch(received=NOW + 5000, sent=NOW))
    assert first.time != again.time
    assert first.digest == again.digest
    for other in ({"a": "1"}, {"a": "1", "b": "3"}, {"a": "2", "b": "1"}):
        assert taken(raw(attributes=other)).digest != first.digest
    assert taken(raw(time=TIME.replace("20Z", "21Z"))).digest != taken(raw()).digest
