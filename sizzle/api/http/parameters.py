"""Parameters that several features take, and the limits of what clients send."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi.params import Path

from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.reel.ids import MAX_LENGTH

MAX_HEIGHT: Final = 100_000
"""Pixels of a device's picture."""

AssetId = Annotated[str, Path(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
MemberId = Annotated[str, Path(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
JobId = Annotated[str, Path(max_length=MAX_ID_LENGTH)]
ReelId = Annotated[
    str, Path(max_length=MAX_LENGTH, description="From POST /v1/reels or `sizzle compose`.")
]
