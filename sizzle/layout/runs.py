"""Check each title's run of lengths, aligned so that one fault is one finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from sizzle.layout import rules
from sizzle.layout.findings import Finding, count_frames
from sizzle.layout.policy import Layout
from sizzle.layout.timeline import LabelledClip, Timeline

# A pairing of positions: in the layout's run, in the clips found.
_Step = tuple[int | None, int | None]

# The kinds of step: whether it lacks a position in the layout, and whether it lacks a clip.
_EXTRA = (True, False)
_MISSING = (False, True)

# The cost of a frame in an alignment; a clip that changes its number costs 1.
_FRAME = 1_000_000


def check_titles(
    timeline: Timeline, layout: Layout, clips: Sequence[LabelledClip]
) -> Iterator[Finding]:
    """Check each title's clips: together, numbered from 1, with the lengths of the layout."""
    together: dict[str, list[list[LabelledClip]]] = {}
    for title_id, neighbours in groupby(clips, key=lambda clip: clip.key.title_id):
        together.setdefault(title_id, []).append(list(neighbours))
    for groups in together.values():
        # Of a title that is split, the largest group is taken to be in the right place.
        home = max(groups, key=len)
        yield from _check_title(timeline, layout, home)
        for group in groups:
            if group is not home:
                yield _split(timeline, group[0])


def _split(timeline: Timeline, clip: LabelledClip) -> Finding:
    return rules.SPLIT_TITLE.on(
        timeline,
        clip.item,
        clip=str(clip.key),
        expected=f"all clips of {clip.key.title_id} together",
        found="other titles between them",
        fix="move it to its title's other clips, or correct its marker's name.",
    )


def _check_title(
    timeline: Timeline, layout: Layout, clips: Sequence[LabelledClip]
) -> Iterator[Finding]:
    if layout.titles_may_differ:
        yield from _check_free_title(timeline, layout, clips)
        return
    lengths = [clip.item.record.duration for clip in clips]
    if lengths != list(layout.run) and sorted(lengths) == sorted(layout.run):
        yield _wrong_order(timeline, layout, clips, layout.run)
        return
    steps = align(layout.run, lengths, [clip.key.number for clip in clips])
    yield from _check_numbers(timeline, clips, steps)
    # Neighbours that are missing, or too many, were lost or added together: one finding.
    for kind, group in groupby(steps, key=lambda step: (step[0] is None, step[1] is None)):
        in_run, in_clips = zip(*group, strict=True)
        if kind == _EXTRA:
            yield _extra(timeline, layout, [clips[index] for index in in_clips])
        elif kind == _MISSING:
            yield _missing(timeline, layout, clips, in_run, steps)
        else:
            paired = [clips[index] for index in in_clips]
            yield from _check_lengths(timeline, layout, paired, in_run)


def _check_free_title(
    timeline: Timeline, layout: Layout, clips: Sequence[LabelledClip]
) -> Iterator[Finding]:
    """A title that may have any number of clips, of the run's lengths in the run's order."""
    for clip in clips:
        length = clip.item.record.duration
        if length not in layout.run:
            nearest = min(layout.run, key=lambda allowed: abs(allowed - length))
            yield _wrong_length(timeline, clip, nearest)
    lengths = [clip.item.record.duration for clip in clips]
    positions = [layout.run.index(length) for length in lengths if length in layout.run]
    if positions != sorted(positions):
        yield _wrong_order(timeline, layout, clips, sorted(lengths, key=_place_in(layout)))
    yield from _check_numbers(timeline, clips, ())


def _place_in(layout: Layout) -> Callable[[int], int]:
    return lambda length: layout.run.index(length) if length in layout.run else -1


def align(expected: Sequence[int], found: Sequence[int], numbers: Sequence[int]) -> list[_Step]:
    """Align expected with found lengths at the least cost, both in order.

    This is an edit distance whose costs are in frames: leaving a clip unpaired costs its length, so
    a clip a few frames off is a wrong length, and one of a very different length is a missing and
    an extra clip. Of alignments that cost the same, the one that keeps most clips' numbers wins.

    Args:
        expected: the layout's run.
        found: the lengths of a title's clips.
        numbers: those clips' numbers, from 1.

    Returns:
        Pairs of positions (in expected, in found); None on one side where a length is unpaired.
    """

    def pairing(i: int, j: int) -> int:
        return abs(expected[i] - found[j]) * _FRAME + (numbers[j] != i + 1)

    cost = _costs(expected, found, pairing)
    steps: list[_Step] = []
    i, j = len(expected), len(found)
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + pairing(i - 1, j - 1):
            i, j = i - 1, j - 1
            steps.append((i, j))
        elif i and cost[i][j] == cost[i - 1][j] + expected[i - 1] * _FRAME:
            i -= 1
            steps.append((i, None))
        else:
            j -= 1
            steps.append((None, j))
    return steps[::-1]


