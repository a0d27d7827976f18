"""Reels written straight into their wire form, from JSON that was built for earlier reels.

`assemble` and `to_timecode_list` take a millisecond for a reel, most of it to write the same clips
and the same moments as for the members before. Here the JSON of each clip, and of each slot of a
cadence, is built once, and so are the cuts of a title at a rank, which many members' reels share. A
reel is those cuts in the order of the slots: a hundredth of the time. The bytes are the same, and
so are the promises: where one might be broken nothing is written, and `assemble` says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import lcm
from operator import itemgetter
from typing import Final, NamedTuple, TypeVar

from pydantic_core import to_json

from ranker import Ranking
from sizzle.cadence import Cadence, Slot
from sizzle.clips import Bed, Index
from sizzle.errors import SizzleError
from sizzle.reel.ids import Recipe, ReelIds, packed_version
from sizzle.reel.timecode_list import Rate, to_bed_entry, to_moment, to_range
from sizzle.timecode import TimeRange

T = TypeVar("T")

_MAX_ASSETS: Final = 64
_MAX_TITLES: Final = 5000  # of an asset; a title of 14 clips takes some 10 KB
_MAX_PLANS: Final = 256
_MAX_CUTS: Final = 20_000  # of all assets and cadences, at some 500 bytes


class _ClipJson(NamedTuple):
    number: int
    head: bytes  # up to the cut's rank
    source: bytes


_NONE: Final[list[_ClipJson]] = []


@dataclass(frozen=True, slots=True)
class _TitleJson:
    position: int
    clips: dict[int, list[_ClipJson]]  # by length, in timeline order
    seeds: int  # so many choose differently; any other chooses as its remainder does


class _SlotJson(NamedTuple):
    rank: int  # from 0
    length: int
    used: int  # slots of this rank and length before it
    middle: bytes  # rank, segment
    record: bytes
    packed: int  # as in a recipe


class _Cuts(NamedTuple):
    """The cuts of one title in a reel."""

    texts: tuple[bytes, ...]
    packed: tuple[int, ...]  # as in a recipe


@dataclass(frozen=True, slots=True, eq=False)
class _PlanJson:
    cadence: Cadence
    ranks: int
    head: bytes  # rate, duration, up to the cuts
    tail: bytes  # bed
    slots_by_rank: tuple[tuple[_SlotJson, ...], ...]
    # From the texts, or the packed numbers, of all ranks' cuts one after the other, to their order.
    order_texts: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]
    order_packed: Callable[[tuple[int, ...]], tuple[int, ...]]


@dataclass(slots=True)
class _AssetJson:
    version: bytes
    head: bytes  # asset, version, up to the cadence
    titles: dict[str, _TitleJson] = field(default_factory=dict)
    plans: dict[int, _PlanJson] = field(default_factory=dict)


class PrebuiltReels:
    """Writes reels. Safe to share between threads: two of them build the same JSON.

    Args:
        ids: gives reels their ids.
    """

    def __init__(self, ids: ReelIds) -> None:
        self._ids = ids
        self._assets: dict[str, _AssetJson] = {}
        # By cadence, rank, position of the title, and seed.
        self._cuts: dict[tuple[_PlanJson, int, int, int], _Cuts] = {}
        self._cut_count = 0

    def write(
        self,
        ranking: Ranking,
        index: Index,
        cadence: Cadence,
        seed: int,
        title_ids: Sequence[str] | None = None,
    ) -> tuple[str, bytes] | None:
        """A reel's id and its timecode list as JSON, or None where there may be no such reel.

        Takes what `assemble` does.

        Raises:
            ReelError: the reel is too long to have an id.
            CatalogError: the index is damaged.
        """
        asset = self._asset(index)
        plan = _plan(asset, index, cadence)
        title_ids = ranking.title_ids if title_ids is None else title_ids
        if plan is None or len(title_ids) < plan.ranks:
            return None
        texts: tuple[bytes, ...] = ()
        packed: tuple[int, ...] = ()
        positions: list[int] = []
        for rank in range(plan.ranks):
            title = self._title(asset, index, title_ids[rank])
            key = plan, rank, title.position, seed % title.seeds
            cuts = self._cuts.get(key) or self._build(key, title)
            if cuts is None:
                return None
            positions.append(title.position)
            texts += cuts.texts
            packed += cuts.packed
        reel_id = self._ids.seal(
            Recipe(
                version=asset.version,
                cadence=cadence.name,
                model=ranking.model_version,
                seed=seed,
                cold_start=ranking.cold_start,
                bed=0,
                titles=tuple(positions),
                cuts=plan.order_packed(packed),
            )
        )
        head = _head(reel_id, ranking, asset, plan, seed)
        return reel_id, b"".join((head, *plan.order_texts(texts), plan.tail))

    def _build(self, key: tuple[_PlanJson, int, int, int], title: _TitleJson) -> _Cuts | None:
        """The cuts of a title at a rank; None where it has too few clips."""
        plan, rank, _, seed = key
        cuts = _build_cuts(plan.slots_by_rank[rank], title, seed)
        if cuts is not None:
            if self._cut_count >= _MAX_CUTS:
                self._cuts.clear()
                self._cut_count = 0
            self._cuts[key] = cuts
            self._cut_count += max(1, len(cuts.texts))
        return cuts

    def _asset(self, index: Index) -> _AssetJson:
        asset = self._assets.get(index.version)
        if asset is None:
            if len(self._assets) >= _MAX_ASSETS:
                self._assets.clear()
            asset = self._assets[index.version] = _asset_json(index)
        return asset

    def _title(self, asset: _AssetJson, index: Index, title_id: str) -> _TitleJson:
        title = asset.titles.get(title_id)
        if title is None:
            if len(asset.titles) >= _MAX_TITLES:
                asset.titles.clear()
            title = asset.titles[title_id] = _title_json(index, title_id)
        return title


def _build_cuts(slots: Sequence[_SlotJson], title: _TitleJson, seed: int) -> _Cuts | None:
    texts: list[bytes] = []
    packed: list[int] = []
    for slot in slots:
        clips = title.clips.get(slot.length, _NONE)
        if slot.used >= len(clips):
            return None
        clip = clips[(seed + slot.used) % len(clips)]
        texts.append(b"".join((clip.head, slot.middle, clip.source, slot.record)))
        packed += (slot.packed, clip.number)
    return _Cuts(tuple(texts), tuple(packed))


def _head(reel_id: str, ranking: Ranking, asset: _AssetJson, plan: _PlanJson, seed: int) -> bytes:
    return b'{"kind":"reel","reel_id":"%b","member_id":%b,%b%b,"model_version":%b,"seed":%d,%b' % (
        reel_id.encode(),
        to_json(ranking.member_id),
        asset.head,
        to_json(plan.cadence.name),
        to_json(ranking.model_version),
        seed,
        (b'"cold_start":true,' if ranking.cold_start else b'"cold_start":false,') + plan.head,
    )


def _asset_json(index: Index) -> _AssetJson:
    head = b'"asset_id":%b,"asset_version":%b,"cadence":' % (
        to_json(index.asset.asset_id),
        to_json(index.version),
    )
    return _AssetJson(packed_version(index.version), head)


def _title_json(index: Index, title_id: str) -> _TitleJson:
    """The JSON of a title's clips; those that reach past the media are left out."""
    asset, title = index.asset, index.title(title_id)
    media = TimeRange(0, asset.duration)
    clips: dict[int, list[_ClipJson]] = {}
    for clip in index.clips_of(title_id):
        head = b'{"clip_key":%b,"title_id":%b,"title":%b,"rank":' % (
            to_json(clip.key),
            to_json(title_id),
            to_json(title.name),
        )
        source = to_json(to_range(asset.rate, clip.source, asset.start))
        if media.contains(clip.source):
            built = _ClipJson(clip.number, head, b'"source":%b,"record":' % source)
            clips.setdefault(clip.length, []).append(built)
    return _TitleJson(index.position_of(title_id), clips, lcm(*map(len, clips.values())))


