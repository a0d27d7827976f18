"""Findings of markers: missing, misspelled, off their cuts, or beside any clip."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby

from sizzle.clips import ClipKey
from sizzle.layout import rules
from sizzle.layout.edits import (
    Edit,
    Operation,
    move_marker,
    on_item,
    remove_marker,
    rename_marker,
    set_marker,
)
from sizzle.layout.findings import Finding, count_frames
from sizzle.layout.naming_marker import NamingMarker
from sizzle.layout.near_names import key_in, meant
from sizzle.layout.timeline import Item, Marker, Timeline
from sizzle.layout.units import Unit


def no_markers(timeline: Timeline, clips: Sequence[Item]) -> Finding:
    """No marker's name is a key: one finding, however many clips there are."""
    others = [marker for marker in timeline.markers if not _is_of_a_finding(marker)]
    keys = [(marker, meant(marker, None)) for marker in others]
    renames = [rename_marker(marker.frame, marker.name, str(key)) for marker, key in keys if key]
    noted = sum(key_in(marker.comment) is not None for marker in others)
    found = f"no such marker on any of {len(clips)} clips"
    fix = "set a sequence marker with the clip's key on each clip's first frame."
    if noted:
        found += f"; the key is in the comment of {noted} markers, not in their names"
        fix = "move the keys from the markers' comments to their names."
    elif renames:
        found += (
            f"; {len(renames)} markers have almost such a name, such as {others[0].name[:80]!r}"
        )
        fix = f"rename them, the first one {renames[0].after}."
    edits = renames or [set_marker(item.record.start, "") for item in clips]
    return rules.MARKER_MISSING.on(
        timeline,
        clips[0],
        expected="a marker <title_id>-clip-<n> on each clip",
        found=found,
        fix=fix,
        edits=edits,
    )


def missing_markers(
    timeline: Timeline, units: Sequence[tuple[Unit, int]], strays: dict[str, NamingMarker]
) -> Iterator[Finding]:
    """Clips of a title that no marker names; neighbours that lack one alike are one finding.

    Args:
        timeline: with all its markers.
        units: neighbouring clips without markers, and the frame where each one's belongs.
        strays: markers that name no clip, by their names; those that belong here are taken out.
    """
    plain: list[tuple[Unit, int]] = []
    for unit, frame in units:
        stray = strays.pop(str(unit.key), None)
        other = None if stray else _other_marker(timeline, unit)
        if stray and stray.frame == frame != unit.start:
            continue  # it is right once what moved the clip is mended
        if stray:
            yield _elsewhere(timeline, unit, stray, frame)
        elif other:
            yield _misnamed(timeline, unit, other, frame)
        else:
            plain.append((unit, frame))
    if plain:
        yield _unmarked(timeline, plain)


def _unmarked(timeline: Timeline, units: Sequence[tuple[Unit, int]]) -> Finding:
    (first, frame), *more = units
    found, fix = "no such marker", f"set a sequence marker at {timeline.timecode(frame)}."
    if more:
        found += f" on it and {len(more)} more clips"
        fix = f"set sequence markers, the first at {timeline.timecode(frame)}."
    elif first.key:
        fix = f"set a sequence marker {first.key} at {timeline.timecode(frame)}."
    standing = _standing(timeline, first.item.record.start)
    if standing and not more:
        found = f"a marker named {standing.name[:80]!r}, which is no clip's key"
    return _marker_missing(
        timeline,
        first,
        found,
        fix,
        [set_marker(where, str(unit.key) if unit.key else "") for unit, where in units],
    )


def _elsewhere(timeline: Timeline, unit: Unit, stray: NamingMarker, frame: int) -> Finding:
    return rules.MARKER_OFF_CUT.at(
        timeline,
        stray.frame,
        expected=f"a marker on the cut at {timeline.timecode(unit.start)}",
        found=f"{count_frames(abs(stray.frame - frame))}"
        f" {'late' if stray.frame > frame else 'early'}",
        fix=f"move the marker to {timeline.timecode(frame)}.",
        track=unit.item.track,
        clip=str(stray.key),
        edits=[move_marker(stray.frame, str(stray.key), frame)],
    )


def _misnamed(timeline: Timeline, unit: Unit, other: Marker, frame: int) -> Finding:
    key = unit.key or meant(other, None)
    found = f"a marker named {other.name[:80]!r}" if other.name else "a marker without a name"
    noted = key_in(other.comment)
    where = timeline.timecode(other.frame)
    if noted:
        found += f"; the key is in its comment: {other.comment[:80]}"
        fix = "move the key from the marker's comment to its name."
    elif key and other.name:
        fix = f"did you mean {key}? Rename the marker at {where}."
    else:
        fix = f"name the marker at {where}{f' {key}' if key else ''}."
    edits = [rename_marker(other.frame, other.name, str(key) if key else "")]
    if key and other.frame != frame:
        edits.append(move_marker(other.frame, str(key), frame))
    return _marker_missing(timeline, unit, found, fix, edits)


def _marker_missing(
    timeline: Timeline, unit: Unit, found: str, fix: str, edits: Iterable[Edit]
) -> Finding:
    return rules.MARKER_MISSING.on(
        timeline,
        unit.item,
        expected=f"a marker {unit.key or '<title_id>-clip-<n>'}",
        found=found,
        fix=fix,
        edits=edits,
    )


def _is_of_a_finding(marker: Marker) -> bool:
    return marker.name.partition(" ")[0] in rules.RULES


