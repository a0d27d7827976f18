"""Check a timeline against its layout: every finding, in timeline order, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sizzle.layout import rules
from sizzle.layout.findings import Finding, count_frames, in_order
from sizzle.layout.items import check_item
from sizzle.layout.naming import label
from sizzle.layout.policy import Layout
from sizzle.layout.runs import check_titles
from sizzle.layout.timeline import Item, ItemKind, LabelledClip, Timeline, frames_shown


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
    labelled, naming_findings = label(timeline, clips, layout.naming)
    titles = list(check_titles(timeline, layout, labelled))
    joins = list(_check_joins(timeline, clips))
    findings = [
        *_check_sequence(timeline, layout, clips),
        *_check_other_tracks(timeline, layout),
        *(finding for item in on_track for finding in check_item(timeline, layout, item)),
        *joins,
        *_unexplained(naming_findings, [*titles, *joins], labelled),
        *titles,
        *_check_duplicates(timeline, labelled),
    ]
    return Checked(in_order(findings), tuple(labelled))


def _check_sequence(timeline: Timeline, layout: Layout, clips: Sequence[Item]) -> Iterator[Finding]:
    if timeline.rate.fraction != layout.rate.fraction:
        yield rules.RATE.at(
            timeline,
            0,
            expected=f"{layout.rate} frames a second",
            found=f"{timeline.rate}",
            fix="change the sequence's timebase, then lay the clips out again.",
        )
    elif timeline.rate.drop_frame != layout.rate.drop_frame:
        yield rules.DROP_FRAME.at(
            timeline,
            0,
            expected="drop-frame" if layout.rate.drop_frame else "non-drop-frame",
            found="drop-frame" if timeline.rate.drop_frame else "non-drop-frame",
            fix="change the display format in Sequence Settings.",
        )
    elif timeline.start != layout.start:
        yield rules.START_TIMECODE.at(
            timeline,
            0,
            expected=layout.rate.timecode(layout.start),
            found=timeline.timecode(0),
            fix="set it with Start Time in the sequence's panel menu.",
        )
    if not clips:
        yield rules.EMPTY.at(
            timeline,
            0,
            expected=f"clips on V{layout.track}",
            found="no clips",
            fix="move the clips to that track, or set another track in the layout.",
        )
    elif layout.track in timeline.disabled_tracks:
        yield rules.TRACK_DISABLED.at(
            timeline,
            0,
            expected=f"V{layout.track} switched on",
            found=f"V{layout.track} switched off",
            fix=f"switch it on (the eye in the header of V{layout.track}), and export again.",
            track=layout.track,
        )


def _check_other_tracks(timeline: Timeline, layout: Layout) -> Iterator[Finding]:
    """One finding for each track, at its first item."""
    others: dict[int, list[Item]] = {}
    for item in timeline.items:
        if item.track != layout.track:
            others.setdefault(item.track, []).append(item)
    for track, items in others.items():
        first, *more = items
        found = f"{first.kind} on V{track}"
        yield rules.OTHER_TRACK.on(
            timeline,
            first,
            expected=f"all items on V{layout.track}",
            found=f"{found}, the first of {len(items)} items there" if more else found,
            fix=f"move {'them' if more else 'it'} to V{layout.track}, or delete"
            f" {'them' if more else 'it'}.",
        )


def _check_joins(timeline: Timeline, clips: Sequence[Item]) -> Iterator[Finding]:
    if clips and clips[0].record.start > 0:
        yield _gap(timeline, clips[0], 0, clips[0].record.start)
    for before, after in pairwise(clips):
        shift = after.record.start - before.record.end
        if shift > 0:
            yield _gap(timeline, after, before.record.end, shift)
        elif shift < 0:
            yield rules.OVERLAP.on(
                timeline,
                after,
                expected=f"a start at {timeline.timecode(before.record.end)}",
                found=f"a start {count_frames(-shift)} before the end of {before.name}",
                fix=f"trim {count_frames(-shift)} off one of the two.",
            )


def _gap(timeline: Timeline, after: Item, frame: int, frames: int) -> Finding:
    return rules.GAP.at(
        timeline,
        frame,
        expected=f"{after.name} here",
        found=f"a gap of {count_frames(frames)}",
        fix="close the gap (Sequence > Close Gap).",
        track=after.track,
        clip=after.name,
    )


def _unexplained(
    naming: Iterable[Finding], others: Iterable[Finding], clips: Sequence[LabelledClip]
) -> Iterator[Finding]:
    """Leave out markers that are off the cut because the clip before has another length.

    Once that clip, or the gap after it, is mended with a ripple edit, the markers are on their
    cuts again: telling to move them would spoil them.
    """
    lengths = {each.frame for each in others if each.rule == rules.WRONG_LENGTH.rule_id}
    gaps = {each.frame for each in others if each.rule == rules.GAP.rule_id}
    explained = {
        str(clip.key)
        for before, clip in pairwise(clips)
        if before.item.record.start in lengths or before.item.record.end in gaps
    }
    if clips and 0 in gaps:
        explained.add(str(clips[0].key))
    off_cut = rules.MARKER_OFF_CUT.rule_id
    return (each for each in naming if each.rule != off_cut or each.clip not in explained)


def _check_duplicates(timeline: Timeline, clips: Sequence[LabelledClip]) -> Iterator[Finding]:
    """Find clips of a title that use the same frames of the same media."""
    first: dict[tuple[str, str, int, int], LabelledClip] = {}
    for clip in clips:
        item = clip.item
        shown = frames_shown(item)
        if shown is None:
            continue
        twin = first.setdefault((clip.key.title_id, *shown), clip)
        if twin is not clip:
            yield rules.DUPLICATE_CLIP.on(
                timeline,
                item,
                clip=str(clip.key),
                expected="different frames in each clip",
                found=f"the same frames as {twin.key}",
                fix="slip one of the two clips to other frames.",
            )
