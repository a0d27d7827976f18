"""Jobs on disk: they outlive restarts and kills, run once, and go when they are old."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path

import httpx2
import pytest

from sizzle.ingest_jobs.limits import JobLimits
from sizzle.ingest_jobs.records import JobResult
from sizzle.jobs import ProgressLog
from sizzle.jobs.file_locks import locked
from tests.api.ingests.ingest_app import LAYOUT, Ingests, export, open_ingests, until
from tests.small_disk import filled, small_disk

WAITING = JobLimits(running=0)
_PATIENCE = 30.0
_LITTLE_ROOM = 2 * 4096  # bytes: a job begins, and finds no room for its reports
_ATTEMPTS = 3.0  # seconds in which a job is begun more often than it may crash


def steps(ingests: Ingests, job_id: str) -> list[str]:
    """The kinds of a job's events."""
    return [event.kind for event in ingests.service.jobs.named(job_id).events.after(0)]


def test_what_waits_is_done_after_a_restart(tmp_path: Path, media: Path) -> None:
    """By another process, in the order in which it came, with nothing asked again."""
    with open_ingests(tmp_path, media, WAITING) as ingests:
        ids = [ingests.upload(export()).json()["id"] for _ in range(2)]
        states = [ingests.client.get(f"/v1/ingests/{each}").json()["state"] for each in ids]
        assert states == ["queued", "queued"]
        assert [job.job_id for job in ingests.service.jobs.waiting()] == ids
    with open_ingests(tmp_path, media) as ingests:
        assert [ingests.done(each)["state"] for each in ids] == ["checked", "checked"]


@pytest.mark.full
def test_two_processes_share_the_work(tmp_path: Path, media: Path) -> None:
    """Each job is run once, whichever of them takes it."""
    with open_ingests(tmp_path, media) as one, open_ingests(tmp_path, media) as other:
        ids = [ingests.upload(export()).json()["id"] for ingests in (one, other, one)]
        for job_id in ids:
            assert one.done(job_id)["state"] == "checked"
            assert steps(other, job_id).count("progress") == 3


def test_no_accepted_upload_is_lost_to_a_kill(tmp_path: Path, media: Path) -> None:
    """The service and all its children are killed at work: what it answered 202 to is done."""
    with serving(tmp_path, media) as (address, process):
        ids = []
        for number in range(2):
            files = {"timeline": ("t.xml", export()), "layout": ("l.toml", LAYOUT.encode())}
            data = {"asset_id": f"a{number}", "media": "mega.mp4"}
            answer = httpx2.post(f"{address}/v1/ingests", data=data, files=files)
            assert answer.status_code == 202
            ids.append(answer.json()["id"])
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    with open_ingests(tmp_path, media) as ingests:
        assert [ingests.done(each)["state"] for each in ids] == ["checked"] * 2
        listed = ingests.client.get("/v1/ingests").json()["jobs"]
        assert [each["id"] for each in listed] == ids[::-1]


def test_a_job_that_breaks_its_process_is_not_tried_for_ever(tmp_path: Path) -> None:
    """Here by taking longer than it may: it fails, and says so to who follows it."""
    with open_ingests(tmp_path, limits=JobLimits(job_time=0.01)) as ingests:
        job = ingests.ingest(export())
        assert (job["state"], job["failure"]["slug"]) == ("failed", "job-crashed")
        ends = [step for step in steps(ingests, job["id"]) if step in ("crashed", "failed", "done")]
        assert ends == ["crashed", "crashed", "failed"]


