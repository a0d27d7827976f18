"""In which time zones a member may be: what they say, else what is known of phone and country."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import get_global

from sizzle.outreach.normalise import InvalidValueError, country_code

_UNKNOWN: Final = "Etc/Unknown"


def possible_zones(
    endpoint_zone: str, member_zone: str, phone: str, country: str, default: str
) -> tuple[str, ...]:
    """The zones that an endpoint may be in, by the best that is known of it.

    A name that is no zone counts as unknown. Where a phone number or country has several zones,
    the member may be in each of them.

    Args:
        endpoint_zone: an IANA name that the device reported, or empty.
        member_zone: the member's own, or empty.
        phone: in E.164, or empty.
        country: ISO 3166, two letters or three, or empty.
        default: the installation's, for those of whom nothing is known.

    Returns:
        IANA names, at least one.
    """
    for zone in (endpoint_zone, member_zone):
        if is_zone(zone):
            return (zone,)
    return zones_of_phone(phone) or zones_of_country(country) or (default,)


@lru_cache(maxsize=2000)
def is_zone(name: str) -> bool:
    """Whether a name is that of a time zone."""
    try:
        return bool(name) and ZoneInfo(name).key == name
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False  # also for names that are paths, or those of folders


def zones_of_phone(phone: str) -> tuple[str, ...]:
    """The zones of a number's area or country; none where it is not a number."""
    if not phone.startswith("+"):
        return ()
    import phonenumbers  # 1 MB that a service which only ranks does not need
    from phonenumbers import timezone as phone_zones

    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return ()
    return tuple(zone for zone in phone_zones.time_zones_for_number(number) if is_zone(zone))


@lru_cache(maxsize=500)
def zones_of_country(country: str) -> tuple[str, ...]:
    """All zones of a country; none where it is unknown."""
    try:
        code = country_code(country)
    except InvalidValueError:
        return ()
    known = get_global("territory_zones").get(code, ())
    return tuple(zone for zone in sorted(known) if zone != _UNKNOWN and is_zone(zone))
