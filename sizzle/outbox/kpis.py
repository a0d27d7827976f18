"""Counts what Pinpoint's standard metrics are made of, for a range of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, distinct, func, literal, select

from sizzle.database import Database
from sizzle.database.schema import MESSAGE_EVENTS
from sizzle.database.send_tables import ACTIVITIES, CAMPAIGNS, SENDS
from sizzle.errors import NotFoundError
from sizzle.eventlog.engagement import EngagementLog
from sizzle.events.attribution import MessageSource
from sizzle.outreach.results.experiment import DAY
from sizzle.outreach.results.kpis import EventCount, Grouping, Kpi, Scope, SentCount
from sizzle.outreach.vocabulary import SendState


@dataclass(frozen=True, slots=True)
class Kpis:
    """The metrics of a database. Safe to share between threads."""

    database: Database

    def read(
        self, kpi: Kpi, scope: Scope, app: str, source_id: str, start: int, end: int
    ) -> list[dict[str, Any]]:
        """The values of a metric, as rows on the wire.

        Args:
            kpi: the metric.
            scope: what it is of.
            app: the application.
            source_id: of the campaign or journey; empty for all of the application.
            start: the first moment that counts, in milliseconds since 1970.
            end: the last one.

        Raises:
            NotFoundError: there is no such campaign or journey.
            DatabaseUnavailableError: the database cannot be read or written to.
        """
        EngagementLog(self.database).follow()
        with self.database.reading() as connection:
            if source_id:
                _check_source(connection, source_id)
            query = _Query(kpi, scope, app, source_id, start, end)
            return list(kpi.rows(query.sent(connection), query.events(connection)))


@dataclass(frozen=True, slots=True)
class _Query:
    kpi: Kpi
    scope: Scope
    app: str
    source_id: str
    start: int
    end: int

    def sent(self, connection: Connection) -> list[SentCount]:
        # What was refused at once counts for no frequency cap, but was sent.
        time = func.coalesce(SENDS.c.counted, SENDS.c.updated)
        group = self._group(time, SENDS.c.campaign_id, SENDS.c.activity_id)
        columns = (group.label("of"), SENDS.c.channel, SENDS.c.state)
        query = select(*columns, func.count(), func.count(distinct(SENDS.c.endpoint_id)))
        query = query.where(
            SENDS.c.app == self.app,
            SENDS.c.state.in_((SendState.HANDED_OVER.value, SendState.PERMANENT.value)),
            time.between(self.start, self.end),
            self._is_of(SENDS.c.campaign_id),
        )
        rows = connection.execute(query.group_by(*columns))
        return [SentCount(self._name(row[0]), *row[1:]) for row in rows]

    def events(self, connection: Connection) -> list[EventCount]:
        table = MESSAGE_EVENTS.c
        group = self._group(table.time, table.source_id, table.activity_id)
        message = table.activity_id + "\x1f" + table.endpoint_id
        same = and_(
            SENDS.c.activity_id == table.activity_id,
            SENDS.c.app == table.app,
            SENDS.c.endpoint_id == table.endpoint_id,
        )
        if self.kpi.transactional:  # whose events name the send
            same = SENDS.c.send_id == table.activity_id
        channel = select(SENDS.c.channel).where(same).limit(1).scalar_subquery()
        columns = (group.label("of"), func.coalesce(channel, "").label("over"), table.action)
        each = (
            select(*columns, message.label("message"), table.endpoint_id)
            .where(
                table.app == self.app,
                table.time.between(self.start, self.end),
                *self._events_of(),
            )
            .subquery()
            .c
        )
        by = (each["of"], each["over"], each["action"])
        query = select(
            *by,
            func.count(),
            func.count(distinct(each["message"])),
            func.count(distinct(each["endpoint_id"])),
        )
        rows = connection.execute(query.group_by(*by))
        return [EventCount(self._name(row[0]), *row[1:]) for row in rows]

    def _events_of(self) -> Sequence[ColumnElement[bool]]:
        table = MESSAGE_EVENTS.c
        if self.kpi.transactional:
            return (table.source == MessageSource.TRANSACTIONAL.value,)
        source = MessageSource.JOURNEY if self.scope is Scope.JOURNEY else MessageSource.CAMPAIGN
        of_source = table.source == source.value
        return (of_source, table.source_id == self.source_id) if self.source_id else (of_source,)

    def _is_of(self, source: ColumnElement[str]) -> ColumnElement[bool]:
        if self.source_id:
            return source == self.source_id
        if self.kpi.transactional:
            return source == ""
        return source.in_(select(CAMPAIGNS.c.campaign_id))

    def _group(
        self, time: ColumnElement[Any], source: ColumnElement[Any], activity: ColumnElement[Any]
    ) -> ColumnElement[Any]:
        return {
            Grouping.NONE: literal(""),
            Grouping.DATE: time // DAY,
            Grouping.CAMPAIGN: source,
            Grouping.CAMPAIGN_ACTIVITY: activity,
            Grouping.JOURNEY_ACTIVITY: activity,
        }[self.kpi.grouping]

    def _name(self, group: Any) -> str:  # noqa: ANN401 - text, or a day
        if self.kpi.grouping is not Grouping.DATE:
            return str(group)
        return datetime.fromtimestamp(int(group) * 86_400, UTC).date().isoformat()


def _check_source(connection: Connection, source_id: str) -> None:
    """Raises NotFoundError."""
    queries = (
        select(CAMPAIGNS.c.campaign_id).where(CAMPAIGNS.c.campaign_id == source_id),
        select(ACTIVITIES.c.campaign_id).where(ACTIVITIES.c.campaign_id == source_id),
        select(SENDS.c.campaign_id).where(SENDS.c.campaign_id == source_id),
    )
    if all(connection.execute(query.limit(1)).first() is None for query in queries):
        raise NotFoundError(f"There is no campaign or journey {source_id[:100]!r}.")
