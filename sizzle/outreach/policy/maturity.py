"""Maturity ratings, as the age in years from which each system allows a title."""

from __future__ import annotations

import re
from typing import Final

_SYSTEMS: Final = (
    # United States: television, then films (MPA).
    {"TV-Y": 0, "TV-G": 0, "TV-Y7": 7, "TV-Y7-FV": 7, "TV-PG": 8, "TV-14": 14, "TV-MA": 17},
    {"G": 0, "PG": 8, "PG-13": 13, "R": 17, "NC-17": 18, "X": 18, "NR": 18, "UNRATED": 18},
    # United Kingdom and Ireland.
    {"U": 0, "12A": 12, "15A": 15, "R18": 18},
    # Germany, Austria.
    {f"FSK {age}": age for age in (0, 6, 12, 16, 18)},
    # France.
    {"TOUS PUBLICS": 0, "-10": 10, "-12": 12, "-16": 16, "-18": 18},
    # Japan (Eirin).
    {"PG12": 12, "R15+": 15, "R18+": 18},
    # Brazil.
    {"L": 0, **{f"A{age}": age for age in (10, 12, 14, 16, 18)}},
    # Italy.
    {"T": 0, "VM14": 14, "VM18": 18},
    # Australia.
    {"M": 15, "MA15+": 15, "MA 15+": 15, "R 18+": 18, "X18+": 18},
)
_AGES: Final = {name: age for system in _SYSTEMS for name, age in system.items()}
# "16", "16+", "age 16", "FSK16", "PEGI 18": the age itself.
_PLAIN: Final = re.compile(r"(?:FSK|PEGI|AGE|KIJKWIJZER|BBFC|ICAA)?[ -]?(\d{1,2})\+?")
_OLDEST: Final = 21


def maturity_age(rating: str) -> int | None:
    """The age in years from which a rating allows a title.

    Returns:
        None for a rating that no known system has: nobody may be assumed to be old enough.
    """
    name = " ".join(rating.upper().split())
    if name in _AGES:
        return _AGES[name]
    match = _PLAIN.fullmatch(name)
    age = int(match[1]) if match else _OLDEST + 1
    return age if age <= _OLDEST else None
