"""Telephone numbers in E.164."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sizzle.outreach.normalise.errors import InvalidValueError, shown

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_LONGEST: Final = 40


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number.

    Attributes:
        number: in E.164, such as +12065550182.
        assumed: whether its country was not in the text.
    """

    number: str
    assumed: bool = False


def phone_number(text: str, country: str = "") -> Phone:
    """Read a telephone number.

    Args:
        text: as somebody wrote it.
        country: ISO 3166 of two letters, for numbers that do not begin with +; empty for none.

    Raises:
        InvalidValueError: it is no number that exists, or its country is not known.
    """
    import phonenumbers  # 1 MB that a service which only ranks does not need

    text = text.strip()
    international = text.startswith("+")
    if not international and not country:
        raise InvalidValueError(
            f"the telephone number {shown(text)} has no + and country code.",
            fix="write it as +12065550182, or name the country of such numbers.",
        )
    found = _parsed(text, "" if international else country)
    if found is None and text.isascii() and text.isdecimal():
        found = _parsed(f"+{text}", "")  # with the code of a country, as text message systems write
    if found is None:
        of = "" if international else f" of {country}"
        raise InvalidValueError(
            f"{shown(text)} is not a telephone number{of}.",
            fix="write it with + and its country code, such as +12065550182.",
        )
    number = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
    return Phone(number, assumed=not international)


def _parsed(text: str, country: str) -> PhoneNumber | None:
    import phonenumbers

    try:
        found = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    valid = len(text) <= _LONGEST and phonenumbers.is_valid_number(found)
    return found if valid and not found.extension else None
