"""Checks of words: claims, urgency, judgement of the reader, profanity, and talk of a model."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from sizzle.outreach.content.slots import SLOT, slots_in
from sizzle.outreach.policy.findings import Finding, error
from sizzle.outreach.policy.masking import FACT, masked, sentences, word_lists
from sizzle.outreach.policy.phrases import first_phrase, unmistakable, without_phrases
from sizzle.outreach.policy.reading import Reading, folded
from sizzle.outreach.policy.words import LANGUAGES, LanguageWords
from sizzle.outreach.vocabulary import Channel

CLAIM_COUNTRIES: Final = {
    # Comparisons with all others need proof there; elsewhere they pass as praise.
    "superlative": frozenset({"AT", "BE", "CH", "CN", "DE", "ES", "FR", "IT", "JP", "KR", "PT"}),
    "popular": frozenset({"AT", "CH", "CN", "DE", "FR", "JP", "KR"}),
}
"""Where a claim may not be made without a fact; one that is not here may be made nowhere."""

_LISTS: Final[tuple[tuple[str, Callable[[LanguageWords], tuple[str, ...]], str], ...]] = (
    ("urgency", lambda words: words.urgency, "presses the reader"),
    (
        "judgement",
        lambda words: words.judgement,
        "judges the reader, or shows what is known of them",
    ),
    ("sensitive", lambda words: words.sensitive, "is about what people are"),
    ("asks-for-secrets", lambda words: words.secrets, "is about secrets, as frauds are"),
    ("profanity", lambda words: words.profanity, "is no word for a message"),
    ("model-talk", lambda words: words.talk, "is about the text, and not part of it"),
    ("first-person", lambda words: words.first_person, "has the service speak as one person"),
    ("story-not-a-fact", lambda words: words.story, "tells of the story or its makers"),
)
_MARKUP: Final = re.compile(
    r"</?[a-z][^>]*>|&(?:[a-z]+|#x?[0-9a-f]+);|\*\*|(?<!\w)__|^\s*#{1,6}\s|^\s*[-*]\s+\S|`|\]\(",
    re.IGNORECASE | re.MULTILINE,
)
_SHOUTED: Final = re.compile(r"(?<!\w)[A-ZÀ-ÖØ-Þ]{4,}(?!\w)")
_WORDS: Final = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ENDED: Final = re.compile(r"[.!?…。！？][\"'”’»)」』]*$|\}$")
_ABOUT_FACT: Final = re.compile(
    rf"\b(?:about|here is|here's) (?:an?|the|our|your) {FACT}", re.IGNORECASE
)
_MIN_WORDS: Final = 2
_MIN_WIDE: Final = 5  # letters, where words have no spaces between them
_UNFINISHED: Final = re.compile(
    r"[,;:&(\-–—「『«“]\s*$|\b(?:and|or|but|the|an?|of|to|with|for|et|ou|mais|les?|une?|des?|du|avec"
    r"|pour|y|pero|el|las?|los|con|para|und|oder|der|die|das|mit|e|ma|il|lo|um|uma|os)\s*$"
)


def check_wording(reading: Reading) -> Iterator[Finding]:
    """Findings on words."""
    for where, raw in reading.fields:
        text = masked(reading, raw)
        meant = _meant(reading, text)
        yield from _listed(reading, where, meant)
        yield from _claims(reading, where, meant)
        yield from _form(reading, where, raw, text)
        yield from _repeated(reading, where, text)
    if joined := _joined(reading):
        yield from _listed(reading, "text", joined)
        yield from _claims(reading, "text", joined)
    yield from _sense(reading)


def _meant(reading: Reading, text: str) -> str:
    """The text without what is written as a phrase of the lists, and does not mean it."""
    harmless = tuple(phrase for lists in word_lists(reading) for phrase in lists.harmless)
    return without_phrases(_ABOUT_FACT.sub(FACT, text), harmless)


def _joined(reading: Reading) -> str:
    """Subject and text as one, where a word may go on from one to the other; else empty."""
    subject, text = reading.line.subject.rstrip(), reading.line.text.lstrip()
    if not subject[-1:].isalpha() or not text[:1].islower():
        return ""
    return masked(reading, subject + text)


def _listed(reading: Reading, where: str, text: str) -> Iterator[Finding]:
    for words in word_lists(reading):
        for rule, of, why in _LISTS:
            if found := first_phrase(text, of(words)):
                yield error(rule, where, f"{found!r} {why}.", "leave it out.")
    own = (*reading.policy.words.get(reading.language, ()), *reading.policy.words.get("*", ()))
    if found := first_phrase(text, tuple(own)):
        yield error("unwanted-word", where, f"{found!r} is on the list of words.", "leave it out.")


def _claims(reading: Reading, where: str, text: str) -> Iterator[Finding]:
    if found := _backwards(reading, text):
        yield _claim("free", where, found)
    for words in word_lists(reading):
        for claim, phrases in words.claims.items():
            banned = CLAIM_COUNTRIES.get(claim)
            if banned is not None and reading.countries and not banned & reading.countries:
                continue
            if found := first_phrase(text, phrases):
                yield _claim(claim, where, found)
    yield from _foreign_claims(reading, where, text)


def _backwards(reading: Reading, text: str) -> str:
    """A word that claims something is free, written from its last letter to its first."""
    free = {phrase for lists in word_lists(reading) for phrase in lists.claims.get("free", ())}
    words = (word for word in _WORDS.findall(folded(text)) if len(word) >= _TURNED)
    return next((word for word in words if word[::-1] in free), "")


def _foreign_claims(reading: Reading, where: str, text: str) -> Iterator[Finding]:
    """Claims and profanity of other languages than the text's: they are understood too."""
    own = word_lists(reading)
    for words in LANGUAGES.values():
        if words in own:
            continue
        for claim, phrases in words.claims.items():
            if claim not in CLAIM_COUNTRIES and (
                found := first_phrase(text, unmistakable(phrases))
            ):
                yield _claim(claim, where, found)
        if found := first_phrase(text, unmistakable(words.profanity)):
            yield error("profanity", where, f"{found!r} is no word for a message.", "leave it out.")


