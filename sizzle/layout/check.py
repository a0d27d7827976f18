"""Check a timeline against its layout: every finding, in timeline order, in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sizzle.layout import rules
from sizzle.layout.edits import EXPORT_TIMELINE, Edit, Operation, on_item
from sizzle.layout.findings import Finding, in_order
from sizzle.layout.items import check_items
from sizzle.layout.nested_clips import unfolded
from sizzle.layout.policy import Layout
from sizzle.layout.retimed_lengths import join_retimes
from sizzle.layout.shared_frames import check_shared_frames
from sizzle.layout.timeline import Item, ItemKind, LabelledClip, Timeline
from sizzle.layout.track import check_track


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check: all findings in timeline order, and each clip with its key."""

    findings: tuple[Finding, ...]
    clips: tuple[LabelledClip, ...]


def check(timeline: Timeline, layout: Layout) -> Checked:
    """Check a timeline against its layout.

    Nothing is raised for what is wrong with the timeline: it all comes back as findings.
    """
    on_track = [item for item in timeline.items if item.track == layout.track]
    clips = [item for item in on_track if item.kind is not ItemKind.TRANSITION]
    others = [item for item in timeline.items if item.track != layout.track]
    if not clips:
        sequence = _check_sequence(timeline, layout)
        return Checked(in_order([*sequence, _empty(timeline, layout, others)]), ())
    unnested = unfolded(clips, timeline.markers) if layout.naming.by_marker else clips
    track = check_track(timeline, layout, unnested, others)
    findings = [
        *_check_sequence(timeline, layout),
        *track.findings,
        *_check_other_tracks(timeline, layout, _unexplained(others, track.findings)),
        *check_items(timeline, layout, on_track),
        *check_shared_frames(timeline, track.clips, track.findings),
    ]
    return Checked(in_order(join_retimes(on_track, findings)), track.clips)


def _empty(timeline: Timeline, layout: Layout, others: Sequence[Item]) -> Finding:
    """Nothing is on the layout's track; another one may hold all the clips."""
    lowest = min((item.track for item in others), default=0)
    elsewhere = [item for item in others if item.track == lowest]
    found, fix = "no clips", "move the clips to that track, or set another track in the layout."
    if elsewhere:
        found = f"no clips there, and {len(elsewhere)} on V{lowest}"
    return rules.EMPTY.at(
        timeline,
        0,
        expected=f"clips on V{layout.track}",
        found=found,
        fix=fix,
        edits=[on_item(Operation.CHANGE_TRACK, item, lowest, layout.track) for item in elsewhere]
        or EXPORT_TIMELINE,
    )


def _check_sequence(timeline: Timeline, layout: Layout) -> Iterator[Finding]:
    if timeline.rate.fraction != layout.rate.fraction:
        yield rules.RATE.at(
            timeline,
            0,
            expected=f"{layout.rate} frames a second",
            found=f"{timeline.rate}",
            fix="change the sequence's timebase, then lay the clips out again.",
            edits=(Edit(Operation.SET_RATE, before=str(timeline.rate), after=str(layout.rate)),),
        )
    elif timeline.rate.drop_frame != layout.rate.drop_frame:
        yield rules.DROP_FRAME.at(
            timeline,
            0,
            expected="drop-frame" if layout.rate.drop_frame else "non-drop-frame",
            found="drop-frame" if timeline.rate.drop_frame else "non-drop-frame",
            fix="change the display format in Sequence Settings.",
            edits=(
                Edit(
                    Operation.SET_DROP_FRAME,
                    before=timeline.rate.drop_frame,
                    after=layout.rate.drop_frame,
                ),
            ),
        )
    elif timeline.start != layout.start:
        yield rules.START_TIMECODE.at(
            timeline,
            0,
            expected=layout.rate.timecode(layout.start),
            found=timeline.timecode(0),
            fix="set it with Start Time in the sequence's panel menu.",
            edits=(
                Edit(
                    Operation.SET_START,
                    before=timeline.timecode(0),
                    after=layout.rate.timecode(layout.start),
                ),
            ),
        )
    if layout.track in timeline.disabled_tracks:
        yield rules.TRACK_DISABLED.at(
            timeline,
            0,
            expected=f"V{layout.track} switched on",
            found=f"V{layout.track} switched off",
            fix=f"switch it on (the eye in the header of V{layout.track}), and export again.",
            edits=(Edit(Operation.ENABLE_TRACK, 0, layout.track, before=False, after=True),),
            track=layout.track,
        )


def _unexplained(others: Sequence[Item], findings: Sequence[Finding]) -> list[Item]:
    """Items of other tracks, without those that a finding of the track moves into its gap."""
    moved = {
        (edit.track, edit.frame)
        for finding in findings
        for edit in finding.edits
        if edit.operation is Operation.CHANGE_TRACK
    }
    return [item for item in others if (item.track, item.record.start) not in moved]


def _check_other_tracks(
    timeline: Timeline, layout: Layout, others: Sequence[Item]
) -> Iterator[Finding]:
    """One finding for each track, at its first item."""
    by_track: dict[int, list[Item]] = {}
    for item in others:
        by_track.setdefault(item.track, []).append(item)
    for track, items in by_track.items():
        first, *more = items
        found = f"{first.kind} on V{track}"
        them = "them" if more else "it"
        yield rules.OTHER_TRACK.on(
            timeline,
            first,
            expected=f"all items on V{layout.track}",
            found=f"{found}, the first of {len(items)} items there" if more else found,
            fix=f"delete {them}, or move {them} to V{layout.track}.",
            edits=[
                on_item(Operation.REMOVE_CLIP, item, item.record.duration)
                for item in reversed(items)
            ],
        )
