"""A queue of jobs in the database."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ColumnElement

from sizzle.database import Database, Worker
from sizzle.database.service_tables import JOBS
from sizzle.errors import BusyError, SizzleError
from sizzle.jobs.job import Job, JobEvents
from sizzle.jobs.job_files import JobFiles

_PATIENCE: Final = 30.0  # seconds
_RETRY: Final = 0.1  # seconds
_MOST_FOLLOWED: Final = 1000


class JobQueue:
    """The jobs of one kind, in all processes that share a database.

    Every method raises DatabaseUnavailableError where the database cannot be reached.

    Args:
        name: of the kind.
        database: that has them.
        files: of them.
        worker: this process.
        former: gives the jobs that earlier versions kept in files, once they are asked for.
    """

    def __init__(
        self,
        name: str,
        database: Database,
        files: JobFiles,
        worker: Worker,
        former: Callable[[], Sequence[Job]] = tuple,
    ) -> None:
        self.name = name
        self.files = files
        self.worker = worker
        self._database = database
        self._former: Callable[[], Sequence[Job]] | None = former
        self._followed: dict[str, JobEvents] = {}
        self._running: set[str] = set()
        self._taking = threading.Lock()

    def add(self, job: Job) -> Job:
        """Accept a job, unless there is one of its id: then return that."""
        with self._writing() as connection:
            if _insert(connection, self.name, job):
                return job
            found = connection.execute(select(JOBS).where(self._is(job.job_id))).one()
            return self._job(connection, found)

    def find(self, job_id: str) -> Job | None:
        """The job of that id as it is now, or None."""
        with self._reading() as connection:
            row = connection.execute(select(JOBS).where(self._is(job_id))).first()
            return None if row is None else self._job(connection, row)

    def newest(self, limit: int | None = None) -> list[Job]:
        """The last ones, the newest first."""
        order = (JOBS.c.created.desc(), JOBS.c.job_id.desc())
        query = select(JOBS).where(JOBS.c.queue == self.name).order_by(*order).limit(limit)
        with self._reading() as connection:
            return [self._job(connection, row) for row in connection.execute(query).all()]

    def waiting(self) -> list[Job]:
        """Those without a result that nobody runs, the oldest first."""
        undone = and_(JOBS.c.queue == self.name, JOBS.c.result.is_(None))
        query = select(JOBS).where(undone).order_by(JOBS.c.created, JOBS.c.job_id)
        with self._reading() as connection:
            found = [self._job(connection, row) for row in connection.execute(query).all()]
        return [job for job in found if not job.is_running]

    def events(self, job_id: str) -> JobEvents:
        """A job's progress, for those who follow it."""
        known = self._followed.get(job_id)
        if known is None:
            if len(self._followed) >= _MOST_FOLLOWED:
                self._followed.clear()
            known = self._followed[job_id] = JobEvents(lambda: self.find(job_id))
        return known

    def take(self, job: Job) -> Job | None:
        """Make a job this process's, unless another one has taken it; the lease must be held."""
        as_found = and_(self._is(job.job_id), JOBS.c.result.is_(None), JOBS.c.worker == job.worker)
        as_found = and_(as_found, JOBS.c.attempts == job.attempts)
        taken = replace(job, worker=self.worker.name, attempts=job.attempts + 1, is_running=True)
        values = {"worker": taken.worker, "attempts": taken.attempts}
        with self._taking:
            if job.job_id in self._running:  # another thread has taken it meanwhile
                return None
            self._running.add(job.job_id)  # before others can find that it is ours
        is_taken = False
        try:
            is_taken = self._update(as_found, values)
        finally:
            if not is_taken:
                self._running.discard(job.job_id)
        return taken if is_taken else None

    def release(self, job: Job) -> None:
        """Leave a job of ours to whoever takes it next, as if it had not been begun."""
        self._running.discard(job.job_id)
        values = {"events": json.dumps(list(job.events)), "worker": ""}
        self._update(self._ours(job), {**values, "attempts": job.attempts - 1})

    def leave(self) -> None:
        """Leave all jobs of ours to other processes, since this one is about to end."""
        self._running.clear()
        ours = and_(JOBS.c.queue == self.name, JOBS.c.worker == self.worker.name)
        values = {"worker": "", "attempts": JOBS.c.attempts - 1}
        with suppress(SizzleError):  # then they are taken once the lease is over
            self._update(and_(ours, JOBS.c.result.is_(None)), values)

    def report(self, job: Job, events: Sequence[Mapping[str, Any]]) -> bool:
        """Set the events of a job that is ours. Returns whether it still is."""
        return self._update(self._ours(job), {"events": json.dumps(list(events))})

    def finish(
        self, job: Job, result: Mapping[str, Any] | None, events: Sequence[Mapping[str, Any]]
    ) -> bool:
        """Give a job of ours its result; or without one, leave it to whoever takes it next.

        Returns:
            Whether it was still ours; if not, nothing has changed.
        """
        values = {
            "result": None if result is None else json.dumps(result),
            "events": json.dumps(list(events)),
            "worker": "",
        }
        try:
            return self._update(self._ours(job), values)
        finally:
            # Only now, or another thread would take it up again; if it failed, one shall.
            self._running.discard(job.job_id)

    def replace_result(self, job: Job, result: Mapping[str, Any]) -> None:
        """Make this the result of a job that is done."""
        done = and_(self._is(job.job_id), JOBS.c.result.is_not(None))
        self._update(done, {"result": json.dumps(result)})

    def set_publication(self, job_id: str, publication: Mapping[str, Any]) -> None:
        """Note what a job's publication did; its lock must be held."""
        self._update(self._is(job_id), {"publication": json.dumps(publication)})

    def remove(self, job: Job) -> bool:
        """Remove a job and its files. Returns whether it was there."""
        self.files.remove(
            job.folder
        )  # first: what has no files is no job, what has no row is swept
        with self._writing() as connection:
            return bool(connection.execute(delete(JOBS).where(self._is(job.job_id))).rowcount)

    def sweep_files(self, age: float) -> None:
        """Remove files of no job, which crashes have left behind so many seconds ago."""
        with self._reading() as connection:
            query = select(JOBS.c.folder).where(JOBS.c.queue == self.name)
            known = set(connection.execute(query).scalars())
        for name in set(self.files.abandoned(age)) - known:
            self.files.remove(name)

    @contextmanager
    def changing(self, job_id: str) -> Iterator[None]:
        """Hold the lock for publishing or removing a job, on all machines, waiting for it.

        Raises:
            BusyError: another holds it for too long.
        """
        lock = self._database.process_lock(f"{self.name}-{job_id}")
        until = time.monotonic() + _PATIENCE
        while not lock.acquire():
            if time.monotonic() > until:
                raise BusyError("The job is being published or removed.", retry_after=_PATIENCE)
            time.sleep(_RETRY)
        try:
            yield
        finally:
            lock.release()

    def _is(self, job_id: str) -> ColumnElement[bool]:
        return and_(JOBS.c.queue == self.name, JOBS.c.job_id == job_id)

    def _ours(self, job: Job) -> ColumnElement[bool]:
        ours = and_(JOBS.c.worker == self.worker.name, JOBS.c.attempts == job.attempts)
        return and_(self._is(job.job_id), ours)

    def _update(self, which: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        with self._writing() as connection:
            return bool(connection.execute(update(JOBS).where(which).values(values)).rowcount)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        self._prepare()
        with self._database.reading() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        self._prepare()
        with self._database.writing(concurrent=True) as connection:
            yield connection

    def _prepare(self) -> None:
        self._database.upgrade_once()
        former = self._former
        if former is not None:
            jobs = former()
            if jobs:
                with self._database.writing(concurrent=True) as connection:
                    folders = select(JOBS.c.folder).where(JOBS.c.queue == self.name)
                    known = set(connection.execute(folders).scalars())
                    for job in jobs:
                        if job.folder not in known:
                            _insert(connection, self.name, job)
            self._former = None

    def _job(self, connection: Connection, row: Row[Any]) -> Job:
        undone = row.result is None
        return Job(
            row.job_id,
            row.created,
            row.folder,
            json.loads(row.request),
            json.loads(row.events),
            None if undone else json.loads(row.result),
            None if row.publication is None else json.loads(row.publication),
            row.worker,
            row.attempts,
            undone and self._is_running(connection, row),
        )

    def _is_running(self, connection: Connection, row: Row[Any]) -> bool:
        if row.worker == self.worker.name:
            return row.job_id in self._running
        return self.worker.is_held(connection, row.worker)


def _insert(connection: Connection, queue: str, job: Job) -> bool:
    """Insert a job, unless there is one of its id. Returns whether there was none."""
    row = {
        "queue": queue,
        "job_id": job.job_id,
        "created": job.created,
        "folder": job.folder,
        "request": json.dumps(job.request),
        "events": json.dumps(list(job.events)),
        "result": None if job.result is None else json.dumps(job.result),
        "publication": None if job.publication is None else json.dumps(job.publication),
        "worker": "",
        "attempts": 0,
    }
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(JOBS).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(JOBS.c.job_id)).first() is not None
