"""Journeys in the database: their versions, approvals, and the states that they go through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from sizzle.database import Database
from sizzle.database.journey_tables import JOURNEY_RUNS, JOURNEY_VERSIONS, JOURNEYS
from sizzle.database.send_tables import CAMPAIGNS
from sizzle.errors import InputError
from sizzle.outbox.experiments import add_activity
from sizzle.outbox.journey_check import check_stored
from sizzle.outbox.journey_rows import (
    StepCount,
    StoredJourney,
    StoredVersion,
    change_journey,
    find_journey,
    found_journey,
    found_version,
    journeys_in,
    stored_journey,
    stored_version,
)
from sizzle.outbox.journey_runs import close_runs, forget_inside, start_following
from sizzle.outbox.lines import Lines
from sizzle.outbox.promoted import titles_counted
from sizzle.outreach.journeys.findings import JourneyFinding, refused
from sizzle.outreach.journeys.model import Journey, SendStep
from sizzle.outreach.journeys.reading import InvalidJourneyError
from sizzle.outreach.journeys.states import (
    JourneyAction,
    JourneyState,
    JourneyStateError,
    next_state,
)


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


class Journeys:
    """The journeys of a database. Safe to share between threads.

    Each method raises DatabaseUnavailableError where the database cannot be used.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._lines = Lines(database)

    def check(self, journey: Journey, now: int) -> list[JourneyFinding]:
        """What is wrong with a journey, also by what the database has of what it names."""
        self.database.upgrade_once()
        with self.database.reading() as connection:
            return check_stored(connection, self._lines, journey, now)

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
            old = find_journey(connection, journey.journey_id, lock=True)
            newest = old.newest if old else 0
            _check_base(journey.journey_id, newest, base)
            if old is None:
                _check_new(connection, journey.journey_id)
                values = {"state": JourneyState.DRAFT.value, "newest": 0, "created": now}
                row = {"journey_id": journey.journey_id, **values, "updated": now}
                connection.execute(insert(JOURNEYS), row)
            elif old.state is JourneyState.CLOSED:
                raise _closed(journey.journey_id)
            elif found_version(connection, journey.journey_id, newest).journey == journey:
                return old
            _add_version(connection, journey, newest + 1, by, now)
            return found_journey(connection, journey.journey_id)

    def get(self, journey_id: str) -> StoredJourney:
        """One of them. Raises NotFoundError."""
        self.database.upgrade_once()
        with self.database.reading() as connection:
            return found_journey(connection, journey_id)

    def version(self, journey_id: str, version: int | None = None) -> StoredVersion:
        """A version, by default the newest. Raises NotFoundError."""
        self.database.upgrade_once()
        with self.database.reading() as connection:
            chosen = found_journey(connection, journey_id).newest if version is None else version
            return found_version(connection, journey_id, chosen)

    def versions(self, journey_id: str) -> list[StoredVersion]:
        """All versions, the newest first."""
        query = select(JOURNEY_VERSIONS).where(JOURNEY_VERSIONS.c.journey_id == journey_id)
        query = query.order_by(JOURNEY_VERSIONS.c.version.desc())
        self.database.upgrade_once()
        with self.database.reading() as connection:
            return [stored_version(row) for row in connection.execute(query).mappings()]

    def page(self, after: str = "", limit: int = 100) -> list[StoredJourney]:
        """Those whose ids come after one, in the order of their ids."""
        query = select(JOURNEYS).where(JOURNEYS.c.journey_id > after)
        query = query.order_by(JOURNEYS.c.journey_id).limit(limit)
        self.database.upgrade_once()
        with self.database.reading() as connection:
            return [stored_journey(row) for row in connection.execute(query).mappings()]

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
            old = found_journey(connection, journey_id, lock=True)
            stored = found_version(connection, journey_id, version)
            if stored.approved is not None and stored.approval_holds:
                return old
            if old.state is JourneyState.CLOSED:
                raise _closed(journey_id)
            _check_base(journey_id, old.newest, version)
            _refuse_errors(stored, check_stored(connection, self._lines, stored.journey, now))
            _check_approver(stored, by, two_people=two_people)
            digest = stored.journey.digest
            approval = {"approved": now, "approved_by": by, "approved_digest": digest}
            connection.execute(_change_version(journey_id, version).values(**approval))
            values: dict[str, Any] = {"version": version, "updated": now}
            if old.version:
                values |= _new_trigger(connection, old, stored.journey, now)
            _add_activities(connection, stored.journey)
            connection.execute(change_journey(journey_id).values(values))
            return found_journey(connection, journey_id)

    def act(self, journey_id: str, action: JourneyAction, now: int) -> StoredJourney:
        """Start, pause, resume or close a journey; what was done before changes nothing.

        Raises:
            NotFoundError: there is none of that id.
            JourneyStateError: its state does not allow it, or no version is approved.
        """
        self.database.upgrade_once()
        with self.database.writing() as connection:
            old = found_journey(connection, journey_id, lock=True)
            state = next_state(journey_id, old.state, action)
            if state is old.state:
                return old
            values: dict[str, Any] = {"state": state.value, "reason": "", "updated": now}
            if state is JourneyState.RUNNING:
                values |= _running(connection, old, now)
            if state is JourneyState.CLOSED:
                values["closed"] = now
            connection.execute(change_journey(journey_id).values(values))
            if state is JourneyState.CLOSED:
                close_runs(connection, journey_id, now)
            return found_journey(connection, journey_id)

    def counts(self, journey_id: str) -> list[StepCount]:
        """How many runs stand where, and how many ended how, by version."""
        columns = (JOURNEY_RUNS.c.version, JOURNEY_RUNS.c.step, JOURNEY_RUNS.c.outcome)
        query = select(*columns, func.count()).where(JOURNEY_RUNS.c.journey_id == journey_id)
        query = query.group_by(*columns).order_by(*columns)
        self.database.upgrade_once()
        with self.database.reading() as connection:
            return [StepCount(*row) for row in connection.execute(query)]


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


