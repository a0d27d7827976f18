"""How a text begins, in whichever of the usual encodings it is."""

from __future__ import annotations

_HEAD = 65536  # bytes that suffice to recognise a text
_BEFORE = "\ufeff\0 \t\r\n"  # UTF-16 without its mark has a null beside each character


def text_head(content: bytes) -> str:
    """The first characters of a text, without marks and spaces before them."""
    return decode(content[:_HEAD]).lstrip(_BEFORE)


def decode(content: bytes) -> str:
    """The text in whichever of the usual encodings it is: UTF-8, UTF-16 with its mark, Windows."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
