"""JSON with the offsets of every value, so that a few can be changed and the rest kept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s,\]}]+')


@dataclass(frozen=True, slots=True)
class JsonSpan:
    """A value of a document.

    Attributes:
        start: its first character.
        end: the character behind it.
        fields: of an object, by name; the last of a name counts, as for every reader.
        elements: of an array.
    """

    start: int
    end: int
    fields: Mapping[str, JsonSpan] | None = None
    elements: Sequence[JsonSpan] | None = None

    def at(self, path: Sequence[str | int]) -> JsonSpan | None:
        """The value at a path of names and indexes, or None."""
        found: JsonSpan | None = self
        for step in path:
            if found is None:
                return None
            if isinstance(step, str):
                found = (found.fields or {}).get(step)
            else:
                elements = found.elements or ()
                found = elements[step] if 0 <= step < len(elements) else None
        return found


def scan_json(text: str) -> JsonSpan:
    """The spans of a document that is known to be valid JSON, nested no deeper than a few hundred.

    Raises:
        ValueError: it is not.
    """
    try:
        return _value(text, _after_space(text, 0))
    except (AttributeError, IndexError) as error:
        raise ValueError("it is not valid JSON") from error


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match, "it matches nothing, too"
    return match.end()


def _value(text: str, at: int) -> JsonSpan:
    if text[at] == "{":
        return _object(text, at)
    if text[at] == "[":
        return _array(text, at)
    return JsonSpan(at, _scalar(text, at))


def _scalar(text: str, at: int) -> int:
    match = _SCALAR.match(text, at)
    if match is None:
        raise ValueError(f"nothing can begin at character {at}")
    return match.end()


def _object(text: str, start: int) -> JsonSpan:
    fields: dict[str, JsonSpan] = {}
    at = _after_space(text, start + 1)
    while text[at] != "}":
        end = _scalar(text, at)
        name = json.loads(text[at:end])
        at = _after_space(text, end)
        if text[at] != ":":
            raise ValueError(f"a colon is missing at character {at}")
        fields[name] = value = _value(text, _after_space(text, at + 1))
        at = _next(text, value.end)
    return JsonSpan(start, at + 1, fields=fields)


def _array(text: str, start: int) -> JsonSpan:
    elements: list[JsonSpan] = []
    at = _after_space(text, start + 1)
    while text[at] != "]":
        elements.append(_value(text, at))
        at = _next(text, elements[-1].end)
    return JsonSpan(start, at + 1, elements=elements)


def _next(text: str, at: int) -> int:
    """Behind the comma after a value, or at the bracket that closes what it is in."""
    at = _after_space(text, at)
    return _after_space(text, at + 1) if text[at] == "," else at
