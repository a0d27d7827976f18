"""Facts: what may be said of what is promoted, as it is said in a language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_currency

from sizzle.outreach.content.glossary import in_language
from sizzle.outreach.vocabulary import Promoted

CLOSE: Final = 10
"""Languages at this distance or less are read by the same people (langcodes: es-MX and es are,
Catalan and Spanish are not)."""

_MONEY: Final = re.compile(r"(\d{1,9}(?:\.\d{1,4})?) ([A-Z]{3})")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_LISTED: Final = frozenset({"genres", "kind"})


def facts_in(promoted: Promoted, language: str, reason: str = "") -> Mapping[str, str]:
    """What may be said in a language, by the names of slots.

    Dates and prices are written as the language writes them, genres and kinds are translated as
    far as they are known, and a fact that the language has of its own (`title.fr`) goes first.

    Args:
        promoted: what is promoted.
        language: a BCP 47 tag.
        reason: such as `genres:Crime`: it becomes the fact `reason`; empty for none.
    """
    facts = {name: _in(name, promoted.facts, language) for name in _names(promoted.facts)}
    facts.setdefault("title", promoted.id)
    if reason:
        facts["reason"] = in_language(reason.partition(":")[2], language)
    return MappingProxyType(facts)


def closest_language(wanted: str, available: list[str]) -> str | None:
    """The language among those available that whoever wants one reads too, or None."""
    import langcodes  # 3 MB that a service which only ranks does not need

    try:
        found, _ = langcodes.closest_match(wanted, available, max_distance=CLOSE)
    except ValueError:  # not a language tag
        return None
    return None if found == "und" else found


@lru_cache(maxsize=200)
def locale_of(language: str) -> Locale:
    """How a language writes dates and numbers; one that is not known is written as English."""
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _names(facts: Mapping[str, str]) -> list[str]:
    """Names of facts without the languages behind them."""
    return list(dict.fromkeys(name.partition(".")[0] for name in facts))


def _in(name: str, facts: Mapping[str, str], language: str) -> str:
    own = {key.partition(".")[2]: key for key in facts if key.startswith(f"{name}.")}
    found = closest_language(language, list(own)) if own else None
    if found is not None:
        return facts[own[found]]
    if name not in facts:  # there in other languages only
        return facts[next(iter(own.values()))]
    return _written(name, facts[name], language)


def _written(name: str, value: str, language: str) -> str:
    locale = locale_of(language)
    if _DATE.fullmatch(value):
        return _date(value, locale)
    if money := _MONEY.fullmatch(value):
        return _plain(format_currency(Decimal(money[1]), money[2], locale=locale))
    if name in _LISTED:
        parts = [in_language(part.strip(), language) for part in value.split(",") if part.strip()]
        return str(format_list(parts, style="standard", locale=locale))
    return value


def _plain(text: str) -> str:
    """With ordinary spaces: one that does not break would cost an SMS a second segment."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def _date(value: str, locale: Locale) -> str:
    try:
        return str(format_date(date.fromisoformat(value), "long", locale=locale))
    except ValueError:  # such as February 30, which is then no date
        return value
