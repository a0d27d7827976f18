"""Checks of what a text states: of the title, and on subjects that there are no facts on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from sizzle.outreach.policy.findings import Finding, error
from sizzle.outreach.policy.masking import FACT, masked, word_lists
from sizzle.outreach.policy.phrases import first_phrase, without_phrases
from sizzle.outreach.policy.reading import Reading
from sizzle.outreach.policy.words.predicates import PREDICATES, Predicates
from sizzle.outreach.policy.words.topics import TOPICS

_TITLE: Final = "\ue001"
"""Stands for the title, where another fact does not."""
_AFTER: Final = re.compile(
    rf"{_TITLE}((?: (?:[{FACT}{_TITLE}]|[^\W\d_]+(?:['-][^\W\d_]+)*['-]?)+)+)"
)
_TOKEN: Final = re.compile(
    rf"[{FACT}{_TITLE}]|[dlnstmjc]'|[^\W\d_]+(?:['-][^\W\d_]+)*", re.IGNORECASE
)
_PRICED: Final = re.compile(rf"\b(?:costs?|kostet|kosten|coûten?t?|cuestan?) {FACT}", re.IGNORECASE)


def check_statements(reading: Reading) -> Iterator[Finding]:
    """Findings on what no fact says."""
    for where, raw in reading.fields:
        yield from _predicates(reading, where, masked(reading, _with_title(reading, raw)))
        yield from _topics(reading, where, masked(reading, raw))


def _with_title(reading: Reading, text: str) -> str:
    """A text in which the title is told from other facts, also where it is typed out."""
    titles = {reading.facts["title"], reading.promoted.facts["title"], "{title}", "{titles}"}
    return re.sub("|".join(map(re.escape, titles)), _TITLE, text, flags=re.IGNORECASE)


def _predicates(reading: Reading, where: str, text: str) -> Iterator[Finding]:
    """Says what the title is said to do or to be, where that is in no list."""
    known = PREDICATES.get(reading.language)
    if known is None:
        return
    for match in _AFTER.finditer(text):
        if unknown := _unknown(known, _TOKEN.findall(match[1])):
            yield error(
                "statement-not-a-fact",
                where,
                f"that the title {unknown!r} is stated, and no fact.",
                "say something else of it, or state it with a fact's slot.",
            )


def _unknown(known: Predicates, after: list[str]) -> str:
    """The word after a title that says something that is in no list; empty for none."""
    described = False
    for number, word in enumerate(after):
        plain = word.casefold()
        if word in (FACT, _TITLE) or word[0].isupper() or (plain in known.ends and not described):
            return ""
        if plain in known.copulas:
            described = True
        elif described and plain in known.complements:
            return ""
        elif plain in known.light and number < len(after) - 1:
            continue
        elif not described and plain in known.verbs:
            return ""
        else:
            return "" if plain in known.light | known.verbs | known.complements else word
    return ""


def _topics(reading: Reading, where: str, text: str) -> Iterator[Finding]:
    topics = TOPICS.get(reading.language, {})
    harmless = tuple(phrase for lists in word_lists(reading) for phrase in lists.harmless)
    plain = without_phrases(_PRICED.sub(FACT, text), harmless)
    if not first_phrase(plain, _all(reading.language)):
        return
    for topic, phrases in topics.items():
        if found := first_phrase(plain, phrases):
            yield error(
                "topic-not-a-fact",
                where,
                f"{found!r} is about {topic}, on which there is no fact.",
                "leave it out, or state it with a fact's slot.",
            )


@lru_cache(maxsize=10)
def _all(language: str) -> tuple[str, ...]:
    """The phrases of all topics: most texts have none, which one search shows."""
    return tuple(phrase for phrases in TOPICS.get(language, {}).values() for phrase in phrases)
