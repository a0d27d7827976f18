"""What segments ask about members and endpoints, in a form that databases search quickly.

The facts of a row are a JSON array of texts, in which a quotation mark only ever begins or ends a
text. So a fact is there exactly where its own JSON occurs, and databases need not parse what they
search. A fact is a kind, a name, a tab and a value:

    e  an attribute of the endpoint     E  a time that it has, in milliseconds
    u  an attribute of the member       U  a time that it has
    d  the device, as `Demographic`     l  the place, as `Location`
    m  a metric, in 16 digits that are ordered as the numbers are
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import Final

from sizzle.outreach.normalise import InvalidValueError, country_code

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHIFT: Final = 10**14  # milliseconds: no time of a calendar is before its negative
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][0-9:.]+(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
DEVICE_FIELDS: Final = ("AppVersion", "Make", "Model", "Platform")


def encoded_facts(facts: Iterable[str]) -> str:
    """The facts of a row as one text."""
    return "[" + ",".join(encoded_fact(fact) for fact in sorted(set(facts))) + "]"


def encoded_fact(fact: str) -> str:
    """One fact, as it occurs in that text."""
    return f'"{encoded_part(fact)}"'


def encoded_part(text: str) -> str:
    """Part of a fact, as it occurs in that text."""
    quoted = encode_basestring(text.replace("\0", ""))[1:-1]
    return quoted.replace('\\"', "\\u0022")


def attribute_facts(
    kind: str, attributes: Mapping[str, Iterable[str] | None] | None
) -> Iterator[str]:
    """The facts of attributes.

    Args:
        kind: `e` or `u`.
        attributes: lists of values by names.
    """
    for name, values in (attributes or {}).items():
        for value in values or ():
            yield f"{kind}{name}\t{value}"
            time = time_of(value)
            if time is not None:
                yield f"{kind.upper()}{name}\t{time_code(time)}"


def metric_fact(name: str, value: float | None) -> str:
    """The fact of a metric; one that has no value is taken for 0."""
    return f"m{name}\t{number_code(value or 0.0)}"


def device_facts(device: Mapping[str, str]) -> Iterator[str]:
    """The facts of a device in Pinpoint's form."""
    for name in DEVICE_FIELDS:
        if device.get(name):
            yield f"d{name}\t{device[name]}"


def place_facts(country: str) -> Iterator[str]:
    """The facts of a place; a country that is none is kept as it was written."""
    if country:
        yield f"lCountry\t{comparable_country(country)}"


def comparable_country(text: str) -> str:
    """One text for all ways to write a country."""
    try:
        return country_code(text)
    except InvalidValueError:
        return text


def number_code(value: float) -> str:
    """16 hexadecimal digits of a number, whose order as text is that of the numbers."""
    (bits,) = struct.unpack(">Q", struct.pack(">d", value + 0.0))  # -0.0 becomes 0.0
    return f"{bits ^ (1 << 63) if bits < 1 << 63 else bits ^ ((1 << 64) - 1):016x}"


def time_of(value: str) -> int | None:
    """The time that a text is in ISO 8601, in milliseconds since 1970; None for another text."""
    if not _TIME.fullmatch(value):
        return None
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return None
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    return int((time - _EPOCH).total_seconds() * 1000)


def time_code(time: int) -> str:
    """15 digits of a time, whose order as text is that of the times."""
    return f"{min(max(time + _SHIFT, 0), 10**15 - 1):015d}"


def on_sphere(latitude: float, longitude: float) -> tuple[float, float, float]:
    """A place on a sphere of radius 1."""
    phi, theta = math.radians(latitude), math.radians(longitude)
    return math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)
