"""Campaigns in the database, and the states that they go through."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from sizzle.database import Database
from sizzle.database.journey_tables import JOURNEYS
from sizzle.database.send_tables import CAMPAIGNS, SENDS
from sizzle.errors import InputError
from sizzle.outbox.audience import is_approved
from sizzle.outbox.campaign_errors import (
    CampaignChangedError,
    CampaignExistsError,
    OwnCampaignError,
)
from sizzle.outbox.campaign_rows import (
    SendCount,
    StoredCampaign,
    find_campaign,
    found_campaign,
    stored_campaign,
)
from sizzle.outbox.experiments import add_activity, begin_experiment
from sizzle.outbox.promoted import titles_counted
from sizzle.outreach.campaign import (
    Action,
    Campaign,
    CampaignState,
    CampaignStateError,
    next_state,
)
from sizzle.outreach.results.experiment import experiment_of
from sizzle.outreach.timing import Reason
from sizzle.outreach.vocabulary import FINAL_STATES

LATE: Final = "its latest start has passed"


class Campaigns:
    """The campaigns of a database. Safe to share between threads.

    Each method raises DatabaseUnavailableError where the database cannot be used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, campaign: Campaign, by: str, now: int) -> StoredCampaign:
        """Keep a draft; the same one again changes nothing.

        Raises:
            CampaignExistsError: another one has its id.
        """
        campaign.check()
        self._database.upgrade_once()
        with self._database.writing() as connection:
            old = find_campaign(connection, campaign.campaign_id)
            if old is not None:
                return _same(old, campaign)
            _check_new(connection, campaign.campaign_id)
            values = {
                "campaign_id": campaign.campaign_id,
                "state": CampaignState.DRAFT.value,
                "content": campaign.content,
                "created": now,
                "created_by": by,
                "latest_start": campaign.latest_start,
                "updated": now,
            }
            connection.execute(insert(CAMPAIGNS), values)
            return found_campaign(connection, campaign.campaign_id)

    def get(self, campaign_id: str) -> StoredCampaign:
        """One of them. Raises NotFoundError."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return found_campaign(connection, campaign_id)

    def page(self, after: str = "", limit: int = 100) -> list[StoredCampaign]:
        """Those whose ids come after one, in the order of their ids."""
        query = select(CAMPAIGNS).where(CAMPAIGNS.c.campaign_id > after)
        query = query.order_by(CAMPAIGNS.c.campaign_id).limit(limit)
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return [stored_campaign(row) for row in connection.execute(query).mappings()]

    def act(
        self,
        campaign_id: str,
        action: Action,
        by: str,
        now: int,
        latest: int | None = None,
        *,
        two_people: bool = False,
        seen: str = "",
    ) -> StoredCampaign:
        """Approve, start, pause, resume or stop a campaign; what was done before changes nothing.

        Args:
            campaign_id: of the campaign.
            action: what to do.
            by: who does it.
            now: milliseconds since 1970.
            latest: a new latest start, by which a person says that late is all right.
            two_people: whether there are two, so that nobody approves what they made.
            seen: the digest of what was looked at before it is approved; empty where nobody looked.

        Raises:
            NotFoundError: there is none of that id.
            CampaignStateError: its state does not allow it, its content is not what was approved,
                or its latest start has passed.
            CampaignChangedError: it is approved, and is not what was looked at.
            OwnCampaignError: who made it approves it.
        """
        self._database.upgrade_once()
        with self._database.writing() as connection:
            old = found_campaign(connection, campaign_id, lock=True)
            state = next_state(campaign_id, old.state, action)
            if state is old.state:
                return old
            values: dict[str, Any] = {"state": state.value, "reason": "", "updated": now}
            if action is Action.APPROVE:
                check_unchanged(old, seen or old.campaign.digest)
                _check_approver(old, by, two_people=two_people)
                values |= {
                    "approved": now,
                    "approved_by": by,
                    "approved_digest": old.campaign.digest,
                }
            if state is CampaignState.RUNNING:
                values |= _running(connection, old, now, latest)
            connection.execute(_change(campaign_id).values(values))
            if state is CampaignState.STOPPED:
                _skip_rest(connection, campaign_id, now)
            return found_campaign(connection, campaign_id)

    def counts(self, campaign_id: str) -> list[SendCount]:
        """How many sends there are, by activity, channel, state and reason."""
        columns = (SENDS.c.activity_id, SENDS.c.channel, SENDS.c.state, SENDS.c.reason)
        query = select(*columns, func.count()).where(SENDS.c.campaign_id == campaign_id)
        query = query.group_by(*columns).order_by(*columns)
        with self._database.reading() as connection:
            return [SendCount(*row) for row in connection.execute(query)]


def running(connection: Connection, now: int, *, lock: bool = False) -> list[StoredCampaign]:
    """Those that are running, in the transaction of whoever sends for them.

    One whose content is not what was approved is paused, and so is one that is late.

    Args:
        connection: in a transaction that writes.
        now: milliseconds since 1970.
        lock: whether to leave out those that another transaction has locked so.
    """
    query = select(CAMPAIGNS).where(CAMPAIGNS.c.state == CampaignState.RUNNING.value)
    if lock:
        query = query.with_for_update(skip_locked=True)
    rows = connection.execute(query.order_by(CAMPAIGNS.c.campaign_id)).mappings().all()
    return [found for row in rows if (found := _sendable(connection, row, now)) is not None]


def _sendable(connection: Connection, row: RowMapping, now: int) -> StoredCampaign | None:
    problem = Reason.NOT_APPROVED.value
    try:
        stored = stored_campaign(row)
    except InputError:  # somebody has changed it in the database
        stored = None
    if stored is not None and stored.approval_holds:
        if not stored.is_late(now):
            return stored
        problem = LATE
    pause(connection, row["campaign_id"], problem, now)
    return None


def pause(connection: Connection, campaign_id: str, reason: str, now: int) -> None:
    """Pause one that is running, until a person resumes it."""
    connection.execute(
        _change(campaign_id)
        .where(CAMPAIGNS.c.state == CampaignState.RUNNING.value)
        .values(state=CampaignState.PAUSED.value, reason=reason, updated=now)
    )


def advance(connection: Connection, campaign_id: str, planned: int) -> None:
    """Note how many members of its snapshot have their sends."""
    connection.execute(_change(campaign_id).values(planned=planned))


def finish(connection: Connection, campaign_id: str, now: int) -> bool:
    """Finish one that is running, unless a send is left. Returns whether it is finished.

    Call it only once all of its sends are planned.
    """
    left = (
        select(SENDS.c.send_id)
        .where(
            SENDS.c.campaign_id == campaign_id,
            SENDS.c.state.not_in([state.value for state in FINAL_STATES]),
        )
        .exists()
    )
    changed = connection.execute(
        _change(campaign_id)
        .where(CAMPAIGNS.c.state == CampaignState.RUNNING.value, ~left)
        .values(state=CampaignState.FINISHED.value, finished=now, updated=now)
    )
    return changed.rowcount > 0


def check_unchanged(stored: StoredCampaign, digest: str) -> None:
    """Raises CampaignChangedError: the content is not the one of this digest any more."""
    if stored.campaign.digest != digest:
        raise CampaignChangedError(
            f"{stored.created_by} has changed the campaign meanwhile.",
            where=f"campaign {stored.campaign.campaign_id}",
            fix="look at what it says now.",
        )


def _check_approver(old: StoredCampaign, by: str, *, two_people: bool) -> None:
    if two_people and old.created_by == by:
        raise OwnCampaignError(
            f"{by} made the campaign.",
            where=f"campaign {old.campaign.campaign_id}",
            fix="have somebody else look at it and approve it.",
        )


def _running(
    connection: Connection, old: StoredCampaign, now: int, latest: int | None
) -> dict[str, Any]:
    """What changes with a campaign that starts or goes on. Raises CampaignStateError."""
    campaign = old.campaign
    where = f"campaign {campaign.campaign_id}"
    if not is_approved(connection, campaign.snapshot_id):
        raise CampaignStateError(
            f"The snapshot {campaign.snapshot_id} is not approved.",
            where=where,
            fix="look at who is in it, and approve it.",
        )
    if not old.approval_holds:
        raise CampaignStateError(
            "The campaign's content is not what was approved.",
            where=where,
            fix="create it again under another id, and have it approved.",
        )
    until = old.latest_start if latest is None else latest
    if until is not None and now > until:
        raise CampaignStateError(
            "The campaign's latest start has passed.",
            where=where,
            fix="if it should still be sent, name a new latest start (--latest).",
        )
    if old.started is not None:
        return {"latest_start": until}
    titles = titles_counted(connection, campaign.kind, campaign.promoted_id)
    begin_experiment(connection, experiment_of(campaign, now, titles))
    for treatment in campaign.treatments:
        add_activity(
            connection,
            campaign.activity_id(treatment.name),
            campaign.campaign_id,
            treatment=treatment.name,
            titles=titles,
        )
    return {"latest_start": until, "started": now}


def _skip_rest(connection: Connection, campaign_id: str, now: int) -> None:
    """Skip what was not sent; what is being handed over just now ends as it does."""
    connection.execute(
        update(SENDS)
        .where(
            SENDS.c.campaign_id == campaign_id,
            SENDS.c.state.in_(("planned", "held", "temporary")),
        )
        .values(state="skipped", reason=Reason.CAMPAIGN_STOPPED.value, updated=now)
    )


def _check_new(connection: Connection, campaign_id: str) -> None:
    """Raises CampaignExistsError: a journey has the id, by which messages are attributed."""
    query = select(JOURNEYS.c.journey_id).where(JOURNEYS.c.journey_id == campaign_id)
    if connection.execute(query).first() is not None:
        raise CampaignExistsError(
            "There is a journey of this id.",
            where=f"campaign {campaign_id}",
            fix="choose another id.",
        )


def _same(old: StoredCampaign, campaign: Campaign) -> StoredCampaign:
    if old.campaign == campaign:
        return old
    raise CampaignExistsError(
        "There is another campaign of this id.",
        where=f"campaign {campaign.campaign_id}",
        fix="choose another id, or change the draft on its page.",
    )


def _change(campaign_id: str) -> Any:  # noqa: ANN401 - an Update, whose methods are chained
    return update(CAMPAIGNS).where(CAMPAIGNS.c.campaign_id == campaign_id)
