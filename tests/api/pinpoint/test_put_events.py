"""Events on Pinpoint's wire: what is accepted, what is refused, and what is recorded of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from sizzle.database import Database
from sizzle.events import ACTIONS, Attribution, MessageSource, attribute
from sizzle.events.records import from_record, to_record
from tests.api.pinpoint.pinpoint_app import (
    APP,
    OPENED,
    TIMESTAMP,
    PinpointApp,
    item,
    statuses,
)
from tests.events.push_payloads import CAMPAIGN, JOURNEY, TRANSACTIONAL, amplify_event

PATH = f"/v1/apps/{APP}/events"
JSON = {"content-type": "application/json"}
SQL = "'; DROP TABLE events; --"


def unknown() -> float:
    """How many events of unknown endpoints were counted."""
    return REGISTRY.get_sample_value("sizzle_events_of_unknown_endpoints_total") or 0.0


def test_each_item_is_answered_by_itself(service: PinpointApp) -> None:
    """Accepted, a duplicate as well, or refused with the reason; a bad one costs no other."""
    events = {
        "good": OPENED,
        "no-type": {"Timestamp": TIMESTAMP},
        "no-time": {"EventType": "x"},
        "long": {**OPENED, "Attributes": {"a": "x" * 201}},
        "longest": {**OPENED, "Attributes": {"a": "x" * 200}},
        "number": {**OPENED, "Attributes": {"a": 7}},
        "name": {**OPENED, "Attributes": {"a" * 51: "x"}},
        "many": {**OPENED, "Attributes": {f"{n}": "x" for n in range(10_000)}},
        "41": {**OPENED, "Metrics": {f"{n}": 1 for n in range(38)}},
        "text": "opened",
        "nothing": None,
        "a\u202eb": OPENED,
        "x" * 101: OPENED,
        SQL: {**OPENED, "EventType": SQL, "Attributes": {SQL: SQL}},
    }
    result = service.put({"e": {"Endpoint": {}, "Events": events}})["e"]
    endpoint, found = statuses(result)
    accepted = {"good", "longest", SQL}
    assert endpoint == 202
    assert found == {key: 202 if key in accepted else 400 for key in events}
    messages = {key: each["Message"] for key, each in result["EventsItemResponse"].items()}
    assert messages["no-type"] == "Object missing required field `EventType`."
    assert messages["long"] == "Attributes[...]: Expected `str` of length <= 200."
    assert messages["number"] == "Attributes[...]: Expected `str`, got `int`."
    assert messages["many"] == "Attributes: Expected `object` of length <= 40."
    assert "more than 40 names" in messages["41"]
    assert statuses(service.put({"e": item("good")})["e"]) == (202, {"good": 202})
    other = service.put({"e": item("good", Timestamp="2023-01-01T00:00:00Z")})["e"]
    assert other["EventsItemResponse"]["good"]["StatusCode"] == 202
    assert "other content" in other["EventsItemResponse"]["good"]["Message"]
    assert {event.event_id for event in service.events()} == accepted


def test_what_an_event_says_is_kept(service: PinpointApp) -> None:
    """Pinpoint's own fields too, under names of their own; it can be exported and imported."""
    wire = {
        **OPENED,
        "Attributes": {f"a-{n}": "x" for n in range(39)},
        "Metrics": {"m": 1.5},
        "Session": {
            "Id": "s", "StartTimestamp": "t0", "StopTimestamp": "t1", "Duration": 900,
        },
        "AppTitle": "Films",
        "AppPackageName": "org.films",
        "AppVersionCode": "7",
        "ClientSdkVersion": "1",
        "SdkName": "js",
        "Unheard": {"of": 1},
    }  # fmt: skip
    service.now = 1_790_000_000.0
    assert statuses(service.put({"phone": {"Endpoint": {}, "Events": {"e": wire}}})["phone"]) == (
        202, {"e": 202},
    )  # fmt: skip
    (event,) = service.events()
    assert (event.app, event.endpoint_id, event.event_id) == (APP, "phone", "e")
    assert (event.type, event.time) == (OPENED["EventType"], 1_671_011_400_000)
    kept = {name: text for name, text in event.attributes.items() if not name.startswith("a-")}
    assert kept == {
        "pinpoint.session_id": "s",
        "pinpoint.session_start": "t0",
        "pinpoint.session_stop": "t1",
        "pinpoint.app_title": "Films",
        "pinpoint.app_package_name": "org.films",
        "pinpoint.app_version_code": "7",
        "pinpoint.client_sdk_version": "1",
        "pinpoint.sdk_name": "js",
    }
    assert event.metrics == {"m": 1.5, "pinpoint.session_duration": 900.0}
    assert from_record(to_record(event), service.service.now) == event


