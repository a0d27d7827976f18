"""Check one item by itself."""

from __future__ import annotations

from collections.abc import Iterator

from sizzle.layout import rules
from sizzle.layout.findings import Finding, count_frames
from sizzle.layout.policy import Layout
from sizzle.layout.timeline import Item, ItemKind, Timeline

_NOT_CLIPS = {ItemKind.NESTED, ItemKind.MULTICAM, ItemKind.GENERATOR}


def check_item(timeline: Timeline, layout: Layout, item: Item) -> Iterator[Finding]:
    """Find everything that is wrong with one item of the layout's track by itself."""
    if item.kind is ItemKind.TRANSITION:
        if not layout.transitions_allowed:
            yield _transition(timeline, item)
        return
    yield from _check_media(timeline, item)
    yield from _check_playback(timeline, item)


def _transition(timeline: Timeline, item: Item) -> Finding:
    return rules.TRANSITION.on(
        timeline,
        item,
        expected="a straight cut",
        found=f"a transition of {count_frames(item.record.duration)}",
        fix="delete the transition.",
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
        )
    elif item.media is None:
        yield rules.OFFLINE.on(
            timeline,
            item,
            expected="online media",
            found="no media",
            fix="relink it (Clip > Link Media), then export again.",
        )


def _check_playback(timeline: Timeline, item: Item) -> Iterator[Finding]:
    """Check that an item plays as it was shot."""
    if not item.enabled:
        yield rules.DISABLED.on(
            timeline, item, expected="enabled", found="disabled", fix="enable it (Clip > Enable)."
        )
    if item.speed != 1 or item.variable_speed:
        yield rules.RETIMED.on(
            timeline,
            item,
            expected="100 %",
            found=_speed(item),
            fix="set Speed/Duration to 100 % without Reverse, or render the shot to a file.",
        )
    if item.rate is not None:
        yield rules.RATE.on(
            timeline,
            item,
            expected=f"{timeline.rate} frames a second",
            found=f"{item.rate}",
            fix="conform the media to the sequence's rate before editing it in.",
        )


def _speed(item: Item) -> str:
    percent = f"{float(abs(item.speed) * 100):g} %"
    if item.variable_speed:
        return f"variable speed, {percent} on average"
    return f"{percent}, reversed" if item.speed < 0 else percent
