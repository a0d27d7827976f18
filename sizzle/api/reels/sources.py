"""What responses about reels are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from sizzle.api.reels.ranking_cache import Rankings
from sizzle.cadence import Cadences
from sizzle.clips import Index, Indexes
from sizzle.engagement.shown import ShownReel
from sizzle.events import EventTokens
from sizzle.links.signing import Signing
from sizzle.packager import Packages
from sizzle.reel.ids import ReelIds
from sizzle.reel.treatments import NO_TREATMENTS, Treatments
from sizzle.reloading import Reloadable


@dataclass(frozen=True)
class Sources:
    """What responses are made from. Each is read once per response, so that none mixes two.

    Attributes:
        indexes: of the assets.
        rankings: of the model in use.
        cadences: to choose from.
        ids: gives reels their ids.
        packages: of the assets, where reels are streamed too.
        signing: of addresses, where they are signed.
        event_tokens: for devices that record events; without them, responses have none.
        treatments: what those of experiments change.
        record: takes each reel that is shown; it must return at once.
    """

    indexes: Indexes
    rankings: Reloadable[Rankings]
    cadences: Reloadable[Cadences]
    ids: ReelIds
    packages: Packages | None = None
    signing: Signing | None = None
    event_tokens: EventTokens | None = None
    treatments: Reloadable[Treatments] = field(default_factory=lambda: Reloadable(NO_TREATMENTS))
    record: Callable[[ShownReel], None] | None = None

    def in_use(self, asset_id: str) -> InUse:
        """What a response about an asset is made from now. Raises NotFoundError: no such asset."""
        index = self.indexes.index(asset_id)
        return InUse(index, self.rankings.current, self.cadences.current, self.treatments.current)


class InUse(NamedTuple):
    """What one response is made from: each was current when the request came."""

    asset_index: Index
    rankings: Rankings
    cadences: Cadences
    treatments: Treatments
