"""Answers to requests for reels, as the bytes that are sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from ranker.errors import RankerError
from ranker.ranking import Ranking
from sizzle.api.http.problems import problem_of
from sizzle.api.reels.negotiation import is_streamed, wants_ranges, why_not
from sizzle.api.reels.playback import playback_of, ranges_of, with_more
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.api.reels.request import Ask, Device
from sizzle.api.reels.trailers import trailer_of
from sizzle.api.schema import Playback
from sizzle.cadence import Cadence, Cadences
from sizzle.clips import Index, Indexes
from sizzle.errors import SizzleError
from sizzle.hls import SegmentMap
from sizzle.links.signing import Signing
from sizzle.packager import Package, Packages
from sizzle.reel import TimecodeList, assemble, to_timecode_list
from sizzle.reel.ids import ReelIds
from sizzle.reel.prebuilt_json import Writer
from sizzle.reloading import Reloadable

_HOLD_SECONDS = 10.0
_MOST_HELD = 2000  # answers, at some 7 KB


@dataclass(frozen=True)
class Sources:
    """What answers are made from. Each is taken once for an answer, so that none mixes two.

    Attributes:
        indexes: of the assets.
        rankings: of the model in use.
        cadences: to choose from.
        ids: names reels.
        packages: of the assets, where reels are streamed too.
        signing: of addresses, where they are signed.
    """

    indexes: Indexes
    rankings: Reloadable[Rankings]
    cadences: Reloadable[Cadences]
    ids: ReelIds
    packages: Packages | None = None
    signing: Signing | None = None


class _Used(NamedTuple):
    """What an answer is made from: each was in use when the request came."""

    asset: Index
    rankings: Rankings
    cadences: Cadences


@dataclass(frozen=True, slots=True)
class _Held:
    """An answer that is given again for a moment, unless something newer is in use.

    Not for longer, as the asset may be packaged meanwhile, and signed addresses expire.
    """

    used: _Used
    until: float
    answer: bytes


class Answers:
    """Makes answers; what needs the ranker is made in a thread, one at a time.

    Args:
        sources: what they are made from.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._held: dict[Ask, _Held] = {}
        self._writer = Writer(sources.ids)
        self._ranking = ThreadPoolExecutor(1, thread_name_prefix="ranking")

    async def answer(self, ask: Ask) -> bytes:
        """The answer: a `ReelAnswer` or a `Trailer`, as JSON.

        Raises:
            NotFoundError: no such asset, title or cadence.
            ReelError: the cadence asks for more titles or clips than there are.
            RankerError: the titles cannot be ranked.
            CatalogError: the catalog cannot be read.
        """
        at_once = self.at_once(ask)
        if at_once is not None:
            return at_once
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._ranking, self._composed, ask)

    async def batch(self, asks: Sequence[Ask]) -> list[bytes]:
        """An answer for each of several members, who all ask for the same; or a `Problem`.

        Raises:
            NotFoundError: no such asset or title.
            RankerError: the titles cannot be ranked.
            CatalogError: the catalog cannot be read.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._ranking, self._several, asks)

    def at_once(self, ask: Ask) -> bytes | None:
        """The answer where the ranker need not be asked, else None. Raises as `answer`."""
        used = self._used(ask)
        held = self._held.get(ask)
        if held is not None and held.used == used and time.monotonic() < held.until:
            return held.answer
        package = self.package_of(used.asset.asset.asset_id, used.asset.version)
        if reason := why_not(ask.device, used.asset.asset.rate, map_of(package)):
            return trailer_of(used.asset, reason, ask.treatment).model_dump_json().encode()
        ranking = used.rankings.held(ask.member_id, used.asset, ask.title_ids)
        if ranking is None:
            return None
        answer = self._reel(ask, used, package, ranking)
        self._hold(ask, _Held(used, time.monotonic() + _HOLD_SECONDS, answer))
        return answer

    def _composed(self, ask: Ask) -> bytes:
        used = self._used(ask)
        ranking = used.rankings.rank(ask.member_id, used.asset, ask.title_ids)
        package = self.package_of(used.asset.asset.asset_id, used.asset.version)
        return self._reel(ask, used, package, ranking)

    def _several(self, asks: Sequence[Ask]) -> list[bytes]:
        first = asks[0]
        used = self._used(first)
        package = self.package_of(used.asset.asset.asset_id, used.asset.version)
        if reason := why_not(first.device, used.asset.asset.rate, map_of(package)):
            trailer = trailer_of(used.asset, reason, first.treatment).model_dump_json().encode()
            return [trailer] * len(asks)
        members = [ask.member_id for ask in asks]
        rankings = used.rankings.rank_many(members, used.asset, first.title_ids)
        return [
            self._reel_or_problem(ask, used, package, ranking)
            for ask, ranking in zip(asks, rankings, strict=True)
        ]

    def _used(self, ask: Ask) -> _Used:
        sources = self._sources
        index = sources.indexes.index(ask.asset_id)
        return _Used(index, sources.rankings.current, sources.cadences.current)

    def _hold(self, ask: Ask, held: _Held) -> None:
        if len(self._held) >= _MOST_HELD:
            self._held.clear()
        self._held[ask] = held

    def _reel_or_problem(
        self, ask: Ask, used: _Used, package: Package | None, ranking: Ranking
    ) -> bytes:
        try:
            return self._reel(ask, used, package, ranking)
        except (SizzleError, RankerError) as error:
            return problem_of(error, "/v1/reels:batch").model_dump_json().encode()

    def _reel(self, ask: Ask, used: _Used, package: Package | None, ranking: Ranking) -> bytes:
        index = used.asset
        plan = used.cadences.choose(ask.cadence, ask.member_id, ask.seed, ranking.title_ids, index)
        device, signing = ask.device, self._sources.signing
        if package is not None and wants_ranges(device):
            timecodes = self._assembled(ask, index, plan, ranking)
            playback = playback_of(timecodes.reel_id, device, package.segment_map, signing)
            ranges = ranges_of(timecodes, package, playback, signing)
            said = timecodes.model_dump_json().encode()
            return with_more(said, treatment=ask.treatment, playback=playback, byte_ranges=ranges)
        written = self._writer.write(ranking, index, plan, ask.seed)
        if written is None:  # it is not sure that there is such a reel: this says why not
            timecodes = self._assembled(ask, index, plan, ranking)
            written = timecodes.reel_id, timecodes.model_dump_json().encode()
        reel_id, said = written
        streamed = is_streamed(device, map_of(package))
        where = self.playback(reel_id, device, package) if streamed else None
        return with_more(said, treatment=ask.treatment, playback=where)

    def _assembled(self, ask: Ask, index: Index, plan: Cadence, ranking: Ranking) -> TimecodeList:
        reel = assemble(ranking, index, plan, seed=ask.seed)
        return to_timecode_list(reel, self._sources.ids.of(reel, index))

    def playback(self, reel_id: str, device: Device, package: Package | None) -> Playback | None:
        """Where a reel can be streamed from by a device, if it can be."""
        if package is None:
            return None
        return playback_of(reel_id, device, package.segment_map, self._sources.signing)

    @property
    def addresses_expire(self) -> bool:
        """Whether the addresses of playback are signed."""
        return self._sources.signing is not None

    def package_of(self, asset_id: str, version: str) -> Package | None:
        """What a version of an asset is played from, where it is packaged."""
        packages = self._sources.packages
        return None if packages is None else packages.find(asset_id, version)


def map_of(package: Package | None) -> SegmentMap | None:
    """The segment map of what is packaged."""
    return None if package is None else package.segment_map
