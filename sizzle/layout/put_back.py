"""Clips that are missing from a gap of their own: moved to another track above it, or lifted.

Where titles may have any number of clips, nothing but the gap, and the markers in it, says that a
clip is missing. So the track is checked as if such clips were back in it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from sizzle.layout import rules
from sizzle.layout.edits import Edit, Operation, on_item
from sizzle.layout.findings import Finding, count_frames
from sizzle.layout.naming_marker import NamingMarker, naming_markers
from sizzle.layout.policy import Layout
from sizzle.layout.timeline import Item, ItemKind, Marker, Timeline
from sizzle.timecode import TimeRange


@dataclass(frozen=True, slots=True)
class PutBack:
    """A track as it would be with the clips that were taken off it.

    Attributes:
        clips: of the track, by start, those among them.
        moved: the groups that fill one gap each, where they are now.
        lifted: the groups of which only the markers are left, named by them.
    """

    clips: tuple[Item, ...]
    moved: tuple[tuple[Item, ...], ...]
    lifted: tuple[tuple[Item, ...], ...]

    def findings(self, timeline: Timeline, track: int) -> Iterator[Finding]:
        """One for each gap."""
        for group in self.moved:
            edits = [on_item(Operation.CHANGE_TRACK, item, item.track, track) for item in group]
            yield above_a_gap(timeline, group, track, edits, key=group[0].name)
        for group in self.lifted:
            inserts = [
                on_item(Operation.INSERT_CLIP, item, None, item.record.duration) for item in group
            ]
            names = [item.name for item in group]
            frames = group[-1].record.end - group[0].record.start
            yield left_gap(timeline, track, group[0].record.start, frames, names, inserts)


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


def left_gap(
    timeline: Timeline,
    track: int,
    at: int,
    frames: int,
    names: Sequence[str],
    edits: Iterable[Edit],
) -> Finding:
    """A gap that lifted clips left.

    Args:
        timeline: that is checked.
        track: where the gap is.
        at: its first frame.
        frames: how long it is.
        names: the clips' keys.
        edits: that mend it.
    """
    which = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
    clips = "clip" if len(names) == 1 else f"{len(names)} clips"
    return rules.MISSING_CLIP.at(
        timeline,
        at,
        track=track,
        clip=names[0],
        expected=f"{which} here",
        found=f"a gap of {count_frames(frames)}: lifted, or moved elsewhere",
        fix=f"put the {clips} back into the gap.",
        edits=edits,
    )


def put_back(
    clips: Sequence[Item], others: Sequence[Item], markers: Sequence[Marker], layout: Layout
) -> PutBack:
    """Put clips of other tracks, and those that markers name, into the gaps that they fill exactly.

    Args:
        clips: of the layout's track, by start.
        others: the items of other tracks.
        markers: of the sequence, by frame.
        layout: whose titles may differ.
    """
    track = layout.track
    named = naming_markers(markers) if layout.naming.by_marker else []
    starts: dict[int, Item] = {}
    for item in others:
        if item.kind is ItemKind.CLIP:
            starts.setdefault(item.record.start, item)
    back: list[Item] = []
    moved: list[tuple[Item, ...]] = []
    lifted: list[tuple[Item, ...]] = []
    end = 0
    for clip in clips:
        group = _filling(end, clip.record.start, starts)
        if group:
            moved.append(group)
            back += (replace(item, track=track) for item in group)
        elif end < clip.record.start:
            gone = _named(TimeRange(end, clip.record.start), named, layout)
            lifted += [gone] if gone else []
            back += gone
        back.append(clip)
        end = max(end, clip.record.end)
    # Behind the last clip there is no gap that must be filled.
    behind = _from(end, starts)
    if behind:
        moved.append(behind)
        back += (replace(item, track=track) for item in behind)
    return PutBack(tuple(back), tuple(moved), tuple(lifted))


def _named(gap: TimeRange, named: Sequence[NamingMarker], layout: Layout) -> tuple[Item, ...]:
    """The clips that markers name in a gap, if they would fill it in the layout's lengths."""
    first, last = (
        bisect_left(named, frame, key=lambda name: name.frame) for frame in (gap.start, gap.end)
    )
    inside = named[first:last]
    ends = [*(name.frame for name in inside[1:]), gap.end]
    if not inside or inside[0].frame != gap.start:
        return ()
    records = [
        TimeRange(name.frame, end)
        for name, end in zip(inside, ends, strict=True)
        if name.frame < end
    ]
    if len(records) < len(inside) or {record.duration for record in records} - set(layout.run):
        return ()
    return tuple(
        Item(ItemKind.CLIP, str(name.key), layout.track, record)
        for name, record in zip(inside, records, strict=True)
    )


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