def test_an_event_of_a_reel_is_one_as_elsewhere(service: PinpointApp) -> None:
    """The same door: a type with a meaning needs what it needs, and a reel is named as such."""
    played = {
        "EventType": "title_played",
        "Timestamp": TIMESTAMP,
        "Attributes": {"title_id": "aurora"},
        "Metrics": {"seconds": 61},
    }
    started = {"EventType": "reel_started", "Timestamp": TIMESTAMP}
    named = {**started, "Attributes": {"reel_id": "r-1"}}
    events = {"1": played, "2": {**played, "Metrics": {}}, "3": started, "4": named}
    result = service.put({"tv": {"Endpoint": {}, "Events": events}})["tv"]
    assert statuses(result)[1] == {"1": 202, "2": 400, "3": 400, "4": 202}
    assert result["EventsItemResponse"]["3"]["Message"] == "reel_started needs reel_id."
    assert [event.reel_id for event in service.events()] == ["", "r-1"]


@pytest.mark.parametrize(
    ("timestamp", "time"),
    [
        ("2026-09-21T14:13:20Z", 1_790_000_000_000),
        ("2026-09-21T14:13:20.250+02:00", 1_789_992_800_250),
        ("2026-09-21T14:13:20.123456", 1_790_000_000_123),  # no zone: UTC
        ("20260921T141320Z", 1_790_000_000_000),
        ("2026-09-22T14:13:20Z", 1_790_086_400_000),
        ("2026-09-22T14:13:21Z", None),
        ("2099-01-01T00:00:00Z", None),
        ("1969-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("1671009494989", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_read_as_clients_write_them(
    service: PinpointApp, timestamp: str, time: int | None
) -> None:
    """ISO 8601; a clock that is years fast is refused, and what comes late is taken."""
    service.now = 1_790_000_000.0
    result = service.put({"e": item("x", Timestamp=timestamp)})["e"]["EventsItemResponse"]["x"]
    assert result["StatusCode"] == (202 if time is not None else 400)
    assert time is not None or result["Message"].startswith("Timestamp: ")
    assert [event.time for event in service.events()] == ([] if time is None else [time])


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400])
def test_a_metric_that_is_no_finite_number_costs_its_event_alone(
    service: PinpointApp, number: str
) -> None:
    """Also as clients write it that do not know that JSON has none."""
    events = {"bad": {**OPENED, "Metrics": {"m": 7}}, "good": OPENED}
    body = json.dumps({"BatchItem": {"e": {"Endpoint": {}, "Events": events}}})
    answer = service.client().post(PATH, content=body.replace(": 7", f": {number}"), headers=JSON)
    found = statuses(answer.json()["Results"]["e"])[1]
    assert found == {"bad": 400, "good": 202}


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"", 400, "cannot be read as JSON"),
        (b'{"BatchItem": {"e": {"Endpoint": {}, "Ev', 400, "cannot be read as JSON"),
        (b"\xff\xfe{\x00}\x00", 400, "cannot be read as JSON"),
        (b'{"BatchItem": {"\\ud83d": 1}}', 400, "cannot be read as JSON"),
        (b"[" * 100_000, 400, "cannot be read as JSON"),
        (b"[]", 400, "The body is not an object"),
        (b"{}", 400, "BatchItem is not an object"),
        (b'{"BatchItem": {}, "BatchItem": {}}', 400, "The body has 'BatchItem' twice"),
        (b'{"BatchItem": {"e": {}, "e": {}}}', 400, "BatchItem has 'e' twice"),
        (json.dumps({"BatchItem": {"e": item(*map(str, range(101)))}}), 400, "101 events"),
        (json.dumps({"BatchItem": {str(n): item() for n in range(101)}}), 400, "101 endpoints"),
        (b"{}".ljust(4 * 2**20 + 1), 413, "4194304 bytes"),
        (b"x" * 40_000_000, 413, "bytes"),
    ],
)
def test_a_request_that_cannot_be_read_is_refused(
    service: PinpointApp, body: bytes | str, status: int, why: str
) -> None:
    """Whole, in the form that Pinpoint's clients read, and nothing is recorded."""
    answer = service.client().post(PATH, content=body, headers=JSON)
    assert answer.status_code == status
    names = {400: "BadRequestException", 413: "PayloadTooLargeException"}
    assert answer.headers["x-amzn-errortype"] == names[status]
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"Message", "RequestID"}
    assert answer.json()["RequestID"] == answer.headers["x-amzn-requestid"]
    assert why in answer.json()["Message"]
    assert service.events() == []


