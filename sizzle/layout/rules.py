"""The rules, one by one: what each finds, and how bad that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sizzle.layout.findings import Finding, Severity
from sizzle.layout.timeline import Item, Timeline


@dataclass(frozen=True, slots=True)
class Rule:
    """A thing that can be wrong with a timeline.

    Attributes:
        rule_id: its name in findings.
        severity: of its findings.
        says: what must hold.
        why: what goes wrong for members where it does not.
    """

    rule_id: str
    severity: Severity
    says: str
    why: str

    def at(
        self,
        timeline: Timeline,
        frame: int,
        *,
        expected: str,
        found: str,
        fix: str,
        track: int = 0,
        clip: str = "",
    ) -> Finding:
        """A finding of this rule at a frame of the sequence."""
        return Finding(
            rule=self.rule_id,
            severity=self.severity,
            frame=frame,
            timecode=timeline.timecode(frame),
            track=track,
            clip=clip,
            expected=expected,
            found=found,
            fix=fix,
        )

    def on(
        self, timeline: Timeline, item: Item, *, expected: str, found: str, fix: str, clip: str = ""
    ) -> Finding:
        """A finding of this rule about an item."""
        return self.at(
            timeline,
            item.record.start,
            expected=expected,
            found=found,
            fix=fix,
            track=item.track,
            clip=clip or item.name,
        )


def _error(rule_id: str, says: str, why: str) -> Rule:
    return Rule(rule_id, Severity.ERROR, says, why)


def _warning(rule_id: str, says: str, why: str) -> Rule:
    return Rule(rule_id, Severity.WARNING, says, why)


RATE = _error(
    "rate",
    "The sequence runs at the layout's rate.",
    "Frames of another rate are other frames: every timecode would be wrong.",
)
START_TIMECODE = _error(
    "start-timecode",
    "The sequence starts at the layout's start timecode.",
    "Timecodes in lists and on the editor's screen would not agree.",
)
START_CONTRADICTED = _warning(
    "start-contradicted",
    "Everything in the document that says the start timecode says the same.",
    "Programs that trust another of them show other timecodes.",
)
DROP_FRAME = _error(
    "drop-frame",
    "The sequence counts timecode as the layout does.",
    "Drop-frame and non-drop timecodes part by 3.6 seconds an hour.",
)
EMPTY = _error(
    "empty",
    "The layout's video track has clips on it.",
    "There is nothing to publish.",
)
GAP = _error(
    "gap",
    "Each clip starts where the one before it ends, the first at the sequence's start.",
    "A gap is black in the Mega Asset.",
)
OVERLAP = _error(
    "overlap",
    "No two clips of the track share a frame.",
    "Which of the two is shown is not defined, and every later clip may have moved.",
)
WRONG_LENGTH = _error(
    "wrong-length",
    "Each clip is exactly as long as its place in the layout says.",
    "A cadence counts on it to the frame: one frame off is a flash of another title.",
)
WRONG_ORDER = _error(
    "wrong-order",
    "A title's clips stand in the layout's order of lengths.",
    "Clip numbers would name clips of other lengths than elsewhere.",
)
MISSING_CLIP = _error(
    "missing-clip",
    "Each title has all clips of the layout.",
    "A cadence that asks for the clip could not show this title.",
)
EXTRA_CLIP = _error(
    "extra-clip",
    "No title has more clips than the layout.",
    "The layout's arithmetic breaks for all titles behind it.",
)
CLIP_NUMBER = _error(
    "clip-number",
    "A title's clips are numbered from 1, in timeline order.",
    "The number is the clip's name: lists would name other clips than the editor means.",
)
SPLIT_TITLE = _error(
    "split-title",
    "All clips of a title stand together.",
    "The layout is checked title by title; clips elsewhere are usually misnamed.",
)
TITLE_UNKNOWN = _error(
    "title-unknown",
    "Each clip's name says whose clip it is, where the layout goes by names.",
    "We do not know which title's clip it is.",
)
MARKER_MISSING = _error(
    "marker-missing",
    "A sequence marker at each clip's first frame names it, `<title_id>-clip-<n>`.",
    "Without it we do not know whose clip it is.",
)
MARKER_OFF_CUT = _error(
    "marker-off-cut",
    "A marker that names a clip stands on the clip's first frame.",
    "A marker that is off may have been meant for the neighbour.",
)
DISABLED = _error(
    "disabled",
    "Every clip is enabled.",
    "A disabled clip is black in the export.",
)
RETIMED = _error(
    "retimed",
    "No clip is retimed.",
    "A retimed clip shows other frames than its source range says.",
)
NOT_A_CLIP = _error(
    "not-a-clip",
    "The track holds clips of media: no nested sequences, multicam clips or generators.",
    "What they show can change without the timeline changing.",
)
TRANSITION = _error(
    "transition",
    "No transition lies over a cut.",
    "A transition mixes frames of two titles into both clips.",
)
OFF_TRACK = _error(
    "off-track",
    "Nothing stands on other video tracks.",
    "A higher track covers the clip below it in the export.",
)
DOUBLED_CLIP = _error(
    "doubled-clip",
    "No title shows the same frames of the same media in two of its clips.",
    "A reel would show the member the same pictures twice.",
)
OFFLINE = _error(
    "offline",
    "Every clip has its media.",
    "Offline media is exported as a red frame, or not at all.",
)
NO_MARKERS = _warning(
    "no-markers",
    "The export carries the sequence's markers.",
    "An EDL has none: its clips can only go by their names.",
)
BAD_LINE = _error(
    "bad-line",
    "Every line of an EDL can be read.",
    "What a line that cannot be read would have placed is missing from the timeline.",
)
NEWER_SCHEMA = _warning(
    "newer-schema",
    "An OTIO file was written by a version of OpenTimelineIO that we know.",
    "What newer versions added is ignored, and might have mattered.",
)
UNPLACED = _error(
    "unplaced",
    "Each item has a start before its end, in whole frames.",
    "We cannot tell where it stands, nor what it covers.",
)
READINGS_DISAGREE = _warning(
    "readings-disagree",
    "OpenTimelineIO places each item where the document says it stands.",
    "Where they part, the document contradicts itself, and other programs will misread it too.",
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.rule_id: rule for rule in list(globals().values()) if isinstance(rule, Rule)}
)
