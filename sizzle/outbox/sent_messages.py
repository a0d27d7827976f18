"""What was sent, as its open pages and `sizzle outreach show` find it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import RowMapping, select

from sizzle.database import Database
from sizzle.database.send_tables import SENDS
from sizzle.outreach.content.parts import SendContext
from sizzle.outreach.vocabulary import Channel, MessageClass


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A send whose message was composed.

    Attributes:
        context: what its events are attributed by.
        handed_over: about when, in milliseconds since 1970; None if it was not.
        record: what it was made of, as `sizzle.outreach.content.record` reads it.
    """

    app: str
    endpoint_id: str
    member_id: str
    channel: Channel
    context: SendContext
    state: str
    handed_over: int | None
    line_digest: str
    reel_id: str
    asset_version: str
    record: dict[str, Any]

    @property
    def asset_id(self) -> str:
        """Of the reel; empty where it is not known."""
        reel = self.record.get("reel")
        return str(reel.get("asset_id", "")) if isinstance(reel, dict) else ""


class SentMessages:
    """Finds them. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, send_id: str) -> SentMessage | None:
        """One of them, or None where there is none any more. Raises DatabaseUnavailableError."""
        self._database.upgrade_once()
        query = select(SENDS).where(SENDS.c.send_id == send_id)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().first()
        return None if row is None else _sent(row)

    def held_versions(self) -> Set[str]:
        """The versions of assets that reels of sends were cut from. Raises as `find`."""
        self._database.upgrade_once()
        query = select(SENDS.c.asset_version).where(SENDS.c.asset_version != "").distinct()
        with self._database.reading() as connection:
            return frozenset(connection.execute(query).scalars())


def _sent(row: RowMapping) -> SentMessage:
    record = msgspec.json.decode(row["slots"])
    kept = record if isinstance(record, dict) else {}
    context = SendContext(
        send_id=row["send_id"],
        message_class=MessageClass(row["class"]),
        topic=row["topic"],
        reason=str(kept.get("reason", "")),
        campaign_id="" if row["run_id"] else row["campaign_id"],
        activity_id=row["activity_id"] if row["campaign_id"] else "",
        treatment_id=str(kept.get("treatment_id", "")),
        journey_id=row["campaign_id"] if row["run_id"] else "",
        run_id=row["run_id"],
    )
    return SentMessage(
        app=row["app"],
        endpoint_id=row["endpoint_id"],
        member_id=row["member_id"],
        channel=Channel(row["channel"]),
        context=context,
        state=row["state"],
        handed_over=row["counted"],
        line_digest=row["line_digest"],
        reel_id=row["reel_id"],
        asset_version=row["asset_version"],
        record=kept,
    )