def test_four_megabytes_and_a_hundred_events_are_taken(service: PinpointApp) -> None:
    """The limits themselves."""
    body = json.dumps({"BatchItem": {"e": item(*map(str, range(100)))}}).ljust(4 * 2**20)
    answer = service.client().post(PATH, content=body, headers=JSON)
    assert set(statuses(answer.json()["Results"]["e"])[1].values()) == {202}
    assert len(service.events()) == 100


def test_a_name_that_is_there_twice_costs_its_part_alone(service: PinpointApp) -> None:
    """Which of both is meant is not known; emoji are text like any other."""
    good = json.dumps({**OPENED, "Attributes": {"mood": "\U0001f600"}})
    bad = good.replace('"mood":', '"mood": "sad", "mood":')
    events = f'{{"good": {good}, "bad": {bad}, "too": {bad[:-1]}, "EventType": "x"}}}}'
    body = (
        f'{{"BatchItem": {{"e": {{"Endpoint": {{}}, "Events": {events}}}, '
        f'"f": {{"Endpoint": {{}}, "Endpoint": {{}}, "Events": {{}}}}}}}}'
    )
    answer = service.client().post(PATH, content=body, headers=JSON)
    results = answer.json()["Results"]
    assert statuses(results["e"]) == (202, {"good": 202, "bad": 400, "too": 400})
    assert results["e"]["EventsItemResponse"]["bad"]["Message"] == (
        "Attributes: A name is there twice."
    )
    assert statuses(results["f"]) == (400, {})
    assert service.events()[0].attributes["mood"] == "\U0001f600"


@pytest.mark.parametrize("kind", ["_campaign", "_journey"])
def test_events_beside_the_endpoint_are_refused_with_the_right_nesting(
    service: PinpointApp, kind: str
) -> None:
    """As widely copied samples have them: not recorded, and no endpoint of that name is made."""
    event = {**OPENED, "EventType": f"{kind}.opened_notification"}
    results = service.put({"endpoint_id1": {"Endpoint": {}}, "Events": {"event_id": event}})
    for name in ("endpoint_id1", "Events"):
        answer = results[name]["EndpointItemResponse"]
        assert answer["StatusCode"] == 400
        assert '{"BatchItem": {"<endpoint id>": {"Endpoint": {}, "Events": ' in answer["Message"]
        assert results[name]["EventsItemResponse"] == {}
    assert service.events() == []
    assert service.endpoints.find(APP, ["endpoint_id1", "Events"]) == {}


def test_events_of_endpoints_that_nobody_registered_are_counted(service: PinpointApp) -> None:
    """As where the ids of endpoint and event are swapped: accepted, and seen as unknown."""
    before = unknown()
    swapped = service.put({"event-1": item("endpoint-1")})
    assert statuses(swapped["event-1"]) == (202, {"endpoint-1": 202})
    assert "No endpoint of this id" in swapped["event-1"]["EndpointItemResponse"]["Message"]
    service.put({"event-1": item("endpoint-1")})  # again: the same event
    assert unknown() - before == 1
    service.put({"phone": {"Endpoint": {"Address": "token"}, "Events": {"e": OPENED}}})
    answer = service.put({"phone": item("e-2")})["phone"]["EndpointItemResponse"]
    assert answer == {"StatusCode": 202, "Message": "Accepted"}
    assert unknown() - before == 1
    ids = {event.endpoint_id for event in service.events()}
    assert ids - set(service.endpoints.find(APP, ids)) == {"event-1"}


