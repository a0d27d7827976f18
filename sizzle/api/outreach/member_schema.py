"""Bodies of requests about members, segments and audiences."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE

Text = Annotated[str, Meta(max_length=1000)]
Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]


class _Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is unknown is refused."""


class MemberBody(_Body, frozen=True, kw_only=True):
    """What is known of a member. What is left out is unknown from then on."""

    name: Text = ""
    birth_date: Annotated[Text, Meta(description="A date, or the year alone.")] = ""
    language: Annotated[Text, Meta(description="BCP 47, such as pt-BR.")] = ""
    zone: Annotated[Text, Meta(description="IANA's name, such as Europe/Paris.")] = ""
    country: Annotated[Text, Meta(description="ISO 3166, such as FR.")] = ""
    maturity: Annotated[Text, Meta(description="The highest rating, such as PG-13.")] = ""
    attributes: dict[str, str | list[str]] = {}
    email: Text = ""
    phone: Annotated[Text, Meta(description="With + and the country's code.")] = ""
    consent: Annotated[Text, Meta(description="`opted in` or `opted out`.")] = ""
    consent_at: Annotated[Text, Meta(description="When it was given, ISO 8601.")] = ""
    consent_topic: Annotated[Text, Meta(description="Empty for all topics.")] = ""
    endpoints: Annotated[
        list[dict[str, Any]],
        Meta(max_length=10, description="In Pinpoint's form; others of the member stay."),
    ] = []
    app: Annotated[Id, Meta(description="That the endpoints belong to.")] = "outreach"


class SegmentBody(_Body, frozen=True, kw_only=True):
    """A segment: exactly one of `Dimensions` and `SegmentGroups`, as Pinpoint has them."""

    name: Annotated[str, Meta(min_length=1, max_length=200, pattern=PRINTABLE)]
    id: Annotated[Id | None, Meta(description="Of a segment that changes; else a new one.")] = None
    dimensions: Annotated[dict[str, Any] | None, Meta(description="Pinpoint's.")] = msgspec.field(
        default=None, name="Dimensions"
    )
    segment_groups: Annotated[dict[str, Any] | None, Meta(description="Pinpoint's.")] = (
        msgspec.field(default=None, name="SegmentGroups")
    )


class SnapshotBody(_Body, frozen=True, kw_only=True):
    """Freeze whom a segment selects."""

    expected: Annotated[
        Annotated[int, Meta(ge=1)] | None,
        Meta(description="How many members its preview had; any other number is refused."),
    ] = None
    promoted: Annotated[Text, Meta(description="What it is about, as title:nocturne.")] = ""


class AffinityBody(_Body, frozen=True, kw_only=True):
    """Find who is likely to watch titles."""

    titles: Annotated[list[Id], Meta(min_length=1, max_length=500)]
    count: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description="Of each title.")] = None
    least_chance: Annotated[float, Meta(ge=0, le=1)] = 0.0
    by_activity: Annotated[
        bool, Meta(description="Order by the chance times how much a member watches.")
    ] = False
