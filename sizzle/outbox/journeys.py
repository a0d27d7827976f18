"""Journeys in the database: their versions, approvals, and the states that they go through."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from sizzle.database import Database
from sizzle.database.journey_tables import JOURNEY_RUNS, JOURNEY_VERSIONS, JOURNEYS
from sizzle.database.send_tables import CAMPAIGNS
from sizzle.errors import InputError, NotFoundError
from sizzle.outbox.experiments import add_activity
from sizzle.outbox.journey_runs import close_runs, forget_inside, start_following
from sizzle.outreach.journeys.check import check_journey
from sizzle.outreach.journeys.findings import refused
from sizzle.outreach.journeys.model import Journey, SendStep
from sizzle.outreach.journeys.reading import InvalidJourneyError, read_journey
from sizzle.outreach.journeys.states import (
    JourneyAction,
    JourneyState,
    JourneyStateError,
    next_state,
)
from sizzle.outreach.results.experiment import titles_of


class JourneyChangedError(InputError):
    """Somebody else has changed a journey meanwhile."""

    status = 409
    slug = "journey-changed"
    title = "The journey has changed"


class OwnJourneyError(InputError):
    """Whoever made a version approves it, where somebody else could."""

    exit_code = 1
    status = 403
    slug = "own-journey"
    title = "Somebody else has to approve it"


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


class Journeys:
    """The journeys of a database. Safe to share between threads.

    Each method raises DatabaseUnavailableError where the database cannot be used.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def save(self, journey: Journey, by: str, now: int, base: int | None = None) -> StoredJourney:
        """Keep a journey as a draft: a new one, or a new version where it differs from the newest.

        Args:
            journey: to keep.
            by: who made it.
            now: milliseconds since 1970.
            base: the version that it was made from; None for whichever is the newest.

        Raises:
            JourneyChangedError: there is a newer version than the one it was made from.
            JourneyStateError: it is closed, or a campaign has its id.
        """
        self.database.upgrade_once()
        with self.database.writing() as connection:
            old = _find(connection, journey.journey_id, lock=True)
            newest = old.newest if old else 0
            _check_base(journey.journey_id, newest, base)
            if old is None:
                _check_new(connection, journey.journey_id)
                values = {"state": JourneyState.DRAFT.value, "newest": 0, "created": now}
                row = {"journey_id": journey.journey_id, **values, "updated": now}
                connection.execute(insert(JOURNEYS), row)
            elif old.state is JourneyState.CLOSED:
                raise _closed(journey.journey_id)
            elif _version(connection, journey.journey_id, newest).journey == journey:
                return old
            _add_version(connection, journey, newest + 1, by, now)
            return _found(connection, journey.journey_id)

    def get(self, journey_id: str) -> StoredJourney:
        """One of them. Raises NotFoundError."""
        self.database.upgrade_once()
        with self.database.reading() as connection:
            return _found(connection, journey_id)

    def version(self, journey_id: str, version: int | None = None) -> StoredVersion:
        """A version, by default the newest. Raises NotFoundError."""
        self.database.upgrade_once()
        with self.database.reading() as connection:
            chosen = _found(connection, journey_id).newest if version is None else version
            return _version(connection, journey_id, chosen)

    def versions(self, journey_id: str) -> list[StoredVersion]:
        """All versions, the newest first."""
        query = select(JOURNEY_VERSIONS).where(JOURNEY_VERSIONS.c.journey_id == journey_id)
        query = query.order_by(JOURNEY_VERSIONS.c.version.desc())
        self.database.upgrade_once()
        with self.database.reading() as connection:
            return [_stored_version(row) for row in connection.execute(query).mappings()]

    def page(self, after: str = "", limit: int = 100) -> list[StoredJourney]:
        """Those whose ids come after one, in the order of their ids."""
        query = select(JOURNEYS).where(JOURNEYS.c.journey_id > after)
        query = query.order_by(JOURNEYS.c.journey_id).limit(limit)
        self.database.upgrade_once()
        with self.database.reading() as connection:
            return [_stored(row) for row in connection.execute(query).mappings()]

    def approve(
        self, journey_id: str, version: int, by: str, now: int, *, two_people: bool = False
    ) -> StoredJourney:
        """Let a version be the one that members enter, from now on; runs of others go on in theirs.

        Raises:
            NotFoundError: there is no such version.
            InvalidJourneyError: its checks have errors.
            JourneyChangedError: it is not the newest any more.
            JourneyStateError: the journey is closed.
            OwnJourneyError: who made it approves it.
        """
        self.database.upgrade_once()
        with self.database.writing() as connection:
            old = _found(connection, journey_id, lock=True)
            stored = _version(connection, journey_id, version)
            if stored.approved is not None and stored.approval_holds:
                return old
            if old.state is JourneyState.CLOSED:
                raise _closed(journey_id)
            _check_base(journey_id, old.newest, version)
            _check_approver(stored, by, now, two_people=two_people)
            digest = stored.journey.digest
            approval = {"approved": now, "approved_by": by, "approved_digest": digest}
            connection.execute(_change_version(journey_id, version).values(**approval))
            values: dict[str, Any] = {"version": version, "updated": now}
            if old.version:
                values |= _new_trigger(connection, old, stored.journey, now)
            _add_activities(connection, stored.journey)
            connection.execute(_change(journey_id).values(values))
            return _found(connection, journey_id)

    def act(self, journey_id: str, action: JourneyAction, now: int) -> StoredJourney:
        """Start, pause, resume or close a journey; what was done before changes nothing.

        Raises:
            NotFoundError: there is none of that id.
            JourneyStateError: its state does not allow it, or no version is approved.
        """
        self.database.upgrade_once()
        with self.database.writing() as connection:
            old = _found(connection, journey_id, lock=True)
            state = next_state(journey_id, old.state, action)
            if state is old.state:
                return old
            values: dict[str, Any] = {"state": state.value, "reason": "", "updated": now}
            if state is JourneyState.RUNNING:
                values |= _running(connection, old, now)
            if state is JourneyState.CLOSED:
                values["closed"] = now
            connection.execute(_change(journey_id).values(values))
            if state is JourneyState.CLOSED:
                close_runs(connection, journey_id, now)
            return _found(connection, journey_id)

    def counts(self, journey_id: str) -> list[StepCount]:
        """How many runs stand where, and how many ended how, by version."""
        columns = (JOURNEY_RUNS.c.version, JOURNEY_RUNS.c.step, JOURNEY_RUNS.c.outcome)
        query = select(*columns, func.count()).where(JOURNEY_RUNS.c.journey_id == journey_id)
        query = query.group_by(*columns).order_by(*columns)
        self.database.upgrade_once()
        with self.database.reading() as connection:
            return [StepCount(*row) for row in connection.execute(query)]


