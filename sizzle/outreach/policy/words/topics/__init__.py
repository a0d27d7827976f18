"""Subjects that a message about something to watch or have has no facts on, by language.

A word of one of them is no fault in itself; but whatever is said with it would have to be a fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sizzle.outreach.policy.words.topics.english import ENGLISH
from sizzle.outreach.policy.words.topics.french import FRENCH
from sizzle.outreach.policy.words.topics.german import GERMAN
from sizzle.outreach.policy.words.topics.japanese import JAPANESE
from sizzle.outreach.policy.words.topics.spanish import SPANISH

TOPICS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "en": ENGLISH,
    "de": GERMAN,
    "fr": FRENCH,
    "es": SPANISH,
    "ja": JAPANESE,
}
"""Phrases by language and the name of their topic."""
