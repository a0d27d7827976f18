"""Sends in the database: each exists once, and its state says all that is known of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, RowMapping, select, update
from sqlalchemy.dialects import postgresql, sqlite

from sizzle.database import Database
from sizzle.database.connections import is_postgresql
from sizzle.database.send_tables import CAMPAIGNS, SENDS
from sizzle.errors import NotFoundError
from sizzle.events.event import canonical
from sizzle.outreach.campaign import CampaignState
from sizzle.outreach.vocabulary import Channel, MessageClass, SendState

UNFINISHED: Final = (SendState.PLANNED.value, SendState.HELD.value, SendState.TEMPORARY.value)
MAX_ID: Final = 100

_PARAMETERS: Final = 500  # of one statement: databases limit them


@dataclass(frozen=True, slots=True)
class Send:
    """One activity to one endpoint. Times are milliseconds since 1970.

    Attributes:
        campaign_id: of the campaign or journey; empty for a transactional message.
        reason: why it is skipped or held, or what the transport said.
        due: when it may be looked at next.
        expires: after this it is skipped; None for never.
        counted: when it was claimed, as frequency caps count it.
        language: of the line.
        line_reason: the reason that the line gives; empty for none.
        slots: what the message was filled with.
        message_id: of the mail; empty as long as nothing can have been handed over.
        run_id: of a journey; empty for others.
        journey_version: of the journey that the run goes through; 0 for others.
    """

    send_id: str
    campaign_id: str
    activity_id: str
    app: str
    endpoint_id: str
    member_id: str
    channel: Channel
    message_class: MessageClass
    topic: str
    state: SendState
    due: int
    created: int
    updated: int
    reason: str = ""
    expires: int | None = None
    attempts: int = 0
    claimed_by: str = ""
    claimed: int | None = None
    counted: int | None = None
    line_digest: str = ""
    language: str = ""
    line_reason: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)
    reel_id: str = ""
    asset_version: str = ""
    model_version: str = ""
    message_id: str = ""
    transport_reference: str = ""
    run_id: str = ""
    journey_version: int = 0


def send_id_of(activity_id: str, app: str, endpoint_id: str, run_id: str = "") -> str:
    """The id of a send: the same for the same activity and endpoint, in a journey for each run."""
    of_run = (run_id,) if run_id else ()
    parts = "\0".join((activity_id, app, endpoint_id, *of_run)).encode()
    return hashlib.blake2b(parts, digest_size=15).hexdigest()


def insert_new(connection: Connection, sends: Sequence[Send]) -> int:
    """Insert those that do not exist yet. Returns how many those were."""
    if not sends:
        return 0
    dialect = postgresql if is_postgresql(connection) else sqlite
    statement = dialect.insert(SENDS).on_conflict_do_nothing()
    before = connection.execute(statement, [_row(send) for send in sends])
    return max(before.rowcount, 0)


class Sends:
    """The sends of a database. Safe to share between threads.

    Each method raises DatabaseUnavailableError where the database cannot be used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, sends: Sequence[Send]) -> int:
        """Insert those that do not exist yet. Returns how many those were."""
        self._database.upgrade_once()
        with self._database.writing(concurrent=True) as connection:
            return insert_new(connection, sends)

    def get(self, send_id: str) -> Send:
        """One of them. Raises NotFoundError."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            found = find_send(connection, send_id)
        if found is None:
            raise NotFoundError(
                f"There is no send {send_id[:MAX_ID]!r}.",
                fix="see `sizzle outreach campaign status CAMPAIGN --sends`.",
            )
        return found

    def page(
        self,
        campaign_id: str,
        state: SendState | None = None,
        after: str = "",
        limit: int = 100,
        *,
        member_id: str | None = None,
    ) -> list[Send]:
        """Sends of a campaign whose ids come after one, in the order of their ids."""
        query = select(SENDS).where(SENDS.c.campaign_id == campaign_id, SENDS.c.send_id > after)
        if state is not None:
            query = query.where(SENDS.c.state == state.value)
        if member_id is not None:
            query = query.where(SENDS.c.member_id == member_id)
        return self._select(query.order_by(SENDS.c.send_id).limit(limit))

    def unknown(self, after: str = "", limit: int = 1000) -> list[Send]:
        """Those of which nobody knows whether they arrived, in the order of their ids."""
        query = select(SENDS).where(
            SENDS.c.state == SendState.UNKNOWN.value, SENDS.c.send_id > after
        )
        return self._select(query.order_by(SENDS.c.send_id).limit(limit))

    def settle(self, outcomes: Mapping[str, tuple[SendState, str]], now: int) -> int:
        """Say what became of sends that are unknown.

        Args:
            outcomes: the state and reason by send id: handed over, permanent, or planned anew.
            now: milliseconds since 1970.

        Returns:
            How many were unknown until now.
        """
        settled = 0
        with self._database.writing(concurrent=True) as connection:
            for send_id, (state, reason) in outcomes.items():
                again = {"message_id": "", "counted": None, "due": now}
                changed = connection.execute(
                    update(SENDS)
                    .where(SENDS.c.send_id == send_id, SENDS.c.state == SendState.UNKNOWN.value)
                    .values(
                        state=state.value,
                        reason=reason,
                        updated=now,
                        **(again if state is SendState.PLANNED else {}),
                    )
                )
                settled += changed.rowcount
            planned = [one for one, (state, _) in outcomes.items() if state is SendState.PLANNED]
            _reopen(connection, planned, now)
        return settled

    def _select(self, query: Any) -> list[Send]:  # noqa: ANN401 - a Select of the table
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return [send_of(row) for row in connection.execute(query).mappings()]


def _reopen(connection: Connection, send_ids: Sequence[str], now: int) -> None:
    """Have campaigns that were finished go on, as some of their sends are left after all."""
    for start in range(0, len(send_ids), _PARAMETERS):
        some = SENDS.c.send_id.in_(send_ids[start : start + _PARAMETERS])
        of_these = select(SENDS.c.campaign_id).where(some, SENDS.c.state == SendState.PLANNED.value)
        connection.execute(
            update(CAMPAIGNS)
            .where(
                CAMPAIGNS.c.campaign_id.in_(of_these),
                CAMPAIGNS.c.state == CampaignState.FINISHED.value,
            )
            .values(state=CampaignState.RUNNING.value, finished=None, updated=now)
        )


def find_send(connection: Connection, send_id: str) -> Send | None:
    """One of them, or None."""
    row = connection.execute(select(SENDS).where(SENDS.c.send_id == send_id)).mappings().first()
    return None if row is None else send_of(row)


_TEXTS: Final = (
    "send_id", "campaign_id", "activity_id", "app", "endpoint_id", "member_id", "topic", "reason",
    "claimed_by", "line_digest", "language", "line_reason", "reel_id", "asset_version",
    "model_version", "message_id", "transport_reference", "run_id",
)  # fmt: skip
_NUMBERS: Final = (
    "due", "created", "updated", "expires", "attempts", "claimed", "counted", "journey_version",
)  # fmt: skip
_SAME: Final = (*_TEXTS, *_NUMBERS)


def send_of(row: RowMapping) -> Send:
    """A row of the table."""
    return Send(
        channel=Channel(row["channel"]),
        message_class=MessageClass(row["class"]),
        state=SendState(row["state"]),
        slots=msgspec.json.decode(row["slots"]),
        **{name: row[name] for name in _SAME},
    )


def _row(send: Send) -> dict[str, Any]:
    return {
        "channel": send.channel.value,
        "class": send.message_class.value,
        "state": send.state.value,
        "slots": canonical(send.slots),
        **{name: getattr(send, name) for name in _SAME},
    }
