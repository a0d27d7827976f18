"""Clips named by sequence markers: the marker on a clip's first frame is its key."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from sizzle.clips import ClipKey
from sizzle.layout import rules
from sizzle.layout.findings import Finding, count_frames
from sizzle.layout.moved_markers import MovedMarkers, NamingMarker, find_moved
from sizzle.layout.timeline import Item, LabelledClip, Marker, Timeline, frames_shown

_LONGEST_NAME = 300  # characters of a marker's name that are looked at


def label_by_marker(
    timeline: Timeline, clips: Sequence[Item]
) -> tuple[list[LabelledClip], list[Finding]]:
    """Give each clip the key of the marker on its first frame.

    One fault is one finding. A marker inside a clip that has none on its first frame still names
    the clip, and is reported as off the cut; markers that are off by the same from one clip on are
    reported together. A clip without a marker is numbered after its neighbours, and reported as
    unmarked, or as a copy where a clip with a marker shows the same frames; a copy gets no key. A
    timeline without any marker is reported once.
    """
    names = _names(timeline)
    if clips and not names:
        return [], [_no_markers(timeline, clips)]
    moved = find_moved(names, clips)
    findings = [_moved_together(timeline, run) for run in moved]
    # By identity, since two clips that are copies may be equal in all but their position.
    key_of = {id(item): name.key for run in moved for name, item in run.pairs}
    names = [name for name in names if name.key not in set(key_of.values())]
    inside = {id(item): _within(names, item) for item in clips if id(item) not in key_of}
    key_of |= {item_id: own[0].key for item_id, own in inside.items() if own}
    copies = _copies(clips, key_of)
    for item in clips:
        if id(item) in copies:
            findings.append(_copy(timeline, item, copies[id(item)]))
        elif id(item) in inside:
            findings += _check_clip(timeline, item, inside[id(item)])
    kept = [item for item in clips if id(item) not in copies]
    findings += [_outside_clips(timeline, name) for name in _outside(names, clips)]
    labelled = zip(kept, _infer([key_of.get(id(item)) for item in kept]), strict=True)
    return [LabelledClip(item, key) for item, key in labelled if key], findings


def _copies(clips: Sequence[Item], key_of: Mapping[int, ClipKey]) -> dict[int, ClipKey]:
    """The clips without a marker that show what one with a marker shows, with that one's key."""
    keyed = ((frames_shown(item), key_of.get(id(item))) for item in clips)
    originals = {shown: key for shown, key in keyed if shown and key}
    unmarked = ((id(item), frames_shown(item)) for item in clips if id(item) not in key_of)
    return {
        item_id: originals[shown] for item_id, shown in unmarked if shown and shown in originals
    }


def _check_clip(
    timeline: Timeline, item: Item, inside: Sequence[NamingMarker]
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


def _names(timeline: Timeline) -> list[NamingMarker]:
    keyed = ((marker.frame, ClipKey.parse(marker.name)) for marker in timeline.markers)
    return sorted(
        (NamingMarker(frame, key) for frame, key in keyed if key), key=lambda name: name.frame
    )


def _within(names: Sequence[NamingMarker], item: Item) -> Sequence[NamingMarker]:
    def position(frame: int) -> int:
        return bisect_left(names, frame, key=lambda name: name.frame)

    return names[position(item.record.start) : position(item.record.end)]


def _outside(names: Iterable[NamingMarker], clips: Sequence[Item]) -> Iterable[NamingMarker]:
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
        found=f"no such marker on any of {len(clips)} clips" + _comments_say(timeline),
        fix="set a sequence marker with the clip's key on each clip's first frame.",
    )


def _comments_say(timeline: Timeline) -> str:
    count = sum(ClipKey.parse(marker.comment) is not None for marker in timeline.markers)
    return f"; the key is in the comment of {count} markers, not in their names" if count else ""


def _missing(timeline: Timeline, item: Item) -> Finding:
    found, fix = (
        "no such marker",
        f"set a sequence marker at {timeline.timecode(item.record.start)}.",
    )
    other = _other_marker(timeline, item)
    if other:
        found = f"a marker named {other.name[:80]!r}" if other.name else "a marker without a name"
        meant = _meant(other.name)
        fix = f"rename it, at {timeline.timecode(other.frame)}."
        if meant:
            fix = f"rename it {meant}, at {timeline.timecode(other.frame)}."
        if ClipKey.parse(other.comment):
            found += f"; the key is in its comment: {other.comment}"
            fix = "move the key from the marker's comment to its name."
    return rules.MARKER_MISSING.on(
        timeline,
        item,
        expected="a marker <title_id>-clip-<n>",
        found=found,
        fix=fix,
    )


def _is_of_a_finding(marker: Marker) -> bool:
    return marker.name.partition(" ")[0] in rules.RULES


def _other_marker(timeline: Timeline, item: Item) -> Marker | None:
    """The marker that stands where the clip's own belongs, or has the key in its comment."""
    start, end = (
        bisect_left(timeline.markers, frame, key=lambda marker: marker.frame)
        for frame in (item.record.start, item.record.end)
    )
    # A timeline that was marked with its findings and exported again has those markers too.
    inside = [each for each in timeline.markers[start:end] if not _is_of_a_finding(each)]
    keyed = (marker for marker in inside if ClipKey.parse(marker.comment))
    on_cut = (marker for marker in inside if marker.frame == item.record.start)
    return next(chain(keyed, on_cut), None)


def _meant(name: str) -> ClipKey | None:
    """The key that a name would be without capitals, other separators and zero padding."""
    joined = re.sub(r"[\s_-]+", "-", name.strip()[:_LONGEST_NAME].lower())
    return ClipKey.parse(re.sub(r"-0+(?=\d+$)", "-", joined))


def _copy(timeline: Timeline, item: Item, original: ClipKey) -> Finding:
    return rules.DUPLICATE_CLIP.on(
        timeline,
        item,
        expected="different frames in each clip",
        found=f"a copy of {original}: the same frames, without a marker",
        fix="delete it, and close the gap (Edit > Ripple Delete).",
    )


def _moved_together(timeline: Timeline, run: MovedMarkers) -> Finding:
    (name, item), *others = run.pairs
    later = run.frames > 0
    these = f"this marker and the {len(others)} that follow"
    return rules.MARKER_OFF_CUT.at(
        timeline,
        name.frame,
        expected=f"a marker on the cut at {timeline.timecode(item.record.start)}",
        found=f"{these} are {count_frames(abs(run.frames))} {'late' if later else 'early'}",
        fix=f"move them together by {count_frames(abs(run.frames))}"
        f" {'back' if later else 'on'}, to {timeline.timecode(item.record.start)} and so forth.",
        track=item.track,
        clip=str(name.key),
    )


def _off(timeline: Timeline, item: Item, name: NamingMarker) -> Finding:
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


def _stray(timeline: Timeline, item: Item, name: NamingMarker) -> Finding:
    return rules.MARKER_OFF_CUT.at(
        timeline,
        name.frame,
        expected="one marker per clip, on its first frame",
        found=f"a second marker in {item.name}",
        fix="move it to the cut it belongs to, or delete it.",
        track=item.track,
        clip=str(name.key),
    )


def _outside_clips(timeline: Timeline, name: NamingMarker) -> Finding:
    return rules.MARKER_OFF_CUT.at(
        timeline,
        name.frame,
        expected="a marker on a clip's first frame",
        found="no clip at the marker",
        fix="move it to the cut it belongs to, or delete it.",
        clip=str(name.key),
    )
