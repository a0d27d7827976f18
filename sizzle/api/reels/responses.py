"""Responses to requests for reels, as the bytes that are sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

from ranker import RankerError, Ranking
from sizzle.api.http.problems import problem_of
from sizzle.api.reels.negotiation import is_streamed, reason_for_trailer, wants_ranges
from sizzle.api.reels.playback import playback_of, ranges_of, with_fields
from sizzle.api.reels.ranking_cache import MemberRankings
from sizzle.api.reels.ranking_queue import Piece, RankingQueue
from sizzle.api.reels.request import Device, ReelRequest
from sizzle.api.reels.schema import Playback
from sizzle.api.reels.sources import InUse, Sources
from sizzle.api.reels.trailers import trailer_of
from sizzle.api.reels.treatment import treated
from sizzle.cadence import Cadence
from sizzle.clips import Index
from sizzle.engagement.shown import ShownReel
from sizzle.errors import SizzleError
from sizzle.hls import SegmentMap
from sizzle.packager import Package
from sizzle.reel import TimecodeList, assemble, to_timecode_list
from sizzle.reel.explanation import to_reel_explanation
from sizzle.reel.prebuilt_json import PrebuiltReels
from sizzle.reel.randomised_order import TitleOrder

_CACHE_SECONDS = 10.0
_TOKEN_SECONDS = 7 * 86_400  # within which a title's start is put down to a reel
_MAX_CACHED = 250
"""The last responses, at some 7 KB: they fit in the processor's cache, which more would empty."""
_PIECE: Final = 8  # members of a batch that are ranked at once, in some 3 ms


class _CachedResponse(NamedTuple):
    """A response that is given again for a moment, unless something newer is in use.

    Not for longer, as the asset may be packaged meanwhile, and signed addresses expire.
    """

    in_use: InUse
    rankings: MemberRankings  # others are in use after an event of the member
    until: float
    body: bytes

    def is_valid(self, in_use: InUse, rankings: MemberRankings | None) -> bool:
        """Whether the response may be given again, with these in use."""
        return self.rankings is rankings and self.in_use == in_use and time.monotonic() < self.until


