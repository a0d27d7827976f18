"""Runs one job in a local folder, in which another process works that knows no database.

request.json    what is asked: written before it begins
events.jsonl    its progress
result.json     what came of it: written last
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sizzle.errors import SizzleError
from sizzle.files import write_text
from sizzle.jobs.job import Job
from sizzle.jobs.job_files import PREPARED
from sizzle.jobs.progress_log import ProgressLog
from sizzle.jobs.queue import JobQueue

_log = logging.getLogger(__name__)
_LOOK_EVERY: Final = 0.2  # seconds
DISK_FULL: Final = os.EX_TEMPFAIL
"""The exit status of a job's process that finds no room for what it writes: the job waits."""

_ABANDONED: Final = 5  # attempts after which a job fails whose machines have stopped each time


@dataclass(frozen=True, slots=True)
class Crash:
    """When a job fails that ends without a result, and with which.

    Attributes:
        attempts: how often it may crash.
        result: of one that has crashed so often.
        abandoned: of one that was begun again and again, and never ended.
    """

    attempts: int
    result: Mapping[str, Any]
    abandoned: Mapping[str, Any]


def run_job(queue: JobQueue, job: Job, start: Callable[[Path], str], crash: Crash) -> bool:
    """Run a job, unless another process takes it.

    Args:
        queue: of the job.
        job: that waits.
        start: works in a folder, and returns how that crashed, if it did.
        crash: what becomes of the job then.

    Returns:
        Whether it was run here.

    Raises:
        SizzleError, OSError: the database or the files cannot be reached, or a disk is full: the
            job is taken up again later.
    """
    with queue.worker.working():
        taken = queue.take(job)
        if taken is None:
            return False
        if taken.attempts > _ABANDONED:
            _fail(queue, taken, list(taken.events), crash.abandoned)
            return True
        try:
            _run(queue, taken, start, crash)
        except (SizzleError, OSError):
            queue.release(taken)
            raise
        except Exception:
            queue.finish(taken, None, taken.events)  # it counts as an attempt
            raise
    return True


def _run(queue: JobQueue, job: Job, start: Callable[[Path], str], crash: Crash) -> None:
    folder = queue.files.local(job.folder, done=False)
    for name in PREPARED:
        (folder / name).unlink(missing_ok=True)
    write_text(folder / "request.json", json.dumps(job.request))
    log = ProgressLog(folder / "events.jsonl")
    with _relayed(queue, job, log):
        crashed = start(folder)
    events = _events(job, log)
    result = _result(folder)
    if result is not None:
        if queue.report(job, events[:-1]):  # still ours, so that nobody else writes its files
            queue.files.keep(job.folder)
        if not queue.finish(job, result, events):
            _log.warning("job %s was taken by another process meanwhile", job.job_id)
        return
    _log.warning("job %s crashed: %s", job.job_id, crashed or "without a result")
    events.append({"event": "crashed"})
    if sum(event["event"] == "crashed" for event in events) >= crash.attempts:
        _fail(queue, job, events, crash.result)
    else:
        queue.finish(job, None, events)


def _fail(
    queue: JobQueue, job: Job, events: list[Mapping[str, Any]], result: Mapping[str, Any]
) -> None:
    failure = result["failure"]
    failed = {"event": "failed", "what": failure["what"], "fix": failure["fix"]}
    queue.finish(job, result, [*events, failed])


def _result(folder: Path) -> Mapping[str, Any] | None:
    try:
        found: Mapping[str, Any] = json.loads((folder / "result.json").read_bytes())
    except FileNotFoundError:
        return None
    return found


def _events(job: Job, log: ProgressLog) -> list[Mapping[str, Any]]:
    """Those from before, and those of this attempt."""
    ours = [{"event": event.kind, **event.data} for event in log.after(0)]
    return [*job.events, *ours]


@contextmanager
def _relayed(queue: JobQueue, job: Job, log: ProgressLog) -> Iterator[None]:
    """Pass the events on as they come, as long as the block lasts."""
    ended = threading.Event()
    relay = threading.Thread(target=_relay, args=(queue, job, log, ended), daemon=True)
    relay.start()
    try:
        yield
    finally:
        ended.set()
        relay.join()


def _relay(queue: JobQueue, job: Job, log: ProgressLog, ended: threading.Event) -> None:
    passed: Sequence[Mapping[str, Any]] = job.events
    while not ended.wait(_LOOK_EVERY):
        # The last event comes with the result, so that who has seen it finds that.
        events = [
            _event for _event in _events(job, log) if _event["event"] not in ("done", "failed")
        ]
        try:
            if events != passed and queue.report(job, events):
                passed = events
        except SizzleError as error:
            _log.info("progress is not passed on: %s", error)