@pytest.mark.parametrize("action", ACTIONS)
def test_notifications_of_every_kind_land_on_their_message(
    service: PinpointApp, action: str
) -> None:
    """Campaign, journey and transactional, from the payload to what is recorded."""
    direct = {**TRANSACTIONAL, "pinpoint.campaign.campaign_activity_id": "send-7f"}
    events = {}
    for name, data in (("c", CAMPAIGN), ("j", JOURNEY), ("d", direct), ("old", TRANSACTIONAL)):
        made = amplify_event(data, action)
        assert made is not None
        wire = {"EventType": made.event_type, "Attributes": made.attributes}
        events[name] = {**wire, "Timestamp": TIMESTAMP}
    service.put({"endpoint_id1": {"Endpoint": {}, "Events": events}})
    found = [attribute(event.type, event.attributes) for event in service.events()]
    assert found == [
        Attribution(
            source=MessageSource.CAMPAIGN,
            action=action,
            source_id="5befa9dc28b1430cb0469554789e3f99",
            activity_id="613f918c7a4440b69b09c4806d1a9357",
            treatment_id="0",
        ),
        Attribution(
            source=MessageSource.JOURNEY,
            action=action,
            source_id="dc893692ea9848faa76cceef197c5305",
            activity_id="ibcF4z9lsp",
            run_id="5df6dd97f9154cb688afc0b41ab221c3",
        ),
        Attribution(source=MessageSource.TRANSACTIONAL, action=action, send_id="send-7f"),
        None,
    ]


def test_an_event_is_its_endpoints_members(service: PinpointApp) -> None:
    """Whoever the endpoint was registered for; sent again later, it is still the same event."""
    service.put({"tv": item("before")})
    service.put({"tv": {"Endpoint": {"User": {"UserId": "ada"}}, "Events": {"first": OPENED}}})
    again = service.put({"tv": item("before", "second")})["tv"]["EventsItemResponse"]
    assert again["before"]["Message"] == "Accepted"
    found = {event.event_id: event.member_id for event in service.events()}
    assert found == {"before": "", "first": "ada", "second": "ada"}


def test_an_endpoint_that_cannot_be_is_refused_and_its_events_are_taken(
    service: PinpointApp,
) -> None:
    """Each has an answer of its own."""
    bad = {"Endpoint": {"OptOut": "MAYBE"}, "Events": {"x": OPENED}}
    results = service.put({"e": bad, "x" * 101: item("y"), "f": item("z")})
    assert statuses(results["e"]) == (400, {"x": 202})
    assert statuses(results["x" * 101]) == (400, {"y": 400})
    assert statuses(results["f"]) == (202, {"z": 202})
    for number in range(11):
        endpoint = {"Endpoint": {"User": {"UserId": "ada"}}, "Events": {}}
        found = service.put({f"of-ada-{number}": endpoint})[f"of-ada-{number}"]
    assert found["EndpointItemResponse"] == {
        "StatusCode": 400,
        "Message": "Exceeded maximum endpoint per user count 10.",
    }


def test_an_erased_members_events_are_not_recorded_again(service: PinpointApp) -> None:
    """A device that was off sends what happened before."""
    service.put({"tv": {"Endpoint": {"User": {"UserId": "ada"}}, "Events": {"x": OPENED}}})
    service.log.erase("ada", now=1_790_000_000_000)
    answer = service.put({"tv": item("x", "y")})["tv"]["EventsItemResponse"]
    assert {each["StatusCode"] for each in answer.values()} == {400}
    assert "erased" in answer["y"]["Message"]


def test_a_database_that_is_held_is_an_error_that_clients_retry(tmp_path: Path) -> None:
    """500, as some of them give up after a 503; nothing is recorded, and then all is well."""
    service = PinpointApp(tmp_path, patience=0.05)
    service.log.upgrade()
    holder = Database(service.database._engine.url)
    with holder.writing():
        body = {"BatchItem": {"e": item("x")}}
        answer = service.client().post(PATH, json=body)
    assert answer.status_code == 500
    assert answer.headers["x-amzn-errortype"] == "InternalServerErrorException"
    assert answer.headers["retry-after"] == "2"
    assert "others hold it" in answer.json()["Message"]
    assert statuses(service.put({"e": item("x")})["e"]) == (202, {"x": 202})
    holder.close()
    service.close()


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"content-type": "text/plain"}, "not as JSON"),
        ({"content-type": "application/x-www-form-urlencoded"}, "not as JSON"),
        ({}, "no Content-Type"),
        ({**JSON, "content-encoding": "gzip"}, "compressed"),
    ],
)
def test_other_forms_of_a_body_are_refused(
    service: PinpointApp, headers: dict[str, str], why: str
) -> None:
    """Without a signature, a body has to be JSON: a page of another site can send no such one."""
    body = json.dumps({"BatchItem": {"e": item("x")}}).encode()
    answer: Any = service.client().post(PATH, content=body, headers=headers)
    assert answer.status_code == 400
    assert why in answer.json()["Message"]
    assert service.events() == []
