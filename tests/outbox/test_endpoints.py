"""Endpoints are kept as updates leave them, alike in both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.database import Database
from sizzle.eventlog import Appended, EventLog
from sizzle.outbox import (
    App,
    Apps,
    Endpoint,
    EndpointFields,
    Endpoints,
    EndpointUpdate,
    InvalidEndpointError,
)
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.members import Members
from tests.databases import KINDS, new_database
from tests.events.sample_events import event

KEY = b"k" * 32
FULL = {
    "Address": "token",
    "Attributes": {"genres": ["crime", "drama"]},
    "ChannelType": "GCM",
    "Demographic": {"Locale": "fr_FR", "Platform": "android"},
    "Location": {"Country": "FRA", "Latitude": 48.5},
    "Metrics": {"height": 1.5},
    "OptOut": "NONE",
    "User": {"UserId": "ada", "UserAttributes": {"age": ["36"]}},
}


@pytest.fixture(params=KINDS)
def database(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """An empty database of each kind."""
    found = Database(new_database(request.param, tmp_path, tmp_path_factory))
    yield found
    found.close()


@pytest.fixture
def endpoints(database: Database) -> Iterator[Endpoints]:
    """The endpoints of the database: none."""
    found = Endpoints(database, EventLog(database, KEY).member_hash)
    yield found
    found.close()


def put(
    endpoints: Endpoints, endpoint_id: str, value: object, now: int = 1, app: str = "app"
) -> Endpoint | InvalidEndpointError:
    """Update an endpoint with Pinpoint's JSON."""
    fields = EndpointFields.read(value)
    return endpoints.submit([EndpointUpdate(app, endpoint_id, fields, now)]).result()[0]


def test_an_empty_update_wipes_nothing(endpoints: Endpoints) -> None:
    """As apps send it with most of their events."""
    put(endpoints, "e", FULL)
    put(endpoints, "e", {}, now=2)
    put(endpoints, "e", {"OptOut": "ALL", "Demographic": {"Platform": "ios"}}, now=3)
    found = endpoints.find("app", ["e", "other"])
    assert list(found) == ["e"]
    assert found["e"].fields == EndpointFields.read(
        {**FULL, "OptOut": "ALL", "Demographic": {"Locale": "fr_FR", "Platform": "ios"}}
    )
    assert (found["e"].created, found["e"].updated) == (1, 3)


def test_attributes_are_replaced_name_by_name() -> None:
    """Without values, or with null, they are removed; a new member brings their own."""
    old = EndpointFields.read(FULL)
    update = {"Attributes": {"a": ["b"], "genres": []}, "Metrics": {"height": None, "m": 1}}
    new = old.updated(EndpointFields.read(update))
    assert (new.attributes, new.metrics) == ({"a": ["b"]}, {"m": 1.0})
    assert new.user == old.user
    for user_id, attributes in (("ada", {"age": ["36"], "x": ["y"]}), ("ben", {"x": ["y"]})):
        user = {"User": {"UserId": user_id, "UserAttributes": {"x": ["y"]}}}
        changed = old.updated(EndpointFields.read(user)).user
        assert changed is not None
        assert changed.user_attributes == attributes


def test_a_member_has_at_most_ten_endpoints(endpoints: Endpoints) -> None:
    """In each application; one that is deleted makes room, and one that is known may change."""
    user = {"User": {"UserId": "ada"}}
    for number in range(10):
        assert isinstance(put(endpoints, f"e-{number}", user), Endpoint)
    refused = put(endpoints, "e-10", user)
    assert isinstance(refused, InvalidEndpointError)
    assert str(refused) == "Exceeded maximum endpoint per user count 10."
    assert isinstance(put(endpoints, "e-3", {**user, "OptOut": "ALL"}), Endpoint)
    assert isinstance(put(endpoints, "e-10", user, app="other"), Endpoint)
    assert len(endpoints.of_member("ada")) == 11
    assert len(endpoints.of_member("ada", "app")) == 10
    assert [endpoint.endpoint_id for endpoint in endpoints.delete("app", ["e-1", "x"], 5)] == [
        "e-1"
    ]
    assert isinstance(put(endpoints, "e-10", user), Endpoint)
    assert isinstance(put(endpoints, "e-1", user), InvalidEndpointError)


