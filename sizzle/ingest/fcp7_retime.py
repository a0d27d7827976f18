"""How fast, and in which direction, an item of an FCP7 XML plays its media."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from xml.etree.ElementTree import Element

from sizzle.ingest.xml_values import truth

# Suffixes of still pictures: one that is held is not a frozen shot.
_STILLS = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".psd", ".bmp", ".dpx", ".exr", ".tga", ".gif")
_TRUE = {"TRUE", "1"}


@dataclass(frozen=True, slots=True)
class Retime:
    """How an item plays its media.

    Attributes:
        speed: 1 as it was shot, negative in reverse, 0 frozen or unreadable.
        variable: whether the speed changes within the item; `speed` is its average then.
    """

    speed: Fraction
    variable: bool


def read_retime(element: Element, media: str | None) -> Retime:
    """The speed and direction of an item, from all its time remapping filters.

    Args:
        element: the item.
        media: the URL or name of its file.
    """
    speed, variable = Fraction(1), False
    if truth(element, "stillframe", default=False) and not (media or "").lower().endswith(_STILLS):
        speed = Fraction(0)
    for effect in _time_remaps(element):
        values = dict(_parameters(effect))
        own = _percent(values["speed"]) if "speed" in values else Fraction(1)
        # Premiere writes a reversed clip as 100 with a flag, others as -100.
        speed *= -abs(own) if values.get("reverse") in _TRUE else own
        variable |= values.get("variablespeed") in _TRUE or _bends(effect)
    return Retime(speed, variable)


def _time_remaps(element: Element) -> Iterator[Element]:
    for effect in element.findall("./filter/effect"):
        if (effect.findtext("effectid") or "").strip().lower() == "timeremap":
            yield effect


def _parameters(effect: Element) -> Iterator[tuple[str, str]]:
    for parameter in effect.findall("parameter"):
        name = (parameter.findtext("parameterid") or "").strip().lower()
        yield name, (parameter.findtext("value") or "").strip().upper()


def _bends(effect: Element) -> bool:
    """Whether the graph of source frames over time leaves the straight line of its first frames."""
    points = [
        (_number(keyframe.findtext("when")), _number(keyframe.findtext("value")))
        for keyframe in effect.findall("./parameter/keyframe")
    ]
    if len(points) < 3:
        return False
    (x0, y0), (x1, y1) = points[:2]
    return any((y - y0) * (x1 - x0) != (y1 - y0) * (x - x0) for x, y in points[2:])


def _number(text: str | None) -> Fraction:
    try:
        return Fraction((text or "").strip())
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


def _percent(text: str) -> Fraction:
    return _number(text) / 100  # 0 where it is unreadable: not 100 %, whatever it is
