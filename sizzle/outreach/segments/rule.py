"""The rule of a segment, in Pinpoint's JSON: read, and checked for what cannot be meant.

{"Dimensions": {...}}
{"SegmentGroups": {"Include": "ALL", "Groups": [
    {"Type": "ALL", "Dimensions": [...], "SourceType": "ANY", "SourceSegments": [{"Id": ...}]}]}}
{"SnapshotId": "..."}                      a list of members: ours
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta

from sizzle.errors import SizzleError
from sizzle.events.explained import explained
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outreach.segments.facts import time_of

MAX_DIMENSIONS: Final = 100

_Text = Annotated[str, Meta(max_length=1000)]
_Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=PRINTABLE)]
_Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_Values = Annotated[list[_Text], Meta(min_length=1, max_length=250)]
AllAnyNone: TypeAlias = Literal["ALL", "ANY", "NONE"]
HOURS: Final = {"HR_24": 24, "DAY_7": 7 * 24, "DAY_14": 14 * 24, "DAY_30": 30 * 24}


class InvalidSegmentError(SizzleError):
    """A rule that no segment can have."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "invalid-segment"
    title: ClassVar[str] = "Invalid segment"


class _Part(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    rename="pascal",
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """Part of a rule; what is unknown is refused, as nobody could rely on it."""


class SetDimension(_Part, frozen=True, kw_only=True):
    """One of several values."""

    dimension_type: Literal["INCLUSIVE", "EXCLUSIVE"] = "INCLUSIVE"
    values: _Values


class AttributeDimension(_Part, frozen=True, kw_only=True):
    """An attribute, which may have several values: what one of them has to be."""

    attribute_type: Literal[
        "INCLUSIVE", "EXCLUSIVE", "CONTAINS", "BEFORE", "AFTER", "ON", "BETWEEN"
    ] = "INCLUSIVE"
    values: _Values


class MetricDimension(_Part, frozen=True, kw_only=True):
    """A number that an endpoint has."""

    comparison_operator: Literal[
        "EQUAL", "GREATER_THAN", "LESS_THAN", "GREATER_THAN_OR_EQUAL", "LESS_THAN_OR_EQUAL"
    ]
    value: float


class Recency(_Part, frozen=True, kw_only=True):
    """Whether there was an event of the member."""

    duration: Literal["HR_24", "DAY_7", "DAY_14", "DAY_30"]
    recency_type: Literal["ACTIVE", "INACTIVE"]


class Behavior(_Part, frozen=True, kw_only=True):
    """What the member did."""

    recency: Recency | None = None


class Demographics(_Part, frozen=True, kw_only=True):
    """The device."""

    app_version: SetDimension | None = None
    channel: SetDimension | None = None
    make: SetDimension | None = None
    model: SetDimension | None = None
    platform: SetDimension | None = None


class Coordinates(_Part, frozen=True, kw_only=True):
    """A place."""

    latitude: Annotated[float, Meta(ge=-90, le=90)]
    longitude: Annotated[float, Meta(ge=-180, le=180)]


class GPSPoint(_Part, frozen=True, kw_only=True):
    """The surroundings of a place."""

    coordinates: Coordinates
    range_in_kilometers: Annotated[float, Meta(ge=0)]


class Location(
    _Part, frozen=True, kw_only=True, rename={"gps_point": "GPSPoint", "country": "Country"}
):
    """Where the endpoint is."""

    country: SetDimension | None = None
    gps_point: GPSPoint | None = None


class Dimensions(_Part, frozen=True, kw_only=True):
    """All of these hold for a member: those of endpoints for one and the same endpoint."""

    attributes: dict[_Name, AttributeDimension] = {}
    behavior: Behavior | None = None
    demographic: Demographics | None = None
    location: Location | None = None
    metrics: dict[_Name, MetricDimension] = {}
    user_attributes: dict[_Name, AttributeDimension] = {}


class SegmentReference(_Part, frozen=True, kw_only=True):
    """Another segment; of its newest version where none is named."""

    id: _Id
    version: Annotated[int, Meta(ge=1)] | None = None


class Group(_Part, frozen=True, kw_only=True):
    """Members of the source segments for whom the dimensions hold."""

    dimensions: list[Dimensions] = []
    source_segments: list[SegmentReference] = []
    source_type: AllAnyNone = "ALL"
    type: AllAnyNone = "ALL"


class Groups(_Part, frozen=True, kw_only=True):
    """Members of all groups, any, or none."""

    groups: Annotated[list[Group], Meta(min_length=1, max_length=50)]
    include: AllAnyNone = "ALL"


class Rule(_Part, frozen=True, kw_only=True):
    """Which members a segment has."""

    dimensions: Dimensions | None = None
    segment_groups: Groups | None = None
    snapshot_id: _Id | None = None

    @classmethod
    def read(cls, value: Any) -> Rule:  # noqa: ANN401 - any JSON
        """Read a rule, also as `aws pinpoint get-segment` prints it. Raises InvalidSegmentError."""
        try:
            rule = msgspec.convert(_bare(value), cls)
        except (msgspec.ValidationError, OverflowError) as error:
            raise InvalidSegmentError(
                explained(error), fix="write the rule as Pinpoint's SegmentGroups or Dimensions."
            ) from None
        for problem, fix in _problems(rule):
            raise InvalidSegmentError(problem, fix=fix)
        return rule

    @property
    def groups(self) -> Groups:
        """Its groups; dimensions alone are one group."""
        if self.segment_groups is not None:
            return self.segment_groups
        return Groups(groups=[Group(dimensions=[self.dimensions] if self.dimensions else [])])

    @property
    def references(self) -> Iterator[SegmentReference]:
        """The segments that it names."""
        for group in self.groups.groups:
            yield from group.source_segments

    def to_json(self) -> str:
        """As it is kept."""
        return msgspec.json.encode(self).decode()


_WRAPPERS: Final = ("SegmentResponse", "WriteSegmentRequest")
_ABOUT: Final = frozenset(
    (
        *("ApplicationId", "Arn", "CreationDate", "Id", "LastModifiedDate", "Name", "SegmentType"),
        *("Tags", "Version", "tags"),
    )
)
"""What Pinpoint's answers and requests say of a segment beside its rule."""


def _bare(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """The rule alone. Raises InvalidSegmentError: Pinpoint's segment has none."""
    for wrapper in _WRAPPERS:
        if isinstance(value, dict) and value.keys() == {wrapper}:
            value = value[wrapper]
    if not isinstance(value, dict):
        return value
    if value.get("SegmentType") == "IMPORT" or "ImportDefinition" in value:
        raise InvalidSegmentError(
            "The segment was imported into Pinpoint: its members are in a file, and no rule.",
            fix="import that file, and make a segment of its ids.",
        )
    return {name: one for name, one in value.items() if name not in _ABOUT}


def _size(one: Dimensions) -> int:
    """How many dimensions are in a set; one that asks nothing counts, too."""
    named = len(one.attributes) + len(one.user_attributes) + len(one.metrics)
    single = msgspec.to_builtins((one.behavior, one.demographic, one.location))
    return max(1, named + sum(len(part or ()) for part in single))


def _problems(rule: Rule) -> Iterator[tuple[str, str]]:
    given = [rule.dimensions, rule.segment_groups, rule.snapshot_id]
    if sum(one is not None for one in given) != 1:
        yield "The rule has not exactly one of Dimensions and SegmentGroups.", "give one of them."
    dimensions = [one for group in rule.groups.groups for one in group.dimensions]
    count = sum(map(_size, dimensions))
    if count > MAX_DIMENSIONS:
        yield f"The rule has {count} dimensions.", f"use at most {MAX_DIMENSIONS}."
    for one in dimensions:
        for part in ("attributes", "user_attributes"):
            for name, attribute in getattr(one, part).items():
                yield from _time_problems(f"{part}.{name}", attribute)
        for name, metric in one.metrics.items():
            if metric.value != metric.value or abs(metric.value) == float("inf"):
                yield f"metrics.{name} is compared with no finite number.", "give one."


def _time_problems(where: str, attribute: AttributeDimension) -> Iterator[tuple[str, str]]:
    kind, values = attribute.attribute_type, attribute.values
    if kind not in ("BEFORE", "AFTER", "ON", "BETWEEN"):
        return
    times = [time_of(value) for value in values]
    for value, time in zip(values, times, strict=True):
        if time is None:
            yield f"{where}: {value[:60]!r} is no date.", "write it as 2026-11-30."
            return
    if kind == "BETWEEN" and (len(values) != 2 or (times[0] or 0) > (times[1] or 0)):
        yield f"{where}: BETWEEN needs two dates in their order.", "give the earlier one first."
