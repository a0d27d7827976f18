"""A row of an import: what it says of a member, their endpoints, and what was consented to.

There are two forms. Ours has a member per row:

    {"member_id": "ada", "name": "Ada", "email": "ada@example.com", "phone": "+44 ...",
     "language": "en-GB", "attributes": {"role": ["manager"]},
     "consent": "opted in", "consent_at": "2026-11-30T12:00:00Z", "endpoints": [{...}]}

Pinpoint's has an endpoint per row:

    {"ChannelType": "EMAIL", "Address": "...", "OptOut": "NONE", "User": {"UserId": "ada", ...}}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outreach.members.consent import Verdict
from sizzle.outreach.members.profile import ProfileFields
from sizzle.outreach.normalise import (
    InvalidValueError,
    birth_date_text,
    consent_word,
    country_code,
    language_tag,
    mail_address,
    phone_number,
    zone_name,
)
from sizzle.outreach.normalise.errors import shown
from sizzle.outreach.segments.facts import time_of
from sizzle.outreach.vocabulary import Channel

_PRINTABLE: Final = re.compile(PRINTABLE)
_MAX_ATTRIBUTES: Final = 250
_MAX_VALUES: Final = 50
_MAX_NAME: Final = 100
_MAX_VALUE: Final = 1000

PINPOINT_FIELDS: Final = frozenset(("ChannelType", "Address", "User", "OptOut", "Demographic"))
"""A row with one of these is in Pinpoint's form."""


@dataclass(frozen=True, slots=True)
class RowFinding:
    """Something about a row that its owner should know; the row is kept."""

    rule: str
    what: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class SaidConsent:
    """What a row says of consent; `at` is None where it does not say when."""

    topic: str
    verdict: Verdict
    at: int | None


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """An endpoint of a row.

    Attributes:
        endpoint_id: empty where the row names none.
        fields: in Pinpoint's form, with its address normalised.
    """

    endpoint_id: str
    fields: dict[str, Any]
    consents: tuple[SaidConsent, ...] = ()


@dataclass(frozen=True, slots=True)
class MemberRow:
    """What a row says.

    Attributes:
        member_id: empty where an endpoint is nobody's.
        profile: what it says of the member.
        implied: what follows of the member from an endpoint, where nothing else is known.
    """

    member_id: str
    profile: ProfileFields
    implied: ProfileFields
    endpoints: tuple[EndpointRow, ...]
    findings: list[RowFinding] = field(default_factory=list)


def read_row(values: Mapping[str, Any], country: str = "") -> MemberRow:
    """What a row says.

    Args:
        values: of a row, in one of the forms.
        country: of telephone numbers that do not begin with +, where the row names none.

    Raises:
        InvalidValueError: nothing of the row can be kept.
    """
    if PINPOINT_FIELDS & values.keys():
        return _pinpoint_row(values, country)
    return _member_row(values, country)


def named_in(values: Mapping[str, Any]) -> str:
    """Whom a row names, be it kept or not: the member, else the endpoint; empty without either."""
    try:
        named = (
            _text(values, "member_id") or _text(_part(values, "User"), "UserId"),
            _text(values, "Id"),
        )
    except InvalidValueError:
        return ""
    return next((one for one in named if one and len(one) <= MAX_ID_LENGTH), "")


def _plain(text: str, longest: int) -> str:
    """A text on one line. Raises InvalidValueError."""
    text = " ".join(text.split())
    if len(text) > longest or not _PRINTABLE.fullmatch(text):
        raise InvalidValueError(
            f"{shown(text)} is too long, or has control characters.",
            fix=f"write at most {longest} characters.",
        )
    return text


_READERS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": lambda text: _plain(text, 200),
    "birth_date": birth_date_text,
    "language": language_tag,
    "zone": zone_name,
    "country": country_code,
    "maturity": lambda text: _plain(text, 50),
}


