"""Check each source as a whole; a fault that several sources share is one finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sizzle.layout import Layout, Rule
from sizzle.media.gate import ProblemKind
from sizzle.mega import findings
from sizzle.mega.findings import SheetFinding
from sizzle.mega.sheet import SheetRow
from sizzle.mega.source import Source

_NOTICED: Final = Fraction(1, 20)  # change of speed; films at 25 run 4 % fast unnoticed

_RULES: Final[Mapping[ProblemKind, Rule]] = {
    "variable-rate": findings.VARIABLE_RATE,
    "interlaced": findings.INTERLACED,
    "hdr": findings.HDR,
}
_FIXES: Final[Mapping[ProblemKind, str]] = {
    "variable-rate": "convert it to a constant frame rate, then look up the in points again.",
}


@dataclass(frozen=True, slots=True)
class _SourceFault:
    """A fault, equal for all sources that have it."""

    rule: Rule
    expected: str
    found: str
    fix: str


def check_sources(
    used: Iterable[tuple[Source, Sequence[SheetRow]]], layout: Layout, conform: bool
) -> Iterator[SheetFinding]:
    """Check sources: each fault once, with the lines of all rows that it concerns.

    Args:
        used: each source with the rows cut from it.
        layout: with the rate.
        conform: whether a source may run at another rate.
    """
    met: dict[_SourceFault, list[tuple[Source, Sequence[SheetRow]]]] = defaultdict(list)
    for source, rows in used:
        for fault in (*_problems(source), *_on_rate(source, layout, conform)):
            met[fault].append((source, rows))
    for fault, sources in met.items():
        yield _finding(fault, sources)


def _finding(
    fault: _SourceFault, sources: Sequence[tuple[Source, Sequence[SheetRow]]]
) -> SheetFinding:
    others = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
    return SheetFinding.of(
        fault.rule,
        [row.line for _, rows in sources for row in rows],
        expected=fault.expected,
        found=f"{fault.found}: {sources[0][0].path.name}{others}",
        fix=fault.fix,
    )


def _on_rate(source: Source, layout: Layout, conform: bool) -> Iterator[_SourceFault]:
    wanted, speed = layout.rate.fraction, layout.rate.fraction / source.rate.fraction
    if source.facts.irregular is not None:
        return  # which has no rate, and is found as such
    if speed != 1 and not conform:
        yield _SourceFault(
            findings.SOURCE_RATE,
            f"{wanted} frames a second",
            f"{source.rate.fraction}",
            "add --conform to play it frame by frame, or convert it.",
        )
    elif abs(speed - 1) > _NOTICED:
        yield _SourceFault(
            findings.CONFORM_SPEED,
            "about 100 % speed",
            f"{float(speed * 100):.3g} %",
            f"convert it to {wanted} frames a second, unless this is intended.",
        )


def _problems(source: Source) -> Iterator[_SourceFault]:
    for problem in source.problems:
        rule = _RULES.get(problem.kind, findings.SOURCE_FORMAT)
        yield _SourceFault(
            rule, problem.expected, problem.found, _FIXES.get(problem.kind, problem.fix)
        )
