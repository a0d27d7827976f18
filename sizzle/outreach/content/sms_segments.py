"""How many segments a text message is sent, and paid, as (3GPP TS 23.038).

A message in the GSM alphabet has 160 letters of seven bits, or 153 in each of several segments; one
letter outside of that alphabet makes all of it UCS-2, of 70 letters, or 67 in each of several.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each takes an escape and a letter.
_EXTENSION: Final = frozenset("\f^{}\\[~]|€")
_PLAIN: Final = {
    "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "‹": "'", "›": "'", "‘": "'", "’": "'",
    "‚": "'", "–": "-", "—": "-", "‑": "-", "−": "-", "…": "...", "•": "-", "·": "-", "×": "x",
    "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ç": "c",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ",
}  # fmt: skip


class Encoding(StrEnum):
    """The alphabet of a message."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class Segments:
    """What a text message is sent as.

    Attributes:
        units: septets of GSM-7, or UTF-16 units of UCS-2.
        count: segments; 0 for no text.
        foreign: the letters outside of the GSM alphabet, each once, in their order.
    """

    encoding: Encoding
    units: int
    count: int
    foreign: str


def segments_of(text: str) -> Segments:
    """The segments of a text, as it is."""
    foreign = _foreign(text)
    widths, starts = _split(text, foreign)
    encoding = Encoding.UCS_2 if foreign else Encoding.GSM_7
    return Segments(encoding, sum(widths), len(starts), foreign)


def segment_texts(text: str) -> list[str]:
    """The text of each segment."""
    _, starts = _split(text, _foreign(text))
    return [text[start:stop] for start, stop in pairwise([*starts, len(text)])]


def transliterated(text: str) -> str:
    """The text in the GSM alphabet as far as letters allow: `í` becomes `i`, `“` becomes `"`.

    Letters of other scripts, and pictures, stay as they are.
    """
    return "".join(_transliterated(letter) for letter in unicodedata.normalize("NFC", text))


def _foreign(text: str) -> str:
    return "".join(dict.fromkeys(c for c in text if c not in _BASIC and c not in _EXTENSION))


def _split(text: str, foreign: str) -> tuple[list[int], list[int]]:
    """The widths of letters, and where segments begin."""
    if foreign:
        widths = [len(letter.encode("utf-16-be", "surrogatepass")) // 2 for letter in text]
        return widths, _starts(widths, 70, 67)
    widths = [2 if letter in _EXTENSION else 1 for letter in text]
    return widths, _starts(widths, 160, 153)


def _transliterated(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENSION:
        return letter
    if letter in _PLAIN:
        return _PLAIN[letter]
    base = unicodedata.normalize("NFKD", letter)[0]
    return base if base in _BASIC else letter


def _starts(widths: list[int], one: int, each: int) -> list[int]:
    """Where segments of letters of these widths begin: no letter is split between two."""
    if sum(widths) <= one:
        return [0][: len(widths)]
    starts, left = [0], each
    for number, width in enumerate(widths):
        if width > left:
            starts.append(number)
            left = each
        left -= width
    return starts