def _profile(values: Mapping[str, Any], findings: list[RowFinding]) -> ProfileFields:
    """The fields of a profile that can be read; of others, findings."""
    found: dict[str, Any] = {}
    for name, read in _READERS.items():
        value = _text(values, name)
        if not value:
            continue
        try:
            found[name] = read(value)
        except InvalidValueError as error:
            what = f"{name}: {error.what.rstrip('.')}, and left out."
            findings.append(RowFinding(f"unknown-{name.replace('_', '-')}", what, error.fix))
    return ProfileFields(**found)


def _member_row(values: Mapping[str, Any], country: str) -> MemberRow:
    member_id = checked_member_id(_text(values, "member_id"))
    findings: list[RowFinding] = []
    profile = replace(_profile(values, findings), attributes=_attributes(values))
    country = profile.country or country
    endpoints = [
        EndpointRow("", {"ChannelType": channel, "Address": address}, _consents(values, name))
        for name, channel in (("email", Channel.EMAIL), ("phone", Channel.SMS))
        if (address := _address(channel, _text(values, name), country, findings))
    ]
    more = values.get("endpoints") or []
    if not isinstance(more, list):
        raise InvalidValueError("endpoints is no list.", fix="write [{...}, ...].")
    for endpoint in more:
        if not isinstance(endpoint, Mapping):
            raise InvalidValueError("an endpoint is no object.", fix="write it as Pinpoint does.")
        endpoints.append(_endpoint(endpoint, country, findings))
    owned = tuple(_owned(endpoint, member_id) for endpoint in endpoints)
    return MemberRow(member_id, profile, ProfileFields(), owned, findings)


def checked_member_id(member_id: str) -> str:
    """The same id. Raises InvalidValueError: it cannot be one."""
    if not member_id:
        raise InvalidValueError("the member has no id.", fix="give it in member_id.")
    if len(member_id) > MAX_ID_LENGTH or not _PRINTABLE.fullmatch(member_id):
        raise InvalidValueError(
            f"{shown(member_id)} cannot be a member's id.",
            fix=f"use at most {MAX_ID_LENGTH} characters, without control characters.",
        )
    return member_id


def _owned(endpoint: EndpointRow, member_id: str) -> EndpointRow:
    user = {**(endpoint.fields.get("User") or {}), "UserId": member_id}
    return replace(endpoint, fields={**endpoint.fields, "User": user})


def _pinpoint_row(values: Mapping[str, Any], country: str) -> MemberRow:
    findings: list[RowFinding] = []
    endpoint = _endpoint(values, country, findings)
    user, device, place = (
        _part(endpoint.fields, name) for name in ("User", "Demographic", "Location")
    )
    implied = ProfileFields(
        language=device.get("Locale") or "",
        zone=device.get("Timezone") or "",
        country=place.get("Country") or "",
    )
    profile = ProfileFields(attributes=_part(user, "UserAttributes"))
    member_id = _text(user, "UserId")
    if not member_id:
        what = "no member is named: no segment selects this endpoint."
        findings.append(RowFinding("no-member", what, "give it in User.UserId."))
    return MemberRow(member_id, profile, implied, (endpoint,), findings)


def _endpoint(values: Mapping[str, Any], country: str, findings: list[RowFinding]) -> EndpointRow:
    """An endpoint in Pinpoint's form, with what it says normalised as far as possible."""
    fields = {name: value for name, value in values.items() if name != "Id"}
    place = _normalised(fields, "Location", "Country", country_code, findings)
    _normalised(fields, "Demographic", "Locale", language_tag, findings)
    _normalised(fields, "Demographic", "Timezone", zone_name, findings)
    channel = _text(fields, "ChannelType")
    if not channel:
        raise InvalidValueError("the endpoint has no channel.", fix="give it in ChannelType.")
    fields["Address"] = _address(
        channel, _text(fields, "Address"), place.get("Country") or country, findings
    )
    if not fields["Address"]:
        raise InvalidValueError("the endpoint has no address.", fix="give it in Address.")
    return EndpointRow(_text(values, "Id"), fields, _opt_out(fields))


