"""The rule for ids that come from outside, whatever they name."""

from __future__ import annotations

from typing import Final

MAX_ID_LENGTH: Final = 100
PRINTABLE: Final = (
    r"^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]*$"
)
"""No control characters, and none that change the direction of text: ids are written to logs."""