class ReelResponses:
    """Makes responses; what needs the ranker is made in a thread, one at a time.

    Args:
        sources: what they are made from.
        queue: does what needs the ranker.
    """

    def __init__(self, sources: Sources, queue: RankingQueue | None = None) -> None:
        self._sources = sources
        self._cached: dict[ReelRequest, _CachedResponse] = {}
        self._prebuilt = PrebuiltReels(sources.ids)
        self.queue = queue or RankingQueue()

    async def respond(self, request: ReelRequest) -> bytes:
        """The response: a `ReelResponse` or a `Trailer`, as JSON.

        Raises:
            NotFoundError: no such asset, title or cadence.
            PolicyError: a written plan that is malformed.
            ReelError: the cadence asks for more titles or clips than there are.
            RankerError: the titles cannot be ranked.
            CatalogError: the catalog cannot be read.
            QueueFullError: too many others wait for the ranker.
        """
        ready = self.without_ranking(request)
        if ready is not None:
            return ready
        return await self.queue.do(partial(self._ranked, request))

    async def respond_to_batch(self, requests: Sequence[ReelRequest]) -> list[bytes]:
        """A response, or a `Problem`, for each of several members with otherwise equal requests.

        Raises:
            NotFoundError: no such asset or title.
            RankerError: the titles cannot be ranked.
            CatalogError: the catalog cannot be read.
            QueueFullError: too many others wait for the ranker.
        """
        in_use = self._sources.in_use(requests[0].asset_id)  # one version for all of them
        pieces = [requests[at : at + _PIECE] for at in range(0, len(requests), _PIECE)]
        return await self.queue.do_batch(
            Piece(len(piece), partial(self._ranked_batch, in_use, piece)) for piece in pieces
        )

    def without_ranking(self, request: ReelRequest) -> bytes | None:
        """The response where the ranker is not needed, else None. Raises as `respond`."""
        in_use = self._sources.in_use(request.asset_id)
        member = in_use.rankings.of_member(request.member_id)
        cached = self._cached.get(request)
        if cached is not None and cached.is_valid(in_use, member):
            return cached.body
        wanted, request = request, treated(request, in_use.treatments)
        package = self._package(in_use.asset_index)
        if trailer := _trailer(request, in_use.asset_index, package):
            return trailer
        if member is None or request.explain:
            return None
        ranking = in_use.rankings.cached(
            member, in_use.asset_index, request.title_ids, request.context
        )
        if ranking is None:
            return None
        body = self._reel(request, in_use, package, ranking)
        until = time.monotonic() + _CACHE_SECONDS
        self._cache(wanted, _CachedResponse(in_use, member, until, body))
        return body

    def _ranked(self, request: ReelRequest) -> bytes:
        in_use = self._sources.in_use(request.asset_id)
        request = treated(request, in_use.treatments)
        package = self._package(in_use.asset_index)
        if request.explain:
            return self._explained(request, in_use, package)
        ranking = in_use.rankings.rank(
            request.member_id, in_use.asset_index, request.title_ids, request.context
        )
        return self._reel(request, in_use, package, ranking)

    def _explained(self, request: ReelRequest, in_use: InUse, package: Package | None) -> bytes:
        """The reel, with why its titles are in this order."""
        index = in_use.asset_index
        explanation = in_use.rankings.explain(
            request.member_id, index, request.title_ids, request.context
        )
        ranking = explanation.ranking
        reel = self._reel(request, in_use, package, ranking)
        order = in_use.treatments.order(request.treatment, index, request.seed, ranking)
        why = to_reel_explanation(explanation, ranking.request, index, order)
        return with_fields(reel, explanation=why)

    def _ranked_batch(self, in_use: InUse, requests: Sequence[ReelRequest]) -> list[bytes]:
        first = requests[0]
        requests = [treated(request, in_use.treatments) for request in requests]
        package = self._package(in_use.asset_index)
        if trailer := _trailer(first, in_use.asset_index, package):
            trailers = (_trailer(request, in_use.asset_index, package) for request in requests)
            return [own or trailer for own in trailers]
        if first.explain:
            return [
                self._or_problem(partial(self._explained, request, in_use, package))
                for request in requests
            ]
        members = [request.member_id for request in requests]
        rankings = in_use.rankings.rank_many(
            members, in_use.asset_index, first.title_ids, first.context
        )
        return [
            self._or_problem(partial(self._reel, request, in_use, package, ranking))
            for request, ranking in zip(requests, rankings, strict=True)
        ]

    def _cache(self, request: ReelRequest, response: _CachedResponse) -> None:
        self._cached[request] = response
        if len(self._cached) > _MAX_CACHED:  # by this thread only, that of the event loop
            del self._cached[next(iter(self._cached))]

    def _or_problem(self, make: Callable[[], bytes]) -> bytes:
        """A response of a batch, or the problem in its place."""
        try:
            return make()
        except (SizzleError, RankerError) as error:
            return problem_of(error, "/v1/reels:batch").model_dump_json().encode()

    def _reel(
        self, request: ReelRequest, in_use: InUse, package: Package | None, ranking: Ranking
    ) -> bytes:
        index, seed, member_id = in_use.asset_index, request.seed, request.member_id
        order = in_use.treatments.order(request.treatment, index, request.seed, ranking)
        titles = order.title_ids
        plan = in_use.cadences.choose(request.cadence, member_id, seed, titles, index)
        device, signing = request.device, self._sources.signing
        if package is not None and wants_ranges(device):
            reel = self._assembled(request, index, plan, ranking, titles)
            playback = playback_of(reel.reel_id, device, package.segment_map, signing)
            ranges = ranges_of(reel, device, package, playback, signing)
            self._record(request, in_use, plan, ranking, order, reel.reel_id)
            body = reel.model_dump_json().encode()
            return with_fields(
                body,
                treatment=request.treatment,
                playback=playback,
                byte_ranges=ranges,
                event_token=self._event_token(member_id, reel.reel_id),
            )
        written = self._prebuilt.write(ranking, index, plan, seed, titles)
        if written is None:  # there may be no such reel: `assemble` says why not
            reel = self._assembled(request, index, plan, ranking, titles)
            written = reel.reel_id, reel.model_dump_json().encode()
        reel_id, body = written
        self._record(request, in_use, plan, ranking, order, reel_id)
        streamed = is_streamed(device, map_of(package))
        where = self.playback(reel_id, device, package) if streamed else None
        token = self._event_token(member_id, reel_id)
        return with_fields(body, treatment=request.treatment, playback=where, event_token=token)

    def _record(
        self,
        request: ReelRequest,
        in_use: InUse,
        plan: Cadence,
        ranking: Ranking,
        order: TitleOrder,
        reel_id: str,
    ) -> None:
        if self._sources.record is None:
            return
        shown = ShownReel(
            reel_id=reel_id,
            member_id=request.member_id,
            treatment=request.treatment,
            wanted_cadence=request.cadence,
            seed=request.seed,
            asset_index=in_use.asset_index,
            cadence=plan,
            cadences=in_use.cadences,
            ranking=ranking,
            order=order,
            seconds=in_use.rankings.clock(),
        )
        self._sources.record(shown)

    def _event_token(self, member_id: str, reel_id: str) -> str | None:
        tokens = self._sources.event_tokens
        if tokens is None:
            return None
        return tokens.make(member_id, reel_id, int(time.time()) + _TOKEN_SECONDS)

    def _assembled(
        self,
        request: ReelRequest,
        index: Index,
        plan: Cadence,
        ranking: Ranking,
        titles: Sequence[str],
    ) -> TimecodeList:
        reel = assemble(ranking, index, plan, seed=request.seed, title_ids=titles)
        return to_timecode_list(reel, self._sources.ids.of(reel, index))

    def playback(self, reel_id: str, device: Device, package: Package | None) -> Playback | None:
        """Where a device can stream a reel from, if it can be streamed."""
        if package is None:
            return None
        return playback_of(reel_id, device, package.segment_map, self._sources.signing)

    @property
    def addresses_expire(self) -> bool:
        """Whether the addresses of playback are signed."""
        return self._sources.signing is not None

    def package_of(self, asset_id: str, version: str) -> Package | None:
        """The package that a version of an asset is streamed from, where there is one."""
        packages = self._sources.packages
        return None if packages is None else packages.find(asset_id, version)

    def _package(self, index: Index) -> Package | None:
        return self.package_of(index.asset.asset_id, index.version)


def map_of(package: Package | None) -> SegmentMap | None:
    """The segment map of what is packaged."""
    return None if package is None else package.segment_map


def _trailer(request: ReelRequest, index: Index, package: Package | None) -> bytes | None:
    """The trailer as JSON where the device cannot play the reel, else None."""
    reason = reason_for_trailer(request.device, index.asset.rate, map_of(package))
    if not reason:
        return None
    return trailer_of(index, reason, request.treatment).model_dump_json().encode()
