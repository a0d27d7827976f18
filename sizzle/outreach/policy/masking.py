"""What is left of a text without its facts: only that has to be looked into."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Final

from babel.dates import format_date

from sizzle.outreach.content.facts import locale_of
from sizzle.outreach.content.slots import SLOT
from sizzle.outreach.policy.reading import Reading
from sizzle.outreach.policy.words import LANGUAGES, LanguageWords

FACT: Final = "\ue000"
"""Stands for a fact or a slot."""

_PARTS: Final = re.compile(r", | and | et | y | e | und |、")
_SENTENCE: Final = re.compile(r"(?<=[.!?…。！？:;])[\"'”’»)\]]*\s*|\n+|\s[–—-]\s|(?<=[¡¿«“„「『(])")
_PATTERNS: Final = ("long", "medium", "full", "MMMM d", "d MMMM", "d. MMMM", "MMMM y", "M月d日")


def masked(reading: Reading, text: str) -> str:
    """The text with each slot and fact replaced by `FACT`, and letters in their plain form."""
    text = SLOT.sub(FACT, text.replace("{link}", f"{FACT}\n"))  # another sentence may follow
    text = unicodedata.normalize("NFKC", text).replace("’", "'")
    for value in _values(reading):
        text = _pattern(value).sub(FACT, text)
    return text


def sentences(text: str) -> list[str]:
    """The sentences of a text, and the parts that begin as one does, such as after a colon."""
    return [part for part in (part.strip() for part in _SENTENCE.split(text)) if part]


def word_lists(reading: Reading) -> list[LanguageWords]:
    """The lists for a text: its language's, and English, which models fall back to."""
    return [
        LANGUAGES[name] for name in dict.fromkeys((reading.language, "en")) if name in LANGUAGES
    ]


@lru_cache(maxsize=4000)
def _pattern(value: str) -> re.Pattern[str]:
    start = r"(?<!\w)" if value[0].isalnum() and value[0].isascii() else ""
    end = r"(?!\w)" if value[-1].isalnum() and value[-1].isascii() else ""
    return re.compile(start + re.escape(value) + end, re.IGNORECASE)


def _values(reading: Reading) -> list[str]:
    """All ways to state a fact, the longest first."""
    found: set[str] = set()
    for value in (*reading.facts.values(), *reading.promoted.facts.values()):
        plain = unicodedata.normalize("NFKC", value).replace("’", "'")
        found.update((plain, *_PARTS.split(plain), *_dates(value, reading.line.language)))
    return sorted((value for value in found if len(value.strip()) > 1), key=len, reverse=True)


def _dates(value: str, language: str) -> Iterable[str]:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return
    yield from _written(day, language)


def _written(day: date, language: str) -> Iterator[str]:
    locale = locale_of(language)
    for pattern in _PATTERNS:
        with suppress(ValueError, KeyError):
            yield unicodedata.normalize("NFKC", format_date(day, pattern, locale=locale))
    yield str(day.year)
