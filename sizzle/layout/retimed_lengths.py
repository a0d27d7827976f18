"""Clips that a change of speed made longer or shorter: one edit, and one finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sizzle.layout import rules
from sizzle.layout.edits import Edit, Operation
from sizzle.layout.findings import Finding, count_frames
from sizzle.layout.timeline import Item


def join_retimes(clips: Iterable[Item], findings: Iterable[Finding]) -> list[Finding]:
    """The findings, those of a speed and of the length that it explains as one.

    Args:
        clips: of the layout's track.
        findings: in any order.
    """
    left = {id(finding): finding for finding in findings}
    retimes = {
        finding.frame: finding for finding in left.values() if finding.rule == rules.RETIMED.rule_id
    }
    lengths = {
        finding.frame: finding
        for finding in left.values()
        if finding.rule == rules.WRONG_LENGTH.rule_id
    }
    for item in clips:
        retimed, length = retimes.get(item.record.start), lengths.get(item.record.start)
        if retimed and length and _explains(item, length.edits):
            left[id(retimed)] = _joined(item, retimed, length)
            del left[id(length)]
    return list(left.values())


def _explains(item: Item, edits: Sequence[Edit]) -> bool:
    """Whether a clip is as long as its speed makes one of the right length."""
    added = next((frames for frames in map(_frames_added, edits) if frames), 0)
    shown = item.record.duration * abs(item.speed)
    return added != 0 and abs(item.record.duration + added - shown) <= 1


def _frames_added(edit: Edit) -> int:
    if not isinstance(edit.before, int) or not isinstance(edit.after, int):
        return 0
    if edit.operation is Operation.TRIM_TAIL:
        return edit.after - edit.before
    return edit.before - edit.after if edit.operation is Operation.TRIM_HEAD else 0


def _joined(item: Item, retimed: Finding, length: Finding) -> Finding:
    return replace(
        retimed,
        found=f"{retimed.found}, which makes it {count_frames(item.record.duration)} long,"
        f" not {length.expected}",
        fix="set Speed/Duration to 100 % without Reverse, with Ripple Edit where what follows it"
        " moved, or render the shot to a file.",
        edits=(*retimed.edits, *length.edits),
    )
