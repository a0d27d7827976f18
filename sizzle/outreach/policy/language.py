"""Checks that a text is in the language that was asked for, all of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy
from functools import lru_cache
from typing import Any, Final

from sizzle.outreach.policy.characters import script_of
from sizzle.outreach.policy.findings import Finding, error
from sizzle.outreach.policy.masking import FACT, masked, sentences
from sizzle.outreach.policy.reading import Reading
from sizzle.outreach.policy.words.language_words import words

MIN_LETTERS: Final = 20
"""Of fewer letters the language is not told well."""

_CANDIDATES: Final = words("en fr es de it pt nl ja zh ko sv pl ru tr ca")
"""Languages that texts are mistaken for no others than; the one asked for is added."""

_HOLDING: Final = {
    "en": words("the this that with about your you from are and of is it"),
    "fr": words(
        "le la les des du et est une avec pour vous nous dans sur pas que qui ce cette vos"
    ),
    "es": words(
        "el la los las del y es una con para por que en su tu te lo se esta este pero más muy"
    ),
    "de": words(
        "der die das und ist ein eine mit für sie wir ihr nicht auf den dem zu im von auch"
    ),
    "it": words("il la gli le del della e è una con per che non di questa questo sono al nel più"),
    "pt": words("o a os as do da e é uma com para que não em seu sua você no na mais por"),
    "nl": words("de het een en van voor met niet je dat zijn op te is bij ook"),
}
"""Words that hold the sentences of a language up: two of them that the language of a text has
not, and some clause of it is in another."""

_LETTERS: Final = re.compile(r"[^\W\d_]+")
_COMMON: Final = {
    "en": words("a as do no in on die am an so me per par tu o e"),
    "fr": words("y es en a tu te lui la se sa e on o de dans no as is"),
    "es": words("a o e no de as da na di al le les me se tu su que per son"),
    "de": words("de an am in so es du des er war was an die bei der van te is op"),
    "it": words("a o e no de da se si tu te me lo la le con per su al do as es"),
    "pt": words("a o e no na de da do se te me tu com por es la de es"),
    "nl": words("of die der den per me nu tu la le les des van"),
}
"""Words that those of another language are mistaken for."""
_ALIKE: Final = ({"es", "pt", "it", "ca", "gl"}, {"no", "nb", "nn", "da", "sv"}, {"zh", "ja"})
_SURE: Final = 0.75
_SURE_ALIKE: Final = 0.93


def check_language(reading: Reading) -> Iterator[Finding]:
    """A finding for each part that is in another language."""
    for where, raw in reading.fields:
        text = masked(reading, raw)
        parts = [*sentences(text), text] if where == "text" else [text]
        for part in dict.fromkeys(parts):
            if other := _other_language(reading, part):
                yield error(
                    "other-language",
                    where,
                    f"{part.replace(FACT, '{}')[:60]!r} is in {other!r}, not in "
                    f"{reading.line.language!r}.",
                    f"write all of it in {reading.line.language!r}.",
                )
                break


def _other_language(reading: Reading, text: str) -> str:
    """The language of a text where that is another than the one asked for; else empty."""
    plain = " ".join(text.replace(FACT, " ").split())
    letters = [letter for letter in plain if letter.isalpha()]
    wanted = reading.language
    if other := _holding(wanted, plain):
        return other
    if wanted == "ja":
        return _not_japanese(plain, letters)
    if len(letters) < MIN_LETTERS:
        return ""
    identifier = _identifier(wanted)
    if identifier is None:
        return ""
    language, chance = identifier.rank(plain)[0]
    alike = any({language, wanted} <= group for group in _ALIKE)
    sure = chance >= (_SURE_ALIKE if alike else _SURE)
    return str(language) if language != wanted and sure else ""


def _holding(wanted: str, text: str) -> str:
    """The language of two words that hold up no sentence of the language asked for."""
    own = _HOLDING.get(wanted, frozenset())
    if not own and wanted != "ja":  # a language of which no words are known here: English is told
        return "en" if len(_HOLDING["en"] & {*text.casefold().split()}) > 1 else ""
    found = {*_LETTERS.findall(text.casefold())} - own - _COMMON.get(wanted, frozenset())
    return next((name for name, held in _HOLDING.items() if len(held & found) > 1), "")


def _not_japanese(plain: str, letters: list[str]) -> str:
    """Japanese of some length has kana; and no sentence of Latin letters."""
    scripts = [script_of(letter) for letter in letters]
    latin = scripts.count("LATIN")
    if latin >= MIN_LETTERS or (latin > 3 and latin > len(letters) / 2):
        return "another script"
    kana = scripts.count("HIRAGANA") + scripts.count("KATAKANA")
    return "zh" if len(letters) >= 12 and not kana else ""


@lru_cache(maxsize=50)
def _identifier(wanted: str) -> Any:  # noqa: ANN401 - a class of py3langid, which has no types
    """Chooses among a few languages; None for one that it does not know."""
    if wanted not in _model().labels:
        return None
    found = copy(_model())
    found.set_languages({*_CANDIDATES, wanted})
    return found


@lru_cache(maxsize=1)
def _model() -> Any:  # noqa: ANN401
    from py3langid import langid

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
