"""The plain trailer, for devices that cannot play the reel."""

from __future__ import annotations

from sizzle.api.reels.schema import Trailer
from sizzle.catalog.trailer import trailer_file
from sizzle.clips import Index


def trailer_of(index: Index, reason: str, treatment: str | None = None) -> Trailer:
    """The response with the trailer's address. Raises NotFoundError: the asset has none."""
    trailer_file(index)
    asset_id = index.asset.asset_id
    return Trailer(
        asset_id=asset_id,
        asset_version=index.version,
        href=f"/v1/assets/{asset_id}/trailer",
        reason=reason,
        treatment=treatment,
    )
