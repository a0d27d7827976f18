"""What is promoted as JSON: as it is kept, and as an approval binds to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sizzle.outreach.vocabulary import Promoted, PromotedKind, Window


def promoted_to_json(promoted: Promoted) -> dict[str, Any]:
    """All of it, as JSON values."""
    # Only where there are some: approvals of what was kept without them still hold.
    titles = {"title_ids": sorted(promoted.title_ids)} if promoted.title_ids else {}
    return titles | {
        "kind": str(promoted.kind),
        "id": promoted.id,
        "facts": dict(promoted.facts),
        "least_age": promoted.least_age,
        "maturity": promoted.maturity,
        "countries": sorted(promoted.countries),
        "windows": {
            country: {"start": _day(window.start), "end": _day(window.end)}
            for country, window in promoted.windows.items()
        },
        "topic": promoted.topic,
    }


def promoted_of_json(record: Mapping[str, Any]) -> Promoted:
    """What `promoted_to_json` wrote. Raises KeyError, TypeError or ValueError."""
    return Promoted(
        PromotedKind(record["kind"]),
        record["id"],
        dict(record["facts"]),
        record["least_age"],
        record["maturity"],
        frozenset(record["countries"]),
        {
            country: Window(_date(window["start"]), _date(window["end"]))
            for country, window in record["windows"].items()
        },
        record["topic"],
        frozenset(record.get("title_ids", ())),
    )


def promoted_text(promoted: Promoted) -> str:
    """Canonical JSON: the same text for the same content."""
    return json.dumps(
        promoted_to_json(promoted), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def promoted_digest(promoted: Promoted) -> str:
    """SHA-256 of all that may be said, in hexadecimal: an approval is of these facts alone."""
    return hashlib.sha256(promoted_text(promoted).encode()).hexdigest()


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
