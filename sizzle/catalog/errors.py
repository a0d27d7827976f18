"""What a catalog raises beyond the common errors.

CatalogError
├── RefusedError    a check stopped a publication
└── ConflictError   another producer was there first
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sizzle.errors import CatalogError

if TYPE_CHECKING:
    from sizzle.catalog.checks import Objection


class RefusedError(CatalogError):
    """A check refused a publication; `objections` holds all its reasons."""

    exit_code = 1
    status = 422
    slug = "publication-refused"
    title = "The checks refuse this publication"

    def __init__(self, objections: Sequence[Objection]) -> None:
        first, more = objections[0], len(objections) - 1
        rest = f" And {more} more." if more else ""
        super().__init__(first.what + rest, where=f"asset {first.asset_id}", fix=first.fix)
        self.objections = tuple(objections)


class ConflictError(CatalogError):
    """Another producer changed the same thing first; nothing was announced."""

    exit_code = 1
    status = 409
    slug = "catalog-conflict"
    title = "Another producer was first"


class TornError(CatalogError):
    """A file that is not what was written to it: cut short, changed or mixed up."""
