"""Compiles a rule to a condition of SQL, in which every name and value is a parameter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

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
from sizzle.outreach.segments.facts import encoded_fact, encoded_part
from sizzle.outreach.segments.rule import AllAnyNone, Dimensions, Group, Rule, SegmentReference

Sources = Mapping[tuple[str, int | None], Rule]
"""The rules of the segments that rules name, by id and version."""

_HOUR: Final = 3_600_000
_METRIC_DIGITS: Final = 16
_ALL: Final = "1 = 1"
_NOBODY: Final = "1 = 0"


class Dialect(StrEnum):
    """The database that the SQL is for."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on `members AS m`, with its parameters by name."""

    sql: str
    parameters: Mapping[str, Any]


def compiled(rule: Rule, sources: Sources, dialect: Dialect, now: int) -> Condition:
    """The condition that a rule's members meet.

    Args:
        rule: of the segment.
        sources: the rules of all segments that it names, and that those name.
        dialect: of the database.
        now: milliseconds since 1970.
    """
    compiler = _Compiler(sources, dialect, now)
    return Condition(compiler.rule(rule), compiler.parameters)


class _Compiler:
    """Collects parameters while it writes SQL; its text depends on the rule's shape alone."""

    def __init__(self, sources: Sources, dialect: Dialect, now: int) -> None:
        self._sources, self._now = sources, now
        self._sqlite = dialect is Dialect.SQLITE
        self._find = "instr" if self._sqlite else "strpos"
        self._bytes = "" if self._sqlite else ' COLLATE "C"'
        self.parameters: dict[str, Any] = {}

    def rule(self, rule: Rule) -> str:
        if rule.snapshot_id is not None:
            return (
                "m.member_id IN (SELECT s.member_id FROM snapshot_members AS s"
                f" WHERE s.snapshot_id = {self._value(rule.snapshot_id)})"
            )
        groups = rule.groups
        return combined(groups.include, [self._group(group) for group in groups.groups])

    def _group(self, group: Group) -> str:
        sources = [self._source(reference) for reference in group.source_segments]
        dimensions = [self._dimensions(one) for one in group.dimensions]
        return combined(
            "ALL", [combined(group.source_type, sources), combined(group.type, dimensions)]
        )

    def _source(self, reference: SegmentReference) -> str:
        return self.rule(self._sources[reference.id, reference.version])

    def _dimensions(self, dimensions: Dimensions) -> str:
        parts = [self._member(one) for one in member_conditions(dimensions)]
        endpoint = [self._endpoint(one) for one in endpoint_conditions(dimensions)]
        if endpoint:
            all_hold = _joined(" AND ", endpoint)
            parts.append(
                "m.member_id IN (SELECT e.member_id FROM endpoints AS e WHERE e.deleted IS NULL"
                f" AND e.member_id <> '' AND e.status <> 'INACTIVE' AND {all_hold})"
            )
        return combined("ALL", parts)

    def _member(self, condition: MemberCondition) -> str:
        if isinstance(condition, Active):
            return self._active(condition)
        return self._facts("m.facts", condition)

    def _endpoint(self, condition: EndpointCondition) -> str:
        if isinstance(condition, OnChannel):
            listed = ", ".join(self._value(value) for value in condition.values)
            return f"e.channel {'NOT IN' if condition.excluded else 'IN'} ({listed})"
        if isinstance(condition, Near):
            x, y, z = (self._value(value) for value in condition.place)
            least = self._value(condition.least_cosine)
            return f"e.x * {x} + e.y * {y} + e.z * {z} >= {least}"
        return self._facts("e.facts", condition)

    def _facts(self, column: str, condition: HasFact | ContainsText | InRange) -> str:
        if isinstance(condition, HasFact):
            start = f"{condition.kind}{condition.name}\t"
            found = [self._has(column, encoded_fact(start + value)) for value in condition.values]
            either = _joined(" OR ", found)
            return f"NOT {either}" if condition.excluded else either
        there = self._has(column, self._start(condition.kind, condition.name))
        if isinstance(condition, ContainsText):
            return f"({there} AND {self._some_value(column, condition)})"
        if condition.kind == "m":
            return f"({there} AND {self._metric(column, condition)})"
        return f"({there} AND {self._some_time(column, condition)})"

    def _has(self, column: str, text: str) -> str:
        return f"{self._find}({column}, {self._value(text)}) > 0"

    def _start(self, kind: str, name: str) -> str:
        start = f"{kind}{name}\t"
        return f'"{encoded_part(start)}'

    def _metric(self, column: str, condition: InRange) -> str:
        """A metric is there once, in as many digits as all others: its text need not be parsed."""
        start = self._start(condition.kind, condition.name)
        at = f"{self._find}({column}, {self._value(start)}) + {self._value(len(start))}"
        digits = f"substr({column}, {at}, {_METRIC_DIGITS}){self._bytes}"
        ((least, most),) = condition.ranges
        return f"{digits} BETWEEN {self._value(least)} AND {self._value(most)}"

    def _some_value(self, column: str, condition: ContainsText) -> str:
        start = f"{condition.kind}{condition.name}\t"
        length = self._value(len(start))
        inner = [
            f"{self._find}(substr(f.value, {length} + 1), {self._value(_plain(text))}) > 0"
            for text in condition.texts
        ]
        same = f"substr(f.value, 1, {length}) = {self._value(start)}"
        return self._some_fact(column, f"{same} AND {_joined(' OR ', inner)}")

    def _some_time(self, column: str, condition: InRange) -> str:
        start = f"{condition.kind}{condition.name}\t"
        value = f"f.value{self._bytes}"
        inner = [
            f"{value} BETWEEN {self._value(start + least)} AND {self._value(start + most)}"
            for least, most in condition.ranges
        ]
        return self._some_fact(column, _joined(" OR ", inner))

    def _some_fact(self, column: str, condition: str) -> str:
        facts = (
            f"json_each({column}) AS f"
            if self._sqlite
            else f"json_array_elements_text(CAST({column} AS json)) AS f(value)"
        )
        return f"EXISTS (SELECT 1 FROM {facts} WHERE {condition})"

    def _active(self, condition: Active) -> str:
        since = self._value(self._now - condition.hours * _HOUR)
        own = f"SELECT 1 FROM events AS v WHERE v.member_id = m.member_id AND v.time >= {since}"
        device = (
            "SELECT 1 FROM endpoints AS e JOIN events AS v ON v.app = e.app AND v.endpoint_id ="
            " e.endpoint_id WHERE e.member_id = m.member_id AND v.endpoint_id <> ''"
            f" AND v.time >= {since}"
        )
        found = f"(EXISTS ({own}) OR EXISTS ({device}))"
        return f"NOT {found}" if condition.excluded else found

    def _value(self, value: object) -> str:
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f":{name}"


def combined(how: AllAnyNone, parts: Sequence[str]) -> str:
    """Conditions that all hold, or any, or none. Without conditions, nothing is asked."""
    if not parts:
        return _ALL
    if how == "ALL":
        return _joined(" AND ", parts)
    either = _joined(" OR ", parts)
    return either if how == "ANY" else f"NOT {either}"


def _joined(operator: str, parts: Iterable[str]) -> str:
    return f"({operator.join(parts)})"


def _plain(text: str) -> str:
    """As facts have it: without NUL."""
    return text.replace("\0", "")
