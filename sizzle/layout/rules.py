"""The rules of a timeline: what each requires, why, and how severe its findings are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sizzle.layout.edits import Edit
from sizzle.layout.findings import Finding, Severity
from sizzle.layout.timeline import Item, Timeline


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that a timeline must satisfy.

    Attributes:
        rule_id: its name in findings.
        severity: of its findings.
        requirement: what must hold.
        why: what goes wrong for members where it does not.
    """

    rule_id: str
    severity: Severity
    requirement: str
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
        edits: Iterable[Edit] = (),
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
            edits=tuple(edits),
        )

    def on(
        self,
        timeline: Timeline,
        item: Item,
        *,
        expected: str,
        found: str,
        fix: str,
        clip: str = "",
        edits: Iterable[Edit] = (),
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
            edits=edits,
        )


def _error(rule_id: str, requirement: str, why: str) -> Rule:
    return Rule(rule_id, Severity.ERROR, requirement, why)


def _warning(rule_id: str, requirement: str, why: str) -> Rule:
    return Rule(rule_id, Severity.WARNING, requirement, why)


RATE = _error(
    "rate",
    "The sequence has the layout's frame rate.",
    "At another rate every frame number, and so every timecode, would be wrong.",
)
START_TIMECODE = _error(
    "start-timecode",
    "The sequence starts at the layout's start timecode.",
    "Timecode lists and the editor's screen would show different timecodes.",
)
START_TIMECODE_CONFLICT = _warning(
    "start-timecode-conflict",
    "All places in the document that hold the start timecode hold the same one.",
    "Programs that read another of them show different timecodes.",
)
DROP_FRAME = _error(
    "drop-frame",
    "The sequence counts drop-frame exactly where the layout does.",
    "Drop-frame and non-drop-frame timecodes drift apart by 3.6 seconds an hour.",
)
EMPTY = _error(
    "empty",
    "The layout's video track has clips.",
    "There is nothing to publish.",
)
GAP = _error(
    "gap",
    "Each clip starts where the previous one ends, and the first at the start of the sequence.",
    "A gap is black in the Mega Asset.",
)
OVERLAP = _error(
    "overlap",
    "No two clips of the track overlap.",
    "Which of the two is shown is undefined, and every later clip may have moved.",
)
WRONG_LENGTH = _error(
    "wrong-length",
    "Each clip has exactly the length that the layout gives its position.",
    "Cadences rely on exact lengths: one frame more is a flash of another title.",
)
WRONG_ORDER = _error(
    "wrong-order",
    "A title's clips follow the layout's order of lengths.",
    "The same clip number would mean different lengths in different titles.",
)
MISSING_CLIP = _error(
    "missing-clip",
    "Each title has every clip of the layout.",
    "A cadence that needs the clip could not show this title.",
)
EXTRA_CLIP = _error(
    "extra-clip",
    "No title has more clips than the layout.",
    "Every later title is shifted against the layout.",
)
CLIP_NUMBER = _error(
    "clip-number",
    "A title's clips are numbered from 1, in timeline order.",
    "The number is part of the clip's key: a wrong one names another clip.",
)
SPLIT_TITLE = _error(
    "split-title",
    "All clips of a title are adjacent.",
    "The layout is checked title by title, and a clip elsewhere is usually misnamed.",
)
TITLE_UNKNOWN = _error(
    "title-unknown",
    "Each clip's name gives its title, where the layout identifies titles by name.",
    "The clip cannot be assigned to a title.",
)
MARKER_MISSING = _error(
    "marker-missing",
    "A sequence marker on each clip's first frame names it: `<title_id>-clip-<n>`.",
    "Without a marker the clip cannot be assigned to a title.",
)
MARKER_OFF_CUT = _error(
    "marker-off-cut",
    "A marker that names a clip is on the clip's first frame.",
    "A marker off the cut may belong to the neighbouring clip.",
)
DISABLED = _error(
    "disabled",
    "Every clip is enabled.",
    "A disabled clip is black in the export.",
)
INVISIBLE = _warning(
    "invisible",
    "Every clip can be seen: its opacity and scale are not 0, and it is not cropped to nothing.",
    "A clip that is hidden is black in the export, though it is enabled.",
)
TRACK_DISABLED = _error(
    "track-disabled",
    "The video track of the clips is switched on.",
    "A track that is switched off is black in the export.",
)
RETIMED = _error(
    "retimed",
    "No clip is retimed: each plays forwards at a constant 100 %.",
    "A retimed clip shows other frames than its source range.",
)
NOT_A_CLIP = _error(
    "not-a-clip",
    "The track holds only media clips: no nested sequences, multicam clips, or generators such as"
    " Black Video, titles, graphics, mattes and adjustment layers.",
    "Their content can change without the timeline changing.",
)
TRANSITION = _error(
    "transition",
    "There is no transition at a cut.",
    "A transition blends frames of two titles into both clips.",
)
OTHER_TRACK = _error(
    "other-track",
    "Other video tracks are empty.",
    "A higher track covers the clip below it in the export.",
)
DUPLICATE_CLIP = _error(
    "duplicate-clip",
    "No title uses the same frames of the same media in two of its clips.",
    "A reel would show the same frames twice.",
)
SHARED_FRAMES = _warning(
    "shared-frames",
    "No two clips of a title show mostly the same frames of the same media.",
    "A reel may show the same shot twice.",
)
THROUGH_EDIT = _error(
    "through-edit",
    "No clip is cut in two.",
    "Each piece counts as a clip of its own, and none has the clip's length.",
)
OFFLINE = _error(
    "offline",
    "Every clip has its media online.",
    "Offline media is exported as a red frame, or not at all.",
)
NO_MARKERS = _error(
    "no-markers",
    "The export includes the sequence's markers, where the layout identifies titles by them.",
    "An EDL has no markers, so clips can be identified by name only.",
)
BAD_LINE = _error(
    "bad-line",
    "Every line of an EDL can be read.",
    "Whatever an unreadable line describes is missing from the timeline.",
)
NEWER_SCHEMA = _warning(
    "newer-schema",
    "An OTIO file uses schema versions that the installed OpenTimelineIO knows.",
    "Fields added by newer versions are ignored, and might matter.",
)
ITEM_POSITION = _error(
    "item-position",
    "Each item has a start and a later end, in whole frames.",
    "Its position in the sequence is unknown.",
)
OTIO_MISMATCH = _warning(
    "otio-mismatch",
    "OpenTimelineIO places each item where the document does.",
    "A document that contradicts itself is misread by other programs too.",
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.rule_id: rule for rule in list(globals().values()) if isinstance(rule, Rule)}
)
