"""Is the media what the timeline says? Its facts, its key frames, and its pictures at the cuts.

Only what stands near a cut is decoded. What is wrong comes back as findings, as of the timeline.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile
from math import gcd
from pathlib import Path
from types import MappingProxyType
from typing import Final

from sizzle.ingest.media import Glimpse, VideoFacts, read_facts, read_glimpses, read_packets
from sizzle.layout import Checked, Finding, Picture, Rule, Severity, Timeline, in_order
from sizzle.layout.timeline import Labelled

RATE = Rule(
    "media-rate",
    Severity.ERROR,
    "The media runs at the sequence's rate, which never varies.",
    "Frame numbers of the timeline would name other pictures in the media.",
)
SIZE = Rule(
    "media-size",
    Severity.WARNING,
    "The media's picture is as large as the sequence's.",
    "It was scaled on export: softer than it need be, or the export of another sequence.",
)
LENGTH = Rule(
    "media-length",
    Severity.ERROR,
    "The media has as many frames as the sequence.",
    "Part of the sequence was exported, or an older state of it: clips may have moved.",
)
KEY_FRAME = Rule(
    "media-key-frame",
    Severity.WARNING,
    "The media has a key frame at each clip's start.",
    "Without one a clip cannot be cut out by copying: it has to be encoded anew first.",
)
FLASH_FRAME = Rule(
    "media-flash-frame",
    Severity.WARNING,
    "A clip's first and last frames show the clip, not its neighbour or another shot.",
    "In a reel it has other neighbours, so that a foreign picture flashes up at the cut.",
)
BLACK_EDGE = Rule(
    "media-black-edge",
    Severity.WARNING,
    "No clip starts or ends in black.",
    "Every cut of the reel to or from the clip would blink.",
)
MEDIA_RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {rule.rule_id: rule for rule in (RATE, SIZE, LENGTH, KEY_FRAME, FLASH_FRAME, BLACK_EDGE)}
)

_EDGE = 5  # frames on each side of a cut that are looked at
_FLASH = 2  # the most frames that a cut is off; more is another edit
_ABRUPT = 12.0  # the least change, of 255, that is another shot: well above any movement or noise
_STANDS_OUT = 3.0  # how many times the other changes near the cut it is
_BLACK = 16  # the brightest that black gets after encoding, of 255
_FEW = 3  # findings of a rule that are listed one by one, however many clips there are


def check_media(
    path: Path, timeline: Timeline, checked: Checked, picture: Picture | None = None
) -> tuple[Finding, ...]:
    """Check that a media file is the export of a timeline.

    Where its rate is another, its frames are not those of the sequence, and their pictures are not
    looked at.

    Args:
        path: the media.
        timeline: that it is the export of.
        checked: the timeline's check, which knows the clips.
        picture: the sequence's size, where it is known.

    Returns:
        Findings in timeline order.

    Raises:
        MediaError: the file is absent, has no video, or cannot be read.
    """
    facts, packets = read_facts(path), read_packets(path)
    frames = len(packets.shown)
    findings = [*check_facts(timeline, facts, frames, picture)]
    if facts.constant and facts.rate.fraction == timeline.rate.fraction:
        clips = [clip for clip in checked.clips if clip.item.record.start < frames]
        glimpses = read_glimpses(path, packets, edge_frames(clips))
        findings += check_key_frames(timeline, clips, packets.key_frames)
        findings += check_black_edges(timeline, clips, glimpses)
        findings += check_flash_frames(timeline, clips, glimpses)
    return in_order(findings)


def check_facts(
    timeline: Timeline, facts: VideoFacts, frames: int, picture: Picture | None
) -> Iterator[Finding]:
    """Rate, length and size. `frames` are those that are there, whatever the header says."""
    if not facts.constant or facts.rate.fraction != timeline.rate.fraction:
        yield RATE.at(
            timeline,
            0,
            expected=f"{timeline.rate.fraction} frames a second",
            found=str(facts.rate.fraction) if facts.constant else "a rate that varies",
            fix="export the media with Match Sequence Settings.",
        )
    if frames != timeline.duration:
        yield LENGTH.at(
            timeline,
            min(frames, timeline.duration),
            expected=f"{timeline.duration} frames",
            found=f"{frames} frames",
            fix="export the entire sequence, and the timeline, from the same state.",
        )
    if picture and (facts.width, facts.height) != (picture.width, picture.height):
        yield SIZE.at(
            timeline,
            0,
            expected=f"{picture.width}x{picture.height}",
            found=f"{facts.width}x{facts.height}",
            fix="export the media with Match Sequence Settings.",
        )


def check_key_frames(
    timeline: Timeline, clips: Sequence[Labelled], key_frames: Collection[int]
) -> Iterator[Finding]:
    """A key frame at each clip's start."""
    every = gcd(*(clip.item.record.start for clip in clips))
    lacking = [clip for clip in clips if clip.item.record.start not in key_frames]
    findings = [
        KEY_FRAME.on(
            timeline,
            clip.item,
            clip=str(clip.key),
            expected="a key frame",
            found="none",
            fix=f"export with a key frame at each cut (one every {every} frames does it).",
        )
        for clip in lacking
    ]
    yield from _collapsed(findings, len(clips))


