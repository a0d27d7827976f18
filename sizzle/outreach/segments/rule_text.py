"""Rules as people type them: read with the lines of what is wrong, and made of common choices."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sizzle.outreach.segments.rule import HOURS, InvalidSegmentError, Rule

EVERYBODY: Final = '{\n  "Dimensions": {}\n}'

_KEYS_AND_BRACES: Final = re.compile(
    r'("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"|[{}]'  # keys, other texts, braces
)
_NAME: Final = re.compile(r"\[(?:\.\.\.|\d+)\]|\.?([^.\[\]]+)")


class RuleTextError(InvalidSegmentError):
    """A rule that cannot be read.

    Args:
        line: on which it is wrong, from 1; 0 where it is the whole.
    """

    def __init__(self, what: str, line: int, fix: str) -> None:
        super().__init__(what, where=f"line {line}" if line else "", fix=fix)
        self.line = line


def read_rule_text(text: str) -> Rule:
    """Read a rule in Pinpoint's JSON; its name beside it is left out. Raises RuleTextError."""
    value = _read(text)
    try:
        return Rule.read(value)
    except InvalidSegmentError as error:
        path = error.what.partition(":")[0]
        raise RuleTextError(error.what, _line_of(text, path), error.fix) from error


def rule_text(rule: Rule) -> str:
    """A rule as people read it."""
    return json.dumps(json.loads(rule.to_json()), indent=2, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class CommonRule:
    """What most segments ask. What is empty is not asked.

    Attributes:
        countries: ISO 3166 codes, as members have them.
        languages: BCP 47 tags, as members have them.
        platforms: of the device, such as `iOS`.
        channels: that the member can be reached on, by Pinpoint's names.
        attribute: of the member, such as `Genre`.
        values: of the attribute, of which one has to be there.
        duration: `HR_24`, `DAY_7`, `DAY_14` or `DAY_30`.
        active: whether the member did something in that time, or did not.
    """

    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    attribute: str = ""
    values: tuple[str, ...] = ()
    duration: str = ""
    active: bool = True

    def added_to(self, text: str) -> str:
        """A rule that asks this too. Raises RuleTextError."""
        rule = _read(text or EVERYBODY)
        dimensions = self._dimensions()
        if not dimensions:
            return text
        if "SegmentGroups" in rule:
            read_rule_text(text)
            rule["SegmentGroups"]["Groups"].append({"Type": "ALL", "Dimensions": [dimensions]})
        else:
            rule["Dimensions"] = _merged(rule.get("Dimensions") or {}, dimensions)
        added = json.dumps(rule, indent=2, ensure_ascii=False)
        read_rule_text(added)
        return added

    def _dimensions(self) -> dict[str, Any]:
        device = {"Platform": self.platforms, "Channel": self.channels}
        asked: dict[str, Any] = {
            "Demographic": {name: _set(values) for name, values in device.items() if values},
            "UserAttributes": {
                name: {"AttributeType": "INCLUSIVE", "Values": list(values)}
                for name, values in (
                    ("country", self.countries),
                    ("language", self.languages),
                    (self.attribute, self.values),
                )
                if name and values
            },
            "Behavior": {},
        }
        if self.duration in HOURS:
            kind = "ACTIVE" if self.active else "INACTIVE"
            recency = {"Duration": self.duration, "RecencyType": kind}
            asked["Behavior"] = {"Recency": recency}
        return {name: one for name, one in asked.items() if one}


def _set(values: tuple[str, ...]) -> dict[str, Any]:
    return {"DimensionType": "INCLUSIVE", "Values": list(values)}


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Both, one level deep: a dimension that is asked anew replaces the one before."""
    return {**old, **{name: {**(old.get(name) or {}), **one} for name, one in new.items()}}


def read_unambiguous(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Read JSON in which no object has a name twice.

    Raises:
        RuleTextError: one has, with the line of the second.
        ValueError: it is no JSON.
    """
    try:
        return json.loads(text, object_pairs_hook=_object)
    except _RepeatedNameError as error:
        line = _line_of_repeated(text, error.name)
        what = f"The name {error.name!r} is there twice in one object."
        raise RuleTextError(what, line, "write it once, with all that it asks.") from None


def _read(text: str) -> dict[str, Any]:
    try:
        value = read_unambiguous(text)
    except json.JSONDecodeError as error:
        what = f"The rule is no JSON: {error.msg}, at letter {error.colno}."
        raise RuleTextError(what, error.lineno, f"write it as {EVERYBODY!r}.") from None
    except RecursionError:
        raise RuleTextError("The rule is nested too deep.", 0, "write it flatter.") from None
    if not isinstance(value, dict):
        raise RuleTextError("The rule is no object.", 1, 'write {"Dimensions": {...}}.')
    return value


class _RepeatedNameError(Exception):
    """A name that an object has twice, of which JSON would silently take the last."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _RepeatedNameError(name)
        found[name] = value
    return found


def _line_of_repeated(text: str, name: str) -> int:
    """The line of the second key of a name in one object, the first such object to end."""
    objects: list[set[str]] = []
    wanted: list[tuple[int, int]] = []  # where an object has it again, by how deep that is
    for token in _KEYS_AND_BRACES.finditer(text):
        if token[0] == "{":
            objects.append(set())
        elif token[0] == "}":
            if wanted and wanted[-1][0] == len(objects):
                return text.count("\n", 0, wanted[-1][1]) + 1
            objects.pop()
        elif token[1] and objects and json.loads(token[1]) == name:
            if name in objects[-1]:
                wanted.append((len(objects), token.start()))
            objects[-1].add(name)
    return 0


def _line_of(text: str, path: str) -> int:
    """The line on which the last name of a path stands; 0 where it is not there."""
    at = 0
    for name in (found[1] for found in _NAME.finditer(path) if found[1]):
        key = text.find(json.dumps(name, ensure_ascii=False), at)
        if key < 0:
            break
        at = key + 1
    return text.count("\n", 0, at) + 1 if at else 0