def _other_marker(timeline: Timeline, unit: Unit) -> Marker | None:
    """The marker in a clip that was meant to name it; one on its cut may be without a name."""
    start, end = (
        bisect_left(timeline.markers, frame, key=lambda marker: marker.frame)
        for frame in (unit.start, unit.end)
    )
    # A timeline that was marked with its findings and exported again has those markers too.
    inside = [
        marker
        for marker in timeline.markers[start:end]
        if not _is_of_a_finding(marker) and ClipKey.parse(marker.name) is None
    ]
    keyed = (marker for marker in inside if key_in(marker.comment))
    near = (marker for marker in inside if meant(marker, unit.key) is not None)
    nameless = (marker for marker in inside if not marker.name and marker.frame == unit.start)
    return next(chain(keyed, near, nameless), None)


def _standing(timeline: Timeline, frame: int) -> Marker | None:
    """A marker about something else at a frame."""
    at = bisect_left(timeline.markers, frame, key=lambda marker: marker.frame)
    standing = timeline.markers[at] if at < len(timeline.markers) else None
    if standing is None or standing.frame != frame or _is_of_a_finding(standing):
        return None
    return standing if standing.name and ClipKey.parse(standing.name) is None else None


def off_cut(timeline: Timeline, run: Sequence[tuple[Unit, int]]) -> Finding:
    """Markers of neighbouring clips that are off by the same.

    Args:
        timeline: of them.
        run: the clips, and the frame where each one's marker belongs.
    """
    (unit, right), *more = run
    name = unit.marker
    assert name
    late = name.frame - right
    frames, which = count_frames(abs(late)), "late" if late > 0 else "early"
    where = timeline.timecode(right)
    found, fix = f"{frames} {which}", f"move the marker to {where}."
    if more:
        found = f"this marker and the {len(more)} that follow are {frames} {which}"
        direction = "back" if late > 0 else "on"
        fix = f"move them together by {frames} {direction}, to {where} and so forth."
    return rules.MARKER_OFF_CUT.at(
        timeline,
        name.frame,
        expected=f"a marker on the cut at {where}",
        found=found,
        fix=fix,
        track=unit.item.track,
        clip=str(name.key),
        edits=_moves(run, late),
    )


def _moves(run: Sequence[tuple[Unit, int]], late: int) -> list[Edit]:
    """The foremost in the direction of the move first, so that no two stand on one frame."""
    ordered = run if late > 0 else run[::-1]
    return [
        move_marker(unit.marker.frame, str(unit.marker.key), right)
        for unit, right in ordered
        if unit.marker
    ]


def beside_clips(
    timeline: Timeline, names: Sequence[NamingMarker], units: Sequence[Unit]
) -> Iterator[Finding]:
    """Markers that name no clip; neighbours of one kind, and of one title, are one finding."""
    marked = {unit.marker.key for unit in units if unit.marker}
    starts = [unit.start for unit in units]

    def why(name: NamingMarker) -> tuple[str, str, str]:
        """The finding's kind, the title it is about, and what is found."""
        title_id = name.key.title_id
        if name.key in marked:
            return "second", title_id, f"a second marker {name.key}"
        at = bisect_left(starts, name.frame + 1) - 1
        if at >= 0 and name.frame < units[at].end:
            return "inside", title_id, f"a second marker in {units[at].called}"
        return "beside", "", "no clip at the marker"

    for kind, together in groupby(names, key=lambda name: why(name)[:2]):
        group = list(together)
        yield _beside(timeline, group, why(group[0])[2], "nor" if kind[0] == "beside" else "and")


def _beside(timeline: Timeline, names: Sequence[NamingMarker], found: str, joined: str) -> Finding:
    first, *more = names
    fix = "delete it, or move it to the cut where it belongs."
    if more:
        others = f"at the {len(more)}" if joined == "nor" else f"{len(more)} more"
        found = f"{found}, {joined} {others} that follow"
        fix = "delete them, or move them to the cuts where they belong."
    return rules.MARKER_OFF_CUT.at(
        timeline,
        first.frame,
        expected="one marker for each clip, on its first frame",
        found=found,
        fix=fix,
        clip=str(first.key),
        edits=[remove_marker(name.frame, str(name.key)) for name in names],
    )


def misnumbered(
    timeline: Timeline, units: Sequence[tuple[Unit, ClipKey, int]], *, by_marker: bool
) -> Finding:
    """Clips of a title whose keys are those of other clips.

    Args:
        timeline: of them.
        units: with their right keys, and the frames where their markers belong.
        by_marker: whether markers name them; otherwise the clips' own names do.
    """
    (unit, key, _), *more = units
    assert unit.key
    retitled = unit.key.title_id != key.title_id
    rule = rules.SPLIT_TITLE if retitled else rules.CLIP_NUMBER
    what = "marker" if by_marker else "clip"
    found, fix = str(unit.key), f"rename the {what} {key}."
    if more:
        found += f" (and {len(more)} more)"
        fix = f"rename this {what} {key}, and the {len(more)} that follow likewise."
    return rule.on(
        timeline,
        unit.item,
        clip=str(unit.key),
        expected=str(key),
        found=found,
        fix=fix,
        edits=list(
            chain.from_iterable(_rename(unit, right, at, by_marker) for unit, right, at in units)
        ),
    )


def _rename(unit: Unit, key: ClipKey, right: int, by_marker: bool) -> Iterator[Edit]:
    name = unit.marker
    if by_marker and name:
        yield rename_marker(name.frame, str(name.key), str(key))
        if name.frame != right:
            yield move_marker(name.frame, str(key), right)
        return
    # A clip that is named otherwise, such as by a pattern, gets a name that only people know.
    is_key = ClipKey.parse(unit.item.name) == unit.key
    yield on_item(Operation.RENAME_CLIP, unit.item, unit.item.name, str(key) if is_key else None)
