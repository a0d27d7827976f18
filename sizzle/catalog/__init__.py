"""All published indexes: versioned, announced, pinned, rolled back, read by memory map.

`Catalog` publishes and looks up; see docs/catalog.md for the files and the reasons.
"""

from sizzle.catalog.asset_versions import AssetVersion
from sizzle.catalog.catalog import Catalog
from sizzle.catalog.checks import Checks, Objection, is_large_change
from sizzle.catalog.diff import AssetDiff, ClipChange
from sizzle.catalog.errors import ConflictError, RefusedError, TornError
from sizzle.catalog.history import ClipState, Version
from sizzle.catalog.manifest import Announcement
from sizzle.catalog.mapped import MappedIndex
from sizzle.catalog.pack import Packed, pack
from sizzle.catalog.publication import Publication
from sizzle.catalog.reader import Reader, Status
from sizzle.catalog.sweep import Swept
from sizzle.errors import CatalogError, NotFoundError

__all__ = [
    "Announcement",
    "AssetDiff",
    "AssetVersion",
    "Catalog",
    "CatalogError",
    "Checks",
    "ClipChange",
    "ClipState",
    "ConflictError",
    "MappedIndex",
    "NotFoundError",
    "Objection",
    "Packed",
    "Publication",
    "Reader",
    "RefusedError",
    "Status",
    "Swept",
    "TornError",
    "Version",
    "is_large_change",
    "pack",
]
