"""What the author of a segment should know before anything is sent to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sizzle.outreach.segments.conditions import HasFact, InRange, member_conditions
from sizzle.outreach.segments.rule import Dimensions, Rule


@dataclass(frozen=True, slots=True)
class SegmentFinding:
    """Something about a segment.

    Attributes:
        rule: its id, such as `contradiction`.
    """

    rule: str
    what: str
    fix: str = ""


def check_rule(rule: Rule) -> Iterator[SegmentFinding]:
    """What is wrong with a rule, whoever the members are."""
    if rule.snapshot_id is not None:
        return
    groups = rule.groups
    if all(
        _asks_nothing(group.dimensions) and not group.source_segments for group in groups.groups
    ):
        yield SegmentFinding(
            "selects-everybody", "The rule asks nothing: it selects everybody.", "add a dimension."
        )
    if groups.include != "ALL":
        return
    required = [one for group in groups.groups if group.type == "ALL" for one in group.dimensions]
    excluded = [one for group in groups.groups if group.type == "NONE" for one in group.dimensions]
    for one in required:
        if one in excluded:
            yield SegmentFinding(
                "contradiction",
                "The same dimensions are asked for and excluded: nobody is selected.",
                "take them out of one of the groups.",
            )
    yield from _contradictions(required)


def _asks_nothing(dimensions: Sequence[Dimensions]) -> bool:
    return all(one == Dimensions() for one in dimensions)


def _contradictions(required: Sequence[Dimensions]) -> Iterator[SegmentFinding]:
    """What is asked of a member that no member can be."""
    asked = [condition for one in required for condition in member_conditions(one)]
    facts = [one for one in asked if isinstance(one, HasFact)]
    for wanted in (one for one in facts if not one.excluded):
        for other in (one for one in facts if one.excluded and one.name == wanted.name):
            if set(wanted.values) <= set(other.values):
                yield SegmentFinding(
                    "contradiction",
                    f"{wanted.label} is asked to be {' or '.join(wanted.values[:3])}, and not to "
                    "be: nobody is selected.",
                    "take one of the two out.",
                )
    for span in (one for one in asked if isinstance(one, InRange)):
        if all(least > most for least, most in span.ranges):
            yield SegmentFinding("contradiction", f"{span.label} {span.said}: no time is so.")


def check_counts(count: int, of: int, alone: Mapping[str, int]) -> Iterator[SegmentFinding]:
    """What the numbers say: that nobody is selected, or everybody.

    Args:
        count: members who are selected.
        of: members there are.
        alone: where nobody is: how many each dimension selects alone.
    """
    if of == 0:
        yield SegmentFinding(
            "no-members", "There are no members.", "import some: sizzle outreach import FILE."
        )
    elif count == 0:
        alone_said = "; ".join(f"{name} alone: {number}" for name, number in alone.items())
        yield SegmentFinding(
            "selects-nobody",
            "No member is selected." + (f" {alone_said}." if alone_said else ""),
            "see that names and values are spelled as the members have them.",
        )
    elif count == of:
        yield SegmentFinding("selects-everybody", f"All {of} members are selected.")
