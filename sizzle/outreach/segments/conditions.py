"""What dimensions ask of a member and of one endpoint: a few kinds of conditions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sizzle.outreach.segments.facts import (
    comparable_country,
    number_code,
    on_sphere,
    time_code,
    time_of,
)
from sizzle.outreach.segments.rule import (
    HOURS,
    AttributeDimension,
    Dimensions,
    GPSPoint,
    MetricDimension,
    Recency,
    SetDimension,
)

_DAY: Final = 86_400_000
_EARTH: Final = 6371.0088  # kilometres
_LAST: Final = "9" * 15


@dataclass(frozen=True, slots=True)
class HasFact:
    """One of the values is there; or none of them, where `excluded`.

    Attributes:
        kind: of the facts, as `facts` names it.
        label: how people name it.
    """

    label: str
    kind: str
    name: str
    values: tuple[str, ...]
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class ContainsText:
    """A value has one of these texts in it."""

    label: str
    kind: str
    name: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InRange:
    """A fact whose value has an order lies in one of the ranges, ends included.

    Attributes:
        said: what was asked, for people.
    """

    label: str
    kind: str
    name: str
    ranges: tuple[tuple[str, str], ...]
    said: str


@dataclass(frozen=True, slots=True)
class OnChannel:
    """The endpoint's channel is one of these; or none of them, where `excluded`."""

    label: str
    values: tuple[str, ...]
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """The endpoint is near a place, on a sphere of radius 1."""

    label: str
    place: tuple[float, float, float]
    least_cosine: float
    said: str


@dataclass(frozen=True, slots=True)
class Active:
    """There was an event of the member in the last hours; or none, where `excluded`."""

    label: str
    hours: int
    excluded: bool = False


MemberCondition = HasFact | ContainsText | InRange | Active
EndpointCondition = HasFact | ContainsText | InRange | OnChannel | Near


def member_conditions(dimensions: Dimensions) -> list[MemberCondition]:
    """What is asked of the member."""
    found: list[MemberCondition] = [
        _attribute("u", f"UserAttributes.{name}", name, attribute)
        for name, attribute in dimensions.user_attributes.items()
    ]
    if dimensions.behavior and dimensions.behavior.recency:
        found.append(_recency(dimensions.behavior.recency))
    return found


def endpoint_conditions(dimensions: Dimensions) -> list[EndpointCondition]:
    """What is asked of one endpoint of the member."""
    found: list[EndpointCondition] = [*_device_conditions(dimensions)]
    found += [
        _attribute("e", f"Attributes.{name}", name, attribute)
        for name, attribute in dimensions.attributes.items()
    ]
    place = dimensions.location
    if place and place.country:
        countries = tuple(comparable_country(value) for value in place.country.values)
        excluded = place.country.dimension_type == "EXCLUSIVE"
        found.append(HasFact("Location.Country", "l", "Country", countries, excluded))
    if place and place.gps_point:
        found.append(_near(place.gps_point))
    # Last, as comparing them takes longest.
    found += [_metric(name, metric) for name, metric in dimensions.metrics.items()]
    return found


def _device_conditions(dimensions: Dimensions) -> Iterator[EndpointCondition]:
    device = dimensions.demographic
    if device is None:
        return
    named = {
        "AppVersion": device.app_version,
        "Make": device.make,
        "Model": device.model,
        "Platform": device.platform,
    }
    if device.channel:
        yield OnChannel(
            "Demographic.Channel", tuple(device.channel.values), _excluded(device.channel)
        )
    for name, wanted in named.items():
        if wanted:
            values = tuple(wanted.values)
            yield HasFact(f"Demographic.{name}", "d", name, values, _excluded(wanted))


def _excluded(dimension: SetDimension) -> bool:
    return dimension.dimension_type == "EXCLUSIVE"


def _recency(recency: Recency) -> Active:
    excluded = recency.recency_type == "INACTIVE"
    return Active("Behavior.Recency", HOURS[recency.duration], excluded)


def _attribute(
    kind: str, label: str, name: str, wanted: AttributeDimension
) -> HasFact | ContainsText | InRange:
    values = tuple(wanted.values)
    if wanted.attribute_type in ("INCLUSIVE", "EXCLUSIVE"):
        return HasFact(label, kind, name, values, wanted.attribute_type == "EXCLUSIVE")
    if wanted.attribute_type == "CONTAINS":
        return ContainsText(label, kind, name, values)
    said = f"{wanted.attribute_type.lower()} {' and '.join(values)}"
    return InRange(label, kind.upper(), name, tuple(_times(wanted)), said)


def _times(wanted: AttributeDimension) -> Iterator[tuple[str, str]]:
    """The ranges of times that are asked for; a date without a time is all of its day."""
    spans = [(time_of(value) or 0, len(value) == len("2026-11-30")) for value in wanted.values]
    ends = [(start, start + _DAY - 1 if day else start) for start, day in spans]
    if wanted.attribute_type == "BETWEEN":
        yield time_code(ends[0][0]), time_code(ends[1][1])
        return
    for first, last in ends:
        if wanted.attribute_type == "BEFORE":
            yield "", time_code(first - 1)
        elif wanted.attribute_type == "AFTER":
            yield time_code(last + 1), _LAST
        else:
            yield time_code(first - first % _DAY), time_code(first - first % _DAY + _DAY - 1)


def _metric(name: str, metric: MetricDimension) -> InRange:
    code = number_code(metric.value)
    number = int(code, 16)
    ranges = {
        "EQUAL": (code, code),
        "GREATER_THAN": (f"{number + 1:016x}", "f" * 16),
        "GREATER_THAN_OR_EQUAL": (code, "f" * 16),
        "LESS_THAN": ("0" * 16, f"{number - 1:016x}"),
        "LESS_THAN_OR_EQUAL": ("0" * 16, code),
    }
    said = f"{metric.comparison_operator.replace('_', ' ').lower()} {metric.value:g}"
    span = ranges[metric.comparison_operator]
    return InRange(f"Metrics.{name}", "m", name, (span,), said)


def _near(point: GPSPoint) -> Near:
    place = point.coordinates
    angle = min(point.range_in_kilometers / _EARTH, math.pi)
    said = f"within {point.range_in_kilometers:g} km of {place.latitude:g}, {place.longitude:g}"
    return Near(
        "Location.GPSPoint", on_sphere(place.latitude, place.longitude), math.cos(angle), said
    )
