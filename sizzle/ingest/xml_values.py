"""Values of XML elements, where the document may hold anything."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element

_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)


def integer(element: Element | None, tag: str) -> int | None:
    """The whole number in a child element; None where it is missing or not a number."""
    return None if element is None else integer_text(element.findtext(tag) or "")


def integer_text(text: str) -> int | None:
    """A text as a whole number, or None."""
    match = _INTEGER.fullmatch(text.strip())
    return int(match[0]) if match else None


def truth(element: Element, tag: str, *, default: bool) -> bool:
    """The TRUE or FALSE in a child element, in any case; the default where it is neither."""
    text = (element.findtext(tag) or "").strip().upper()
    return {"TRUE": True, "FALSE": False}.get(text, default)


def numbers(elements: Iterable[Element], tag: str) -> list[float]:
    """The numbers in a child of each element; none at all where one of them is unreadable."""
    try:
        found = [float((element.findtext(tag) or "").strip()) for element in elements]
    except ValueError:
        return []
    return found if all(map(math.isfinite, found)) else []
