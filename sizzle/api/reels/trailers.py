"""The plain trailer, for devices that no reel suits."""

from __future__ import annotations

from pathlib import Path

from sizzle.api.schema import Trailer
from sizzle.clips import Index
from sizzle.errors import NotFoundError


def trailer_of(index: Index, reason: str, treatment: str | None = None) -> Trailer:
    """The answer that names the trailer. Raises NotFoundError: the asset has none."""
    trailer_file(index)
    asset_id = index.asset.asset_id
    return Trailer(
        asset_id=asset_id,
        asset_version=index.version,
        href=f"/v1/assets/{asset_id}/trailer",
        reason=reason,
        treatment=treatment,
    )


def trailer_file(index: Index) -> Path:
    """The published file; its path comes from the catalog, never from a client."""
    path = Path(index.asset.trailer)
    if not index.asset.trailer or not path.is_file():
        raise NotFoundError(
            f"Asset {index.asset.asset_id} has no trailer.",
            fix="publish the asset with a trailer, or ask from a device that plays reels.",
        )
    return path
