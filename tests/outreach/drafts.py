"""Texts in `fixtures/outreach`, one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sizzle.outreach.content.lines import Line
from sizzle.outreach.policy import Finding, check
from sizzle.outreach.vocabulary import Channel
from tests.outreach.samples import THINGS

FOLDER = Path(__file__).parents[2] / "fixtures" / "outreach"


def read(name: str) -> list[dict[str, Any]]:
    """The records of a file."""
    return [json.loads(row) for row in (FOLDER / name).read_text("utf-8").splitlines()]


def line_of(record: dict[str, Any]) -> Line:
    """The line of a record."""
    thing = THINGS[record["thing"]]
    return Line(
        thing.kind,
        thing.id,
        record["reason"],
        record["language"],
        Channel(record["channel"]),
        record["subject"],
        record["text"],
    )


def findings(record: dict[str, Any], country: str = "") -> list[Finding]:
    """What the checks find in a record's line."""
    return check(line_of(record), THINGS[record["thing"]], country=country, used=record.get("used"))
