"""Forty titles whose names are written from right to left, some with numbers and Latin words."""

from __future__ import annotations

from typing import Final

from sizzle.clips import Title

_NAMES: Final = (
    "مدينة النجوم {n}: العودة (2024)",
    "ליל אמש, פרק {n}",
    "قصة {n} Aurora Rising",
    "האוצר {n}?",
)
FORTY_TITLES: Final = tuple(
    Title(f"title-{number:02}", _NAMES[number % len(_NAMES)].format(n=number), {"genre": "דרמה"})
    for number in range(40)
)
