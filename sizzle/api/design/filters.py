"""How pages write times and numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from markupsafe import Markup

_MANY: Final = 10_000


def time_tag(milliseconds: int | None) -> Markup | str:
    """A moment as `<time>`, in UTC to the minute; nothing where there is none."""
    if milliseconds is None:
        return ""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return Markup('<time datetime="{}">{}</time>').format(
        moment.strftime("%Y-%m-%dT%H:%M:%SZ"), moment.strftime("%Y-%m-%d %H:%M")
    )


def number(value: float) -> str:
    """A number with thin spaces between thousands, from 10,000 on."""
    text = f"{value:,}" if abs(value) >= _MANY else f"{value}"
    return text.replace(",", "\u202f")


def percent(share: float | None, digits: int = 1) -> str:
    """A share in per cent; a dash where there is none."""
    return "\u2013" if share is None else f"{100 * share:.{digits}f}\u202f%"


def plural(count: int, one: str, several: str = "") -> str:
    """A number with its noun."""
    return f"{number(count)} {one if count == 1 else several or one + 's'}"


def words(name: str) -> str:
    """The name of a state or reason as words: `handed_over` is `handed over`."""
    return name.replace("_", " ").replace("-", " ")


def sentence(text: str) -> str:
    """A text that begins with a capital; Jinja's `capitalize` makes small letters of all others."""
    return text[:1].upper() + text[1:]


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    "time": time_tag,
    "sentence": sentence,
    "number": number,
    "percent": percent,
    "plural": plural,
    "words": words,
}
