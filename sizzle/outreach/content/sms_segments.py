"""How many segments a text message is sent, and paid, as (3GPP TS 23.038).

A message in the GSM alphabet has 160 letters of seven bits, or 153 in each of several segments; one
letter outside of that alphabet makes all of it UCS-2, of 70 letters, or 67 in each of several.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
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
    foreign = "".join(dict.fromkeys(c for c in text if c not in _BASIC and c not in _EXTENSION))
    if foreign:
        widths = [len(letter.encode("utf-16-be", "surrogatepass")) // 2 for letter in text]
        return Segments(Encoding.UCS_2, sum(widths), _count(widths, 70, 67), foreign)
    widths = [2 if letter in _EXTENSION else 1 for letter in text]
    return Segments(Encoding.GSM_7, sum(widths), _count(widths, 160, 153), "")


def transliterated(text: str) -> str:
    """The text in the GSM alphabet as far as letters allow: `í` becomes `i`, `“` becomes `"`.

    Letters of other scripts, and pictures, stay as they are.
    """
    return "".join(_transliterated(letter) for letter in unicodedata.normalize("NFC", text))


def _transliterated(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENSION:
        return letter
    if letter in _PLAIN:
        return _PLAIN[letter]
    base = unicodedata.normalize("NFKD", letter)[0]
    return base if base in _BASIC else letter


def _count(widths: list[int], one: int, each: int) -> int:
    """Segments of letters of these widths: no letter is split between two."""
    if sum(widths) <= one:
        return min(1, len(widths))
    count, left = 1, each
    for width in widths:
        if width > left:
            count, left = count + 1, each
        left -= width
    return count
