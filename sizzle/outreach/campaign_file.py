"""Campaigns as people write them: times in ISO 8601 instead of milliseconds."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from sizzle.errors import InputError
from sizzle.events.event import milliseconds, time_text
from sizzle.outreach.campaign import Campaign

_TIMES: Final = ("start", "latest_start", "expires")


def read_campaign(data: bytes | str, where: str = "") -> Campaign:
    """Read a campaign from JSON. Raises InputError: it is none."""
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"Not a campaign: {error}.", where=where, fix="docs/outreach.md describes it."
        ) from error
    if isinstance(raw, dict):
        for name in _TIMES:
            if isinstance(raw.get(name), str):
                raw[name] = milliseconds_of(raw[name], name)
    return Campaign.parse(json.dumps(raw), where)


def campaign_record(campaign: Campaign) -> dict[str, Any]:
    """A campaign as people write it."""
    record: dict[str, Any] = json.loads(campaign.content)
    for name in _TIMES:
        if record.get(name) is not None:
            record[name] = time_text(record[name])
    return record


def milliseconds_of(text: str, where: str) -> int:
    """A time with its zone, in milliseconds since 1970. Raises InputError: it is none."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = datetime.min
    if time.tzinfo is None or time.year < 1970:
        raise InputError(
            f"{text[:60]!r} is not a time with its zone.",
            where=where,
            fix="write it as 2026-12-01T20:00:00+01:00.",
        )
    return milliseconds(time)
