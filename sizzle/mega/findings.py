"""The rules of a sheet, and its findings: all rows, in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

from sizzle.layout import Rule, Severity


@dataclass(frozen=True, slots=True)
class SheetFinding:
    """One thing that is wrong with a sheet, and where.

    Attributes:
        rule: the id of the rule it breaks, such as `past-end`.
        severity: an error stops the build, a warning does not.
        lines: the lines of the sheet that it concerns, counted from 1.
        title_id: the rows' title, or empty where they belong to several.
        expected: what should be there.
        found: what is there.
        fix: what to do about it.
    """

    rule: str
    severity: Severity
    lines: tuple[int, ...]
    title_id: str
    expected: str
    found: str
    fix: str

    @classmethod
    def of(
        cls,
        rule: Rule,
        lines: Iterable[int],
        *,
        expected: str,
        found: str,
        fix: str,
        title_id: str = "",
    ) -> SheetFinding:
        """A finding of that rule."""
        return cls(
            rule.rule_id, rule.severity, tuple(sorted(lines)), title_id, expected, found, fix
        )

    def to_json(self) -> dict[str, Any]:
        """As a program reads it."""
        return asdict(self)


def failed(findings: Iterable[SheetFinding]) -> bool:
    """Whether any of them stops the build."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def in_order(findings: Iterable[SheetFinding]) -> tuple[SheetFinding, ...]:
    """The findings by the first line they concern."""
    return tuple(sorted(findings, key=lambda finding: (finding.lines, finding.rule)))


def spell_lines(lines: Iterable[int]) -> str:
    """`2-4, 9`."""
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][-1] + 1:
            runs[-1].append(line)
        else:
            runs.append([line])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _error(rule_id: str, requirement: str, why: str) -> Rule:
    return Rule(rule_id, Severity.ERROR, requirement, why)


def _warning(rule_id: str, requirement: str, why: str) -> Rule:
    return Rule(rule_id, Severity.WARNING, requirement, why)


BAD_CELL = _error(
    "bad-cell",
    "Each cell has a valid value for its column.",
    "A row that cannot be read cannot be laid out.",
)
SOURCE = _error(
    "unreadable-source",
    "Each source is a readable video file.",
    "The clip would be offline in Premiere, and cannot be rendered.",
)
VARIABLE_RATE = _error(
    "variable-rate",
    "Each source has a constant frame rate.",
    "At a variable rate a frame number does not identify a frame.",
)
SOURCE_RATE = _error(
    "source-rate",
    "Each source has the layout's frame rate, or is conformed to it.",
    "At another rate frames are doubled or dropped, and in points mean other frames.",
)
CONFORM_SPEED = _warning(
    "conform-speed",
    "A conformed source plays at nearly its original speed.",
    "A change of more than 5 % is visible: 30 frames a second played at 24 is slow motion.",
)
HDR = _error(
    "hdr",
    "Each source is in standard dynamic range.",
    "HDR frames look grey in a bt709 film; how to map them is a colourist's choice.",
)
INTERLACED = _error(
    "interlaced",
    "Each source is progressive.",
    "Interlaced frames show combing at every movement.",
)
SOURCE_FORMAT = _error(
    "source-format",
    "Each source is whole, is played straight through, and has colours that can be converted.",
    "Its frames would not be those that its own player shows.",
)
IN_POINT = _error(
    "in-point",
    "Each in point is a frame of its source.",
    "Otherwise the clip's first frame is unknown.",
)
PAST_END = _error(
    "past-end",
    "Each clip ends before its source does.",
    "There are no frames past the end.",
)
LENGTH = _error(
    "wrong-length",
    "Each clip has one of the layout's lengths.",
    "Cadences rely on the layout's exact lengths.",
)
MISSING_CLIP = _error(
    "missing-clip",
    "Each title has as many clips of each length as the layout.",
    "A cadence that needs the clip could not show this title.",
)
EXTRA_CLIP = _error(
    "extra-clip",
    "No title has more clips of a length than the layout.",
    "Every later title is shifted against the layout.",
)
DUPLICATE_ROW = _error(
    "duplicate-row",
    "No title uses the same frames of the same source twice.",
    "A reel would show the same frames twice.",
)
OVERLAP = _warning(
    "overlap",
    "No two clips of a title show mostly the same frames of a source.",
    "A reel may show the same shot twice.",
)
NAME_DIFFERS = _error(
    "name-differs",
    "All rows of a title that give its name give the same one.",
    "The title's name is ambiguous.",
)
WRONG_ORDER = _error(
    "wrong-order",
    "With `--as-listed`, a title's rows follow the layout's order of lengths.",
    "The same clip number would mean different lengths in different titles.",
)
SPLIT_TITLE = _error(
    "split-title",
    "With `--as-listed`, all rows of a title are adjacent.",
    "The layout is checked title by title.",
)
BREAKS_LAYOUT = _error(
    "breaks-layout",
    "The timeline built from the sheet passes `sizzle validate`.",
    "It could not be ingested.",
)

SHEET_RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.rule_id: rule for rule in list(globals().values()) if isinstance(rule, Rule)}
)
