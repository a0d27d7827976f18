"""Answers to requests for reels, as the bytes that are sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from ranker.errors import RankerError
from ranker.ranking import Ranking
from sizzle.api.delivery.routes import address_of
from sizzle.api.delivery.signing import Signing
from sizzle.api.live import Live
from sizzle.api.problems import problem_of
from sizzle.api.reels.ask import Ask, Device
from sizzle.api.reels.ids import ReelIds
from sizzle.api.reels.negotiation import is_streamed, why_not
from sizzle.api.reels.rankings import Rankings
from sizzle.api.reels.trailers import trailer_of
from sizzle.api.schema import Playback, ReelAnswer
from sizzle.cadence_choice import Cadences
from sizzle.clips import Index
from sizzle.errors import NotFoundError, SizzleError
from sizzle.hls import SegmentMap
from sizzle.packager import Packages
from sizzle.reel import TimecodeList, assemble, to_timecode_list


class Indexes(Protocol):
    """Where assets' indexes are looked up: a catalog, or a reader that follows one."""

    def index(self, asset_id: str) -> Index:
        """The clips of an asset. Raises NotFoundError, or CatalogError where none can be read."""

    def index_of_version(self, version: str) -> Index:
        """The clips of an asset as they once were. Raises as `index`."""

    def assets(self) -> Sequence[str]:
        """The ids of all assets, sorted. Raises CatalogError."""


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
    rankings: Live[Rankings]
    cadences: Live[Cadences]
    ids: ReelIds
    packages: Packages | None = None
    signing: Signing | None = None


class Answers:
    """Makes answers; what needs the ranker is made in a thread, one at a time.

    Args:
        sources: what they are made from.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
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
        index = self._sources.indexes.index(ask.asset_id)
        segment_map = self._segment_map(index)
        if reason := why_not(ask.device, index.asset.rate, segment_map):
            return trailer_of(index, reason, ask.treatment).model_dump_json().encode()
        ranking = self._sources.rankings.current.held(ask.member_id, index, ask.title_ids)
        return None if ranking is None else self._reel(ask, index, segment_map, ranking)

    def _composed(self, ask: Ask) -> bytes:
        index = self._sources.indexes.index(ask.asset_id)
        ranking = self._sources.rankings.current.rank(ask.member_id, index, ask.title_ids)
        return self._reel(ask, index, self._segment_map(index), ranking)

    def _several(self, asks: Sequence[Ask]) -> list[bytes]:
        first = asks[0]
        index = self._sources.indexes.index(first.asset_id)
        segment_map = self._segment_map(index)
        if reason := why_not(first.device, index.asset.rate, segment_map):
            trailer = trailer_of(index, reason, first.treatment).model_dump_json().encode()
            return [trailer] * len(asks)
        members = [ask.member_id for ask in asks]
        rankings = self._sources.rankings.current.rank_many(members, index, first.title_ids)
        return [
            self._reel_or_problem(ask, index, segment_map, ranking)
            for ask, ranking in zip(asks, rankings, strict=True)
        ]

    def _reel_or_problem(
        self, ask: Ask, index: Index, segment_map: SegmentMap | None, ranking: Ranking
    ) -> bytes:
        try:
            return self._reel(ask, index, segment_map, ranking)
        except (SizzleError, RankerError) as error:
            return problem_of(error, "/v1/reels:batch").model_dump_json().encode()

    def _reel(
        self, ask: Ask, index: Index, segment_map: SegmentMap | None, ranking: Ranking
    ) -> bytes:
        cadences, ids = self._sources.cadences.current, self._sources.ids
        plan = cadences.choose(ask.cadence, ask.member_id, ask.seed, ranking.title_ids, index)
        reel = assemble(ranking, index, plan, seed=ask.seed)
        timecodes = to_timecode_list(reel, ids.of(reel, index))
        streamed = is_streamed(ask.device, segment_map)
        playback = self.playback(timecodes.reel_id, ask.device, segment_map) if streamed else None
        return written(timecodes, playback, ask.treatment)

    def playback(
        self, reel_id: str, device: Device, segment_map: SegmentMap | None
    ) -> Playback | None:
        """Where a reel can be streamed from by a device, if it can be."""
        if segment_map is None:
            return None
        rungs = segment_map.rungs_to(device.max_height)
        master = address_of(reel_id, signing=self._sources.signing)
        film = address_of(reel_id, "", self._sources.signing).removesuffix("/")
        lower = f"?max_height={device.max_height}" if len(rungs) < len(segment_map.rungs) else ""
        return Playback(
            hls=f"{master}{lower}",
            dash=master.replace("master.m3u8", "manifest.mpd"),
            ranges=master.replace("master.m3u8", "ranges.json"),
            film=f"{film}.mp4?rung={rungs[0].name}",
        )

    @property
    def addresses_expire(self) -> bool:
        """Whether the addresses of playback are signed."""
        return self._sources.signing is not None

    def segment_map_of(self, version: str) -> SegmentMap | None:
        """The segment map of a version of an asset, where it is packaged."""
        if self._sources.packages is None:
            return None
        try:
            return self._sources.packages.of_version(version).segment_map
        except NotFoundError:
            return None

    def _segment_map(self, index: Index) -> SegmentMap | None:
        return self.segment_map_of(index.version)


def written(timecodes: TimecodeList, playback: Playback | None, treatment: str | None) -> bytes:
    """A `ReelAnswer` as JSON; what there is not is left out."""
    answer = ReelAnswer.model_construct(**dict(timecodes), playback=playback, treatment=treatment)
    empty = {
        name for name, value in (("playback", playback), ("treatment", treatment)) if value is None
    }
    return answer.model_dump_json(exclude=empty).encode()
