"""Campaigns as the database has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, RowMapping, select

from sizzle.database.send_tables import CAMPAIGNS
from sizzle.errors import NotFoundError
from sizzle.outreach.campaign import Campaign, CampaignState


@dataclass(frozen=True, slots=True)
class StoredCampaign:
    """A campaign and what has become of it. Times are milliseconds since 1970.

    Attributes:
        reason: why it is in this state, where nobody commanded it.
        latest_start: the campaign's, or a later one that a person has named since.
        planned: members of the snapshot who have their sends.
    """

    campaign: Campaign
    state: CampaignState
    reason: str
    created: int
    created_by: str
    approved: int | None
    approved_by: str
    approved_digest: str
    started: int | None
    finished: int | None
    latest_start: int | None
    planned: int

    @property
    def approval_holds(self) -> bool:
        """Whether what was approved is what is stored."""
        return self.approved_digest == self.campaign.digest

    def is_late(self, now: int) -> bool:
        """Whether a person has to be asked before anything more is sent."""
        return self.latest_start is not None and now > self.latest_start


@dataclass(frozen=True, slots=True)
class SendCount:
    """How many sends of a treatment are in a state, for a reason."""

    activity_id: str
    channel: str
    state: str
    reason: str
    count: int


def find_campaign(
    connection: Connection, campaign_id: str, *, lock: bool = False
) -> StoredCampaign | None:
    """One of them, or None; locked for the transaction where it is to be changed."""
    query = select(CAMPAIGNS).where(CAMPAIGNS.c.campaign_id == campaign_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return None if row is None else stored_campaign(row)


def found_campaign(
    connection: Connection, campaign_id: str, *, lock: bool = False
) -> StoredCampaign:
    """One of them, as `find_campaign`. Raises NotFoundError."""
    found = find_campaign(connection, campaign_id, lock=lock)
    if found is None:
        raise NotFoundError(
            f"There is no campaign {campaign_id[:100]!r}.",
            fix="see `sizzle outreach campaign status`.",
        )
    return found


_COLUMNS: Final = (
    "reason", "created", "created_by", "approved", "approved_by", "approved_digest", "started",
    "finished", "latest_start", "planned",
)  # fmt: skip


def stored_campaign(row: RowMapping) -> StoredCampaign:
    """A row of the table. Raises InputError: somebody has changed it in the database."""
    campaign = Campaign.parse(row["content"], f"campaign {row['campaign_id']} in the database")
    state = CampaignState(row["state"])
    return StoredCampaign(campaign, state, **{name: row[name] for name in _COLUMNS})
