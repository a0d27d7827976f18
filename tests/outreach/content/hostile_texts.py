"""Names and titles that try to be more than text."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

FRAGMENTS = (
    "\r\nBcc: victim@example.org",
    "\nSubject: other",
    "\r\n\r\n<html>",
    "\r\n--=boundary=\r\nContent-Type: text/html\r\n\r\n",
    "=?utf-8?q?=0d=0aBcc:_x@y.z?=",
    "\u2028Bcc: x",
    "\x85To: x",
    "\x0b\x0c\x1c",
    "\x00",
    "<script>alert(1)</script>",
    '"><img src=https://evil.example/x.gif>',
    "' onmouseover='x",
    "</td></tr></table>",
    "<!--",
    "-->",
    "<![endif]-->",
    "<!--[if mso]>",
    "]]>",
    "</title><style>*{display:none}</style>",
    "&lt;b&gt;&#60;i&#62;",
    "&amp",
    "{{ 7*7 }}",
    "{% raw %}",
    "{title}",
    "{name!r:>9999}",
    "{0.__class__}",
    "%s%n%(x)s",
    "${x}",
    "#{x}",
    "\u202egnp.exe",
    "\u2066\u2067\u2068",
    "\u2069\u2069",
    "\u200f\u200e\u061c",
    "\u200b\ufeff\u00ad",
    "שלום",
    "مرحبا",
    "e\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
    "\U0001f469\u200d\U0001f680",
    "\ud800",
    "\udfff",
    "\ufffe",
    "\U000e0041",
    "https://evil.example/",
    "www.evil.example",
    "a@b.example",
    "+1 415 555 0100",
    "javascript:alert(1)",
    "data:text/html,x",
    ".\r\n.\r\n",
    "\n.\nQUIT\r\n",
    "\nFrom ",
    "=\n",
    "\\",
    "`",
    "\t",
    "  ",
)
WORDS = ("Ada", "Zoë", "夜の街", "Ночь", "O'Neil", "Smith & Sons", "5 < 6", "x" * 3000, "é" * 500)


def hostile_texts(count: int, seed: int) -> Iterator[str]:
    """Texts put together from both, always the same."""
    random = Random(seed)
    yield from FRAGMENTS[:count]
    for _ in range(count - len(FRAGMENTS)):
        pieces = random.choices(FRAGMENTS + WORDS, k=random.randint(1, 5))
        yield random.choice(("", " ", "x")).join(pieces)
