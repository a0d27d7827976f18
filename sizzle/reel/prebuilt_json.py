"""Reels written straight into their wire form, of pieces that are kept.

What `assemble` and `to_timecode_list` make of a ranking takes a millisecond, most of it for saying
again what was said of the same clips and the same moments for the members before. Here each clip,
and each slot of a cadence, is put into words once, and a reel is those words in another order: a
fiftieth of the time. The bytes are the same, and so are the promises: of what is not sure to keep
them nothing is written, and `assemble` says why.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from pydantic_core import to_json

from ranker.ranking import Ranking
from sizzle.cadence import Cadence, Slot
from sizzle.clips import Bed, Index
from sizzle.errors import SizzleError
from sizzle.reel.ids import Recipe, ReelIds, packed_version
from sizzle.reel.timecode_list import Rate, to_bed_entry, to_moment, to_range
from sizzle.timecode import TimeRange

_MOST_ASSETS: Final = 64
_MOST_TITLES: Final = 5000  # of an asset; a title of 14 clips takes some 10 KB
_MOST_PLANS: Final = 256


@dataclass(frozen=True, slots=True)
class _ClipWords:
    number: int
    front: bytes  # to the cut's rank
    source: bytes


@dataclass(frozen=True, slots=True)
class _TitleWords:
    place: int
    clips: dict[int, list[_ClipWords]]  # by length, in timeline order


@dataclass(frozen=True, slots=True)
class _SlotWords:
    rank: int  # from 0
    length: int
    used: int  # slots of this rank and length before it
    middle: bytes  # rank, segment
    record: bytes
    packed: int  # as a recipe has it


@dataclass(frozen=True, slots=True)
class _PlanWords:
    cadence: Cadence
    ranks: int
    front: bytes  # rate, duration, to the cuts
    back: bytes  # bed
    slots: tuple[_SlotWords, ...]


@dataclass(slots=True)
class _AssetWords:
    version: bytes
    front: bytes  # asset, version, to the cadence
    titles: dict[str, _TitleWords] = field(default_factory=dict)
    plans: dict[int, _PlanWords] = field(default_factory=dict)


class PrebuiltReels:
    """Writes reels. Safe to share between threads: what two of them put into words is the same.

    Args:
        ids: names them.
    """

    def __init__(self, ids: ReelIds) -> None:
        self._ids = ids
        self._assets: dict[str, _AssetWords] = {}

    def write(
        self, ranking: Ranking, index: Index, cadence: Cadence, seed: int
    ) -> tuple[str, bytes] | None:
        """A reel's id, and its timecode list as JSON; None where there may be no such reel.

        Raises:
            ReelError: the reel is too long to have an id.
            CatalogError: the index is damaged.
        """
        asset = self._asset(index)
        plan = _plan(asset, index, cadence)
        titles = ranking.titles
        if plan is None or len(titles) < plan.ranks:
            return None
        chosen = [self._title(asset, index, each.title_id) for each in titles[: plan.ranks]]
        words: list[bytes] = []
        numbers: list[int] = []
        for slot in plan.slots:
            clips = chosen[slot.rank].clips.get(slot.length, ())
            if slot.used >= len(clips):
                return None
            clip = clips[(seed + slot.used) % len(clips)]
            words += (clip.front, slot.middle, clip.source, slot.record)
            numbers += (slot.packed, clip.number)
        reel_id = self._ids.seal(
            Recipe(
                version=asset.version,
                cadence=cadence.name,
                model=ranking.model_version,
                seed=seed,
                cold_start=ranking.cold_start,
                bed=0,
                titles=tuple([title.place for title in chosen]),
                cuts=tuple(numbers),
            )
        )
        return reel_id, b"".join((_head(reel_id, ranking, asset, plan, seed), *words, plan.back))

    def _asset(self, index: Index) -> _AssetWords:
        asset = self._assets.get(index.version)
        if asset is None:
            if len(self._assets) >= _MOST_ASSETS:
                self._assets.clear()
            asset = self._assets[index.version] = _asset_words(index)
        return asset

    def _title(self, asset: _AssetWords, index: Index, title_id: str) -> _TitleWords:
        title = asset.titles.get(title_id)
        if title is None:
            if len(asset.titles) >= _MOST_TITLES:
                asset.titles.clear()
            title = asset.titles[title_id] = _title_words(index, title_id)
        return title


def _head(reel_id: str, ranking: Ranking, asset: _AssetWords, plan: _PlanWords, seed: int) -> bytes:
    return b'{"kind":"reel","reel_id":"%b","member_id":%b,%b%b,"model_version":%b,"seed":%d,%b' % (
        reel_id.encode(),
        to_json(ranking.member_id),
        asset.front,
        to_json(plan.cadence.name),
        to_json(ranking.model_version),
        seed,
        (b'"cold_start":true,' if ranking.cold_start else b'"cold_start":false,') + plan.front,
    )


def _asset_words(index: Index) -> _AssetWords:
    front = b'"asset_id":%b,"asset_version":%b,"cadence":' % (
        to_json(index.asset.asset_id),
        to_json(index.version),
    )
    return _AssetWords(packed_version(index.version), front)


def _title_words(index: Index, title_id: str) -> _TitleWords:
    """A title's clips in words; those that reach past the media are left out."""
    asset, title = index.asset, index.title(title_id)
    media = TimeRange(0, asset.duration)
    clips: dict[int, list[_ClipWords]] = {}
    for clip in index.clips_of(title_id):
        front = b'{"clip_key":%b,"title_id":%b,"title":%b,"rank":' % (
            to_json(clip.key),
            to_json(title_id),
            to_json(title.name),
        )
        source = to_json(to_range(asset.rate, clip.source, asset.start))
        if media.contains(clip.source):
            words = _ClipWords(clip.number, front, b'"source":%b,"record":' % source)
            clips.setdefault(clip.length, []).append(words)
    return _TitleWords(index.place_of(title_id), clips)


