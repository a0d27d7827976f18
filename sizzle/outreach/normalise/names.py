"""Names of languages and countries, in the languages that files of members are written in."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from babel import Locale

_WRITTEN_IN: Final = (
    *("en", "fr", "es", "de", "it", "pt", "ja", "nl", "zh", "zh_Hant", "ko", "sv", "da", "nb"),
    *("fi", "pl", "cs", "ru", "uk", "tr", "el", "ar", "he", "hi", "ro", "hu", "ca", "vi", "th"),
)
"""Languages that have names for all others; each language has one for itself besides."""


@cache
def language_names() -> dict[str, str]:
    """Tags of languages by their names in small letters, such as `pt-BR` by `brazilian portuguese`.

    English goes first, where one name means two languages.
    """
    found: dict[str, str] = {}
    for locale in _locales():
        for tag, name in locale.languages.items():
            found.setdefault(str(name).casefold(), str(tag).replace("_", "-"))
    return found


@cache
def country_names() -> dict[str, str]:
    """Codes of CLDR's territories by their names in small letters, such as `JP` by `日本`."""
    found: dict[str, str] = {}
    for locale in _locales():
        for code, name in locale.territories.items():
            found.setdefault(str(name).casefold(), str(code))
    return found


def _locales() -> Iterator[Locale]:
    return (Locale.parse(name) for name in _WRITTEN_IN)
