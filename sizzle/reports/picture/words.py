"""The text around the timeline: its facts, the meaning of colours, and the list of findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sizzle.layout import Severity
from sizzle.reports.colours import COLOURS, colour_of
from sizzle.reports.picture import ink
from sizzle.reports.picture.plan import Numbered
from sizzle.reports.picture.scene import DrawnTimeline

_COLUMNS = (
    ("", 62),
    ("timecode", 112),
    ("track", 56),
    ("clip", 220),
    ("rule", 160),
    ("expected", 330),
    ("found", 350),
    ("fix", 430),
)
_LINE = 20
_AIR = 8  # above and below the lines of an entry
_MOST_LINES = 3


class PictureHeader:
    """The sequence's name and facts, and the meaning of colours."""

    height = 112

    def __init__(self, scene: DrawnTimeline) -> None:
        self._scene = scene

    def draw(self, pen: ink.Pen, top: int) -> None:
        """Draw it from a height on."""
        name = ink.legible(self._scene.timeline.name) or "A sequence without a name"
        pen.text((ink.MARGIN, top + 22), ink.fitted(name, ink.LARGE, 900), ink.LARGE)
        pen.text((ink.MARGIN, top + 58), self._facts(), ink.BODY, ink.DIM)
        colour = ink.TEXT if self._scene.findings else ink.GOOD
        pen.text((ink.MARGIN, top + 84), self._counts(), ink.BODY, colour)
        self._draw_key(pen, top + 22)

    def _facts(self) -> str:
        timeline = self._scene.timeline
        tracks = len({item.track for item in timeline.items})
        rate = float(timeline.rate.fraction)
        return (
            f"{rate:.6g} frames a second · starts at {timeline.timecode(0)} · "
            f"{timeline.duration:,} frames · {len(timeline.items):,} items "
            f"on {tracks} video track{'s' if tracks != 1 else ''}"
        )

    def _counts(self) -> str:
        findings = self._scene.findings
        if not findings:
            return "No findings."
        severities = Counter(finding.severity for finding in findings)
        counted = (
            f"{severities[severity]:,} {severity}{'s' if severities[severity] != 1 else ''}"
            for severity in Severity
            if severities[severity]
        )
        rules = Counter(finding.rule for finding in findings).most_common()
        by_rule = " · ".join(f"{rule} {count:,}" for rule, count in rules)
        return ink.fitted(f"{', '.join(counted)}: {by_rule}", ink.BODY, ink.WIDTH - 2 * ink.MARGIN)

    def _draw_key(self, pen: ink.Pen, middle: int) -> None:
        """The meaning of each colour that is used, from the right."""
        used = {colour_of(finding) for finding in self._scene.findings}
        right = ink.WIDTH - ink.MARGIN
        for colour in reversed([colour for colour in COLOURS if colour in used]):
            left = right - ink.width_of(colour.meaning, ink.SMALL)
            pen.text((left, middle), colour.meaning, ink.SMALL, ink.DIM)
            pen.fill((left - 22, middle - 7, left - 8, middle + 7), colour.rgb, radius=3)
            right = left - 46


class ColumnHeadings:
    """The names of the list's columns."""

    height = 34

    def draw(self, pen: ink.Pen, top: int) -> None:
        """Draw it from a height on."""
        left = ink.MARGIN
        for name, width in _COLUMNS:
            pen.text((left + 12, top + 18), name, ink.SMALL, ink.DIM)
            left += width


class FindingRow:
    """A finding in the list: a cell a column, broken into lines where it is long."""

    def __init__(self, numbered: Numbered) -> None:
        finding = numbered.finding
        self._number = str(numbered.number)
        self._colour = colour_of(finding).rgb
        self._shaded = numbered.number % 2
        track = f"V{finding.track}" if finding.track else ""
        cells = (finding.timecode, track, finding.clip, finding.rule)
        texts = (*cells, finding.expected, finding.found, finding.fix)
        self._cells = [
            ink.wrapped(ink.legible(text), ink.SMALL, width - 16, _MOST_LINES)
            for text, (_, width) in zip(texts, _COLUMNS[1:], strict=True)
        ]

    @property
    def height(self) -> int:
        """As its longest cell needs."""
        return _LINE * max(map(len, self._cells)) + _AIR

    def draw(self, pen: ink.Pen, top: int) -> None:
        """Draw it from a height on."""
        if self._shaded:
            pen.fill((ink.MARGIN, top, ink.WIDTH - ink.MARGIN, top + self.height), ink.PANEL)
        middle = top + (_LINE + _AIR) // 2
        width = ink.width_of(self._number, ink.SMALL) + 10
        chip = (ink.MARGIN + 12, middle - 9, ink.MARGIN + 12 + width, middle + 9)
        pen.chip(chip, self._number, self._colour)
        left = ink.MARGIN + _COLUMNS[0][1]
        for lines, (_, width) in zip(self._cells, _COLUMNS[1:], strict=True):
            for position, line in enumerate(lines):
                pen.text((left + 12, middle + position * _LINE), line, ink.SMALL)
            left += width


class Note:
    """A line of text below the list."""

    height = 40

    def __init__(self, text: str) -> None:
        self._text = text

    def draw(self, pen: ink.Pen, top: int) -> None:
        """Draw it from a height on."""
        pen.text((ink.MARGIN + 12, top + 20), self._text, ink.SMALL, ink.DIM)


def entries(numbered: Sequence[Numbered], of: int) -> list[ColumnHeadings | FindingRow | Note]:
    """The list of findings; where some are left out it says how many."""
    if not numbered:
        return []
    rows: list[ColumnHeadings | FindingRow | Note] = [ColumnHeadings(), *map(FindingRow, numbered)]
    if of > len(numbered):
        left_out = of - len(numbered)
        rows.append(
            Note(f"and {left_out:,} more of the same rules; the table and --json have all.")
        )
    return rows
