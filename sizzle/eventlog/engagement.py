"""The figures of reels and messages, read from the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeVarTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, case, exists, func, select

from sizzle.database import Database
from sizzle.database.schema import ENDPOINTS, EXPOSURES, MESSAGE_EVENTS, UNUSED_EVENTS
from sizzle.engagement import Unused, unpack
from sizzle.engagement.figures import ExposureRow, Tally
from sizzle.engagement.period import Period
from sizzle.engagement.policy_evaluation import ExposureOutcome
from sizzle.errors import NotFoundError
from sizzle.eventlog.exposure_retention import delete_exposures
from sizzle.eventlog.exposures import probabilities_of
from sizzle.eventlog.follower import EngagementFollower
from sizzle.eventlog.shown_reels import QUARTER

Row = TypeVarTuple("Row")

_PAGE: Final = 20_000  # exposures that are in memory at once
_KNOWN: Final = 10  # assets that an error names
_COLUMNS: Final = [EXPOSURES.c[name] for name in ExposureRow._fields]
_OUTCOME: Final = [EXPOSURES.c[name] for name in ExposureOutcome._fields]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is counted; None for all.

    Attributes:
        period: when reels were shown, and what is about messages happened.
        asset_id: of reels.
        cadence: of reels.
        treatment: of reels; empty for those without one.
        reel_id: of reels that show just the same.
        campaign_id: of messages: the id of a campaign or journey.
        activity_id: of messages.
    """

    period: Period = Period()  # noqa: RUF009 - it cannot be changed
    asset_id: str | None = None
    cadence: str | None = None
    treatment: str | None = None
    reel_id: str | None = None
    campaign_id: str | None = None
    activity_id: str | None = None

    @property
    def reels(self) -> bool:
        """Whether reels are counted: not where only messages of something are."""
        return self.campaign_id is None and self.activity_id is None

    @property
    def messages(self) -> bool:
        """Whether messages are counted: not where only reels of something are."""
        return all(value is None for value in self.of_reels.values())

    @property
    def of_reels(self) -> dict[str, str | None]:
        """The columns of exposures that are selected by, with their values."""
        return {
            "asset_id": self.asset_id,
            "cadence": self.cadence,
            "treatment": self.treatment,
            "reel_id": self.reel_id,
        }


class MessageFigures(NamedTuple):
    """Events of one kind about the messages of an activity.

    Attributes:
        source: "campaign", "journey" or "transactional".
        source_id: of the campaign or journey.
        activity_id: of it.
        treatment_id: of the campaign.
        action: such as "opened_notification".
        events: how many.
        endpoints: of how many endpoints.
        unknown_endpoint: how many of the events are of endpoints that nobody registered.
    """

    source: str
    source_id: str
    activity_id: str
    treatment_id: str
    action: str
    events: int
    endpoints: int
    unknown_endpoint: int


@dataclass(frozen=True, slots=True)
class Engagement:
    """The figures of a selection.

    Attributes:
        tally: of reels; None where they are not counted.
        messages: of messages.
        unused: events about reels that no figure counts, by the reason; of all assets.
    """

    tally: Tally | None
    messages: list[MessageFigures]
    unused: dict[Unused, int]