def _plan(asset: _AssetJson, index: Index, cadence: Cadence) -> _PlanJson | None:
    """The JSON of a cadence, or None where the asset has no music for it."""
    plan = asset.plans.get(id(cadence))
    if plan is not None and plan.cadence is cadence:
        return plan
    try:
        bed = index.asset.bed()
    except SizzleError:
        return None
    if not bed.covers(TimeRange(0, cadence.duration)):
        return None
    if len(asset.plans) >= _MAX_PLANS:
        asset.plans.clear()
    asset.plans[id(cadence)] = plan = _plan_json(index, cadence, bed)
    return plan


def _plan_json(index: Index, cadence: Cadence, bed: Bed) -> _PlanJson:
    rate = index.asset.rate
    wire_rate = Rate(
        numerator=rate.numerator, denominator=rate.denominator, drop_frame=rate.drop_frame
    )
    music = to_bed_entry(rate, bed, TimeRange(0, cadence.duration))
    head = b'"rate":%b,"duration":%b,"cuts":[' % (
        to_json(wire_rate),
        to_json(to_moment(rate, cadence.duration)),
    )
    slots = _slots(index, cadence)
    by_rank = sorted(range(len(slots)), key=lambda number: slots[number].rank)  # stable
    place = {number: place for place, number in enumerate(by_rank)}
    order = [place[number] for number in range(len(slots))]
    return _PlanJson(
        cadence,
        cadence.ranks,
        head,
        b'],"bed":%b}' % to_json(music),
        tuple(tuple(s for s in slots if s.rank == rank) for rank in range(cadence.ranks)),
        _in_order(order),
        _in_order([half for at in order for half in (2 * at, 2 * at + 1)]),
    )


def _in_order(order: Sequence[int]) -> Callable[[tuple[T, ...]], tuple[T, ...]]:
    """Puts values in an order, given as their indexes."""
    if len(order) == 1:  # of which `itemgetter` gives the value itself
        return lambda values: values
    return itemgetter(*order)


def _slots(index: Index, cadence: Cadence) -> list[_SlotJson]:
    used: Counter[Slot] = Counter()
    slots: list[_SlotJson] = []
    start = last_segment = 0
    for segment, slot in cadence.slots:
        record = to_json(to_range(index.asset.rate, TimeRange.of(start, slot.length)))
        slots.append(
            _SlotJson(
                rank=slot.rank - 1,
                length=slot.length,
                used=used[slot],
                middle=b'%d,"segment":%d,' % (slot.rank, segment),
                record=b"%b}" % record
                if start + slot.length == cadence.duration
                else b"%b}," % record,
                packed=(slot.rank - 1) * 2 + (segment != last_segment),
            )
        )
        used[slot] += 1
        start, last_segment = start + slot.length, segment
    return slots
