"""Checks that nothing around the slot of an amount makes another amount of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sizzle.outreach.policy.findings import Finding, error
from sizzle.outreach.policy.reading import Reading
from sizzle.outreach.policy.words.language_words import phrases

_AFTER_AMOUNT: Final = "|".join(
    phrases("""
        off, less, discount, weniger, rabatt, nachlass, de réduction, de moins, de remise,
        de descuento, menos, de desconto, di sconto, in meno, an?, per, each, every, pro,
        jede[nrs]?, par, por, al, alla, ao, à(?! partir)
    """)
)
_BEFORE_AMOUNT: Final = "|".join(
    phrases("""
        under, below, over, above, than, (?:half|third|fraction)(?: of)?, up to, almost, nearly,
        unter, über, als, (?:hälfte|drittel|bruchteil)(?: von)?, fast, knapp, rund, moins de,
        plus de, moitié de, presque, environ, menos de, más de, mitad de, casi, unos, meno di,
        più di, metà di, quasi, mais de, metade de, cerca de
    """)
)
_CHANGED: Final = (
    r"[-−–+~±×*/]\{{{0}\}}|\{{{0}\}}\s?[%％円]|\{{{0}\}}(?:引き|割引)"
    rf"|\{{{{{{0}}\}}}} (?:{_AFTER_AMOUNT})\b|\b(?:{_BEFORE_AMOUNT})\s*\{{{{{{0}}\}}}}"
)
"""What makes another amount of the one in a slot: `{{price}} off`, `{{price}} a week`."""
_IS_MONEY: Final = re.compile(r"\d+(?:\.\d+)? [A-Z]{3}")


def check_amounts(reading: Reading) -> Iterator[Finding]:
    """Findings on prices that are changed by what stands beside their slot."""
    money = [name for name, value in reading.promoted.facts.items() if _IS_MONEY.fullmatch(value)]
    for where, text in reading.fields:
        for name in money:
            for match in re.finditer(_CHANGED.format(re.escape(name)), text, re.IGNORECASE):
                yield error(
                    "number-not-a-fact",
                    where,
                    f"{match[0]!r} is another amount than the fact.",
                    "state the fact as it is.",
                )
