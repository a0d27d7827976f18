"""What a desk shows first: how much there is of everything, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select

from sizzle.database import Database
from sizzle.database.content_tables import LINES, VERDICTS
from sizzle.database.member_tables import MEMBERS, SEGMENTS
from sizzle.database.send_tables import CAMPAIGNS, SENDS
from sizzle.outreach.campaign import CampaignState
from sizzle.outreach.vocabulary import SendState

_UNJUDGED_SHOWN: Final = 1000


@dataclass(frozen=True, slots=True)
class CampaignSummary:
    """A campaign in a list. Times are milliseconds since 1970."""

    campaign_id: str
    state: CampaignState
    reason: str
    created_by: str
    updated: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is.

    Attributes:
        members: how many.
        segments: how many.
        lines_to_judge: lines without a verdict, at most 1,000.
        campaigns: how many by state.
        unknown: sends of which nobody knows whether they went out, at most 1,000.
        recent: campaigns that changed last.
    """

    members: int
    segments: int
    lines_to_judge: int
    campaigns: dict[CampaignState, int]
    unknown: int
    recent: list[CampaignSummary]


def overview(database: Database, limit: int = 8) -> Overview:
    """What there is in a database.

    Args:
        database: of the installation.
        limit: of the campaigns that are listed.

    Raises:
        DatabaseUnavailableError: it cannot be read.
    """
    database.upgrade_once()
    with database.reading() as connection:
        states = select(CAMPAIGNS.c.state, func.count()).group_by(CAMPAIGNS.c.state)
        return Overview(
            _count(connection, MEMBERS.c.member_id),
            _count(connection, SEGMENTS.c.segment_id.distinct()),
            _lines_to_judge(connection),
            {CampaignState(state): count for state, count in connection.execute(states)},
            _unknown(connection),
            _recent(connection, limit),
        )


def _count(connection: Connection, column: object) -> int:
    return connection.execute(select(func.count(column))).scalar_one()  # type: ignore[arg-type]


def _lines_to_judge(connection: Connection) -> int:
    judged = select(VERDICTS.c.digest).where(VERDICTS.c.digest == LINES.c.digest).exists()
    some = select(LINES.c.digest).where(~judged).limit(_UNJUDGED_SHOWN).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def _unknown(connection: Connection) -> int:
    """By campaign: the index of sends begins with it."""
    wanted = (SENDS.c.campaign_id == CAMPAIGNS.c.campaign_id) & (
        SENDS.c.state == SendState.UNKNOWN.value
    )
    some = select(SENDS.c.send_id).select_from(CAMPAIGNS.join(SENDS, wanted)).limit(_UNJUDGED_SHOWN)
    return connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()


def _recent(connection: Connection, limit: int) -> list[CampaignSummary]:
    names = ("campaign_id", "state", "reason", "created_by", "updated")
    query = select(*(CAMPAIGNS.c[name] for name in names)).order_by(CAMPAIGNS.c.updated.desc())
    return [
        CampaignSummary(row[0], CampaignState(row[1]), *row[2:])
        for row in connection.execute(query.limit(limit))
    ]
