"""A catalog of one asset, as the packaged asset of the tests has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sizzle.clips import Index
from sizzle.errors import NotFoundError


@dataclass(frozen=True)
class OneAsset:
    """Finds one index, as it is now and by its version."""

    only: Index

    def index(self, asset_id: str) -> Index:
        """The index."""
        return self._found(asset_id == self.only.asset.asset_id)

    def index_of_version(self, version: str) -> Index:
        """The index at its version."""
        return self._found(version == self.only.version)

    def assets(self) -> Sequence[str]:
        """Its id."""
        return [self.only.asset.asset_id]

    def _found(self, is_it: bool) -> Index:
        if not is_it:
            raise NotFoundError("There is no such asset.")
        return self.only
