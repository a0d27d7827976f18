"""Lists of words by language, of our own: what a text may not say, and how sentences begin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sizzle.outreach.policy.words.english import ENGLISH
from sizzle.outreach.policy.words.french import FRENCH
from sizzle.outreach.policy.words.german import GERMAN
from sizzle.outreach.policy.words.italian import ITALIAN
from sizzle.outreach.policy.words.japanese import JAPANESE, KATAKANA
from sizzle.outreach.policy.words.language_words import LanguageWords
from sizzle.outreach.policy.words.portuguese import PORTUGUESE
from sizzle.outreach.policy.words.spanish import SPANISH

__all__ = ["KATAKANA", "LANGUAGES", "LanguageWords"]

LANGUAGES: Final[Mapping[str, LanguageWords]] = {
    "en": ENGLISH,
    "fr": FRENCH,
    "es": SPANISH,
    "ja": JAPANESE,
    "de": GERMAN,
    "pt": PORTUGUESE,
    "it": ITALIAN,
}
"""By language: texts in others are checked against English, as models write that anywhere."""
