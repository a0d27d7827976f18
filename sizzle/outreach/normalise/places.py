"""Countries and time zones."""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import Final

from babel import Locale
from babel.core import get_global

from sizzle.outreach.normalise.errors import InvalidValueError, shown
from sizzle.outreach.normalise.names import country_names

# In CLDR, but no countries of ISO 3166.
_NO_COUNTRIES: Final = frozenset(("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"))


def country_code(text: str) -> str:
    """A country's two letters of ISO 3166, from its two, three letters or its name.

    Raises:
        InvalidValueError: it is none.
    """
    text = text.strip()
    found = _countries().get(text.casefold())
    if found is None:
        raise InvalidValueError(
            f"{shown(text)} is not a country.", fix="write its two letters of ISO 3166, as FR."
        )
    return found


@cache
def _countries() -> dict[str, str]:
    codes = {code for code in map(str, Locale("en").territories) if len(code) == 2}
    codes = {code for code in codes if code.isalpha()} - _NO_COUNTRIES
    found = {name: code for name, code in country_names().items() if code in codes}
    for alias, replacements in get_global("territory_aliases").items():
        if len(replacements) == 1 and replacements[0] in codes and alias.isalpha():
            found[alias.casefold()] = replacements[0]
    return found | {code.casefold(): code for code in codes}


def zone_name(text: str) -> str:
    """A time zone's IANA name, as it is spelled there.

    Raises:
        InvalidValueError: it is none.
    """
    found = _zones().get(text.strip().casefold().replace("_slash_", "/"))  # as HubSpot writes it
    if found is None:
        raise InvalidValueError(
            f"{shown(text.strip())} is not a time zone.",
            fix="write its IANA name, as Europe/Paris.",
        )
    return found


@cache
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in zoneinfo.available_timezones() if name[0].isupper()}