def _plan(asset: _AssetWords, index: Index, cadence: Cadence) -> _PlanWords | None:
    """A cadence in words, or None where the asset has no music for it."""
    plan = asset.plans.get(id(cadence))
    if plan is not None and plan.cadence is cadence:
        return plan
    try:
        bed = index.asset.bed()
    except SizzleError:
        return None
    if not bed.covers(TimeRange(0, cadence.duration)):
        return None
    if len(asset.plans) >= _MOST_PLANS:
        asset.plans.clear()
    asset.plans[id(cadence)] = plan = _plan_words(index, cadence, bed)
    return plan


def _plan_words(index: Index, cadence: Cadence, bed: Bed) -> _PlanWords:
    rate = index.asset.rate
    said = Rate(numerator=rate.numerator, denominator=rate.denominator, drop_frame=rate.drop_frame)
    music = to_bed_entry(rate, bed, TimeRange(0, cadence.duration))
    front = b'"rate":%b,"duration":%b,"cuts":[' % (
        to_json(said),
        to_json(to_moment(rate, cadence.duration)),
    )
    return _PlanWords(
        cadence,
        cadence.ranks,
        front,
        b'],"bed":%b}' % to_json(music),
        tuple(_slots(index, cadence)),
    )


def _slots(index: Index, cadence: Cadence) -> list[_SlotWords]:
    used: Counter[Slot] = Counter()
    slots: list[_SlotWords] = []
    at = last = 0
    for segment, slot in cadence.slots:
        record = to_json(to_range(index.asset.rate, TimeRange.of(at, slot.length)))
        slots.append(
            _SlotWords(
                rank=slot.rank - 1,
                length=slot.length,
                used=used[slot],
                middle=b'%d,"segment":%d,' % (slot.rank, segment),
                record=b"%b}" % record
                if at + slot.length == cadence.duration
                else b"%b}," % record,
                packed=(slot.rank - 1) * 2 + (segment != last),
            )
        )
        used[slot] += 1
        at, last = at + slot.length, segment
    return slots