def test_a_job_without_room_waits_until_there_is_some(
    tmp_path: Path, media: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that is full for a while is nothing that is wrong with an upload."""
    (tmp_path / "ingests").mkdir()
    with (
        small_disk(tmp_path / "ingests", "4m") as disk,
        open_ingests(tmp_path, media) as ingests,
        ExitStack() as stack,
    ):
        stack.enter_context(locked(disk / "slots" / "0"))
        job_id = ingests.upload(export()).json()["id"]  # which nobody begins yet
        with filled(disk, room_left=_LITTLE_ROOM):
            stack.close()
            until(lambda: "jobs cannot be run" in caplog.text or "crashed" in caplog.text)
            time.sleep(_ATTEMPTS)
            assert ingests.service.jobs.named(job_id).state in ("queued", "running")
        assert ingests.done(job_id)["state"] == "checked"


def test_a_job_ends_when_its_time_is_over_or_its_service_ends(tmp_path: Path) -> None:
    """Here one that waits for ever for its timeline."""
    with open_ingests(tmp_path, limits=WAITING) as ingests:
        job = ingests.service.jobs.named(ingests.upload(export()).json()["id"])
    folder = job.files
    folder.record("request.json", job.request)
    folder.timeline.unlink()
    os.mkfifo(folder.timeline)
    command = [sys.executable, "-m", "sizzle.ingest_jobs.job_server"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for job_time in (0.1, 600):
            limits = asdict(JobLimits(job_time=job_time))
            arguments = {"job": str(folder.folder), "media": None, "limits": limits}
            begun = folder.events.count("progress")
            server.stdin.write(f"{json.dumps(arguments)}\n")
            server.stdin.flush()
            if job_time < 1:
                assert server.stdout.readline() == "-9\n"
        until(lambda: folder.events.count("progress") > begun)
        server.stdin.close()
        assert server.wait(_PATIENCE) == 0
    assert not (folder.folder / "result.json").exists()


def test_an_event_that_was_cut_short_is_passed_over(tmp_path: Path) -> None:
    """The next one has a line of its own, and numbers never change."""
    log = ProgressLog(tmp_path / "events.jsonl")
    log.add("queued")
    with log.path.open("ab") as file:
        file.write(b'{"event": "prog')
    assert [event.number for event in log.after(0)] == [1]
    log.add("done", errors=0)
    assert [(event.number, event.kind) for event in log.after(0)] == [(1, "queued"), (3, "done")]


def test_an_upload_that_broke_off_leaves_nothing(tmp_path: Path) -> None:
    """Neither a job nor a file, once an hour has passed; one that is on its way stays."""
    with open_ingests(tmp_path, limits=WAITING) as ingests:
        incoming = ingests.service.jobs.root / "incoming"
        for name, age in (("old", 7200), ("new", 0)):
            (incoming / name).mkdir()
            (incoming / name / "timeline").write_bytes(b"<xmeml")
            then = time.time() - age
            os.utime(incoming / name, (then, then))
        assert ingests.service.jobs.all() == []
        ingests.service.jobs.sweep()
        assert [path.name for path in incoming.iterdir()] == ["new"]


def test_old_jobs_make_room(tmp_path: Path) -> None:
    """The newest finished ones are kept, and those that wait, however old."""
    with open_ingests(tmp_path, limits=WAITING) as ingests:
        ids = [ingests.upload(export()).json()["id"] for _ in range(3)]
        jobs = ingests.service.jobs
        with jobs.queue.worker.working():
            for job_id in ids[:2]:
                taken = jobs.queue.take(jobs.named(job_id).row)
                assert taken is not None
                assert jobs.queue.finish(taken, JobResult().model_dump(), taken.events)
        replace(jobs, limits=JobLimits(kept=1)).sweep()
        assert [job.job_id for job in jobs.all()] == [ids[2], ids[1]]
        replace(jobs, limits=JobLimits(kept_for=-1)).sweep()
        assert [job.job_id for job in jobs.all()] == [ids[2]]


@contextmanager
def serving(folder: Path, media: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A service in a process of its own, which leads a group with all its children."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "tests.api.ingests.ingest_server",
        str(folder),
        str(media),
        str(port),
    ]
    with subprocess.Popen(command, start_new_session=True) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}", process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise AssertionError("the server did not come up")
