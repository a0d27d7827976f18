"""Clips named by sequence markers: the marker on a clip's first frame is its key."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sizzle.clips import ClipKey
from sizzle.layout import rules
from sizzle.layout.findings import Finding, count_frames
from sizzle.layout.timeline import Item, LabelledClip, Timeline


@dataclass(frozen=True, slots=True)
class _NamingMarker:
    frame: int
    key: ClipKey


def label_by_marker(
    timeline: Timeline, clips: Sequence[Item]
) -> tuple[list[LabelledClip], list[Finding]]:
    """Give each clip the key of the marker on its first frame.

    One fault is one finding. A marker inside a clip that has none on its first frame still names
    the clip, and is reported as off the cut. A clip without a marker is numbered after its
    neighbours, and reported as unmarked. A timeline without any marker is reported once.
    """
    names = _names(timeline)
    if clips and not names:
        return [], [_no_markers(timeline, clips)]
    keys: list[ClipKey | None] = []
    findings: list[Finding] = []
    for item in clips:
        inside = _within(names, item)
        keys.append(inside[0].key if inside else None)
        findings += _check_clip(timeline, item, inside)
    findings += [_outside_clips(timeline, name) for name in _outside(names, clips)]
    labelled = zip(clips, _infer(keys), strict=True)
    return [LabelledClip(item, key) for item, key in labelled if key], findings


def _check_clip(
    timeline: Timeline, item: Item, inside: Sequence[_NamingMarker]
) -> Iterator[Finding]:
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


def _names(timeline: Timeline) -> list[_NamingMarker]:
    keyed = ((marker.frame, ClipKey.parse(marker.name)) for marker in timeline.markers)
    return sorted(
        (_NamingMarker(frame, key) for frame, key in keyed if key), key=lambda name: name.frame
    )


def _within(names: Sequence[_NamingMarker], item: Item) -> Sequence[_NamingMarker]:
    def position(frame: int) -> int:
        return bisect_left(names, frame, key=lambda name: name.frame)

    return names[position(item.record.start) : position(item.record.end)]


def _outside(names: Iterable[_NamingMarker], clips: Sequence[Item]) -> Iterable[_NamingMarker]:
    end = max((item.record.end for item in clips), default=0)
    starts = [item.record.start for item in clips]
    for name in names:
        at = bisect_left(starts, name.frame + 1) - 1
        if name.frame >= end or at < 0 or name.frame >= clips[at].record.end:
            yield name


def _no_markers(timeline: Timeline, clips: Sequence[Item]) -> Finding:
    return rules.MARKER_MISSING.on(
        timeline,
        clips[0],
        expected="a marker <title_id>-clip-<n> on each clip",
        found=f"no such marker on any of {len(clips)} clips",
        fix="set a sequence marker with the clip's key on each clip's first frame.",
    )


def _missing(timeline: Timeline, item: Item) -> Finding:
    return rules.MARKER_MISSING.on(
        timeline,
        item,
        expected="a marker <title_id>-clip-<n>",
        found="no such marker",
        fix=f"set a sequence marker at {timeline.timecode(item.record.start)}.",
    )


def _off(timeline: Timeline, item: Item, name: _NamingMarker) -> Finding:
    late = name.frame - item.record.start
    return rules.MARKER_OFF_CUT.at(
        timeline,
        name.frame,
        expected=f"a marker on the cut at {timeline.timecode(item.record.start)}",
        found=f"{count_frames(late)} late",
        fix=f"move the marker to {timeline.timecode(item.record.start)}.",
        track=item.track,
        clip=str(name.key),
    )


def _stray(timeline: Timeline, item: Item, name: _NamingMarker) -> Finding:
    return rules.MARKER_OFF_CUT.at(
        timeline,
        name.frame,
        expected="one marker per clip, on its first frame",
        found=f"a second marker in {item.name}",
        fix="move it to the cut it belongs to, or delete it.",
        track=item.track,
        clip=str(name.key),
    )


def _outside_clips(timeline: Timeline, name: _NamingMarker) -> Finding:
    return rules.MARKER_OFF_CUT.at(
        timeline,
        name.frame,
        expected="a marker on a clip's first frame",
        found="no clip at the marker",
        fix="move it to the cut it belongs to, or delete it.",
        clip=str(name.key),
    )