@lru_cache(maxsize=200)
def parsed(content: str, where: str) -> Journey:
    """The journey of a stored version. Raises InvalidJourneyError: somebody has changed it."""
    return read_journey(content, where)


def approved_version(connection: Connection, journey_id: str, version: int) -> StoredVersion | None:
    """A version; None where what is stored is not what was approved."""
    try:
        stored = _version(connection, journey_id, version)
    except (NotFoundError, InvalidJourneyError):  # somebody has changed it in the database
        return None
    return stored if stored.approval_holds else None


def versions_of(connection: Connection, journey_ids: Sequence[str]) -> list[StoredVersion]:
    """All versions of journeys; without those that cannot be read."""
    query = select(JOURNEY_VERSIONS).where(JOURNEY_VERSIONS.c.journey_id.in_(journey_ids))
    found = []
    for row in connection.execute(query).mappings():
        with suppress(InvalidJourneyError):
            found.append(_stored_version(row))
    return found


def pause(connection: Connection, journey_id: str, reason: str, now: int) -> None:
    """Pause one that is running, until a person resumes it."""
    connection.execute(
        _change(journey_id)
        .where(JOURNEYS.c.state == JourneyState.RUNNING.value)
        .values(state=JourneyState.PAUSED.value, reason=reason, updated=now)
    )


def journeys_in(connection: Connection, *states: JourneyState) -> list[StoredJourney]:
    """Those in one of some states, in the order of their ids."""
    query = select(JOURNEYS).where(JOURNEYS.c.state.in_([state.value for state in states]))
    rows = connection.execute(query.order_by(JOURNEYS.c.journey_id)).mappings()
    return [_stored(row) for row in rows]


def note_look(connection: Connection, journey_id: str, now: int) -> None:
    """Note that a segment or schedule has been looked at."""
    connection.execute(_change(journey_id).values(looked=now, primed=True))


def note_step(connection: Connection, journey: StoredJourney, now: int) -> None:
    """Note that runs go on now; what a clock wrote that was put back since counts from now."""
    times = {"looked": min(journey.looked, now), "enters_from": min(journey.enters_from, now)}
    connection.execute(_change(journey.journey_id).values(updated=now, **times))


def _check_new(connection: Connection, journey_id: str) -> None:
    """Raises JourneyStateError: a campaign has the id, by which messages are attributed."""
    query = select(CAMPAIGNS.c.campaign_id).where(CAMPAIGNS.c.campaign_id == journey_id)
    if connection.execute(query).first() is not None:
        raise JourneyStateError(
            "There is a campaign of this id.",
            where=f"journey {journey_id}",
            fix="choose another id.",
        )


