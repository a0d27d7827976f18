"""Checks that every name, number, date and quotation of a text is a fact."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final

from sizzle.outreach.content.facts import locale_of
from sizzle.outreach.content.glossary import kind_words
from sizzle.outreach.policy.addresses import ADDRESS
from sizzle.outreach.policy.findings import Finding, error
from sizzle.outreach.policy.greetings import greeted
from sizzle.outreach.policy.masking import FACT, masked, sentences, word_lists
from sizzle.outreach.policy.phrases import first_phrase, unmistakable
from sizzle.outreach.policy.reading import Reading, folded
from sizzle.outreach.policy.words import KATAKANA, LANGUAGES
from sizzle.outreach.policy.words.language_words import words
from sizzle.outreach.policy.words.names import BRANDS, CAPITALS, ENDINGS, SURNAMES

_FIX: Final = "leave it out, or state it with a fact's slot."
_DIGITS: Final = re.compile(r"[\d\u00bc-\u00be\u2150-\u218b][\d.,:/%\u2009 -]*")
_KANJI_NUMBER: Final = re.compile(
    r"(?!十分(?:[でにな。、]|$))[二三四五六七八九十百千万億〇零]{1,8}"
    r"(?=[年月日円話本人分時間歳回度つ巻作章部編篇幕弾夜晩週席曲冊％])"
    r"|[一二三四五六七八九〇]{3,}|第[一二三四五六七八九十百千]+"
)
_BOTH: Final = re.compile(
    r"\b(?:les deux|l[ao]s dos(?: cosas)?|the two)(?=\s*(?:[.,;!?]|$))",
    re.IGNORECASE | re.MULTILINE,
)
"""Two that were named just before, which is no count of anything."""
_BY_SOMEBODY: Final = re.compile(r"(?<!\w)by ([a-z]{3,})(?=[.,;:!?\n]|$)")
_BY_ANYTHING: Final = words("""
    all and any candlelight chance choice day dawn daylight default design ear far fire firelight
    hand heart itself lamplight moonlight morning myself nature nobody night now one ourselves
    dusk sea side step surprise themselves then train twilight yourself you
""")
_LAST: Final = re.compile(r", ([a-z]{3,})[.!?](?=\s|$)")
_LAST_WORDS: Final = words(
    "anyway though instead indeed alone together slowly please too again friend folks"
)
_EARLY: Final = 3  # letters that an abbreviated month or day of the week has at least
_QUOTES: Final = re.compile(
    r"“([^”]*)”|«([^»]*)»|„([^“”]*)[“”]|\"([^\"]*)\"|「([^」]*)」|『([^』]*)』|‘([^’]*)’"
    r"|(?<!\w)'([^']*\s[^']*)'(?!\w)"
)
_WORD: Final = re.compile(rf"{FACT}|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_KATAKANA: Final = re.compile(r"[ァ-ヴー]{2,}(?:[・＝=][ァ-ヴー]{2,})*")
_KANJI_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,5}(?:監督|氏|さん(?!ぽ)|先生|賞)")
_MONTH_WORDS: Final = frozenset({"may", "march", "mars", "august"})
"""Months that are words too: the digits beside them are found instead."""
_SHORT_WORDS: Final = words("""
    sun sat wed mar mai mer sam jeu dim ven dom sol seg ter qua qui set out mag gen gio die mon dec
