"""Finds phrases of word lists in a text, however their letters are dressed up."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from sizzle.outreach.policy.reading import folded
from sizzle.outreach.policy.words.language_words import words

_LEET: Final = str.maketrans("013457@$€!", "oieastase" + "i")
_SPACED: Final = re.compile(r"(?<!\w)\w(?:[\s._*-]\w){2,}(?!\w)")
_BROKEN: Final = re.compile(r"(?<=[^\W\d_])[ \t]*\n\s*(?=[^\W\d_A-Z])")
_WIDE: Final = re.compile(r"(?<=[\u4e00-\u9fff])[ー・･\s._*-]+(?=[\u4e00-\u9fff])")
_WITHIN: Final = re.compile(r"(?<=[^\W\d_])[.*_-](?=[^\W\d_])")


_UNMISTAKABLE: Final = 5  # letters
_AMBIGUOUS: Final = words("""
    premiere economic* candidat* critica critici bites chiant* conne troia* polla* culos salope*
    couron* palme solde second tiers mille quart franc francs cents double triple
""")
"""Words of one language that are harmless ones of another, or begin them."""


def first_phrase(text: str, phrases: tuple[str, ...]) -> str:
    """The first phrase of a list that is in a text, as the text has it; empty for none."""
    if not phrases:
        return ""
    pattern = _compiled(phrases)
    for form in _forms(text):
        if found := pattern.search(form):
            return found[0].strip()
    return ""


@lru_cache(maxsize=200)
def unmistakable(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the phrases of one language that mean nothing else in another language."""
    return tuple(
        phrase
        for phrase in phrases
        if len(phrase.strip("*")) >= _UNMISTAKABLE and phrase not in _AMBIGUOUS
    )


def without_phrases(text: str, phrases: tuple[str, ...]) -> str:
    """A text without the phrases of a list, in whichever case they are written."""
    return _as_written(phrases).sub(" ", text) if phrases else text


@lru_cache(maxsize=100)
def _as_written(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(_compiled(phrases).pattern, re.IGNORECASE)


@lru_cache(maxsize=2000)
def _forms(text: str) -> tuple[str, ...]:
    """A text as it is read: plain, without accents, with digits read as letters, and joined.

    A word that a line break or signs divide is read as one.
    """
    plain = folded(text)
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    spaced = _SPACED.sub(lambda found: re.sub(r"[\s._*-]", "", found[0]), plain)
    unbroken = folded(_BROKEN.sub("", text))
    joined = (_WITHIN.sub("", plain), _WIDE.sub("", plain), unbroken, spaced)
    return tuple(dict.fromkeys((plain, *joined, _leet(bare), _leet(spaced))))


def _leet(text: str) -> str:
    """With digits and signs inside of words as the letters that they stand for."""
    return re.sub(
        r"\w*[^\W\d_][\w@$€!]*|[@$€]\w+",
        lambda word: word[0].translate(_LEET) if not word[0].isalpha() else word[0],
        text,
    )


@lru_cache(maxsize=500)
def _compiled(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(_one(phrase) for phrase in sorted(phrases, key=len, reverse=True)))


def _one(phrase: str) -> str:
    stem = folded(phrase.strip("*"))
    if _is_unspaced(stem):
        return re.escape(stem)
    end = r"\w*" if phrase.endswith("*") else r"(?!\w)" if stem[-1].isalnum() else ""
    start = r"\w+" if phrase.startswith("*") else r"(?<!\w)" if stem[0].isalnum() else ""
    return start + re.escape(stem) + end


def _is_unspaced(text: str) -> bool:
    """Whether it is of a script that has no spaces between words."""
    return any("\u3040" <= letter <= "\u9fff" for letter in text)
