"""Clips on another track, each above a gap of its own in the layout's track.

Where titles may have any number of clips, nothing but the gap says that a clip is missing. So the
track is checked as if such clips were back in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from sizzle.layout import rules
from sizzle.layout.edits import Edit, Operation, on_item
from sizzle.layout.findings import Finding
from sizzle.layout.timeline import Item, ItemKind, Timeline


@dataclass(frozen=True, slots=True)
class PutBack:
    """A track as it would be with the clips that were moved off it.

    Attributes:
        clips: of the track, by start, the moved ones among them.
        moved: the groups that fill one gap each, where they are now.
    """

    clips: tuple[Item, ...]
    moved: tuple[tuple[Item, ...], ...]

    def findings(self, timeline: Timeline, track: int) -> Iterator[Finding]:
        """One for each gap."""
        for group in self.moved:
            edits = [on_item(Operation.CHANGE_TRACK, item, item.track, track) for item in group]
            yield above_a_gap(timeline, group, track, edits, key=group[0].name)


def above_a_gap(
    timeline: Timeline,
    moved: Sequence[Item],
    track: int,
    edits: Iterable[Edit],
    *,
    key: str,
    clip: str = "",
) -> Finding:
    """Clips of another track that fill a gap.

    Args:
        timeline: that is checked.
        moved: the clips.
        track: where the gap is.
        edits: that mend it.
        key: of the first clip, or its name.
        clip: that the finding is about, where it is not called by its name.
    """
    first, count = moved[0], len(moved)
    return rules.OTHER_TRACK.on(
        timeline,
        first,
        clip=clip,
        expected=f"{key if count == 1 else f'{count} clips'} on V{track}",
        found=f"on V{first.track}, above a gap of V{track}",
        fix=f"move {'it' if count == 1 else 'them'} down to V{track}.",
        edits=edits,
    )


def put_back(clips: Sequence[Item], others: Sequence[Item], track: int) -> PutBack:
    """Put clips of other tracks into the gaps that they fill exactly.

    Args:
        clips: of the layout's track, by start.
        others: the items of other tracks.
        track: the layout's.
    """
    starts: dict[int, Item] = {}
    for item in others:
        if item.kind is ItemKind.CLIP:
            starts.setdefault(item.record.start, item)
    back: list[Item] = []
    moved: list[tuple[Item, ...]] = []
    end = 0
    for clip in clips:
        group = _filling(end, clip.record.start, starts)
        if group:
            moved.append(group)
            back += (replace(item, track=track) for item in group)
        back.append(clip)
        end = max(end, clip.record.end)
    # Behind the last clip there is no gap that must be filled.
    behind = _from(end, starts)
    if behind:
        moved.append(behind)
        back += (replace(item, track=track) for item in behind)
    return PutBack(tuple(back), tuple(moved))


def _filling(start: int, end: int, starts: Mapping[int, Item]) -> tuple[Item, ...]:
    """The clips that lie end to end from one frame to another, or none."""
    group = _from(start, starts, end)
    return group if group and group[-1].record.end == end else ()


def _from(start: int, starts: Mapping[int, Item], until: float = inf) -> tuple[Item, ...]:
    """The clips that lie end to end from a frame on, and start before another."""
    group: list[Item] = []
    while start < until and start in starts:
        group.append(starts[start])
        start = group[-1].record.end
    return tuple(group)