""")
"""Abbreviations of months and days that are words, or could be."""


def check_grounding(reading: Reading) -> Iterator[Finding]:
    """Findings on what is stated and is no fact."""
    for where, raw in reading.fields:
        text = masked(reading, raw)
        yield from _quotes(where, text)
        yield from _numbers(reading, where, text)
        yield from _dates(reading, where, text)
        yield from _names(reading, where, text)
        yield from _kinds(reading, where, text)


def _quotes(where: str, text: str) -> Iterator[Finding]:
    for match in _QUOTES.finditer(text):
        quoted = next((group for group in match.groups() if group), "")
        if quoted.replace(FACT, "").strip(" .,!?…"):
            yield error("quote-not-a-fact", where, f"{quoted[:80]!r} is quoted from nowhere.", _FIX)


def _numbers(reading: Reading, where: str, text: str) -> Iterator[Finding]:
    without = _BOTH.sub(" ", ADDRESS.sub(" ", text))
    found = [match[0].strip(" .,:/-") for match in _DIGITS.finditer(without)]
    found += [
        letter
        for letter in without
        if unicodedata.category(letter) in ("No", "Nl") and not _DIGITS.match(letter)
    ]
    if reading.language == "ja":
        found += [match[0] for match in _KANJI_NUMBER.finditer(without)]
    found += [letter for letter in without if unicodedata.category(letter) == "Sc"]
    found += filter(None, (first_phrase(without, each.numbers) for each in word_lists(reading)))
    foreign = (lists for lists in LANGUAGES.values() if lists not in word_lists(reading))
    found += filter(None, (first_phrase(without, unmistakable(each.numbers)) for each in foreign))
    for number in dict.fromkeys(found):
        yield error("number-not-a-fact", where, f"{number!r} is a number and no fact.", _FIX)


def _dates(reading: Reading, where: str, text: str) -> Iterator[Finding]:
    found = [first_phrase(text, lists.days) for lists in word_lists(reading)]
    found.append(first_phrase(text, _calendar(reading.line.language)))
    found.append(first_phrase(text, _short_calendar(reading.line.language)))
    found.append(first_phrase(text, _calendar("en")))
    for day in dict.fromkeys(filter(None, found)):
        yield error("date-not-a-fact", where, f"{day!r} is a time and no fact.", _FIX)


@lru_cache(maxsize=100)
def _calendar(language: str) -> tuple[str, ...]:
    """The names of months and days of the week."""
    names = [name.casefold() for name in locale_of(language).months["format"]["wide"].values()]
    days = locale_of(language).days["format"]["wide"].values()
    names += [f"{day.casefold()}*" for day in days]  # "freitags", "lundis"
    return tuple(name for name in names if not name[0].isdigit() and name not in _MONTH_WORDS)


@lru_cache(maxsize=100)
def _short_calendar(language: str) -> tuple[str, ...]:
    """The abbreviated names, which are words in other languages: "tue" is Italian for "your"."""
    locale = locale_of(language)
    names = [*locale.months["format"]["abbreviated"].values()]
    names += locale.days["format"]["abbreviated"].values()
    names = [name.casefold().strip(".") for name in names]
    return tuple(name for name in names if len(name) >= _EARLY and name not in _SHORT_WORDS)


def _kinds(reading: Reading, where: str, text: str) -> Iterator[Finding]:
    """A film is no series, and a drama no comedy, unless a fact says so."""
    known = {folded(value) for value in reading.facts.values()}
    kind = reading.promoted.facts.get("kind", "").lower()
    found = first_phrase(text, kind_words(reading.language, kind))
    if found and found not in known:
        yield error("kind-not-a-fact", where, f"{found!r} is a kind of title and no fact.", _FIX)


def _names(reading: Reading, where: str, text: str) -> Iterator[Finding]:
    found = [first_phrase(text, BRANDS), *greeted(text, reading.language)]
    if reading.language == "en":
        found += [name for name in _BY_SOMEBODY.findall(text) if name not in _BY_ANYTHING]
        found += [word for word in _LAST.findall(text) if not _is_last(reading, word)]
    if reading.language == "ja":
        found += [match[0] for match in _KANJI_NAME.finditer(text)]
        found += [match[0] for match in _KATAKANA.finditer(text) if match[0] not in KATAKANA]
        found += [word for word in re.findall(r"[A-Za-z]{2,}", text) if word not in CAPITALS]
    elif reading.language == "de":
        found += _german_names(text)
    else:
        found += _capitalised(reading, text)
    for name in dict.fromkeys(filter(None, found)):
        yield error("name-not-a-fact", where, f"{name[:60]!r} is a name and no fact.", _FIX)


def _is_last(reading: Reading, word: str) -> bool:
    """Whether a sentence may end with a comma and this word, which so is no name."""
    return word in _LAST_WORDS or _begins_sentences(reading, word)


def _capitalised(reading: Reading, text: str) -> list[str]:
    """Words with a capital that no sentence begins with, or that begin none."""
    names: list[str] = []
    for sentence in sentences(text):
        first, *others = _WORD.findall(sentence) or [FACT]
        if _is_capital(first) and _is_somebody(reading, first, others, sentence):
            names.append(first)
        names += [word for word in others if _is_capital(word) and word not in CAPITALS]
    return names


def _is_somebody(reading: Reading, first: str, others: list[str], sentence: str) -> bool:
    """Whether a sentence's first word, which has a capital anyway, is a name.

    It is taken for one where it owns or does something, or stands alone, unless it is known to
    begin sentences.
    """
    if _begins_sentences(reading, first):
        return False
    if first.casefold().replace("’", "'").endswith("'s"):
        return True
    if others and _is_capital(others[0]) and others[0] not in CAPITALS:
        return True
    if not others:
        return not sentence.endswith(("?", "？", "!"))
    return any(others[0].casefold() in lists.subject_verbs for lists in word_lists(reading))


_GERMAN_SOURCE: Final = re.compile(r"\b(?:von|laut) ([A-ZÄÖÜ][^\W\d_]+)")
_GERMAN_SOURCES: Final = words("""
    Sie Ihnen Ihrem Ihren Ihrer Ihr Ihre Herzen Hand Anfang Zeit Minute Natur Ort Stunde Tag Nacht
    Haus Tür Abend Licht Schatten Wind Wasser Musik Menschen Bildern Szenen Kopf Fuß Küste Insel
    Beginn Sekunde Szene Bild Dunkelheit Regen Schnee Stadt Land Meer Liebe Mut Hoffnung Angst Glück
    Wärme Ruhe Dach Raum Zimmer Fenster Sternen Nebel Kerzen Freunden Selbst
""")
"""Nouns after "of" without an article, that are no names."""
_GERMAN_PRONOUNS: Final = words("Sie Ihnen Ihr Ihre Ihrem Ihren Ihrer Ihres Du Dich Dir Euch Euer")


def _german_names(text: str) -> list[str]:
    """Two words with capitals in a row: nouns are written so too, but seldom side by side."""
    names = [name for name in _GERMAN_SOURCE.findall(text) if name not in _GERMAN_SOURCES]
    for sentence in sentences(text):
        _, _, rest = sentence.partition(" ")
        for part in re.split(r"[^\w'’ -]", rest):
            names += [
                f"{word} {after}"
                for word, after in pairwise(_WORD.findall(part))
                if _is_capital(word) and _is_capital(after) and word not in _GERMAN_PRONOUNS
            ]
    return names


def _begins_sentences(reading: Reading, word: str) -> bool:
    plain = word.casefold().replace("’", "'")
    parts = {plain, *re.split("['-]", plain)[:1]}
    for language, lists in zip((reading.language, "en"), word_lists(reading), strict=False):
        if not lists.openers or parts & lists.openers:
            return True
        endings = ENDINGS.get(language, ())
        if any(len(part) > 4 and part.endswith(endings) for part in parts - SURNAMES):
            return True
    return not word_lists(reading)


def _is_capital(word: str) -> bool:
    return word != FACT and word[0].isupper()
