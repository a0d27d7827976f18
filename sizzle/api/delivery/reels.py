"""Where delivery finds the reel that an address names."""

from __future__ import annotations

from typing import Protocol

from sizzle.reel import TimecodeList


class Reels(Protocol):
    """From a reel's id to the reel."""

    def get(self, reel_id: str) -> TimecodeList:
        """The reel. Raises NotFoundError: there is none, or it can no longer be replayed."""
