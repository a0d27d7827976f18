"""What the routes of members, segments and audiences do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import msgspec
from fastapi import FastAPI

from sizzle.database import Database, Worker
from sizzle.errors import NotFoundError
from sizzle.eventlog import EventLog
from sizzle.eventlog.event_log import MemberSummary
from sizzle.events.event import Event
from sizzle.outbox import Endpoints
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.importing import Importer, ImportOptions
from sizzle.outbox.members import Members
from sizzle.outbox.segments import Segments
from sizzle.outbox.snapshots import Snapshots
from sizzle.outreach.members.rows import RowFinding
from sizzle.outreach_jobs import JobSources, OutreachJobs, Runner, erase_from_jobs


class MemberService:
    """Members and segments of a database, and the jobs about them.

    Args:
        database: that has them.
        log: of events, for those who are erased.
        address_hash: of the installation.
        jobs: that take long.
        runner: that runs them; None where another process does.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        database: Database,
        log: EventLog,
        address_hash: AddressHash,
        jobs: OutreachJobs,
        runner: Runner | None,
        clock: Callable[[], float],
    ) -> None:
        self.members = Members(database, address_hash)
        self.segments = Segments(database)
        self.snapshots = Snapshots(database)
        self.jobs = jobs
        self._database, self._log, self._runner, self._clock = database, log, runner, clock
        self._importer = Importer(database, address_hash, log.member_hash, self.now)

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self._clock() * 1000)

    @asynccontextmanager
    async def running(self, _: FastAPI) -> AsyncIterator[None]:
        """Run jobs as long as the application lives."""
        if self._runner is not None:
            self._runner.start()
        try:
            yield
        finally:
            if self._runner is not None:
                self._runner.stop()

    def wake(self) -> None:
        """Look for a new job now."""
        if self._runner is not None:
            self._runner.wake()

    def put(
        self, member_id: str, values: dict[str, Any], app: str
    ) -> tuple[bool, list[RowFinding]]:
        """Make a member what is said; returns whether the member is new, and what was left out.

        Raises:
            InvalidValueError: nothing of it can be kept.
            DatabaseUnavailableError: the database cannot be written to.
        """
        options = ImportOptions(app, source="PUT /v1/outreach/members", allow_erased=True)
        return self._importer.put({**values, "member_id": member_id}, options)

    def get(self, member_id: str) -> dict[str, Any]:
        """All that is known of a member, endpoints and consents too. Raises NotFoundError."""
        stored = self.members.find(member_id)
        if stored is None:
            raise NotFoundError(
                f"There is no member {member_id[:100]!r}.", fix="import or PUT the member first."
            )
        with self._database.reading() as connection:
            endpoints = list(self.members.endpoints(connection, [member_id]))
            said = [
                {"channel": one.fields.channel_type, **asdict(consent)}
                for one in endpoints
                for consent in self.members.consents.history(
                    connection, one.fields.channel_type or "", one.fields.address or ""
                )
            ]
        return {
            "member_id": member_id,
            **asdict(stored.fields),
            "created": stored.created,
            "updated": stored.updated,
            "endpoints": [
                {
                    "Id": one.endpoint_id,
                    "app": one.app,
                    **msgspec.to_builtins(one.fields),
                }
                for one in endpoints
            ],
            "consents": said,
        }

    def events_of(self, member_id: str, most: int) -> tuple[MemberSummary, list[Event]]:
        """What a member did: how often in all, and at most so many events, the newest first."""
        return self._log.summary(member_id), self._log.newest_events_of(member_id, most)

    def erase(self, member_id: str) -> dict[str, int]:
        """Remove all that the database has of a member; what is suppressed stays so."""
        endpoints = Endpoints(self._database, self._log.member_hash)
        of_member = endpoints.keys_of_member(member_id)
        endpoints.close()
        erase_from_jobs(self.jobs, member_id, [endpoint_id for _, endpoint_id in of_member])
        removed = self._log.erase(member_id, self.now(), of_member)
        return {**asdict(removed), **asdict(self.members.erase(member_id, self.now()))}


def member_service(
    database: Database,
    log: EventLog,
    key: bytes,
    sources: JobSources,
    clock: Callable[[], float],
    worker: Worker | None = None,
    uploads: str | None = None,
) -> MemberService:
    """The service of an installation, with its jobs.

    Args:
        database: that has the members.
        log: of events.
        key: `derived(secret, ADDRESS_KEY)`.
        sources: of what jobs read.
        clock: seconds since 1970.
        worker: this process, if it holds other things too.
        uploads: where all machines find uploaded files, if not in the state folder.
    """
    jobs = OutreachJobs.open(sources.state / "outreach", database, worker, uploads)
    runner = Runner(jobs, sources)
    return MemberService(database, log, AddressHash(key), jobs, runner, clock)
