"""Drafts that are changed before anybody approves them, also by two people at once."""

from __future__ import annotations

from sqlalchemy import update

from sizzle.database import Database
from sizzle.database.send_tables import CAMPAIGNS
from sizzle.outbox.campaign_rows import StoredCampaign, found_campaign
from sizzle.outbox.campaigns import check_unchanged
from sizzle.outreach.campaign import Campaign, CampaignState, CampaignStateError


def change_draft(
    database: Database, campaign: Campaign, base: str, by: str, now: int
) -> StoredCampaign:
    """Put a campaign in place of the draft that somebody looked at; the same one changes nothing.

    Whoever changes a draft counts as who made it, so that somebody else approves what it says now.

    Args:
        database: that has it.
        campaign: as it is to be, under the same id.
        base: the digest of the draft that was looked at.
        by: who changes it.
        now: milliseconds since 1970.

    Raises:
        NotFoundError: there is none of that id.
        CampaignStateError: it is no draft any more.
        CampaignChangedError: somebody else has changed it meanwhile.
        ContradictoryCampaignError: its parts contradict each other.
        DatabaseUnavailableError: the database cannot be written to.
    """
    campaign.check()
    database.upgrade_once()
    with database.writing() as connection:
        old = found_campaign(connection, campaign.campaign_id, lock=True)
        if old.campaign == campaign:
            return old
        if old.state is not CampaignState.DRAFT:
            raise CampaignStateError(
                f"The campaign is {old.state.value}.",
                where=f"campaign {campaign.campaign_id}",
                fix="make a new campaign: what was approved does not change.",
            )
        check_unchanged(old, base)
        values = {
            "content": campaign.content,
            "latest_start": campaign.latest_start,
            "created_by": by,
            "updated": now,
        }
        of_it = CAMPAIGNS.c.campaign_id == campaign.campaign_id
        connection.execute(update(CAMPAIGNS).where(of_it).values(values))
        return found_campaign(connection, campaign.campaign_id)
