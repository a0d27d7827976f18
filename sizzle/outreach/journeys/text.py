"""A journey as people write it: JSON with a step on each line, without what is as by default."""

from __future__ import annotations

import json
from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

import msgspec
from msgspec import NODEFAULT, structs

from sizzle.outreach.journeys.model import Journey

EXAMPLE = """\
{
  "journey_id": "welcome",
  "name": "Welcome",
  "topic": "marketing",
  "trigger": {"on": "event", "event": {"type": "signed_up"}},
  "goal": {"type": "title_played", "attributes": {"title_id": ["nocturne"]}},
  "longest": "60 days",
  "steps": [
    {"id": "hello", "type": "send", "kind": "title", "promoted_id": "nocturne", "next": "pause"},
    {"id": "pause", "type": "wait", "for": "3 days", "next": "reminder"},
    {"id": "reminder", "type": "send", "kind": "title", "promoted_id": "nocturne"}
  ]
}
"""
"""Where somebody who writes a new one begins."""


def journey_text(journey: Journey) -> str:
    """A journey as JSON that reads as the same journey."""
    fields = _plain(journey)
    steps = ",\n".join(f"    {_json(step)}" for step in fields.pop("steps"))
    lines = [f"  {_json(name)}: {_json(value)}" for name, value in fields.items()]
    return "{\n" + ",\n".join([*lines, f'  "steps": [\n{steps}\n  ]']) + "\n}\n"


def changed_lines(old: Journey, new: Journey) -> list[str]:
    """The lines that differ, with `-` before those that are gone and `+` before new ones."""
    before, after = (journey_text(journey).split("\n") for journey in (old, new))
    lines = list(unified_diff(before, after, n=0, lineterm=""))[2:]
    return [line for line in lines if not line.startswith("@@")]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a journey has
    """Structs as objects, without fields that are as by default."""
    if isinstance(value, msgspec.Struct):
        return dict(_fields(value))
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return msgspec.to_builtins(value)


def _fields(value: msgspec.Struct) -> Iterator[tuple[str, Any]]:
    config = value.__struct_config__
    tag = {config.tag_field: config.tag} if config.tag_field else {}
    fields = {
        field.encode_name: _plain(found)
        for field in structs.fields(value)
        if (found := getattr(value, field.name)) != _default(field)
    }
    if "id" in fields:
        yield "id", fields.pop("id")
    yield from tag.items()
    yield from fields.items()


def _default(field: structs.FieldInfo) -> object:
    if field.default_factory is not NODEFAULT:
        return field.default_factory()
    return field.default
