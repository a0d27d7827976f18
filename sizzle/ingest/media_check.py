"""Check exported media against its timeline: its facts, its key frames, and its frames at the cuts.

Only frames near a cut are decoded. What is wrong comes back as findings, as for the timeline.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile
from math import gcd
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sizzle.ingest.media import FrameStats, read_frame_stats, read_packets
from sizzle.layout import (
    Checked,
    Finding,
    FrameSize,
    Rule,
    Severity,
    Timeline,
    count_frames,
    in_order,
)
from sizzle.layout.edits import EXPORT_MEDIA, slip
from sizzle.layout.timeline import LabelledClip
from sizzle.media.facts import VideoFacts
from sizzle.media.gate import Problem, video_problems

RATE = Rule(
    "media-rate",
    Severity.ERROR,
    "The media has the sequence's frame rate, and it is constant.",
    "Otherwise frame numbers of the timeline name other frames of the media.",
)
FORMAT = Rule(
    "media-format",
    Severity.ERROR,
    "The media is of a kind that is right wherever it is played: progressive, in standard dynamic "
    "range, whole, and played straight through.",
    "Otherwise it would be packaged and rendered wrong, and so it is refused there too.",
)
SIZE = Rule(
    "media-size",
    Severity.WARNING,
    "The media's frame size is the sequence's.",
    "It was scaled on export, and is softer than necessary, or is another sequence's export.",
)
LENGTH = Rule(
    "media-length",
    Severity.ERROR,
    "The media has as many frames as the sequence.",
    "Only a part of the sequence, or an older state of it, was exported: clips may have moved.",
)
KEY_FRAME = Rule(
    "media-key-frame",
    Severity.WARNING,
    "The media has a key frame at each clip's start.",
    "Without one a clip cannot be cut by stream copy: it has to be encoded again first.",
)
FLASH_FRAME = Rule(
    "media-flash-frame",
    Severity.WARNING,
    "A clip's first and last frames show the clip itself, not its neighbour or another shot.",
    "In a reel the clip has other neighbours, so the foreign frame flashes at the cut.",
)
BLACK_EDGE = Rule(
    "media-black-edge",
    Severity.WARNING,
    "No clip starts or ends with black frames.",
    "Every cut to or from the clip would blink.",
)
MEDIA_RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        rule.rule_id: rule
        for rule in (RATE, FORMAT, SIZE, LENGTH, KEY_FRAME, FLASH_FRAME, BLACK_EDGE)
    }
)

_EDGE = 5  # frames on each side of a cut that are decoded
_FLASH = 2  # the most frames that a cut is off; more is another edit
_ABRUPT = 12.0  # the least change, of 255, that is another shot: well above any movement or noise
_STANDS_OUT = 3.0  # how many times the other changes near the cut it is
_BLACK = 16  # the brightest that black gets after encoding, of 255
_FEW = 3  # findings of a rule that are listed one by one, however many clips there are


def check_media(
    path: Path, timeline: Timeline, checked: Checked, picture: FrameSize | None = None
) -> tuple[Finding, ...]:
    """Check that a media file is the export of a timeline.

    Media at another rate has other frames than the sequence, so none of them are decoded.

    Args:
        path: the media.
        timeline: that it is the export of.
        checked: the timeline's check, with its clips.
        picture: the sequence's size, where it is known.

    Returns:
        Findings in timeline order.

    Raises:
        MediaError: the file is absent, has no video, or cannot be read.
    """
    # With numpy come threads, and a process with threads does not fork the reader of a timeline.
    from sizzle.media.probe import probe_video

    facts = probe_video(path)
    findings = [*check_facts(timeline, facts, picture)]
    if not video_problems(facts) and facts.rate.fraction == timeline.rate.fraction:
        packets = read_packets(path, facts.start)
        clips = [clip for clip in checked.clips if clip.item.record.start < len(packets.shown)]
        stats = read_frame_stats(path, packets, edge_frames(clips))
        findings += check_key_frames(timeline, clips, packets.key_frames)
        findings += check_black_edges(timeline, clips, stats)
        findings += check_flash_frames(timeline, clips, stats)
    return in_order(findings)


def check_facts(
    timeline: Timeline, facts: VideoFacts, picture: FrameSize | None
) -> Iterator[Finding]:
    """Rate, length, size, and whether the media is of a kind that can be used."""
    problems = video_problems(facts)
    yield from (_unusable(timeline, problem) for problem in problems)
    if facts.irregular is None and facts.rate.fraction != timeline.rate.fraction:
        yield RATE.at(
            timeline,
            0,
            expected=f"{timeline.rate.fraction} frames a second",
            found=str(facts.rate.fraction),
            fix="export the media with Match Sequence Settings.",
            edits=EXPORT_MEDIA,
        )
    frames = facts.frames
    if frames is not None and frames != timeline.duration:
        yield LENGTH.at(
            timeline,
            min(frames, timeline.duration),
            expected=f"{timeline.duration} frames",
            found=f"{frames} frames",
            fix="export the entire sequence and the timeline from the same state.",
            edits=EXPORT_MEDIA,
        )
    if picture and facts.size != (picture.width, picture.height):
        width, height = facts.size
        yield SIZE.at(
            timeline,
            0,
            expected=f"{picture.width}x{picture.height}",
            found=f"{width}x{height}",
            fix="export the media with Match Sequence Settings.",
            edits=EXPORT_MEDIA,
        )


def _unusable(timeline: Timeline, problem: Problem) -> Finding:
    rule = RATE if problem.kind == "variable-rate" else FORMAT
    return rule.at(
        timeline,
        min(problem.frame or 0, timeline.duration),
        expected=problem.expected,
        found=problem.found,
        fix=problem.fix,
        edits=EXPORT_MEDIA,
    )


def check_key_frames(
    timeline: Timeline, clips: Sequence[LabelledClip], key_frames: Collection[int]
) -> Iterator[Finding]:
    """Find clips whose first frame is not a key frame."""
    every = gcd(*(clip.item.record.start for clip in clips))
    lacking = [clip for clip in clips if clip.item.record.start not in key_frames]
    findings = [
        KEY_FRAME.on(
            timeline,
            clip.item,
            clip=str(clip.key),
            expected="a key frame",
            found="no key frame",
            fix=f"export with a key frame at each cut (every {every} frames is enough).",
            edits=EXPORT_MEDIA,
        )
        for clip in lacking
    ]
    yield from _collapsed(findings, len(clips))


def edge_frames(clips: Sequence[LabelledClip]) -> frozenset[int]:
    """The frames of the media that the checks of the cuts decode."""
    return frozenset(frame for clip in clips for edge in _edges(clip) for frame in edge)


def _edges(clip: LabelledClip) -> tuple[range, range]:
    """The first and the last frames of a clip, each from the outermost inwards."""
    start, end = clip.item.record.start, clip.item.record.end
    frames = min(_EDGE, end - start)
    return range(start, start + frames), range(end - 1, end - 1 - frames, -1)


def check_black_edges(
    timeline: Timeline, clips: Sequence[LabelledClip], stats: Mapping[int, FrameStats]
) -> Iterator[Finding]:
    """Find black frames at the start or end of a clip."""
    black_frames = {frame for frame, frame_stats in stats.items() if _is_black(frame_stats)}
    findings = []
    for clip in clips:
        for edge, edge_name in zip(_edges(clip), ("starts", "ends"), strict=True):
            black = list(takewhile(black_frames.__contains__, edge))
            if black:
                findings.append(_black(timeline, clip, edge_name, min(black), len(black)))
    yield from _collapsed(findings, len(clips))


def _is_black(frame_stats: FrameStats) -> bool:
    return frame_stats.brightest <= _BLACK


def _black(
    timeline: Timeline, clip: LabelledClip, edge_name: str, frame: int, count: int
) -> Finding:
    return BLACK_EDGE.at(
        timeline,
        frame,
        track=clip.item.track,
        clip=str(clip.key),
        expected="no black frames",
        found=f"{edge_name} with {'at least ' * (count >= _EDGE)}{count_frames(count)} of black",
        fix="slip or roll the clip past the black, then export media and timeline again.",
        edits=(slip(clip.item), *EXPORT_MEDIA),
    )


def check_flash_frames(
    timeline: Timeline, clips: Sequence[LabelledClip], stats: Mapping[int, FrameStats]
) -> Iterator[Finding]:
    """Find one or two frames at a cut that belong to the clip across it, or to another shot."""
    findings = []
    for before, after in pairwise(clips):
        cut = after.item.record.start
        if before.item.record.end == cut:
            shots = _shot_changes(_changes(before, after, stats))
            late = _lateness(cut, shots)
            strays = range(cut + min(late, 0), cut + max(late, 0))
            # Black is found as black.
            if any(frame in stats and not _is_black(stats[frame]) for frame in strays):
                findings.append(_flash(timeline, before, after, late, cut in shots))
    yield from _collapsed(findings, len(clips))


def _changes(
    before: LabelledClip, after: LabelledClip, stats: Mapping[int, FrameStats]
) -> dict[int, float]:
    """How much each frame near a cut differs from the one before it."""
    tail, head = _edges(before)[1], _edges(after)[0]
    near = ((frame, stats.get(frame)) for frame in (*tail, *head))
    return {frame: seen.change for frame, seen in near if seen and seen.change is not None}


def _shot_changes(changes: Mapping[int, float]) -> list[int]:
    """The one or two frames near a cut at which another shot starts.

    None where no change stands out (both clips may be of one shot) and where more than two do
    (then everything moves, or flickers).
    """
    falling = sorted(changes, key=lambda frame: changes[frame], reverse=True)
    for count in (1, 2):
        rest = [changes[frame] for frame in falling[count:]]
        if len(rest) > _FLASH:
            least = changes[falling[count - 1]]
            if least >= _ABRUPT and least >= _STANDS_OUT * max(rest):
                return falling[:count]
    return []


def _lateness(cut: int, shots: Sequence[int]) -> int:
    """How many frames after the cut a shot starts, besides one on it; negative before it."""
    off = [shot - cut for shot in shots if shot != cut]
    beside_the_cut = len(shots) == 1 or cut in shots
    return off[0] if off and beside_the_cut and abs(off[0]) <= _FLASH else 0


def _flash(
    timeline: Timeline, before: LabelledClip, after: LabelledClip, late: int, of_another_shot: bool
) -> Finding:
    shown, own = (before, after) if late > 0 else (after, before)
    frames = count_frames(abs(late))
    whose = "another shot" if of_another_shot else str(shown.key)
    return FLASH_FRAME.at(
        timeline,
        after.item.record.start + min(late, 0),
        track=own.item.track,
        clip=str(own.key),
        expected="only its own frames",
        found=f"{'starts' if late > 0 else 'ends'} with {frames} of {whose}",
        fix=f"slip the clip or roll the cut by {frames}, then export media and timeline again.",
        edits=(slip(own.item, late), *EXPORT_MEDIA),
    )


def _collapsed(findings: Sequence[Finding], clips: int) -> list[Finding]:
    """One finding that counts the others where most clips have it, as they share one cause."""
    if len(findings) <= max(_FEW, clips // 2):
        return list(findings)
    first = findings[0]
    others = len(findings) - 1
    return [replace(first, found=f"{first.found}; and at {others} other clips")]