def _normalised(
    fields: dict[str, Any],
    part: str,
    name: str,
    read: Callable[[str], str],
    findings: list[RowFinding],
) -> Mapping[str, Any]:
    """Normalise one value of a part, or leave it out; returns the part."""
    values = _part(fields, part)
    value = _text(values, name)
    if value:
        try:
            values = {**values, name: read(value)}
        except InvalidValueError as error:
            what = f"{part}.{name}: {error.what.rstrip('.')}, and left out."
            findings.append(RowFinding(f"unknown-{name.lower()}", what, error.fix))
            values = {key: kept for key, kept in values.items() if key != name}
        fields[part] = values
    return values


def _address(channel: str, text: str, country: str, findings: list[RowFinding]) -> str:
    """An address as it is kept. Raises InvalidValueError."""
    if not text:
        return ""
    if channel == Channel.EMAIL:
        return mail_address(text)
    if channel not in (Channel.SMS, "VOICE"):
        return text
    phone = phone_number(text, country)
    if phone.assumed:
        findings.append(
            RowFinding(
                "phone-without-plus",
                f"the telephone number {shown(text)} has no +; read as {phone.number}, of "
                f"{country}.",
                f"write it as {phone.number}.",
            )
        )
    return phone.number


def _consents(values: Mapping[str, Any], name: str) -> tuple[SaidConsent, ...]:
    """What a row in our form says of an address, or of all. Raises InvalidValueError."""
    at = _text(values, "consent_at")
    time = time_of(at)
    said = [text for text in (_text(values, "consent"), _text(values, f"{name}_consent")) if text]
    if said and at and time is None:
        raise InvalidValueError(
            f"consent_at is {shown(at)}, no time.", fix="write it as 2026-11-30T12:00:00Z."
        )
    words = [word for word in map(consent_word, said) if word is not None]
    if not words:
        return ()
    verdict = Verdict.OPTED_IN if all(words) else Verdict.OPTED_OUT
    return (SaidConsent(_text(values, "consent_topic"), verdict, time),)


def _opt_out(fields: Mapping[str, Any]) -> tuple[SaidConsent, ...]:
    """What Pinpoint's `OptOut` says: that it is `NONE` was nobody's decision at any time."""
    said = fields.get("OptOut")
    if said == "ALL":
        time = time_of(_text(fields, "EffectiveDate"))
        return (SaidConsent("", Verdict.OPTED_OUT, time),)
    return (SaidConsent("", Verdict.OPTED_IN, None),) if said == "NONE" else ()


def _attributes(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """The attributes of a row in our form: each a text, or a list. Raises InvalidValueError."""
    given = _part(values, "attributes")
    if len(given) > _MAX_ATTRIBUTES:
        raise InvalidValueError(
            f"the member has {len(given)} attributes.", fix=f"give at most {_MAX_ATTRIBUTES}."
        )
    return {name: _attribute(name, value) for name, value in given.items()}


def _attribute(name: str, value: object) -> list[str]:
    values: list[Any] = value if isinstance(value, list) else [value]
    if not (0 < len(name) <= _MAX_NAME and _PRINTABLE.fullmatch(name)):
        raise InvalidValueError(
            f"{shown(name)} cannot be an attribute's name.",
            fix=f"use at most {_MAX_NAME} characters, without control characters.",
        )
    if len(values) > _MAX_VALUES or not all(
        isinstance(one, str) and len(one) <= _MAX_VALUE for one in values
    ):
        raise InvalidValueError(
            f"the attribute {shown(name)} is no text or list of texts.",
            fix=f"write at most {_MAX_VALUES} texts of at most {_MAX_VALUE} characters.",
        )
    return values


def _part(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object within a row, empty where it is absent. Raises InvalidValueError."""
    part = values.get(name)
    if part is None:
        return {}
    if not isinstance(part, Mapping):
        raise InvalidValueError(f"{name} is no object.", fix="write it as {...}.")
    return part


def _text(values: Mapping[str, Any], name: str) -> str:
    """A text within a row, without space around it. Raises InvalidValueError."""
    value = values.get(name)
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        raise InvalidValueError(f"{name} is no text.", fix="write it in quotes.")
    text = str(value).strip()
    if "\0" in text:
        raise InvalidValueError(f"{name} has a NUL character.", fix="remove it.")
    return text
