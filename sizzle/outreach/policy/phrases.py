"""Finds phrases of word lists in a text, however their letters are dressed up."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from sizzle.outreach.policy.reading import folded

_LEET: Final = str.maketrans("013457@$€!", "oieastase" + "i")
_SPACED: Final = re.compile(r"(?<!\w)\w(?:[\s._*-]\w){2,}(?!\w)")
_WITHIN: Final = re.compile(r"(?<=[^\W\d_])[.*_-](?=[^\W\d_])")


def first_phrase(text: str, phrases: tuple[str, ...]) -> str:
    """The first phrase of a list that is in a text, as the text has it; empty for none."""
    if not phrases:
        return ""
    pattern = _compiled(phrases)
    for form in _forms(text):
        if found := pattern.search(form):
            return found[0].strip()
    return ""


@lru_cache(maxsize=2000)
def _forms(text: str) -> tuple[str, ...]:
    """A text as it is read: plain, without accents, with digits read as letters, and joined."""
    plain = folded(text)
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    spaced = _SPACED.sub(lambda found: re.sub(r"[\s._*-]", "", found[0]), plain)
    return tuple(dict.fromkeys((plain, _WITHIN.sub("", plain), spaced, _leet(bare), _leet(spaced))))


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
    stem = folded(phrase.removesuffix("*"))
    if _is_unspaced(stem):
        return re.escape(stem)
    end = r"\w*" if phrase.endswith("*") else r"(?!\w)" if stem[-1].isalnum() else ""
    start = r"(?<!\w)" if stem[0].isalnum() else ""
    return start + re.escape(stem) + end


def _is_unspaced(text: str) -> bool:
    """Whether it is of a script that has no spaces between words."""
    return any("\u3040" <= letter <= "\u9fff" for letter in text)
