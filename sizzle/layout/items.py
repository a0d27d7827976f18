"""Check one item by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sizzle.layout import rules
from sizzle.layout.edits import Operation, on_item
from sizzle.layout.findings import Finding, count_frames
from sizzle.layout.nested_clips import pieces_of, unnesting
from sizzle.layout.policy import Layout
from sizzle.layout.timeline import Item, ItemKind, Timeline

_NOT_CLIPS = {ItemKind.NESTED, ItemKind.MULTICAM, ItemKind.GENERATOR}


def check_items(timeline: Timeline, layout: Layout, items: Sequence[Item]) -> Iterator[Finding]:
    """Find what is wrong with items by themselves; neighbours that share it are one finding.

    Args:
        timeline: that is checked.
        layout: that it must keep to.
        items: of the layout's track, by start.
    """
    # A transition lies between two clips, and is no neighbour of theirs.
    for group in (
        [item for item in items if item.kind is not ItemKind.TRANSITION],
        [item for item in items if item.kind is ItemKind.TRANSITION],
    ):
        open_runs: dict[tuple[str, str, str], list[Finding]] = {}
        for item in group:
            found = {
                (finding.rule, finding.expected, finding.found): finding
                for finding in _check_item(timeline, layout, item)
            }
            for what in [what for what in open_runs if what not in found]:
                yield _together(open_runs.pop(what))
            for what, finding in found.items():
                open_runs.setdefault(what, []).append(finding)
        yield from map(_together, open_runs.values())


def _together(findings: Sequence[Finding]) -> Finding:
    """Neighbours with the same fault, as one."""
    first, *more = findings
    if not more:
        return first
    edits = tuple(edit for finding in findings for edit in finding.edits)
    return replace(
        first,
        found=f"{first.found}, and so are the {len(more)} that follow",
        fix=f"{first.fix.removesuffix('.')}: this one and the {len(more)} that follow.",
        edits=edits,
    )


def _check_item(timeline: Timeline, layout: Layout, item: Item) -> Iterator[Finding]:
    """Find everything that is wrong with one item of the layout's track by itself."""
    if item.kind is ItemKind.TRANSITION:
        if not layout.transitions_allowed:
            yield _transition(timeline, item)
        return
    pieces = pieces_of(item, timeline.markers) if layout.naming.by_marker else [item]
    if len(pieces) > 1:
        yield _nest(timeline, item, pieces)
    else:
        yield from _check_media(timeline, item)
    yield from _check_playback(timeline, item)


def _transition(timeline: Timeline, item: Item) -> Finding:
    return rules.TRANSITION.on(
        timeline,
        item,
        expected="a straight cut",
        found=f"a transition of {count_frames(item.record.duration)}",
        fix="delete the transition.",
        edits=(on_item(Operation.REMOVE_TRANSITION, item, item.record.duration),),
    )


def _nest(timeline: Timeline, item: Item, pieces: Sequence[Item]) -> Finding:
    return rules.NOT_A_CLIP.on(
        timeline,
        item,
        expected=f"{len(pieces)} clips of media",
        found=f"a {item.kind} in place of {len(pieces)} clips",
        fix="open it, copy its clips, and paste them over it.",
        edits=unnesting(item, pieces),
    )


def _check_media(timeline: Timeline, item: Item) -> Iterator[Finding]:
    """Check that an item is a clip whose media is online."""
    if item.kind in _NOT_CLIPS:
        yield rules.NOT_A_CLIP.on(
            timeline,
            item,
            expected="a clip of media",
            found=f"a {item.kind}",
            fix="render it to a file and replace it with that.",
            edits=(on_item(Operation.REPLACE_CLIP, item, item.kind.value),),
        )
    elif item.media is None:
        yield rules.OFFLINE.on(
            timeline,
            item,
            expected="online media",
            found="no media",
            fix="relink it (Clip > Link Media), then export again.",
            edits=(on_item(Operation.RELINK_CLIP, item),),
        )


def _check_playback(timeline: Timeline, item: Item) -> Iterator[Finding]:
    """Check that an item plays as it was shot."""
    if not item.enabled:
        yield rules.DISABLED.on(
            timeline,
            item,
            expected="enabled",
            found="disabled",
            fix="enable it (Clip > Enable).",
            edits=(on_item(Operation.ENABLE_CLIP, item, False, True),),
        )
    if not item.visible:
        yield rules.INVISIBLE.on(
            timeline,
            item,
            expected="a clip that can be seen",
            found="an opacity or scale of 0, or a crop to nothing",
            fix="reset Opacity, Scale and Crop in Effect Controls.",
            edits=(on_item(Operation.SHOW_CLIP, item, False, True),),
        )
    if item.speed != 1 or item.variable_speed:
        yield rules.RETIMED.on(
            timeline,
            item,
            expected="100 %",
            found=_speed(item),
            fix="set Speed/Duration to 100 % without Reverse, or render the shot to a file.",
            edits=(on_item(Operation.SET_SPEED, item, _speed(item), "100 %"),),
        )
    if item.rate is not None:
        yield rules.RATE.on(
            timeline,
            item,
            expected=f"{timeline.rate} frames a second",
            found=f"{item.rate}",
            fix="conform the media to the sequence's rate before editing it in.",
            edits=(on_item(Operation.CONFORM_CLIP, item, str(item.rate), str(timeline.rate)),),
        )


def _speed(item: Item) -> str:
    percent = f"{float(abs(item.speed) * 100):g} %"
    if item.variable_speed:
        return f"variable speed, {percent} on average"
    return f"{percent}, reversed" if item.speed < 0 else percent
