"""What is known of an endpoint, in Pinpoint's form, and how an update changes it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

from sizzle.errors import SizzleError
from sizzle.events.event import milliseconds
from sizzle.events.explained import explained
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outreach.segments.facts import (
    attribute_facts,
    device_facts,
    encoded_facts,
    metric_fact,
    on_sphere,
    place_facts,
)

MAX_ENDPOINTS_OF_A_MEMBER: Final = 10

_MAX_NAMES: Final = 250
_MAX_ADDRESS: Final = 4096
_Text = Annotated[str, Meta(max_length=200)]
_Id = Annotated[str, Meta(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_Name = Annotated[str, Meta(min_length=1, max_length=50, pattern=PRINTABLE)]
_Values = Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=50)]
_Attributes = Annotated[dict[_Name, _Values | None], Meta(max_length=_MAX_NAMES)]
_Metrics = Annotated[dict[_Name, float | None], Meta(max_length=_MAX_NAMES)]
_Channel = Literal[
    "PUSH",
    "GCM",
    "APNS",
    "APNS_SANDBOX",
    "APNS_VOIP",
    "APNS_VOIP_SANDBOX",
    "ADM",
    "SMS",
    "VOICE",
    "EMAIL",
    "BAIDU",
    "CUSTOM",
    "IN_APP",
]

_Part = TypeVar("_Part", bound=msgspec.Struct)
_Value = TypeVar("_Value")


class InvalidEndpointError(SizzleError):
    """An update that an endpoint cannot take."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "invalid-endpoint"
    title: ClassVar[str] = "Invalid endpoint"


class _Fields(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", omit_defaults=True):
    """Fields that are None were not said."""


class Demographic(_Fields, frozen=True, kw_only=True):
    """The device."""

    app_version: _Text | None = None
    locale: _Text | None = None
    make: _Text | None = None
    model: _Text | None = None
    model_version: _Text | None = None
    platform: _Text | None = None
    platform_version: _Text | None = None
    timezone: _Text | None = None


class Location(_Fields, frozen=True, kw_only=True):
    """Where it is."""

    city: _Text | None = None
    country: _Text | None = None
    latitude: float | None = None
    longitude: float | None = None
    postal_code: _Text | None = None
    region: _Text | None = None


class EndpointUser(_Fields, frozen=True, kw_only=True):
    """The member whose endpoint it is."""

    user_attributes: _Attributes | None = None
    user_id: _Id | None = None


class EndpointFields(_Fields, frozen=True, kw_only=True):
    """What an update says of an endpoint, or what is known of it."""

    address: Annotated[str, Meta(max_length=_MAX_ADDRESS, pattern=PRINTABLE)] | None = None
    attributes: _Attributes | None = None
    channel_type: _Channel | None = None
    demographic: Demographic | None = None
    effective_date: _Text | None = None
    endpoint_status: _Text | None = None
    location: Location | None = None
    metrics: _Metrics | None = None
    opt_out: Literal["ALL", "NONE"] | None = None
    user: EndpointUser | None = None

    @classmethod
    def read(cls, value: Any) -> EndpointFields:  # noqa: ANN401 - any JSON
        """Read an update. Raises InvalidEndpointError."""
        try:
            fields = msgspec.convert(value, cls)
        except (msgspec.ValidationError, OverflowError) as error:
            raise InvalidEndpointError(explained(error)) from None
        for problem in _problems(fields):
            raise InvalidEndpointError(problem)
        return fields

    @property
    def member_id(self) -> str:
        """The member whose endpoint it is, or empty."""
        return (self.user and self.user.user_id) or ""

    @property
    def effective(self) -> int | None:
        """When the device said this, in milliseconds since 1970, if it says so in ISO 8601."""
        try:
            time = datetime.fromisoformat(self.effective_date or "")
        except ValueError:
            return None
        return milliseconds(time if time.tzinfo else time.replace(tzinfo=UTC))

    def searched(self) -> dict[str, Any]:
        """What segments ask about: the columns `facts`, and `x`, `y` and `z` of its place."""
        device, place = self.demographic, self.location or Location()
        x = y = z = None
        if place.latitude is not None and place.longitude is not None:
            x, y, z = on_sphere(place.latitude, place.longitude)
        facts = [
            *attribute_facts("e", self.attributes),
            *(metric_fact(name, value) for name, value in (self.metrics or {}).items()),
            *device_facts(msgspec.to_builtins(device) if device else {}),
            *place_facts(place.country or ""),
        ]
        return {"facts": encoded_facts(facts), "x": x, "y": y, "z": z}

    def updated(self, update: EndpointFields) -> EndpointFields:
        """These fields after an update: what it does not say stays as it is.

        An attribute without values and a metric that is null are removed. The attributes of one
        member do not become those of another.
        """
        if update.member_id and update.member_id != self.member_id:
            user = _merged(EndpointUser(), update.user)
        else:
            user = _merged(self.user, update.user)
        merged = _merged(self, update)
        assert merged is not None
        return msgspec.structs.replace(merged, user=user)


def _merged(old: _Part | None, new: _Part | None) -> _Part | None:
    """The fields of both, those of `new` first; dictionaries and parts are merged in turn."""
    if new is None:
        return old
    values = {}
    for name in new.__struct_fields__:
        earlier, value = getattr(old, name, None), getattr(new, name)
        if isinstance(value, dict):
            value = _without_removed({**(earlier or {}), **value})
        elif isinstance(value, msgspec.Struct):
            value = _merged(earlier, value)
        values[name] = earlier if value is None else value
    return type(new)(**values)


def _without_removed(values: Mapping[str, _Value | None]) -> dict[str, _Value]:
    return {name: value for name, value in values.items() if value not in (None, [])}


def _problems(fields: EndpointFields) -> Iterable[str]:
    for name, value in (fields.metrics or {}).items():
        if value is not None and not math.isfinite(value):
            yield f"Metrics.{name} is not a finite number."
    place = fields.location or Location()
    for name, value in (("Latitude", place.latitude), ("Longitude", place.longitude)):
        if value is not None and not math.isfinite(value):
            yield f"Location.{name} is not a finite number."