def _check_base(journey_id: str, newest: int, base: int | None) -> None:
    if base is not None and base != newest:
        raise JourneyChangedError(
            f"There is version {newest} now; this is of version {base}.",
            where=f"journey {journey_id}",
            fix="look at what has changed, and make the change there.",
        )


def _check_approver(stored: StoredVersion, by: str, now: int, *, two_people: bool) -> None:
    where = f"journey {stored.journey.journey_id}, version {stored.version}"
    findings = check_journey(stored.journey, now)
    if refused(findings):
        raise InvalidJourneyError(str(findings[0]), where=where, fix="mend it as a new version.")
    if two_people and stored.created_by == by:
        raise OwnJourneyError(
            f"{by} made this version.", where=where, fix="have somebody else look at it."
        )


def _add_activities(connection: Connection, journey: Journey) -> None:
    for step in journey.steps:
        if isinstance(step, SendStep):
            add_activity(
                connection,
                journey.activity_id(step.id),
                journey.journey_id,
                source="journey",
                titles=titles_of(step.kind, step.promoted_id),
            )


def _new_trigger(
    connection: Connection, old: StoredJourney, journey: Journey, now: int
) -> dict[str, Any]:
    """What changes where another trigger is approved: who is in its segment has not entered it."""
    before = _version(connection, old.journey_id, old.version).journey
    if before.trigger == journey.trigger:
        return {}
    forget_inside(connection, old.journey_id)
    return {"primed": False, "looked": now}


def _closed(journey_id: str) -> JourneyStateError:
    return JourneyStateError(
        "The journey is closed.", where=f"journey {journey_id}", fix="create another one."
    )


def _add_version(connection: Connection, journey: Journey, version: int, by: str, now: int) -> None:
    key = {"journey_id": journey.journey_id, "version": version}
    values = {**key, "content": journey.content, "created": now, "created_by": by}
    connection.execute(insert(JOURNEY_VERSIONS), values)
    connection.execute(_change(journey.journey_id).values(newest=version, updated=now))


def _running(connection: Connection, old: StoredJourney, now: int) -> dict[str, Any]:
    """What changes with a journey that starts or goes on. Raises JourneyStateError."""
    if not old.version or not _version(connection, old.journey_id, old.version).approval_holds:
        raise JourneyStateError(
            "What is stored of the journey is not approved.",
            where=f"journey {old.journey_id}",
            fix="have its newest version approved.",
        )
    if not journeys_in(connection, JourneyState.RUNNING, JourneyState.PAUSED):
        start_following(connection)
    begins = {} if old.started is not None else {"started": now, "looked": now}
    return {"enters_from": now, **begins}


def _change(journey_id: str) -> Any:  # noqa: ANN401 - an Update, whose methods are chained
    return update(JOURNEYS).where(JOURNEYS.c.journey_id == journey_id)


def _change_version(journey_id: str, version: int) -> Any:  # noqa: ANN401 - as above
    of = JOURNEY_VERSIONS.c
    return update(JOURNEY_VERSIONS).where(of.journey_id == journey_id, of.version == version)


def _find(connection: Connection, journey_id: str, *, lock: bool = False) -> StoredJourney | None:
    query = select(JOURNEYS).where(JOURNEYS.c.journey_id == journey_id)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return None if row is None else _stored(row)


def _found(connection: Connection, journey_id: str, *, lock: bool = False) -> StoredJourney:
    found = _find(connection, journey_id, lock=lock)
    if found is None:
        raise NotFoundError(
            f"There is no journey {journey_id[:100]!r}.", fix="see `sizzle outreach journey show`."
        )
    return found


def _version(connection: Connection, journey_id: str, version: int) -> StoredVersion:
    of = JOURNEY_VERSIONS.c
    query = select(JOURNEY_VERSIONS).where(of.journey_id == journey_id, of.version == version)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFoundError(
            f"There is no version {version} of the journey {journey_id[:100]!r}.",
            fix="see `sizzle outreach journey show`.",
        )
    return _stored_version(row)


_COLUMNS: Final = (
    "journey_id", "reason", "version", "newest", "created", "started", "enters_from", "looked",
    "primed", "closed", "updated",
)  # fmt: skip
_OF_VERSION: Final = (
    "version", "created", "created_by", "approved", "approved_by", "approved_digest",
)  # fmt: skip


def _stored(row: RowMapping) -> StoredJourney:
    return StoredJourney(state=JourneyState(row["state"]), **{name: row[name] for name in _COLUMNS})


def _stored_version(row: RowMapping) -> StoredVersion:
    where = f"journey {row['journey_id']}, version {row['version']}, in the database"
    journey = parsed(row["content"], where)
    return StoredVersion(journey, **{name: row[name] for name in _OF_VERSION})