def edge_frames(clips: Sequence[Labelled]) -> frozenset[int]:
    """The frames of the media that checks of the cuts look at."""
    return frozenset(frame for clip in clips for edge in _edges(clip) for frame in edge)


def _edges(clip: Labelled) -> tuple[range, range]:
    """The first and the last frames of a clip, each from the outermost inwards."""
    start, end = clip.item.record.start, clip.item.record.end
    frames = min(_EDGE, end - start)
    return range(start, start + frames), range(end - 1, end - 1 - frames, -1)


def check_black_edges(
    timeline: Timeline, clips: Sequence[Labelled], glimpses: Mapping[int, Glimpse]
) -> Iterator[Finding]:
    """Black at the first or last frames of a clip."""
    black_frames = {frame for frame, glimpse in glimpses.items() if _is_black(glimpse)}
    findings = []
    for clip in clips:
        for edge, place in zip(_edges(clip), ("starts", "ends"), strict=True):
            black = list(takewhile(black_frames.__contains__, edge))
            if black:
                findings.append(_black(timeline, clip, place, min(black), len(black)))
    yield from _collapsed(findings, len(clips))


def _is_black(glimpse: Glimpse) -> bool:
    return glimpse.brightest <= _BLACK


def _black(timeline: Timeline, clip: Labelled, place: str, frame: int, count: int) -> Finding:
    return BLACK_EDGE.at(
        timeline,
        frame,
        track=clip.item.track,
        clip=str(clip.key),
        expected="a picture",
        found=f"{place} with {'at least ' * (count >= _EDGE)}{_frames(count)} of black",
        fix="slip or roll the clip past the black, then export both again.",
    )


def check_flash_frames(
    timeline: Timeline, clips: Sequence[Labelled], glimpses: Mapping[int, Glimpse]
) -> Iterator[Finding]:
    """A frame or two at a cut that belong to the clip across it, or to another shot."""
    findings = []
    for before, after in pairwise(clips):
        cut = after.item.record.start
        if before.item.record.end == cut:
            shots = _shot_changes(_changes(before, after, glimpses))
            late = _lateness(cut, shots)
            strays = range(cut + min(late, 0), cut + max(late, 0))
            # Black is found as black.
            if any(frame in glimpses and not _is_black(glimpses[frame]) for frame in strays):
                findings.append(_flash(timeline, before, after, late, cut in shots))
    yield from _collapsed(findings, len(clips))


def _changes(
    before: Labelled, after: Labelled, glimpses: Mapping[int, Glimpse]
) -> dict[int, float]:
    """How much each frame near a cut differs from the one before it."""
    tail, head = _edges(before)[1], _edges(after)[0]
    seen = ((frame, glimpses.get(frame)) for frame in (*tail, *head))
    return {frame: seen.change for frame, seen in seen if seen and seen.change is not None}


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
    timeline: Timeline, before: Labelled, after: Labelled, late: int, of_another_shot: bool
) -> Finding:
    shown, own = (before, after) if late > 0 else (after, before)
    frames = _frames(abs(late))
    whose = "another shot" if of_another_shot else str(shown.key)
    return FLASH_FRAME.at(
        timeline,
        after.item.record.start + min(late, 0),
        track=own.item.track,
        clip=str(own.key),
        expected="only its own picture",
        found=f"{'starts' if late > 0 else 'ends'} with {frames} of {whose}",
        fix=f"slip the clip or roll the cut by {frames}, then export both again.",
    )


def _collapsed(findings: Sequence[Finding], clips: int) -> list[Finding]:
    """One finding that counts the others, where most clips have it: they have one cause."""
    if len(findings) <= max(_FEW, clips // 2):
        return list(findings)
    first = findings[0]
    others = len(findings) - 1
    return [replace(first, found=f"{first.found}; likewise at {others} other places")]


def _frames(count: int) -> str:
    return f"{count} frame{'s' if count > 1 else ''}"
