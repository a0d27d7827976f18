"""Type, colours and the pen that every part of the picture is drawn with.

Boxes and places are in pixels: left, top, right and bottom, right and bottom exclusive.
"""

from __future__ import annotations

import colorsys
import unicodedata
from functools import cache
from string import printable
from typing import Final, TypeAlias

from PIL import ImageDraw, ImageFont

Rgb: TypeAlias = tuple[int, int, int]
Box: TypeAlias = tuple[int, int, int, int]

WIDTH: Final = 1800
MARGIN: Final = 36
GUTTER: Final = 48
"""Room for the names of tracks, left of where time runs."""

BACKGROUND: Final = (16, 18, 23)
PANEL: Final = (24, 27, 34)
LANE: Final = (8, 9, 12)
GRID: Final = (52, 58, 70)
DIM: Final = (139, 147, 163)
TEXT: Final = (228, 232, 240)
GOOD: Final = (98, 190, 128)

SMALL: Final = 13
BODY: Final = 15
LARGE: Final = 30

_GOLDEN = 0.61803398875  # a turn by this share keeps any number of hues apart
_BRIGHT = 120  # of 255, from which dark letters are easier to read
_LEGIBLE = frozenset(printable) | frozenset("·…")  # what Pillow's own face has a shape for


@cache
def face(size: int) -> ImageFont.FreeTypeFont:
    """Pillow's own face, so that every machine draws the same picture."""
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow's wheels are built with FreeType"
    return font


def legible(text: str) -> str:
    """The text in letters that the face has: without accents, and `?` for other scripts."""
    bare = unicodedata.normalize("NFKD", text)
    shown = (letter for letter in bare if not unicodedata.combining(letter))
    return "".join(letter if letter in _LEGIBLE else "?" for letter in shown)


@cache
def width_of(text: str, size: int) -> int:
    """How wide a text is."""
    return round(face(size).getlength(text))


def fitted(text: str, size: int, width: int) -> str:
    """As much of a text as fits, with an ellipsis where some does not."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "…", size) > width:
        text = text[: -max(1, len(text) // 16)]
    return f"{text.rstrip()}…" if text else ""


def wrapped(text: str, size: int, width: int, most: int) -> list[str]:
    """A text in lines that fit, broken between words; the last one is cut off where `most` is."""
    lines, words = [""], text.split()
    while words:
        longer = f"{lines[-1]} {words[0]}".strip()
        if lines[-1] and width_of(longer, size) > width:
            if len(lines) == most:
                lines[-1] = f"{lines[-1]} {' '.join(words)}"
                break
            lines.append("")
        else:
            lines[-1] = longer
            words.pop(0)
    return [fitted(line, size, width) for line in lines]


def hue(position: int) -> Rgb:
    """The colour of the title at a position: neighbours are far apart, none is too bright."""
    red, green, blue = colorsys.hls_to_rgb((0.55 + position * _GOLDEN) % 1, 0.42, 0.42)
    return round(red * 255), round(green * 255), round(blue * 255)


def mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """One colour with so much of another in it, from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _brightness(colour: Rgb) -> float:
    """How bright a colour looks, 0 to 255 (luma of BT.601)."""
    red, green, blue = colour
    return 0.299 * red + 0.587 * green + 0.114 * blue


class Pen:
    """Draws on the picture."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self._draw = draw

    def fill(self, box: Box, colour: Rgb, radius: int = 0) -> None:
        """A filled box; one that is thinner than a pixel is drawn a pixel wide."""
        left, top, right, bottom = box
        inside = (left, top, max(left, right - 1), max(top, bottom - 1))
        if radius and right - left > 2 * radius:
            self._draw.rounded_rectangle(inside, radius, fill=colour)
        else:
            self._draw.rectangle(inside, fill=colour)

    def chip(self, box: Box, text: str, colour: Rgb) -> None:
        """A short text on a rounded box, dark where the box is bright."""
        left, top, right, bottom = box
        self.fill(box, colour, radius=4)
        shade = BACKGROUND if _brightness(colour) > _BRIGHT else TEXT
        self.centred(((left + right) // 2, (top + bottom) // 2), text, SMALL, shade)

    def outline(self, box: Box, colour: Rgb, width: int = 2) -> None:
        """The border of a box, drawn inside it."""
        left, top, right, bottom = box
        inside = (left, top, max(left, right - 1), max(top, bottom - 1))
        self._draw.rectangle(inside, outline=colour, width=width)

    def line(self, start: tuple[int, int], end: tuple[int, int], colour: Rgb) -> None:
        """A line of one pixel."""
        self._draw.line((*start, *end), fill=colour)

    def triangle(self, tip: tuple[int, int], size: int, colour: Rgb) -> None:
        """A triangle that points down at its tip."""
        x, y = tip
        self._draw.polygon([(x - size, y - size), (x + size, y - size), (x, y)], fill=colour)

    def text(self, position: tuple[int, int], text: str, size: int, colour: Rgb = TEXT) -> None:
        """A line of text, centred on the position's height, starting there."""
        self._draw.text(position, text, fill=colour, font=face(size), anchor="lm")

    def centred(self, position: tuple[int, int], text: str, size: int, colour: Rgb = TEXT) -> None:
        """A line of text, centred on the position."""
        self._draw.text(position, text, fill=colour, font=face(size), anchor="mm")
