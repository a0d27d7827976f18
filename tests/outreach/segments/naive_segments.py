"""Segments decided as their documentation reads, for one member at a time and from plain JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

Json = Mapping[str, Any]

_COMPARED = {
    "EQUAL": lambda a, b: a == b,
    "GREATER_THAN": lambda a, b: a > b,
    "LESS_THAN": lambda a, b: a < b,
    "GREATER_THAN_OR_EQUAL": lambda a, b: a >= b,
    "LESS_THAN_OR_EQUAL": lambda a, b: a <= b,
}


def selects(rule: Json, member: Json, now: datetime) -> bool:
    """Whether a rule selects a member: `attributes`, `endpoints` and `active` of them."""
    groups = rule.get("SegmentGroups") or {"Groups": [{"Dimensions": [rule["Dimensions"]]}]}
    found = [_group(group, member, now) for group in groups["Groups"]]
    return _of(groups.get("Include", "ALL"), found)


def _of(how: str, found: Sequence[bool]) -> bool:
    if not found or how == "ALL":
        return all(found)
    return any(found) if how == "ANY" else not any(found)


def _group(group: Json, member: Json, now: datetime) -> bool:
    return _of(group.get("Type", "ALL"), [_all(one, member, now) for one in group["Dimensions"]])


def _all(dimensions: Json, member: Json, now: datetime) -> bool:
    asked = dimensions.get("UserAttributes", {}).items()
    if not all(_attribute(one, member["attributes"].get(name, [])) for name, one in asked):
        return False
    recency = dimensions.get("Behavior", {}).get("Recency")
    if recency:
        unit, number = recency["Duration"].split("_")
        span = timedelta(**{"hours" if unit == "HR" else "days": int(number)})
        active = member["active"] is not None and member["active"] >= now - span
        if active is not (recency["RecencyType"] == "ACTIVE"):
            return False
    parts = ("Attributes", "Demographic", "Location", "Metrics")
    if not any(dimensions.get(part) for part in parts):
        return True
    live = [one for one in member["endpoints"] if one.get("EndpointStatus") != "INACTIVE"]
    return any(_endpoint(dimensions, one) for one in live)


def _endpoint(dimensions: Json, endpoint: Json) -> bool:
    place, device = endpoint.get("Location", {}), endpoint.get("Demographic", {})
    asked = dimensions.get("Location", {})
    sets = {
        name: [endpoint["ChannelType"] if name == "Channel" else device.get(name)]
        for name in dimensions.get("Demographic", {})
    }
    return (
        all(
            _set(dimensions["Demographic"][name], values) for name, values in sets.items()
        )
        and ("Country" not in asked or _set(asked["Country"], [place.get("Country")]))
        and ("GPSPoint" not in asked or _near(asked["GPSPoint"], place))
        and all(
            _attribute(one, endpoint.get("Attributes", {}).get(name, []))
            for name, one in dimensions.get("Attributes", {}).items()
        )
        and all(
            name in endpoint.get("Metrics", {})
            and _COMPARED[one["ComparisonOperator"]](endpoint["Metrics"][name], one["Value"])
            for name, one in dimensions.get("Metrics", {}).items()
        )
    )  # fmt: skip


def _set(one: Json, values: Sequence[str | None]) -> bool:
    found = any(value in one["Values"] for value in values if value)
    return found is (one["DimensionType"] == "INCLUSIVE")


def _attribute(one: Json, values: Sequence[str]) -> bool:
    kind, wanted = one["AttributeType"], one["Values"]
    if kind == "INCLUSIVE":
        return any(value in wanted for value in values)
    if kind == "EXCLUSIVE":
        return not any(value in wanted for value in values)
    if kind == "CONTAINS":
        return any(text in value for value in values for text in wanted)
    times = [time for value in values if (time := _time(value)) is not None]
    if kind == "BETWEEN":
        first, last = _span(wanted[0])[0], _span(wanted[1])[1]
        return any(first <= time <= last for time in times)
    if kind == "BEFORE":
        return any(time < _span(value)[0] for time in times for value in wanted)
    if kind == "AFTER":
        return any(time > _span(value)[1] for time in times for value in wanted)
    return any(time.date() == _span(value)[0].date() for time in times for value in wanted)


def _time(text: str) -> datetime | None:
    if "-" not in text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def _span(text: str) -> tuple[datetime, datetime]:
    """A time twice, or the first and last moment of a day."""
    time = _time(text)
    assert time is not None
    try:
        date.fromisoformat(text)
    except ValueError:
        return time, time
    return time, time + timedelta(days=1) - timedelta(milliseconds=1)


def _near(asked: Json, place: Json) -> bool:
    """By the haversine formula, with what rounding may differ by on both sides of the edge."""
    if "Latitude" not in place or "Longitude" not in place:
        return False
    angles = [
        math.radians(value)
        for value in (
            place["Latitude"],
            place["Longitude"],
            asked["Coordinates"]["Latitude"],
            asked["Coordinates"]["Longitude"],
        )
    ]
    lat, lon, lat0, lon0 = angles
    half = math.sin((lat - lat0) / 2) ** 2
    half += math.cos(lat) * math.cos(lat0) * math.sin((lon - lon0) / 2) ** 2
    return bool(2 * 6371.0088 * math.asin(math.sqrt(half)) <= asked["RangeInKilometers"])