def _claim(claim: str, where: str, found: str) -> Finding:
    return error(
        f"claim-{claim}",
        where,
        f"{found!r} is a claim that no fact supports.",
        "leave it out, or add a fact that says it in these words.",
    )


def _form(reading: Reading, where: str, raw: str, text: str) -> Iterator[Finding]:
    if found := _MARKUP.search(SLOT.sub("", raw)):
        yield error("markup", where, f"{found[0]!r} is markup.", "write plain text.")
    shouted = [word for word in _SHOUTED.findall(text) if word not in ("STOP", "JSON")]
    if shouted or re.search(r"[!?！？]\s*[!！]|[!！]\s*[?？!！]", text) or text.count("!") > 2:
        yield error(
            "shouting",
            where,
            f"{shouted[0] if shouted else '!!'!r} shouts.",
            "write small letters, and one exclamation mark at most.",
        )
    if where == "text" and text.strip() and _is_cut_off(reading, raw, text):
        yield error("cut-off", where, "the text ends in the middle.", "finish the sentence.")


def _is_cut_off(reading: Reading, raw: str, text: str) -> bool:
    """Whether the last sentence is not whole; that of a mail has an end."""
    if reading.line.channel is Channel.EMAIL and not _ENDED.search(raw.strip()):
        return True
    return _UNFINISHED.search(text) is not None


def _repeated(reading: Reading, where: str, text: str) -> Iterator[Finding]:
    parts = Counter(folded(part) for part in sentences(text) if len(part) > 3)
    words = [folded(word) for word in re.findall(rf"{FACT}|{_WORDS.pattern}", text)]
    common = _common_words(reading)
    runs = Counter(
        run
        for run in zip(words, words[1:], words[2:], strict=False)
        if any(len(word) >= _LONG and word not in common for word in run)
    )
    twice = any(a == b and a != FACT and a not in _DOUBLED for a, b in pairwise(words))
    same = any(count > 1 for count in (*parts.values(), *runs.values()))
    stammered = any(_stammers(part, common) for part in sentences(text))
    if same or twice or stammered or words.count(FACT) > _MOST_FACTS:
        yield error("repetition", where, "it says the same again.", "say it once.")


def _common_words(reading: Reading) -> frozenset[str]:
    """Words that hold sentences up, and may be there often."""
    return frozenset().union(*(lists.openers for lists in word_lists(reading)))


def _stammers(sentence: str, common: frozenset[str]) -> bool:
    """Whether a sentence has a long word twice that is none of the common ones."""
    plain = _ONE_BY_ONE.sub(" ", folded(sentence))
    words = re.findall(rf"[^\W\d_]{{{_LONG},}}", plain)
    long = Counter(word for word in words if word not in common)
    return any(count > 1 for count in long.values())


_LONG: Final = 5  # letters
_TURNED: Final = 4  # letters of a word that is read backwards too
_DOUBLED: Final = frozenset(("sie", "vous", "nous", "that", "had", "die", "der", "das"))
"""Words that stand twice in a row in sound sentences: "Lesen Sie sie", "Vous vous demandez"."""
_ONE_BY_ONE: Final = re.compile(r"\b(\w+) (?:after|by|upon|tras|a|um|für|nach|après|par) \1\b")
"""Night after night, escena tras escena."""
_MOST_FACTS: Final = 6


def _sense(reading: Reading) -> Iterator[Finding]:
    """Whether it is a message about what is promoted, for the reason that it is for."""
    line = reading.line
    both = f"{line.subject}\n{line.text}"
    if not line.text.strip():
        return
    wide = reading.language in ("ja", "zh", "ko", "th")
    plain = masked(reading, line.text).replace(FACT, "")
    size = len(re.sub(r"\W", "", plain)) if wide else len(_WORDS.findall(plain))
    if size < (_MIN_WIDE if wide else _MIN_WORDS):
        yield error("too-short", "text", "it says nothing.", "write a whole sentence.")
    if not {"title", "titles"} & {*slots_in(both)}:
        # A name that is typed out does not follow when the fact is changed, and not into other
        # languages; and a writer that leaves no slot has not understood what it was asked for.
        named = _has(both, reading.facts["title"])
        yield error(
            "title-not-a-slot" if named else "title-missing",
            "text",
            "it names what it is about in letters." if named else "it does not name its subject.",
            "use {title} in the subject or the text.",
        )
    if line.reason and "reason" not in slots_in(both) and not _has(both, reading.facts["reason"]):
        yield error(
            "reason-missing",
            "text",
            f"it does not give its reason, {line.reason}.",
            "use {reason}, or make it a line without one.",
        )


def _has(text: str, fact: str) -> bool:
    return folded(fact) in folded(text)
