"""Jobs are alike in both databases, and in a folder as in an object store."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from obstore.store import MemoryStore

import sizzle.database.workers as workers
from sizzle.database import Database, DatabaseUnavailableError, Worker
from sizzle.jobs import Crash, FolderFiles, Job, JobFilesError, JobQueue, run_job
from sizzle.jobs.object_files import ObjectFiles
from tests.databases import new_database

LEASE = 0.4
CRASH = Crash(
    2,
    {"failure": {"what": "It crashed.", "fix": "mend it."}},
    {"failure": {"what": "All stopped.", "fix": "try again."}},
)


@dataclass(frozen=True)
class Machine:
    """One of several machines that share a queue."""

    queue: JobQueue
    folder: Path

    def accept(self, job_id: str, content: bytes = b"input") -> Job:
        """Accept a job with one file."""
        upload = self.folder / f"upload-{job_id}"
        upload.mkdir(parents=True)
        (upload / "timeline").write_bytes(content)
        name = self.queue.files.add(upload)
        return self.queue.add(Job(job_id, time.time(), name, {"a": "é"}, [{"event": "queued"}]))

    def run(self, job: Job) -> bool:
        """Run a job to its end."""
        return run_job(self.queue, job, work, CRASH)

    def job(self, job_id: str) -> Job:
        """A job that is there."""
        found = self.queue.find(job_id)
        assert found is not None
        return found


def work(folder: Path) -> str:
    """What a job does: it reads its files and writes others."""
    request = json.loads((folder / "request.json").read_bytes())
    (folder / "events.jsonl").write_text('{"event": "progress", "step": 1}\n{"event": "done"}\n')
    (folder / "report").write_bytes((folder / "timeline").read_bytes() + b" read")
    (folder / "result.json").write_text(json.dumps({"of": request["a"]}))
    return ""


@pytest.fixture(params=["sqlite-folder", "postgresql-objects"])
def machines(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[list[Machine]]:
    """Two machines: neither can see whether a process of the other runs."""
    kind, _, files = request.param.partition("-")
    url, objects = new_database(kind, tmp_path, tmp_path_factory), MemoryStore()
    made = []
    for name in ("one", "other"):
        monkeypatch.setattr(workers, "_machine", lambda name=name: name)
        database, root = Database(url), tmp_path / name
        shared = FolderFiles(tmp_path / "jobs")
        kept = shared if files == "folder" else ObjectFiles(objects, root / "jobs", "memory://")
        queue = JobQueue("tests", database, kept, Worker(database, lease=LEASE))
        made.append(Machine(queue, root))
    yield made
    for machine in made:
        machine.queue.worker.leave()
        machine.queue._database.close()


def kinds(job: Job) -> list[str]:
    """The kinds of a job's events."""
    return [event.kind for event in job.progress()]


def test_a_job_of_one_machine_is_done_by_another(machines: list[Machine]) -> None:
    """Which finds its files; whoever is asked then has the results. The order is that of age."""
    one, other = machines
    jobs = [one.accept(name) for name in ("a", "b")]
    assert [job.job_id for job in other.queue.waiting()] == ["a", "b"]
    assert [job.job_id for job in other.queue.newest()] == ["b", "a"]
    assert other.run(jobs[0])
    done = one.job("a")
    assert (done.result, done.worker, done.is_running) == ({"of": "é"}, "", False)
    assert kinds(done) == ["queued", "progress", "done"]
    for machine in machines:
        folder = machine.queue.files.local(done.folder, done=True)
        assert (folder / "report").read_bytes() == b"input read"
        assert (folder / "timeline").read_bytes() == b"input"
    assert [job.job_id for job in one.queue.waiting()] == ["b"]
    assert not one.run(jobs[0])  # as it was before: it is done


def test_of_all_that_would_run_a_job_one_does(machines: list[Machine]) -> None:
    """Eight at a time, on both machines; an upload that is sent twice is one job, the first."""
    job = machines[0].accept("a")
    assert machines[1].accept("a", b"again").folder == job.folder
    with ThreadPoolExecutor(8) as pool:
        ran = list(pool.map(lambda number: machines[number % 2].run(job), range(8)))
    assert sum(ran) == 1
    assert machines[0].job("a").attempts == 1


def test_the_job_of_a_machine_that_stopped_is_taken_up_again(machines: list[Machine]) -> None:
    """Once its lease is over; should it come back, nothing that it says counts any more."""
    one, other = machines
    job = one.accept("a")
    one.queue.worker.hold()
    taken = one.queue.take(job)
    assert taken is not None
    time.sleep(2 * LEASE)
    assert other.job("a").is_running
    assert other.queue.waiting() == []
    one.queue.worker._left = True  # as if the machine had stopped
    time.sleep(2 * LEASE)
    (left,) = other.queue.waiting()
    assert other.run(left)
    assert not one.queue.report(taken, [{"event": "late"}])
    assert not one.queue.finish(taken, {"late": True}, [])
    assert other.job("a").result == {"of": "é"}


