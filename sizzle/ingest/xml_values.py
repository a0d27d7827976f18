"""Values of XML elements, where the document may hold anything."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

_INTEGER = re.compile(r"[+-]?\d{1,12}", re.ASCII)


def integer(element: Element | None, tag: str) -> int | None:
    """The whole number in a child element; None where it is missing or is none."""
    text = "" if element is None else (element.findtext(tag) or "")
    match = _INTEGER.fullmatch(text.strip())
    return int(match[0]) if match else None


def truth(element: Element, tag: str, *, default: bool) -> bool:
    """The TRUE or FALSE in a child element, in any case; the default where it is neither."""
    text = (element.findtext(tag) or "").strip().upper()
    return {"TRUE": True, "FALSE": False}.get(text, default)
