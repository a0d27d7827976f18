"""Values of members and catalogues made fit for text, whatever they hold.

A value is a word or two of somebody else's: it must stay one, on one line, in a header, an SMS and
HTML alike. What could break a line, change the direction of the text after it, or stack marks over
its neighbours is taken out; how a value is escaped for its channel comes after that.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_NAME: Final = 60
"""Characters of a member's name in a text."""

MAX_VALUE: Final = 200
"""Characters of any other value."""

_MAX_MARKS: Final = 3  # combining marks one after the other: no language needs more
# Joiners, which are part of words in Persian and Indic scripts, and of emoji.
_KEPT_FORMATS: Final = frozenset("\u200c\u200d")
_BREAKING: Final = frozenset(("Zl", "Zp", "Zs", "Cc"))
_INVISIBLE: Final = frozenset(("Cf", "Cs", "Co", "Cn"))
_RIGHT_TO_LEFT: Final = frozenset(("R", "AL"))
_FIRST_STRONG: Final = "\u2068"
_POP: Final = "\u2069"
# Mail clients and telephones make links of such names: a way to send strangers one's own.
# "J.Smith" is a name all the same.
_LINK_LIKE: Final = re.compile(
    r"://|(?i:www\.)|@|[^\W_][\w-]*\.(?:[a-z]{2,24}|[A-Z]{2,24})(?![\w])|\d{6,}"
)


def cleaned(value: str, limit: int = MAX_VALUE) -> str:
    """A value on one line, without what is invisible or changes the text around it.

    Args:
        value: any text.
        limit: characters that are kept; what is longer ends with an ellipsis.
    """
    if not (value.isascii() and value.isprintable()):
        value = "".join(_kept(unicodedata.normalize("NFC", value)))
    value = " ".join(value.split())
    return value if len(value) <= limit else f"{value[: limit - 1].rstrip()}…"


def cleaned_name(name: str) -> str:
    """A member's name for a greeting; empty where it is not like one.

    A name that holds an address or a number is no name: who enters such a thing into a form may
    want it sent to somebody else.
    """
    name = cleaned(name, MAX_NAME)
    return "" if _LINK_LIKE.search(name) else name


def isolated(value: str, *, right_to_left: bool) -> str:
    """A value that does not change the order of the words around it.

    Args:
        value: as from `cleaned`.
        right_to_left: whether the text around it is written so.
    """
    if value.isascii() and not right_to_left:
        return value
    if all(_fits(character, right_to_left) for character in value):
        return value
    return f"{_FIRST_STRONG}{value}{_POP}"


def _fits(character: str, right_to_left: bool) -> bool:
    kind = unicodedata.bidirectional(character)
    return kind != "L" if right_to_left else kind not in _RIGHT_TO_LEFT


def _kept(value: str) -> list[str]:
    kept: list[str] = []
    marks = 0
    for character in value:
        category = unicodedata.category(character)
        if category in _BREAKING:
            character = " "
        elif category in _INVISIBLE and character not in _KEPT_FORMATS:
            continue
        marks = marks + 1 if category[0] == "M" else 0
        if marks <= _MAX_MARKS:
            kept.append(character)
    return kept
