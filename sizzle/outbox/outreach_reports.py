"""Reads what a report is made of: sums that are kept, and one index of the sends."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, func, select

from sizzle.database import Database
from sizzle.database.outcome_tables import EXPERIMENT_DAYS, EXPERIMENTS, SEND_TOTALS
from sizzle.database.send_tables import ACTIVITIES, SENDS
from sizzle.errors import InputError, NotFoundError
from sizzle.outbox.audience import snapshot_size
from sizzle.outbox.campaign_rows import StoredCampaign, find_campaign
from sizzle.outbox.journey_rows import find_journey, found_version
from sizzle.outbox.outcome_follower import OutcomeFollower
from sizzle.outreach.campaign import Measurement
from sizzle.outreach.results.experiment import (
    DaySums,
    all_experiment_id,
    campaign_experiment_id,
    journey_experiment_id,
    quarter_experiment,
)
from sizzle.outreach.results.funnel import OutcomeCount, StateCount
from sizzle.outreach.results.report import OutreachReport, ReportFacts, report_of

_QUARTER: Final = re.compile(r"\d{4}-Q[1-4]", re.ASCII)
_DAY_SUMS: Final = [
    EXPERIMENT_DAYS.c[name]
    for name in ("members", "players", "seconds", "squares", "all_seconds", "all_squares")
]


@dataclass(frozen=True, slots=True)
class OutreachReports:
    """The reports of a database. Safe to share between threads.

    Attributes:
        database: that has what was sent, and what became of it.
        holdout: the share of members whom no campaign and no journey writes to.
    """

    database: Database
    holdout: float = 0.0

    def follow(self, pages: int | None = None) -> int:
        """Take account of events that have come since, as `OutcomeFollower.catch_up` does."""
        return OutcomeFollower(self.database).catch_up(pages)

    def of(self, source_id: str, now: int) -> OutreachReport:
        """The report of a campaign or journey, with all events that are recorded by now.

        Raises:
            NotFoundError: there is none of that id.
            DatabaseUnavailableError: the database cannot be read or written to.
        """
        self.follow()
        with self.database.snapshot() as connection:
            stored = find_campaign(connection, source_id)
            if stored is None:
                facts = _journey(connection, source_id, now)
            else:
                facts = _campaign(connection, stored, now)
            facts = _with_sends(connection, facts)
        return report_of(facts)

    def of_all(self, now: int, quarter: str | None = None) -> OutreachReport:
        """The report of all outreach in a quarter: all members beside those held out of it.

        Args:
            now: milliseconds since 1970.
            quarter: such as `2026-Q4`; by default the present one.

        Raises:
            InputError: `quarter` is none.
            NotFoundError: nobody was held out of everything then.
            DatabaseUnavailableError: as above.
        """
        if quarter is not None and not _QUARTER.fullmatch(quarter):
            raise InputError(f"{quarter[:40]!r} is no quarter.", fix="write it as 2026-Q4.")
        usual = Measurement().most_minutes
        present = quarter_experiment(now, usual).experiment_id
        experiment_id = present if quarter is None else all_experiment_id(quarter)
        self.follow()
        with self.database.snapshot() as connection:
            facts = ReportFacts("all", experiment_id.partition(":")[2], "running", now)
            facts = _with_experiment(connection, facts, experiment_id)
        if not facts.days:
            raise NotFoundError(
                f"Nobody was held out of all outreach in {facts.id}.",
                fix="set SIZZLE_OUTREACH_HOLDOUT to a share such as 0.02.",
            )
        share = self.holdout if experiment_id == present else None
        state = "finished" if facts.is_over else facts.state
        return report_of(replace(facts, holdout=share, state=state))


def _campaign(connection: Connection, stored: StoredCampaign, now: int) -> ReportFacts:
    campaign = stored.campaign
    facts = ReportFacts(
        "campaign",
        campaign.campaign_id,
        stored.state.value,
        now,
        campaign=campaign,
        measurement=campaign.measurement,
        holdout=campaign.holdout,
        members=snapshot_size(connection, campaign.snapshot_id),
    )
    return _with_experiment(connection, facts, campaign_experiment_id(facts.id))


def _journey(connection: Connection, journey_id: str, now: int) -> ReportFacts:
    """Raises NotFoundError: there is none of that id."""
    facts = ReportFacts("journey", journey_id, "", now)
    journey = find_journey(connection, journey_id)
    if journey is not None:
        version = found_version(connection, journey_id, journey.version or journey.newest)
        # Another version may hold out another share: then no ratio is the planned one.
        holdout = version.journey.holdout if journey.newest == 1 else None
        facts = replace(facts, state=journey.state.value, holdout=holdout)
    facts = _with_experiment(connection, facts, journey_experiment_id(journey_id))
    if journey is None and not facts.days and not has_sent(connection, journey_id):
        raise no_such_source(journey_id)
    return facts


def has_sent(connection: Connection, source_id: str) -> bool:
    """Whether a campaign or journey of that id has sent or planned anything."""
    known = select(SENDS.c.send_id).where(SENDS.c.campaign_id == source_id).limit(1)
    return bool(source_id) and connection.execute(known).first() is not None


def no_such_source(source_id: str) -> NotFoundError:
    """The error for an id that nothing was sent under."""
    return NotFoundError(
        f"There is no campaign or journey {source_id[:100]!r} that has sent anything.",
        fix="see `sizzle outreach campaign status`.",
    )


def _with_experiment(connection: Connection, facts: ReportFacts, experiment_id: str) -> ReportFacts:
    query = select(EXPERIMENTS).where(EXPERIMENTS.c.experiment_id == experiment_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        return facts
    table = EXPERIMENT_DAYS.c
    sums = select(table.day, table.treatment, *_DAY_SUMS)
    days: Mapping[int, dict[str, DaySums]] = defaultdict(dict)
    for each in connection.execute(sums.where(table.experiment_id == experiment_id)):
        days[each.day][each.treatment] = DaySums(*map(int, each[2:]))
    return replace(
        facts,
        started=row["started"],
        ends=row["ends"],
        days=sorted(days.items()),
        measurement=_counted(facts.measurement, row["most_seconds"]),
    )


def _counted(measurement: Measurement, most_seconds: int) -> Measurement:
    """The measurement, by the most that was counted."""
    return Measurement(
        days=measurement.days,
        rate=measurement.rate,
        lift=measurement.lift,
        most_minutes=most_seconds // 60,
    )


def _with_sends(connection: Connection, facts: ReportFacts) -> ReportFacts:
    columns = [
        SENDS.c[name]
        for name in ("activity_id", "channel", "language", "line_reason", "state", "reason")
    ]
    query = select(*columns, func.count()).where(SENDS.c.campaign_id == facts.id)
    states = [StateCount._make(row) for row in connection.execute(query.group_by(*columns))]
    of_it = ACTIVITIES.c.campaign_id == facts.id
    names = select(ACTIVITIES.c.activity_id, ACTIVITIES.c.treatment).where(of_it)
    rows = connection.execute(names).all()
    treatments: dict[str, str] = {row.activity_id: row.treatment for row in rows if row.treatment}
    activities = {*treatments, *(state.activity_id for state in states)}
    totals = select(*(SEND_TOTALS.c[name] for name in OutcomeCount._fields))
    totals = totals.where(
        SEND_TOTALS.c.activity_id.in_(sorted(activities)), SEND_TOTALS.c.sends > 0
    )

    def treatment_of(activity_id: str) -> str:
        return treatments.get(activity_id, activity_id.removeprefix(f"{facts.id}."))

    return replace(
        facts,
        states=states,
        outcomes=[OutcomeCount._make(row) for row in connection.execute(totals)],
        treatment_of=treatment_of,
    )