def test_of_a_deleted_endpoint_only_the_ids_stay(endpoints: Endpoints) -> None:
    """Its events still have an endpoint; a new update starts anew."""
    put(endpoints, "e", FULL)
    assert endpoints.delete("app", ["e"], 5)[0].fields.address == "token"
    assert endpoints.delete("app", ["e"], 6) == []
    found = endpoints.find("app", ["e"])["e"]
    assert (found.fields, found.member_id, found.deleted) == (EndpointFields(), "ada", 5)
    assert endpoints.of_member("ada") == []
    assert endpoints.keys_of_member("ada") == [("app", "e")]
    put(endpoints, "e", {"OptOut": "ALL"}, now=7)
    anew = endpoints.find("app", ["e"])["e"]
    assert (anew.fields, anew.member_id, anew.deleted) == (
        EndpointFields(opt_out="ALL"), "", None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"Address": 7}, "Address: Expected `str"),
        ({"Address": "a\u202eb"}, "Address: "),
        ({"ChannelType": "PIGEON"}, "ChannelType: Invalid enum value 'PIGEON'"),
        ({"OptOut": "MAYBE"}, "OptOut: "),
        ({"Attributes": {"a": "b"}}, "Attributes[...]: Expected `array"),
        ({"Attributes": {"a": ["x"] * 51}}, "length <= 50"),
        ({"Attributes": {"a": ["x" * 101]}}, "length <= 100"),
        ({"Attributes": {"a" * 51: []}}, "length <= 50"),
        ({"Attributes": {str(n): [] for n in range(251)}}, "length <= 250"),
        ({"Metrics": {"m": float("nan")}}, "Metrics.m is not a finite number"),
        ({"Metrics": {"m": 10**400}}, ""),
        ({"Location": {"Latitude": float("inf")}}, "Location.Latitude is not a finite number"),
        ({"User": {"UserId": "x" * 101}}, "User.UserId: "),
        ([], "Expected `object`, got `array`"),
        (None, "Expected `object`, got `null`"),
    ],
)
def test_what_an_endpoint_cannot_be_is_refused(value: object, why: str) -> None:
    """With the field, in Pinpoint's name."""
    with pytest.raises(InvalidEndpointError) as caught:
        EndpointFields.read(value)
    assert why in str(caught.value)


_names = st.text("abc", min_size=1, max_size=2)
_values = st.lists(st.text(max_size=3), max_size=2)
_updates = st.fixed_dictionaries(
    {},
    optional={
        "Address": st.text("abc", max_size=3),
        "Attributes": st.dictionaries(_names, _values, max_size=3),
        "Metrics": st.dictionaries(_names, st.none() | st.floats(-9, 9), max_size=3),
        "Demographic": st.fixed_dictionaries({}, optional={"Locale": _names, "Make": _names}),
        "User": st.fixed_dictionaries(
            {},
            optional={"UserId": _names, "UserAttributes": st.dictionaries(_names, _values)},
        ),
    },
)


@given(_updates, _updates)
def test_an_update_that_comes_twice_changes_nothing_more(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    """Clients send theirs again; what one says is there afterwards, whatever was before."""
    old, update = (EndpointFields().updated(EndpointFields.read(each)) for each in (first, second))
    new = old.updated(update)
    assert new.updated(update) == new
    assert new.updated(EndpointFields()) == new
    assert update.address in (None, new.address)
    assert update.member_id in ("", new.member_id)


def test_what_an_erased_members_device_sends_later_is_not_taken(
    database: Database, endpoints: Endpoints
) -> None:
    """Neither what it said of itself nor its events, before the member was erased."""
    log = EventLog(database, KEY)
    put(endpoints, "tv", FULL)
    log.erase("ada", 1_790_000_000_000, endpoints.keys_of_member("ada"))
    Members(database, AddressHash(KEY)).erase("ada", 1_790_000_000_000)
    user = {"User": {"UserId": "ada"}}
    for late in (user, {"Address": "token"}):
        refused = put(endpoints, "tv", {**late, "EffectiveDate": "2026-09-21T14:13:20Z"})
        assert isinstance(refused, InvalidEndpointError)
        assert str(refused) == "The member has been erased since."
    old = {"member_id": "", "app": "app", "time": 1_790_000_000_000}
    found = log.append(
        [
            event("old", endpoint_id="tv", **old),
            event("of the next owner", **{**old, "member_id": "ben"}, endpoint_id="tv"),
            event("other", endpoint_id="radio", **old),
            event("new", endpoint_id="tv", **{**old, "time": 1_790_000_000_001}),
        ]
    )
    assert found == [Appended.ERASED, Appended.ERASED, Appended.ACCEPTED, Appended.ACCEPTED]
    for anew in ({"EffectiveDate": "2026-09-21T14:13:21"}, {}, {"EffectiveDate": "soon"}):
        assert isinstance(put(endpoints, "tv", {**user, **anew}), Endpoint)


def test_what_is_sent_as_text_stays_text(endpoints: Endpoints) -> None:
    """SQL in every field is but text."""
    bad = "'; DROP TABLE endpoints; --"
    put(
        endpoints, bad, {"Address": bad, "Attributes": {bad: [bad]}, "User": {"UserId": bad}},
        app=bad,
    )  # fmt: skip
    (found,) = endpoints.of_member(bad, bad)
    assert (found.endpoint_id, found.fields.address) == (bad, bad)


def test_an_application_is_noted_once(database: Database) -> None:
    """By its id, where nobody has created it; pages are in the order of ids."""
    apps = Apps(database)
    apps.create(App("b", "Films", {"team": "one"}, 3))
    for _ in range(2):
        Apps(database).note("a", 5)
        apps.note("b", 6)
    assert apps.find("a") == App("a", "a", {}, 5)
    assert apps.find("b") == App("b", "Films", {"team": "one"}, 3)
    assert apps.find("c") is None
    assert [app.app for app in apps.page("", 9)] == ["a", "b"]
    assert [app.app for app in apps.page("a", 9)] == ["b"]
    assert [app.app for app in apps.page("", 1)] == ["a"]
