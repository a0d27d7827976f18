"""Checks of characters: what cannot be seen, turns the text around, or looks like another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from sizzle.outreach.content.slots import SLOT
from sizzle.outreach.policy.findings import Finding, error
from sizzle.outreach.policy.reading import Reading

_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS: Final = frozenset("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
# Spaces and fillers that show nothing, though they are no format characters.
_BLANK: Final = frozenset(
    "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u034f\u180e\ufff9\ufffa\ufffb"
)
_EMOJI_JOINERS: Final = frozenset("\u200d\ufe0f")
_OF_EMOJI: Final = re.compile(r"(?<=[\u2190-\u2bff\U0001f000-\U0001faff])[\u200d\ufe0f]+")
_SELECTORS: Final = frozenset(map(chr, (*range(0xFE00, 0xFE0F), *range(0xE0100, 0xE01F0))))
_SCRIPTS: Final = {"ja": {"LATIN", "HIRAGANA", "KATAKANA", "CJK"}, "ko": {"LATIN", "HANGUL", "CJK"},
    "zh": {"LATIN", "CJK"}, "sr": {"CYRILLIC", "LATIN"}, "el": {"GREEK"}, "he": {"HEBREW"},
    "th": {"THAI"}, "hy": {"ARMENIAN"}, "ka": {"GEORGIAN"}, "bn": {"BENGALI"}, "ta": {"TAMIL"},
    "te": {"TELUGU"}, "ml": {"MALAYALAM"}, "kn": {"KANNADA"}, "gu": {"GUJARATI"},
    "pa": {"GURMUKHI"}, "si": {"SINHALA"}, "my": {"MYANMAR"}, "km": {"KHMER"}, "lo": {"LAO"},
    "am": {"ETHIOPIC"},
    **{name: {"CYRILLIC"} for name in ("ru", "uk", "bg", "be", "mk", "kk", "ky", "mn", "tg")},
    **{name: {"ARABIC"} for name in ("ar", "fa", "ur", "ps")},
    **{name: {"DEVANAGARI"} for name in ("hi", "mr", "ne")}}  # fmt: skip
_LATIN_LETTERS: Final = {"de": "ß", "fr": "œæ", "da": "æø", "no": "æø", "nb": "æø", "nn": "æø",
    "is": "ðþæ", "fo": "ðøæ", "pl": "ł", "tr": "ı", "az": "ıə", "hr": "đ", "bs": "đ", "sr": "đ",
    "vi": "đ", "mt": "ħ", "se": "đŋŧ"}  # fmt: skip
"""Latin letters that are none of a to z with marks, by the languages that have them."""
_SCRIPT_WORD: Final = re.compile(r"[A-Z]+")  # with which the Unicode name of a letter begins
_NO_SCRIPTS: Final = {"MODIFIER", "FEMININE", "MASCULINE", "MICRO", "IDEOGRAPHIC", "MATHEMATICAL"}
_WORD: Final = re.compile(r"[^\W\d_]+")
_MAX_MARKS: Final = 2  # on one letter, as in Vietnamese


def check_characters(reading: Reading) -> Iterator[Finding]:
    """Findings on single characters."""
    for where, text in reading.fields:
        yield from _breaks(where, text)
        yield from _unseen(where, text)
        yield from _lookalikes(reading, where, text)
        yield from _marks(where, text)


def script_of(letter: str) -> str:
    """The script of a letter, such as `LATIN`; empty for what has none."""
    if unicodedata.category(letter)[0] not in "LM" or unicodedata.combining(letter):
        return ""
    name = unicodedata.name(letter, "").removeprefix("HALFWIDTH ").removeprefix("FULLWIDTH ")
    script = _SCRIPT_WORD.match(name)
    return "" if script is None or script[0] in _NO_SCRIPTS else script[0]


def _breaks(where: str, text: str) -> Iterator[Finding]:
    if where == "subject" and _BREAKS & set(text):
        yield error(
            "newline-in-subject",
            where,
            "there is a line break in it, which would begin another header.",
            "write it on one line.",
        )


def _unseen(where: str, text: str) -> Iterator[Finding]:
    if found := set(text) & _BIDI:
        yield _unwanted("bidi-control", where, found, "turns the text around")
    invisible = {
        letter
        for letter in set(text) - _BIDI
        if letter in _BLANK
        or letter in _SELECTORS
        or unicodedata.category(letter) in ("Cf", "Co", "Cn", "Cs")
    }
    stray = set(_OF_EMOJI.sub("", text)) & _EMOJI_JOINERS
    if found := invisible - _EMOJI_JOINERS | stray:
        yield _unwanted("zero-width", where, found, "cannot be seen")
    controls = {c for c in text if unicodedata.category(c) == "Cc"} - set("\n\t")
    if where == "text" and controls:
        yield _unwanted("control-character", where, controls, "is a control character")


def _unwanted(rule: str, where: str, found: set[str] | frozenset[str], why: str) -> Finding:
    names = ", ".join(f"U+{ord(letter):04X}" for letter in sorted(found))
    return error(rule, where, f"{names} {why}.", "remove it.")


def _lookalikes(reading: Reading, where: str, text: str) -> Iterator[Finding]:
    facts = " ".join(reading.promoted.facts.values())
    letters = {c for c in SLOT.sub(" ", text) if unicodedata.category(c)[0] in "LN"}
    own = _LATIN_LETTERS.get(reading.language, "")
    if styled := {c for c in letters if _is_styled(c, own) and c not in facts}:
        shown = "".join(sorted(styled))[:20]
        yield error(
            "styled-letters",
            where,
            f"{shown!r} only look like letters or digits.",
            "write the plain ones.",
        )
    for word in _WORD.findall(text):
        scripts = {script_of(letter) for letter in word} - {""}
        if len(scripts) > 1 and not scripts <= {"HIRAGANA", "KATAKANA", "CJK", "LATIN"}:
            yield error(
                "mixed-scripts",
                where,
                f"{word!r} has letters of {' and '.join(sorted(scripts))}.",
                "write it with letters of one script.",
            )
    foreign = {c for c in letters if not _is_of_language(reading, c) and c not in facts}
    if foreign := {c for c in foreign if script_of(c)}:
        yield error(
            "foreign-script",
            where,
            f"{''.join(sorted(foreign))[:20]!r} is not written so in {reading.line.language}.",
            "write it in the language's script.",
        )


def _is_styled(letter: str, own: str) -> bool:
    """Whether a letter or digit stands for a plain one: full-width, mathematical, small capital.

    Args:
        letter: of the text.
        own: Latin letters of the language besides a to z.
    """
    plain = unicodedata.normalize("NFKC", letter)
    if plain != letter and plain.isascii() and plain.isalnum():
        return letter not in "ªº"
    base = unicodedata.normalize("NFD", letter)[0]
    return script_of(letter) == "LATIN" and not base.isascii() and base.lower() not in own


def _is_of_language(reading: Reading, letter: str) -> bool:
    script = script_of(letter)
    if reading.language == "ja" and script == "CJK":
        return _in_japanese_use(letter)
    return script in _SCRIPTS.get(reading.language, {"LATIN"})


def _in_japanese_use(letter: str) -> bool:
    """Whether Japan's standard has it: the simplified letters of Chinese are not in it."""
    try:
        letter.encode("cp932")
    except UnicodeEncodeError:
        return False
    return True


def _marks(where: str, text: str) -> Iterator[Finding]:
    run = 0
    for letter in unicodedata.normalize("NFC", text):
        run = run + 1 if unicodedata.combining(letter) else 0
        if run > _MAX_MARKS:
            yield error(
                "stacked-marks", where, "letters have many marks above each other.", "remove them."
            )
            return
