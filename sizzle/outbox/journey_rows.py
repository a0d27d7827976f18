"""Journeys as the database has them, in transactions of those who work on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select, update

from sizzle.database.journey_tables import JOURNEY_VERSIONS, JOURNEYS
from sizzle.errors import NotFoundError
from sizzle.outreach.journeys.model import Journey
from sizzle.outreach.journeys.reading import InvalidJourneyError, read_journey
from sizzle.outreach.journeys.states import JourneyState


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version of a journey. Times are milliseconds since 1970."""

    journey: Journey
    version: int
    created: int
    created_by: str
    approved: int | None
    approved_by: str
    approved_digest: str

    @property
    def approval_holds(self) -> bool:
        """Whether what was approved is what is stored."""
        return self.approved_digest == self.journey.digest

    @property
    def where(self) -> str:
        """As errors name it."""
        return f"journey {self.journey.journey_id}, version {self.version}"


@dataclass(frozen=True, slots=True)
class StoredJourney:
    """A journey and what has become of it. Times are milliseconds since 1970.

    Attributes:
        reason: why it is in this state, where nobody commanded it.
        version: of those who enter; 0 as long as none is approved.
        newest: the newest version there is.
        enters_from: nothing from before lets anybody enter.
        looked: up to when its segment or schedule was looked at.
        primed: whether those who were in the segment from the first on are known.
        updated: when it was changed last, or its runs went on, within a minute.
    """

    journey_id: str
    state: JourneyState
    reason: str
    version: int
    newest: int
    created: int
    started: int | None
    enters_from: int
    looked: int
    primed: bool
    closed: int | None
    updated: int


@dataclass(frozen=True, slots=True)
class StepCount:
    """How many runs of a version stand at a step, or ended there with an outcome."""

    version: int
    step: str
    outcome: str
    runs: int


def standing_of(counts: Sequence[StepCount], version: int) -> dict[str, int]:
    """How many runs of a version stand where, by step."""
    return {one.step: one.runs for one in counts if one.version == version and not one.outcome}


def outcomes_of(counts: Sequence[StepCount], version: int) -> dict[str, int]:
    """How many runs of a version have ended, by the reason."""
    found: Counter[str] = Counter()
    for one in counts:
        if one.version == version and one.outcome:
            found[one.outcome] += one.runs
    return dict(found)


@lru_cache(maxsize=200)
def parsed(content: str, where: str) -> Journey:
    """The journey of a stored version. Raises InvalidJourneyError: somebody has changed it."""
    return read_journey(content, where)


def approved_version(connection: Connection, journey_id: str, version: int) -> StoredVersion | None:
    """A version; None where what is stored is not what was approved."""
    try:
        stored = found_version(connection, journey_id, version)
    except (NotFoundError, InvalidJourneyError):  # somebody has changed it in the database
        return None
    return stored if stored.approval_holds else None


def versions_of(connection: Connection, journey_ids: Sequence[str]) -> list[StoredVersion]:
    """All versions of journeys; without those that cannot be read."""
    query = select(JOURNEY_VERSIONS).where(JOURNEY_VERSIONS.c.journey_id.in_(journey_ids))
    found = []
    for row in connection.execute(query).mappings():
        with suppress(InvalidJourneyError):
            found.append(stored_version(row))
    return found


def pause(connection: Connection, journey_id: str, reason: str, now: int) -> None:
    """Pause one that is running, until a person resumes it."""
    connection.execute(
        change_journey(journey_id)
        .where(JOURNEYS.c.state == JourneyState.RUNNING.value)
        .values(state=JourneyState.PAUSED.value, reason=reason, updated=now)
    )


def journeys_in(connection: Connection, *states: JourneyState) -> list[StoredJourney]:
    """Those in one of some states, in the order of their ids."""
    query = select(JOURNEYS).where(JOURNEYS.c.state.in_([state.value for state in states]))
    rows = connection.execute(query.order_by(JOURNEYS.c.journey_id)).mappings()
    return [stored_journey(row) for row in rows]


def note_look(connection: Connection, journey_id: str, now: int) -> None:
    """Note that a segment or schedule has been looked at."""
    connection.execute(change_journey(journey_id).values(looked=now, primed=True))


def note_step(connection: Connection, journey: StoredJourney, now: int) -> None:
    """Note that runs go on now; what a clock wrote that was put back since counts from now."""
    times = {"looked": min(journey.looked, now), "enters_from": min(journey.enters_from, now)}
    connection.execute(change_journey(journey.journey_id).values(updated=now, **times))


def change_journey(journey_id: str) -> Any:  # noqa: ANN401 - whose methods are chained
    """An update of a journey."""
    return update(JOURNEYS).where(JOURNEYS.c.journey_id == journey_id)


def find_journey(
    connection: Connection, journey_id: str, *, lock: bool = False
) -> StoredJourney | None:
    """One of them, or None; `lock` has nobody else change it meanwhile."""
    query = select(JOURNEYS).where(JOURNEYS.c.journey_id == journey_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return None if row is None else stored_journey(row)


def found_journey(connection: Connection, journey_id: str, *, lock: bool = False) -> StoredJourney:
    """As `find_journey`. Raises NotFoundError."""
    found = find_journey(connection, journey_id, lock=lock)
    if found is None:
        raise NotFoundError(
            f"There is no journey {journey_id[:100]!r}.", fix="see `sizzle outreach journey show`."
        )
    return found


def found_version(connection: Connection, journey_id: str, version: int) -> StoredVersion:
    """A version. Raises NotFoundError, InvalidJourneyError."""
    of = JOURNEY_VERSIONS.c
    query = select(JOURNEY_VERSIONS).where(of.journey_id == journey_id, of.version == version)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFoundError(
            f"There is no version {version} of the journey {journey_id[:100]!r}.",
            fix="see `sizzle outreach journey show`.",
        )
    return stored_version(row)


_COLUMNS: Final = (
    "journey_id", "reason", "version", "newest", "created", "started", "enters_from", "looked",
    "primed", "closed", "updated",
)  # fmt: skip
_OF_VERSION: Final = (
    "version", "created", "created_by", "approved", "approved_by", "approved_digest",
)  # fmt: skip


def stored_journey(row: RowMapping) -> StoredJourney:
    """The journey of a row."""
    return StoredJourney(state=JourneyState(row["state"]), **{name: row[name] for name in _COLUMNS})


def stored_version(row: RowMapping) -> StoredVersion:
    """The version of a row. Raises InvalidJourneyError: somebody has changed it."""
    where = f"journey {row['journey_id']}, version {row['version']}, in the database"
    journey = parsed(row["content"], where)
    return StoredVersion(journey, **{name: row[name] for name in _OF_VERSION})
