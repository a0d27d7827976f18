"""Parameters that several features take, and the limits of what clients send."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi.params import Path

from sizzle.reel.ids import MAX_LENGTH

MAX_ID_LENGTH: Final = 100
PRINTABLE: Final = (
    r"^[^\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]*$"
)
"""No control characters, and none that change the direction of text: ids are written to logs."""

MAX_HEIGHT: Final = 100_000
"""Pixels of a device's picture."""

AssetId = Annotated[str, Path(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
JobId = Annotated[str, Path(max_length=MAX_ID_LENGTH)]
ReelId = Annotated[
    str, Path(max_length=MAX_LENGTH, description="From POST /v1/reels or `sizzle compose`.")
]
