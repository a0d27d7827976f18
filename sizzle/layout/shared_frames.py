"""Frames of a media file that a title uses in two of its clips."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, islice
from typing import Final, Generic, TypeVar

from sizzle.clips import ClipKey
from sizzle.layout import rules
from sizzle.layout.edits import slip
from sizzle.layout.findings import Finding, Severity, count_frames
from sizzle.layout.timeline import LabelledClip, Timeline, frames_shown
from sizzle.timecode import TimeRange

_Cut = TypeVar("_Cut")

# Of the longer of two clips: a short clip may repeat a part of a long one.
_MOST: Final = Fraction(3, 4)
_COMPARED: Final = 16  # clips that start before another, with which that one is compared


@dataclass(frozen=True, slots=True)
class SharedFrames(Generic[_Cut]):
    """What shows frames of one file more than once.

    Attributes:
        alike: groups of cuts that show exactly the same frames.
        overlaps: pairs of cuts that share most; the one that starts first comes first.
    """

    alike: tuple[tuple[_Cut, ...], ...]
    overlaps: tuple[tuple[_Cut, _Cut], ...]


def find_shared(cuts: Iterable[_Cut], frames_of: Callable[[_Cut], TimeRange]) -> SharedFrames[_Cut]:
    """Find what cuts of one file share.

    Args:
        cuts: of one title and file, in any order.
        frames_of: the frames of the file that a cut shows.
    """
    by_range = sorted(cuts, key=frames_of)
    groups = [tuple(group) for _, group in groupby(by_range, key=frames_of)]
    overlaps: list[tuple[_Cut, _Cut]] = []
    latest: deque[_Cut] = deque(maxlen=_COMPARED)
    for cut, *_ in groups:
        same = (each for each in latest if _share_most(frames_of(each), frames_of(cut)))
        overlaps += [(each, cut) for each in islice(same, 1)]
        latest.append(cut)
    alike = tuple(group for group in groups if len(group) > 1)
    return SharedFrames(alike, tuple(overlaps))


def _share_most(one: TimeRange, other: TimeRange) -> bool:
    shared = min(one.end, other.end) - max(one.start, other.start)
    return shared >= _MOST * max(one.duration, other.duration)


def check_shared_frames(
    timeline: Timeline, clips: Sequence[LabelledClip], findings: Iterable[Finding]
) -> Iterator[Finding]:
    """Find clips of a title that show the same frames.

    Args:
        timeline: that is checked.
        clips: in timeline order.
        findings: of the track. What a clip shows that is trimmed wrong says nothing yet.
    """
    unclear = _Unclear.of(findings)
    together: dict[tuple[str, str], list[_Shown]] = defaultdict(list)
    for index, clip in enumerate(clips):
        shown = frames_shown(clip.item)
        if shown:
            frames = TimeRange.of(shown[1], shown[2])
            together[clip.key.title_id, shown[0]].append(_Shown(frames, index, clip))
    for own in together.values():
        if len(own) > 1:
            yield from _of_title(timeline, own, unclear)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A clip with what it shows of its file, and its index among all clips."""

    frames: TimeRange
    index: int
    clip: LabelledClip


@dataclass(frozen=True, slots=True)
class _Unclear:
    """Clips that will show other frames once a finding is mended: by frame, and by title."""

    frames: frozenset[int]
    titles: frozenset[str]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> _Unclear:
        errors = [finding for finding in findings if finding.severity is Severity.ERROR]
        disordered = (error for error in errors if error.rule == rules.WRONG_ORDER.rule_id)
        keys = (ClipKey.parse(finding.clip) for finding in disordered)
        return cls(
            frozenset(error.frame for error in errors),
            frozenset(key.title_id for key in keys if key),
        )

    def holds(self, clip: LabelledClip) -> bool:
        return clip.item.record.start in self.frames or clip.key.title_id in self.titles


def _of_title(timeline: Timeline, own: Sequence[_Shown], unclear: _Unclear) -> Iterator[Finding]:
    shared = find_shared(own, lambda each: each.frames)
    for group in shared.alike:
        first, *others = sorted(group, key=lambda each: each.index)
        for other in others:
            if other.clip.item.record.start in unclear.frames:
                continue  # such as a pasted copy, which is to be deleted
            yield _duplicate(timeline, first.clip, other.clip)
    for one, following in shared.overlaps:
        if not (unclear.holds(one.clip) or unclear.holds(following.clip)):
            count = min(one.frames.end, following.frames.end) - following.frames.start
            first, second = sorted((one, following), key=lambda each: each.index)
            yield _overlap(timeline, first.clip, second.clip, count)


def _duplicate(timeline: Timeline, first: LabelledClip, clip: LabelledClip) -> Finding:
    found = f"the same frames as {first.key}"
    return _finding(rules.DUPLICATE_CLIP, timeline, clip, found, " to other frames")


def _overlap(timeline: Timeline, first: LabelledClip, clip: LabelledClip, count: int) -> Finding:
    found = f"{count_frames(count)} that {first.key} shows as well"
    return _finding(rules.SHARED_FRAMES, timeline, clip, found, ", unless this is intended")


def _finding(
    rule: rules.Rule, timeline: Timeline, clip: LabelledClip, found: str, how: str
) -> Finding:
    return rule.on(
        timeline,
        clip.item,
        clip=str(clip.key),
        expected="different frames in each clip",
        found=found,
        fix=f"slip one of the two clips{how}.",
        edits=(slip(clip.item),),
    )
