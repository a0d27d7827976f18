"""Why a member is in a segment, or is not: the rule, decided for one member and in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sizzle.outreach.segments.conditions import (
    Active,
    ContainsText,
    EndpointCondition,
    HasFact,
    InRange,
    MemberCondition,
    Near,
    OnChannel,
    endpoint_conditions,
    member_conditions,
)
from sizzle.outreach.segments.rule import AllAnyNone, Dimensions, Group, Rule
from sizzle.outreach.segments.sql import Sources

_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """What segments ask about an endpoint that can be written to.

    Attributes:
        place: on a sphere of radius 1, or None where it is not known.
    """

    channel: str
    facts: Collection[str]
    place: tuple[float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """What segments ask about a member.

    Attributes:
        last_active: the time of the last event, in milliseconds since 1970, or None.
        snapshots: in which the member is, and why.
    """

    facts: Collection[str]
    endpoints: Sequence[EndpointFacts]
    last_active: int | None
    snapshots: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something holds, and what speaks for that."""

    holds: bool
    reasons: tuple[str, ...] = ()


def explained(rule: Rule, sources: Sources, member: MemberFacts, now: int) -> Verdict:
    """Whether a member is in a segment, and why.

    Args:
        rule: of the segment.
        sources: the rules of all segments that it names, and that those name.
        member: of whom it is asked.
        now: milliseconds since 1970.
    """
    if rule.snapshot_id is not None:
        reasons = member.snapshots.get(rule.snapshot_id)
        return Verdict(reasons is not None, tuple(reasons or ()))
    groups = rule.groups
    return _combined(
        groups.include, [_group(group, sources, member, now) for group in groups.groups]
    )


def _group(group: Group, sources: Sources, member: MemberFacts, now: int) -> Verdict:
    of_sources = [
        explained(sources[reference.id, reference.version], sources, member, now)
        for reference in group.source_segments
    ]
    of_dimensions = [_dimensions(one, member, now) for one in group.dimensions]
    parts = [_combined(group.source_type, of_sources), _combined(group.type, of_dimensions)]
    return _combined("ALL", parts)


def _combined(how: AllAnyNone, parts: Sequence[Verdict]) -> Verdict:
    if not parts:
        return Verdict(True)
    if how == "NONE":
        holds = not any(part.holds for part in parts)
        return Verdict(holds, tuple(f"not: {one}" for one in _reasons(parts, False)))
    holds = (all if how == "ALL" else any)(part.holds for part in parts)
    return Verdict(holds, tuple(_reasons(parts, holds)))


def _reasons(parts: Iterable[Verdict], holding: bool) -> list[str]:
    found = [one for part in parts if part.holds is holding for one in part.reasons]
    return list(dict.fromkeys(found))


def _dimensions(dimensions: Dimensions, member: MemberFacts, now: int) -> Verdict:
    asked = member_conditions(dimensions)
    holding = [one for one in asked if _holds_for_member(one, member, now)]
    reasons = [_said(one) for one in (holding if len(holding) == len(asked) else asked)]
    of_endpoint = endpoint_conditions(dimensions)
    reasons += [_said(one) for one in of_endpoint]
    holds = len(holding) == len(asked) and (
        not of_endpoint
        or any(
            all(_holds_for_endpoint(one, endpoint) for one in of_endpoint)
            for endpoint in member.endpoints
        )
    )
    return Verdict(holds, tuple(reasons))


def _holds_for_member(condition: MemberCondition, member: MemberFacts, now: int) -> bool:
    if isinstance(condition, Active):
        since = now - condition.hours * _HOUR
        active = member.last_active is not None and member.last_active >= since
        return active is not condition.excluded
    return _holds_for_facts(condition, member.facts)


def _holds_for_endpoint(condition: EndpointCondition, endpoint: EndpointFacts) -> bool:
    if isinstance(condition, OnChannel):
        return (endpoint.channel in condition.values) is not condition.excluded
    if isinstance(condition, Near):
        if endpoint.place is None:
            return False
        (x, y, z), (a, b, c) = endpoint.place, condition.place
        return x * a + y * b + z * c >= condition.least_cosine
    return _holds_for_facts(condition, endpoint.facts)


def _holds_for_facts(condition: HasFact | ContainsText | InRange, facts: Collection[str]) -> bool:
    start = f"{condition.kind}{condition.name}\t"
    values = [fact[len(start) :] for fact in facts if fact.startswith(start)]
    if isinstance(condition, HasFact):
        wanted = {value.replace("\0", "") for value in condition.values}
        return (not wanted.isdisjoint(values)) is not condition.excluded
    if isinstance(condition, ContainsText):
        texts = [text.replace("\0", "") for text in condition.texts]
        return any(text in value for value in values for text in texts)
    return any(least <= value <= most for value in values for least, most in condition.ranges)


def _said(condition: MemberCondition | EndpointCondition) -> str:
    """What a condition asks, in words."""
    if isinstance(condition, InRange | Near):
        return f"{condition.label} {condition.said}"
    if isinstance(condition, Active):
        had = "no event" if condition.excluded else "an event"
        return f"{condition.label}: {had} in the last {condition.hours} hours"
    if isinstance(condition, ContainsText):
        return f"{condition.label} contains {' or '.join(condition.texts)}"
    verb = "is not" if condition.excluded else "is"
    shown = condition.values[:5] + (("...",) if len(condition.values) > 5 else ())
    return f"{condition.label} {verb} {' or '.join(shown)}"


def fixed_reasons(rule: Rule) -> Sequence[str] | None:
    """The reasons of all members of a segment, where these are the same for all; or None."""
    groups = rule.groups
    alike = (
        rule.snapshot_id is None
        and (groups.include == "ALL" or (groups.include == "ANY" and len(groups.groups) == 1))
        and all(
            not group.source_segments and (group.type == "ALL" or not group.dimensions)
            for group in groups.groups
        )
    )
    if not alike:
        return None
    said = [
        _said(condition)
        for group in groups.groups
        for one in group.dimensions
        for condition in (*member_conditions(one), *endpoint_conditions(one))
    ]
    return list(dict.fromkeys(said))
