"""What can be wrong with a source as a whole, said once for all sources it is true of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sizzle.layout import Layout, Rule
from sizzle.mega import findings
from sizzle.mega.findings import SheetFinding
from sizzle.mega.sheet import Row
from sizzle.mega.source import Source

_NOTICED: Final = Fraction(1, 20)  # change of speed; films run 4 % fast at 25 and nobody minds


@dataclass(frozen=True, slots=True)
class _Complaint:
    """What is wrong, in the same words for every source it is wrong with."""

    rule: Rule
    expected: str
    found: str
    fix: str


def check_sources(
    used: Iterable[tuple[Source, Sequence[Row]]], layout: Layout, conform: bool
) -> Iterator[SheetFinding]:
    """Findings on sources: each problem once, with the lines of all rows that meet it.

    Args:
        used: each source with the rows cut from it.
        layout: says the rate.
        conform: whether a source may run at another rate.
    """
    met: dict[_Complaint, list[tuple[Source, Sequence[Row]]]] = defaultdict(list)
    for source, rows in used:
        for complaint in (*_on_rate(source, layout, conform), *_on_pictures(source)):
            met[complaint].append((source, rows))
    for complaint, sources in met.items():
        yield _finding(complaint, sources)


def _finding(
    complaint: _Complaint, sources: Sequence[tuple[Source, Sequence[Row]]]
) -> SheetFinding:
    others = f" and {len(sources) - 1} more" if len(sources) > 1 else ""
    return SheetFinding.of(
        complaint.rule,
        [row.line for _, rows in sources for row in rows],
        expected=complaint.expected,
        found=f"{complaint.found}: {sources[0][0].path.name}{others}",
        fix=complaint.fix,
    )


def _on_rate(source: Source, layout: Layout, conform: bool) -> Iterator[_Complaint]:
    wanted, speed = layout.rate.fraction, layout.rate.fraction / source.rate.fraction
    if not source.constant:
        yield _Complaint(
            findings.VARIABLE_RATE,
            "a constant frame rate",
            "one that varies",
            "convert to a constant frame rate, then look the in points up anew.",
        )
    elif speed != 1 and not conform:
        yield _Complaint(
            findings.SOURCE_RATE,
            f"{wanted} frames a second",
            f"{source.rate.fraction}",
            "add --conform to play each of its frames as one, or convert it.",
        )
    elif abs(speed - 1) > _NOTICED:
        yield _Complaint(
            findings.CONFORM_SPEED,
            "about 100 % of its speed",
            f"{float(speed * 100):.3g} %",
            f"convert it to {wanted} frames a second, if that is not meant.",
        )


def _on_pictures(source: Source) -> Iterator[_Complaint]:
    if source.hdr:
        yield _Complaint(
            findings.HDR,
            "standard dynamic range",
            "high dynamic range (PQ or HLG)",
            "export it graded for bt709.",
        )
    if source.interlaced:
        yield _Complaint(
            findings.INTERLACED,
            "progressive pictures",
            "interlaced ones",
            "deinterlace it first, keeping its frame rate.",
        )
