"""A member's ranking, an asset's index and a cadence make a reel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from ranker import Ranking
from sizzle.cadence import Cadence, Slot
from sizzle.clips import Clip, Index
from sizzle.errors import ReelError
from sizzle.reel.model import Cut, Reel
from sizzle.timecode import TimeRange


def assemble(
    ranking: Ranking,
    index: Index,
    cadence: Cadence,
    *,
    seed: int = 0,
    bed_id: str | None = None,
    title_ids: Sequence[str] | None = None,
) -> Reel:
    """Fill every slot of a cadence with a clip of the title at its rank.

    A title's clips of one length are taken in timeline order, each at most once, starting at the
    clip that `seed` points to: seed 0 starts at the first, seed 1 at the second, and so on around.
    The same arguments always give the same reel.

    Args:
        ranking: titles of this asset, best first.
        index: the asset's clips, at one version.
        cadence: the plan to fill.
        seed: which of the equally long clips comes first.
        bed_id: the music to play over, or None for the asset's first.
        title_ids: the titles in the order in which they are shown, or None for the ranking's.

    Raises:
        ReelError: too few titles ranked, too few clips of a length, or a bed that is too short.
        NotFoundError: a ranked title or the bed is not in the asset.
    """
    title_ids = ranking.title_ids if title_ids is None else title_ids
    if len(title_ids) < cadence.ranks:
        raise ReelError(
            f"Cadence {cadence.name[:120]} shows {cadence.ranks} titles, "
            f"asset {index.asset.asset_id} has {len(title_ids)} ranked.",
            fix="use a cadence with fewer ranks, or publish more titles.",
        )
    cuts = tuple(_fill(title_ids, index, cadence, seed))
    bed = index.asset.bed(bed_id)
    return Reel(
        member_id=ranking.member_id,
        asset=index.asset,
        asset_version=index.version,
        cadence=cadence.name,
        model_version=ranking.model_version,
        seed=seed,
        cold_start=ranking.cold_start,
        cuts=cuts,
        bed=bed,
        bed_range=TimeRange(0, cuts[-1].record.end),
    )


def _fill(title_ids: Sequence[str], index: Index, cadence: Cadence, seed: int) -> Iterable[Cut]:
    used: Counter[Slot] = Counter()
    clips: dict[Slot, Sequence[Clip]] = {}
    start = 0
    for segment, slot in cadence.slots:
        title = index.title(title_ids[slot.rank - 1])
        if slot not in clips:
            clips[slot] = _clips_for(slot, index, title.title_id, cadence)
        clip = clips[slot][(seed + used[slot]) % len(clips[slot])]
        used[slot] += 1
        yield Cut(clip, title, slot.rank, segment, TimeRange.of(start, clip.length))
        start += clip.length


def _clips_for(slot: Slot, index: Index, title_id: str, cadence: Cadence) -> Sequence[Clip]:
    """A title's clips for all slots of this rank and length: enough that none comes twice."""
    clips = index.clips_of(title_id, slot.length)
    needed = cadence.demand()[slot.rank, slot.length]
    if needed > len(clips):
        raise ReelError(
            f"Cadence {cadence.name[:120]} asks for {needed} clips of {slot.length} frames "
            f"from the title at rank {slot.letter}; {title_id} has {len(clips)}.",
            fix=f"add clips of {slot.length} frames to {title_id}, or use a cadence with fewer.",
        )
    return clips