def _costs(
    expected: Sequence[int], found: Sequence[int], pairing: Callable[[int, int], int]
) -> list[list[int]]:
    """cost[i][j]: of the cheapest alignment of the first i expected with the first j found."""
    cost = [[0] * (len(found) + 1) for _ in range(len(expected) + 1)]
    for i in range(len(expected) + 1):
        for j in range(len(found) + 1):
            if i and j:
                cost[i][j] = min(
                    cost[i - 1][j - 1] + pairing(i - 1, j - 1),
                    cost[i - 1][j] + expected[i - 1] * _FRAME,
                    cost[i][j - 1] + found[j - 1] * _FRAME,
                )
            else:
                cost[i][j] = (sum(expected[:i]) + sum(found[:j])) * _FRAME
    return cost


def _check_numbers(
    timeline: Timeline, clips: Sequence[LabelledClip], steps: Sequence[_Step]
) -> Iterator[Finding]:
    """Numbers count up from 1, or follow the layout's numbers around a missing clip."""
    # Positions in the layout's run, by positions among the clips.
    in_run = {j: i for i, j in steps if i is not None and j is not None}
    for position, clip in enumerate(clips):
        allowed = {position + 1, in_run.get(position, position) + 1}
        if clip.key.number not in allowed:
            yield rules.CLIP_NUMBER.on(
                timeline,
                clip.item,
                clip=str(clip.key),
                expected=f"{clip.key.title_id}-clip-{position + 1}",
                found=str(clip.key),
                fix="rename the marker.",
            )


def _wrong_order(
    timeline: Timeline, layout: Layout, clips: Sequence[LabelledClip], right: Sequence[int]
) -> Finding:
    first = next(
        clip
        for clip, length in zip(clips, right, strict=True)
        if clip.item.record.duration != length
    )
    return rules.WRONG_ORDER.on(
        timeline,
        first.item,
        clip=str(first.key),
        expected=layout.describe_run(),
        found=", ".join(str(clip.item.record.duration) for clip in clips),
        fix="reorder the title's clips to match the layout.",
    )


def _extra(timeline: Timeline, layout: Layout, clips: Sequence[LabelledClip]) -> Finding:
    count, frames = len(clips), sum(clip.item.record.duration for clip in clips)
    return rules.EXTRA_CLIP.on(
        timeline,
        clips[0].item,
        clip=str(clips[0].key),
        expected=layout.describe_run(),
        found=f"{count} extra clips, {frames} frames"
        if count > 1
        else f"an extra clip of {count_frames(frames)}",
        fix="delete it, or correct its marker if it belongs to another title."
        if count == 1
        else f"delete them, {clips[0].key} to {clips[-1].key}, or check the layout.",
    )


def _missing(
    timeline: Timeline,
    layout: Layout,
    clips: Sequence[LabelledClip],
    positions: Sequence[int],
    steps: Sequence[_Step],
) -> Finding:
    title_id, first = clips[0].key.title_id, positions[0]
    before = [j for i, j in steps if j is not None and (i is None or i < first)]
    frame = clips[before[-1]].item.record.end if before else clips[0].item.record.start
    lengths = " + ".join(str(layout.run[position]) for position in positions)
    return rules.MISSING_CLIP.at(
        timeline,
        frame,
        track=layout.track,
        clip=f"{title_id}-clip-{first + 1}",
        expected=layout.describe_run(),
        found=f"{len(clips)} clips, {len(positions)} missing here",
        fix=f"insert {len(positions)} clip{'s' if len(positions) > 1 else ''} of {lengths} frames.",
    )


def _check_lengths(
    timeline: Timeline, layout: Layout, clips: Sequence[LabelledClip], positions: Sequence[int]
) -> Iterator[Finding]:
    for clip, position in zip(clips, positions, strict=True):
        if clip.item.record.duration != layout.run[position]:
            yield _wrong_length(timeline, clip, layout.run[position])


def _wrong_length(timeline: Timeline, clip: LabelledClip, expected: int) -> Finding:
    found = clip.item.record.duration
    off = abs(found - expected)
    frames = count_frames(off)
    return rules.WRONG_LENGTH.on(
        timeline,
        clip.item,
        clip=str(clip.key),
        expected=count_frames(expected),
        found=count_frames(found),
        fix=f"trim {frames} at the tail." if found > expected else f"extend it by {frames}.",
    )