def _refuse_errors(stored: StoredVersion, findings: Sequence[JourneyFinding]) -> None:
    """Raises InvalidJourneyError."""
    if refused(findings):
        raise InvalidJourneyError(
            str(findings[0]), where=stored.where, fix="mend it as a new version."
        )


def _check_approver(stored: StoredVersion, by: str, *, two_people: bool) -> None:
    if two_people and stored.created_by == by:
        raise OwnJourneyError(
            f"{by} made this version.", where=stored.where, fix="have somebody else look at it."
        )


def _add_activities(connection: Connection, journey: Journey) -> None:
    for step in journey.steps:
        if isinstance(step, SendStep):
            add_activity(
                connection,
                journey.activity_id(step.id),
                journey.journey_id,
                source="journey",
                titles=titles_counted(connection, step.kind, step.promoted_id),
            )


def _new_trigger(
    connection: Connection, old: StoredJourney, journey: Journey, now: int
) -> dict[str, Any]:
    """What changes where another trigger is approved: who is in its segment has not entered it."""
    before = found_version(connection, old.journey_id, old.version).journey
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
    connection.execute(change_journey(journey.journey_id).values(newest=version, updated=now))


def _running(connection: Connection, old: StoredJourney, now: int) -> dict[str, Any]:
    """What changes with a journey that starts or goes on. Raises JourneyStateError."""
    if not old.version or not found_version(connection, old.journey_id, old.version).approval_holds:
        raise JourneyStateError(
            "What is stored of the journey is not approved.",
            where=f"journey {old.journey_id}",
            fix="have its newest version approved.",
        )
    if not journeys_in(connection, JourneyState.RUNNING, JourneyState.PAUSED):
        start_following(connection)
    begins = {} if old.started is not None else {"started": now, "looked": now}
    return {"enters_from": now, **begins}


def _change_version(journey_id: str, version: int) -> Any:  # noqa: ANN401 - as above
    of = JOURNEY_VERSIONS.c
    return update(JOURNEY_VERSIONS).where(of.journey_id == journey_id, of.version == version)
