"""The plain trailer that an asset is published with."""

from __future__ import annotations

from pathlib import Path

from sizzle.clips import Index
from sizzle.errors import NotFoundError


def trailer_file(index: Index) -> Path:
    """The published file; its path comes from the catalog, never from a client.

    Raises:
        NotFoundError: the asset has no trailer, or its file is gone.
    """
    path = Path(index.asset.trailer)
    if not index.asset.trailer or not path.is_file():
        raise NotFoundError(
            f"Asset {index.asset.asset_id} has no trailer.",
            fix="publish the asset with a trailer, or ask from a device that plays reels.",
        )
    return path