class EngagementLog:
    """What is known of reels and messages. Safe to share between threads.

    Args:
        database: its tables are brought up to date when they are first read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._follower = EngagementFollower(database)

    def follow(self, pages: int | None = None) -> int:
        """Take account of events that have come since, as `EngagementFollower.catch_up` does."""
        self._database.upgrade_once()
        return self._follower.catch_up(pages)

    def delete_before(self, time: int, pages: int) -> int:
        """Delete exposures from before a time, as `delete_exposures` does."""
        self._database.upgrade_once()
        return delete_exposures(self._database, time, pages)

    def outcomes(self, filters: Filters) -> Iterator[ExposureOutcome]:
        """The reels of a selection in the order in which they were shown, and what became of them.

        Raises:
            NotFoundError: no reel of the asset was ever recorded.
            DatabaseUnavailableError: the database cannot be read or written to.
        """
        query = _selected(_OUTCOME, filters).order_by(EXPOSURES.c.time, EXPOSURES.c.position)
        with self._reading(filters) as connection:
            streaming = connection.execution_options(yield_per=_PAGE)
            yield from map(_outcome, streaming.execute(query).mappings())

    def read(self, filters: Filters) -> Engagement:
        """The figures of a selection, with all events that are recorded by now.

        Raises:
            NotFoundError: no reel of the asset was ever recorded.
            DatabaseUnavailableError: the database cannot be read or written to.
        """
        with self._reading(filters) as connection:
            return Engagement(
                _tally(connection, filters) if filters.reels else None,
                _messages(connection, filters) if filters.messages else [],
                _unused(connection, filters.period) if filters.reels else {},
            )

    @contextmanager
    def _reading(self, filters: Filters) -> Iterator[Connection]:
        """Read with all events that are recorded by now; raises as `read` does."""
        self.follow()
        with self._database.reading() as connection:
            if filters.asset_id is not None:
                _check_asset(connection, filters.asset_id)
            yield connection


def _tally(connection: Connection, filters: Filters) -> Tally:
    query = _selected(_COLUMNS, filters)
    tally = Tally()
    for page in connection.execution_options(yield_per=_PAGE).execute(query).partitions():
        tally.add([ExposureRow._make(row) for row in page])
    return tally


def _selected(columns: Sequence[ColumnElement[Any]], filters: Filters) -> Select[Any]:
    """Columns of the exposures of a selection."""
    query = _within(select(*columns), EXPOSURES.c.time, filters.period)
    for name, value in filters.of_reels.items():
        if value is not None:
            query = query.where(EXPOSURES.c[name] == value)
    return query


def _outcome(row: RowMapping) -> ExposureOutcome:
    values = {
        **row,
        "titles": tuple(msgspec.json.decode(row["titles"])),
        "probabilities": probabilities_of(row["probabilities"]),
        "seen": tuple(unpack(row["seen"])),
    }
    return ExposureOutcome(**values)


def _messages(connection: Connection, filters: Filters) -> list[MessageFigures]:
    table = MESSAGE_EVENTS.c
    kind = (table.source, table.source_id, table.activity_id, table.treatment_id, table.action)
    by_endpoint = _within(
        select(*kind, table.app, table.endpoint_id, func.count().label("events")),
        table.time,
        filters.period,
    ).group_by(*kind, table.app, table.endpoint_id)
    if filters.campaign_id is not None:
        by_endpoint = by_endpoint.where(table.source_id == filters.campaign_id)
    if filters.activity_id is not None:
        by_endpoint = by_endpoint.where(table.activity_id == filters.activity_id)
    each = by_endpoint.subquery().c
    known = exists().where(ENDPOINTS.c.app == each.app, ENDPOINTS.c.endpoint_id == each.endpoint_id)
    of = (each.source, each.source_id, each.activity_id, each.treatment_id, each.action)
    query = select(
        *of,
        func.sum(each.events),
        func.count(),
        func.sum(case((known, 0), else_=each.events)),
    )
    query = query.group_by(*of).order_by(*of)
    return [MessageFigures(*row[:5], *map(int, row[5:])) for row in connection.execute(query).all()]


def _unused(connection: Connection, period: Period) -> dict[Unused, int]:
    table = UNUSED_EVENTS.c
    query = select(table.reason, func.sum(table.count)).group_by(table.reason)
    if period.start is not None:
        query = query.where(table.quarter >= period.start // QUARTER)
    if period.end is not None:
        query = query.where(table.quarter < -(-period.end // QUARTER))
    return {Unused(reason): int(count) for reason, count in connection.execute(query) if count}


def _within(query: Select[*Row], time: ColumnElement[int], period: Period) -> Select[*Row]:
    if period.start is not None:
        query = query.where(time >= period.start)
    if period.end is not None:
        query = query.where(time < period.end)
    return query


def _check_asset(connection: Connection, asset_id: str) -> None:
    """Raises NotFoundError: no reel of it was ever recorded."""
    column = EXPOSURES.c.asset_id
    query = select(column).where(column == asset_id).limit(1)
    if connection.execute(query).first() is None:
        known: Iterator[str] = connection.execute(select(column).distinct().limit(_KNOWN)).scalars()
        raise NotFoundError(
            f"No reel of an asset {asset_id[:120]!r} has been recorded.",
            fix=f"recorded are reels of: {', '.join(sorted(known)) or 'no asset yet'}.",
        )
