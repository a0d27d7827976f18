"""Clips named by sequence markers: one at each clip's first frame says its key."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sizzle.clips import ClipKey
from sizzle.layout import rules
from sizzle.layout.findings import Finding
from sizzle.layout.timeline import Item, Labelled, Timeline


@dataclass(frozen=True, slots=True)
class _Name:
    frame: int
    key: ClipKey


def label_by_marker(
    timeline: Timeline, clips: Sequence[Item]
) -> tuple[list[Labelled], list[Finding]]:
    """Give each clip the key of the marker on its first frame.

    One fault is one finding: a marker inside a clip that has none on its first frame names the
    clip too, as off the cut; a clip without a marker goes by its neighbours' numbers, as unmarked;
    and a timeline without any marker says so once.
    """
    names = _names(timeline)
    if clips and not names:
        return [], [_none_at_all(timeline, clips)]
    keys: list[ClipKey | None] = []
    findings: list[Finding] = []
    for item in clips:
        inside = _within(names, item)
        keys.append(inside[0].key if inside else None)
        findings += _judge(timeline, item, inside)
    findings += [_in_the_void(timeline, name) for name in _outside(names, clips)]
    labelled = zip(clips, _infer(keys), strict=True)
    return [Labelled(item, key) for item, key in labelled if key], findings


def _judge(timeline: Timeline, item: Item, inside: Sequence[_Name]) -> Iterator[Finding]:
    if not inside:
        yield _missing(timeline, item)
        return
    first, *others = inside
    if first.frame != item.record.start:
        yield _off(timeline, item, first)
    for name in others:
        yield _stray(timeline, item, name)


def _infer(keys: Sequence[ClipKey | None]) -> list[ClipKey | None]:
    """Fill in missing keys by counting down from the next one, else up from the one before."""
    taken = {key for key in keys if key}
    filled = list(keys)
    for position in reversed(range(len(filled) - 1)):
        filled[position] = filled[position] or _neighbour(filled[position + 1], -1, taken)
    for position in range(1, len(filled)):
        filled[position] = filled[position] or _neighbour(filled[position - 1], +1, taken)
    return filled


def _neighbour(key: ClipKey | None, step: int, taken: set[ClipKey]) -> ClipKey | None:
    """The key `step` away in the same title, unless another clip has it."""
    if key is None or key.number + step < 1:
        return None
    neighbour = ClipKey(key.title_id, key.number + step)
    return None if neighbour in taken else neighbour


def _names(timeline: Timeline) -> list[_Name]:
    keyed = ((marker.frame, ClipKey.parse(marker.name)) for marker in timeline.markers)
    return sorted((_Name(frame, key) for frame, key in keyed if key), key=lambda name: name.frame)


def _within(names: Sequence[_Name], item: Item) -> Sequence[_Name]:
    def position(frame: int) -> int:
        return bisect_left(names, frame, key=lambda name: name.frame)

    return names[position(item.record.start) : position(item.record.end)]


def _outside(names: Iterable[_Name], clips: Sequence[Item]) -> Iterable[_Name]:
    end = max((item.record.end for item in clips), default=0)
    starts = [item.record.start for item in clips]
    for name in names:
        at = bisect_left(starts, name.frame + 1) - 1
        if name.frame >= end or at < 0 or name.frame >= clips[at].record.end:
            yield name


def _none_at_all(timeline: Timeline, clips: Sequence[Item]) -> Finding:
    return rules.MARKER_MISSING.on(
        timeline,
        clips[0],
        expected="a marker <title_id>-clip-<n> on each clip",
        found=f"none on any of {len(clips)} clips",
        fix="set a sequence marker with its clip's key at each clip's first frame.",
    )


def _missing(timeline: Timeline, item: Item) -> Finding:
    return rules.MARKER_MISSING.on(
        timeline,
        item,
        expected="a marker <title_id>-clip-<n>",
        found="no marker that names a clip",
        fix=f"set a sequence marker at {timeline.timecode(item.record.start)}.",
    )


def _off(timeline: Timeline, item: Item, name: _Name) -> Finding:
    late = name.frame - item.record.start
    return rules.MARKER_OFF_CUT.at(
        timeline,
        name.frame,
        expected=f"on the cut at {timeline.timecode(item.record.start)}",
        found=f"{late} frame{'s' if late > 1 else ''} late",
        fix=f"move the marker to {timeline.timecode(item.record.start)}.",
        track=item.track,
        clip=str(name.key),
    )


def _stray(timeline: Timeline, item: Item, name: _Name) -> Finding:
    return rules.MARKER_OFF_CUT.at(
        timeline,
        name.frame,
        expected="one marker a clip, on its first frame",
        found=f"another inside {item.name}",
        fix="move it to the cut it belongs to, or delete it.",
        track=item.track,
        clip=str(name.key),
    )


def _in_the_void(timeline: Timeline, name: _Name) -> Finding:
    return rules.MARKER_OFF_CUT.at(
        timeline,
        name.frame,
        expected="on a clip's first frame",
        found="no clip there",
        fix="move it to the cut it belongs to, or delete it.",
        clip=str(name.key),
    )
