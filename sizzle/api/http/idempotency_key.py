"""The header `Idempotency-Key`, for the middleware and for the routes that take it."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Header

MAX_LENGTH: Final = 255
PATTERN: Final = rf"[\x21-\x7e]{{1,{MAX_LENGTH}}}"
"""Printable ASCII without spaces."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=MAX_LENGTH,
        pattern=rf"^{PATTERN}$",
        description="The same request with the same key happens once.",
    ),
]
