"""Histories without reels."""

from __future__ import annotations

from sizzle.reel.reel_cuts import ReelCut


def no_cut(_reel_id: str, _number: int) -> ReelCut | None:
    """There are no reels."""
    return None