def test_a_process_that_ends_leaves_its_jobs_at_once(machines: list[Machine]) -> None:
    """Nobody has to wait for its lease, and that it was begun is not held against the job."""
    one, other = machines
    job = one.accept("a")
    one.queue.worker.hold()
    taken = one.queue.take(job)
    assert taken is not None
    one.queue.leave()
    (left,) = other.queue.waiting()
    assert left.attempts == 0
    assert other.run(left)
    assert not one.queue.finish(taken, {"late": True}, [])


def test_a_job_whose_machines_all_stop_fails_at_last(machines: list[Machine]) -> None:
    """And says why, instead of stopping one machine after the other for ever."""
    one, other = machines
    one.accept("a")
    other.queue.worker.hold()
    for _ in range(5):
        other.queue._running.clear()  # as a process that has just started
        taken = other.queue.take(other.job("a"))
        assert taken is not None
    other.queue._running.clear()
    assert other.run(other.job("a"))
    failed = other.job("a")
    assert failed.result == CRASH.abandoned
    assert failed.progress()[-1].data == CRASH.abandoned["failure"]


def test_a_job_that_crashes_again_and_again_fails(machines: list[Machine]) -> None:
    """On whichever machine; what it wrote of its progress is kept."""

    def crash(folder: Path) -> str:
        (folder / "events.jsonl").write_text('{"event": "progress", "step": 1}\n{"event": "pro')
        return "exit status -9"

    job = machines[0].accept("a")
    for machine in machines:
        assert run_job(machine.queue, machine.job("a"), crash, CRASH)
    assert kinds(machines[0].job("a")) == [
        *("queued", "progress", "crashed"),
        *("progress", "crashed", "failed"),
    ]
    assert machines[0].job(job.job_id).result == CRASH.result


def test_a_job_outlives_the_absence_of_files_and_database(
    machines: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is begun in vain, it is not held against the job."""
    one, other = machines
    one.accept("a")

    def away(*_: object, **__: object) -> Path:
        raise JobFilesError("away")

    def lost(*_: object) -> bool:
        raise DatabaseUnavailableError("away")

    with monkeypatch.context() as patched:
        patched.setattr(type(one.queue.files), "local", away)
        for _ in range(7):
            with pytest.raises(JobFilesError):
                one.run(one.job("a"))
    assert one.job("a").attempts == 0
    with monkeypatch.context() as patched:
        patched.setattr(one.queue, "finish", lost)
        patched.setattr(one.queue, "release", lost)
        with pytest.raises(DatabaseUnavailableError):
            one.run(one.job("a"))
    time.sleep(2 * LEASE)
    assert other.run(other.job("a"))
    assert kinds(one.job("a")) == ["queued", "progress", "progress", "done"]


def test_what_is_removed_is_gone_on_all_machines(machines: list[Machine]) -> None:
    """With its files, and so are files that belong to no job, after a while."""
    one, other = machines
    job, kept = one.accept("a"), one.accept("b")
    other.queue.files.local(job.folder, done=False)
    assert one.queue.remove(job)
    assert not other.queue.remove(job)
    assert other.queue.find("a") is None
    assert not one.queue.events("a").exists()
    lost = one.folder / "lost"
    lost.mkdir(parents=True)
    (lost / "timeline").write_bytes(b"of no job")
    name = one.queue.files.add(lost)
    other.queue.sweep_files(3600)
    assert (one.queue.files.local(name, done=False) / "timeline").exists()
    for machine in machines:
        machine.queue.sweep_files(-1)
    with pytest.raises(JobFilesError):
        one.queue.files.local(name, done=False)
    one.queue.files.write_file(kept.folder, "timeline", b"without a member")
    for machine in machines:
        file = machine.queue.files.local(kept.folder, done=False) / "timeline"
        assert file.read_bytes() == b"without a member"


def test_one_at_a_time_changes_a_job(machines: list[Machine]) -> None:
    """Publishing on one machine waits for publishing on the other."""
    seen: list[str] = []

    def change(machine: Machine) -> None:
        with machine.queue.changing("a"):
            seen.append("begin")
            time.sleep(0.05)
            seen.append("end")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, machines * 2))
    assert seen == ["begin", "end"] * 4


def test_jobs_of_earlier_versions_are_taken_over_once(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """They were folders; one that is removed afterwards does not come back."""
    url = new_database("sqlite", tmp_path, tmp_path_factory)
    files = FolderFiles(tmp_path / "jobs")
    folder = tmp_path / "jobs" / ("0" * 32)
    folder.mkdir(parents=True)
    (folder / "timeline").write_bytes(b"input")
    former = Job(folder.name, 1.0, folder.name, {"a": "b"}, [{"event": "queued"}])

    def found() -> Sequence[Job]:
        return [former] if folder.exists() else []

    for _ in range(2):
        database = Database(url)
        queue = JobQueue("tests", database, files, Worker(database), found)
        assert [job.job_id for job in queue.waiting()] == [folder.name]
        assert run_job(queue, queue.waiting()[0], lambda _: "", CRASH)
        database.close()
    database = Database(url)
    queue = JobQueue("tests", database, files, Worker(database), found)
    (job,) = queue.newest()
    assert job.result == CRASH.result
    assert queue.remove(job)
    assert JobQueue("tests", database, files, Worker(database), found).newest() == []
    database.close()
