"""What a job does, in a process of its own."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ranker import RankerError
from sizzle.errors import DiskFullError, SizzleError
from sizzle.files import replacing
from sizzle.outreach_jobs.jobs import JobFolder, JobKind
from sizzle.outreach_jobs.sources import JobSources

_EVERY: Final = 0.5  # seconds between two events of progress


def main() -> None:
    """Run the job that the argument describes."""
    arguments = json.loads(sys.argv[1])
    run(JobFolder(Path(arguments["job"])), JobSources.of_json(arguments["sources"]))


def run(job: JobFolder, sources: JobSources) -> None:
    """Run a job to its end. What is wrong with what was asked is its result."""
    request = job.request
    do = {
        JobKind.IMPORT: _import,
        JobKind.SNAPSHOT: _snapshot,
        JobKind.AFFINITY: _affinity,
        JobKind.EVALUATION: _evaluation,
        JobKind.IMPROVEMENT: _improvement,
    }
    try:
        job.finish(do[JobKind(request["kind"])](job, sources, request["arguments"]))
    except DiskFullError:
        raise  # it is run again, once there is room
    except SizzleError as error:
        job.finish(failure(error.slug, error.title, error.what, error.fix))
    except RankerError as error:
        job.finish(failure("bad-request", "The titles cannot be ranked", error.what, error.fix))


def failure(slug: str, title: str, what: str, fix: str) -> dict[str, Any]:
    """The result of a job that failed."""
    return {"failure": {"slug": slug, "title": title, "what": what, "fix": fix}}


def _import(job: JobFolder, sources: JobSources, arguments: dict[str, Any]) -> dict[str, Any]:
    from sizzle.outbox.importing import Importer, ImportOptions, ImportReport

    database = sources.database()
    log = sources.log(database)
    importer = Importer(database, sources.address_hash(), log.member_hash, _now)
    size, report, note = job.upload.stat().st_size, ImportReport(), _progress(job)
    try:
        importer.run(
            job.upload,
            ImportOptions(**arguments),
            report,
            lambda done, so_far: note(done, size, rows=so_far.rows, refused=so_far.refused),
        )
    except SizzleError as error:
        if not report.rows:
            raise
        # What was committed stays: the report of that is worth more than the error alone.
        failed = failure(error.slug, error.title, error.what, error.fix)
        return {**report.to_json(), **failed}
    finally:
        log.close()
        database.close()
    return report.to_json()


def _snapshot(job: JobFolder, sources: JobSources, arguments: dict[str, Any]) -> dict[str, Any]:
    from dataclasses import asdict

    from sizzle.outbox.segments import Segments
    from sizzle.outbox.snapshots import Snapshots

    database = sources.database()
    segment = Segments(database).find(arguments["segment_id"], arguments.get("version"))
    taken = Snapshots(database).take(
        segment,
        _now(),
        expected=arguments.get("expected"),
        promoted=arguments.get("promoted") or "",
        progress=_progress(job),
    )
    database.close()
    return asdict(taken)


def _affinity(job: JobFolder, sources: JobSources, arguments: dict[str, Any]) -> dict[str, Any]:
    import torch

    from ranker import BatchScorer, load_model
    from ranker.audience import find_audiences
    from sizzle.outbox.affinity import affinity_line, keep_audience, member_ids
    from sizzle.viewing_source import read_all

    torch.set_num_threads(1)
    database = sources.database()
    log, metadata = read_all(sources.viewing(), sources.titles)
    audiences = find_audiences(
        BatchScorer(load_model(sources.model), metadata),
        log,
        arguments["titles"],
        count=arguments.get("count"),
        least_chance=arguments.get("least_chance") or 0.0,
        among=frozenset(member_ids(database)),
        by_activity=arguments.get("by_activity", False),
        progress=_progress(job),
    )
    with replacing(job.lines) as temporary, temporary.open("w", encoding="utf-8") as file:
        for audience in audiences:
            file.write(json.dumps(affinity_line(audience), ensure_ascii=False) + "\n")
    found = []
    for audience in audiences:
        segment = keep_audience(database, audience, _now())
        found.append(
            {
                "title_id": audience.title_id,
                "members": len(audience.members),
                "watched": audience.watched,
                "ranked": audience.ranked,
                "segment_id": segment and segment.segment_id,
            }
        )
    database.close()
    return {"audiences": found}


def _evaluation(job: JobFolder, sources: JobSources, arguments: dict[str, Any]) -> dict[str, Any]:
    from sizzle.drafting import Panel, Stores, evaluated, evaluation_to_json
    from sizzle.outreach.vocabulary import Channel
    from sizzle.outreach_files import read_guard_policy

    database, standard = sources.database(), Panel()
    found, before = evaluated(
        Stores(database),
        arguments["name"],
        arguments["version"],
        sources.writer_in_use(),
        Panel(
            tuple(arguments["languages"]) or standard.languages,
            tuple(map(Channel, arguments["channels"])) or standard.channels,
        ),
        _now(),
        read_guard_policy(sources.guard_policy),
        _progress(job),
    )
    database.close()
    return {
        "evaluation": evaluation_to_json(found),
        "before": None if before is None else evaluation_to_json(before),
    }


def _improvement(job: JobFolder, sources: JobSources, arguments: dict[str, Any]) -> dict[str, Any]:
    from sizzle.drafting import Panel, Stores, improved
    from sizzle.outreach_files import read_guard_policy

    database, writer = sources.database(), sources.writer_in_use()
    text = improved(
        Stores(database),
        arguments["name"],
        writer,
        sources.improver_in_use(),
        Panel(),
        _now(),
        read_guard_policy(sources.guard_policy),
        _progress(job),
    )
    database.close()
    return {"name": arguments["name"], "version": arguments["version"], "text": text}


def _progress(job: JobFolder) -> Callable[..., None]:
    """Notes how far a job is, a few times a second at most."""
    last = 0.0

    def note(done: int, of: int, **more: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _EVERY:
            last = now
            job.events.add("progress", done=done, of=of, **more)

    return note


def _now() -> int:
    return int(time.time() * 1000)


if __name__ == "__main__":
    main()
