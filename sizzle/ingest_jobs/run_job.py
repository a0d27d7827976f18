"""What a job does, in a process of its own: inspect the timeline and write the reports.

Media comes from outside as timelines do, and is decoded here: what a file does to its decoder, it
does to this process and not to the service, and it finds no database here.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from fractions import Fraction
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from sizzle.catalog import Catalog
from sizzle.clips import Bed, ClipIndex, MediaDigest
from sizzle.errors import (
    DiskFullError,
    MediaError,
    ProcessError,
    SizzleError,
    UnreadableTimelineError,
)
from sizzle.files import is_disk_full, write_bytes, write_text
from sizzle.ingest import (
    Inspection,
    MediaFiles,
    build_index,
    inspect_reading,
    inspect_timeline,
    read_titles,
)
from sizzle.ingest.build import bed_of
from sizzle.ingest.media_check import MEDIA_RULES
from sizzle.ingest.reading import decode, encode
from sizzle.ingest.resource_limits import lower_limits
from sizzle.ingest_jobs.job import IngestJob, JobFolder
from sizzle.ingest_jobs.limits import JobLimits
from sizzle.ingest_jobs.media_folder import MediaFolder, stamp
from sizzle.ingest_jobs.printable import encodable
from sizzle.ingest_jobs.records import JobFailure, JobResult, MediaFacts
from sizzle.jobs import DISK_FULL
from sizzle.layout import Finding, Severity
from sizzle.media.colours import MATRICES, resolved
from sizzle.media.digest import digest_of
from sizzle.reports import (
    fix_timeline,
    read_export,
    write_markers,
    write_picture,
    write_sarif,
)
from sizzle.timecode import FrameRate

JobStep: TypeAlias = Literal["reading", "checking", "media", "reports"]
STEPS: tuple[JobStep, ...] = get_args(JobStep)
"""In order; each is announced by an event as it begins."""

_OPTIONS = (
    (re.compile(r"--rate (?=\d)"), ""),
    (re.compile("--rate"), "the field rate"),
    (re.compile("--sequence NAME"), "the field sequence"),
    (re.compile("--markers-from"), "the field markers"),
)
"""What advice says of the command line's options, and what it is here."""

_MEMORY = 8 << 30  # bytes of address space
_LARGEST_FILE = 2 << 30  # bytes


def main() -> None:
    """Run the job that the argument describes."""
    arguments = json.loads(sys.argv[1])
    limits = JobLimits(**arguments["limits"])
    lower_limits(memory=_MEMORY, processor_time=int(limits.job_time), file_size=_LARGEST_FILE)
    logging.basicConfig(level=logging.WARNING)
    media = MediaFolder(Path(arguments["media"]) if arguments["media"] else None)
    try:
        run(JobFolder(Path(arguments["job"])), media, limits)
    except (DiskFullError, OSError) as error:
        if not is_disk_full(error):
            raise
        sys.exit(DISK_FULL)


def run(job: JobFolder, media: MediaFolder, limits: JobLimits) -> None:
    """Run a job to its end. Nothing is raised for what is wrong with its files.

    Raises:
        DiskFullError, OSError: there is no room for what is written.
    """
    try:
        result = _inspect(job, media, limits)
    except DiskFullError:
        raise
    except SizzleError as error:
        result = JobResult(failure=failure_of(error))
    finish(job, result)


def finish(job: JobFolder, result: JobResult) -> None:
    """Write a job's result, and before it the event that ends it."""
    if result.failure:
        job.events.add("failed", what=result.failure.what, fix=result.failure.fix)
    else:
        job.events.add("done", errors=result.errors, warnings=result.warnings)
    job.record("result.json", result)


def failure_of(error: SizzleError) -> JobFailure:
    """An error as a job's failure, without this machine's paths."""
    what = error.what.replace(sys.executable, "its reader")
    fix = "" if isinstance(error, ProcessError) else error.fix
    for option, field in _OPTIONS:
        fix = option.sub(field, fix)
    return JobFailure(slug=error.slug, title=error.title, what=encodable(what), fix=encodable(fix))


def recheck(job: IngestJob) -> Inspection:
    """Check a finished job's timeline again; the findings of its media are kept."""
    job.checked()
    reading = decode(job.report("reading.json").read_bytes())
    kept = [Finding.from_json(fields) for fields in job.findings if fields["rule"] in MEDIA_RULES]
    return inspect_reading(reading, job.files.layout).with_findings(kept)


def index_of(
    job: IngestJob, media: MediaFolder, catalog: Catalog, inspection: Inspection
) -> ClipIndex:
    """The index of a job's clips. Raises as `build_index` does, and NotFoundError."""
    request = job.request
    if request.media is None:
        raise MediaError(
            "The timeline was uploaded without its media.",
            fix="put the export into the media folder, and upload the timeline with its name.",
        )
    return build_index(
        request.asset_id,
        inspection.timeline,
        inspection.checked,
        media_files(job, media),
        read_titles(job.files.titles) if job.files.titles else {},
        catalog.announced_media(request.asset_id),
    )


def media_files(job: IngestJob, media: MediaFolder) -> MediaFiles:
    """The media that a job names. Raises NotFoundError: a file is gone."""
    request = job.request
    assert request.media is not None, "a job without media has no index"
    # What the job found out in a process of its own is not read again in this one.
    result = job.result or JobResult()
    video = result.video
    return MediaFiles(
        media.named(request.media),
        tuple(media.named(name) for name in request.beds),
        media.named(request.trailer) if request.trailer else None,
        request.bed_loops,
        request.bed_fade,
        {media.named(name): MediaDigest(*digest) for name, digest in result.digests.items()},
        {media.named(name): Fraction(seconds) for name, seconds in result.lengths.items()},
        (FrameRate(video.numerator, video.denominator), video.frames) if video else None,
    )


def beds_of(job: IngestJob, catalog: Catalog) -> list[Bed]:
    """A job's beds as they would be published now; their files are not opened."""
    request = job.request
    published = catalog.announced_media(request.asset_id)
    return [
        bed_of(Path(name), request.bed_loops, request.bed_fade, published.beds if published else ())
        for name in request.beds
    ]


def picture_of(job: IngestJob) -> Path:
    """The PNG of a checked job, drawn when it is first asked for, since few are."""
    path = job.report("timeline.png")
    if not path.exists():
        inspection = recheck(job)
        write_picture(path, inspection.timeline, inspection.checked)
    return path


def _inspect(job: JobFolder, media: MediaFolder, limits: JobLimits) -> JobResult:
    request = job.request
    stamps = {name: stamp(media.named(name)) for name in request.media_names}
    found = JobResult()

    def begin(step: JobStep) -> None:
        nonlocal found
        _begin(job, step)
        if step == "media":
            found = _read_media(job, media, limits)

    inspection = inspect_timeline(
        job.timeline,
        job.layout,
        sequence=request.sequence,
        rate=request.rate,
        media=media.named(request.media) if request.media else None,
        markers=job.markers,
        on_step=begin,
    )
    _begin(job, "reports")
    fixed = _write_reports(job, inspection)
    findings, clips = inspection.findings, inspection.checked.clips
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    return JobResult(
        sequence=encodable(inspection.timeline.name),
        video=found.video,
        frames=inspection.timeline.duration,
        errors=errors,
        warnings=len(findings) - errors,
        clips=len(clips),
        titles=len({clip.key.title_id for clip in clips}),
        stamps=stamps,
        digests=found.digests,
        lengths=found.lengths,
        fixed=fixed,
    )


def _begin(job: JobFolder, step: JobStep) -> None:
    job.events.add("progress", step=step, number=STEPS.index(step) + 1, of=len(STEPS))


def _read_media(job: JobFolder, media: MediaFolder, limits: JobLimits) -> JobResult:
    """What is published of a job's media, without anything else. Raises MediaError.

    After the timeline was read: what reads media starts threads, and the timeline's reader could
    not be forked any more.
    """
    from sizzle.media.checked import checked_length

    request = job.request
    assert request.media is not None, "a job without media has no such step"
    # What the header says is checked before any frame is decoded.
    video = _decodable(media.named(request.media), limits)
    lengths = {name: str(checked_length(media.named(name))) for name in request.beds}
    digests = {
        name: digest_of(media.named(name)) for name in dict.fromkeys((request.media, *request.beds))
    }
    return JobResult(
        video=video,
        lengths=lengths,
        digests={name: (digest.sampled, digest.whole) for name, digest in digests.items()},
    )


def _decodable(path: Path, limits: JobLimits) -> MediaFacts:
    """The facts of a video that is not too large to decode. Raises MediaError."""
    from sizzle.media.probe import probe_video

    facts = probe_video(path)
    (width, height), frames = facts.stored, facts.frames or 0
    if width * height > limits.pixels or frames > limits.frames:
        raise MediaError(
            f"{path.name} has {frames} frames of {width}x{height}, which is more than is decoded "
            "here.",
            fix="export it smaller, or in parts.",
        )
    rate = facts.rate
    return MediaFacts(
        numerator=rate.numerator,
        denominator=rate.denominator,
        frames=frames,
        lead=float(facts.lead),
        matrix=MATRICES.get(resolved(facts.colours, facts.stored).matrix, ""),
    )


def _write_reports(job: JobFolder, inspection: Inspection) -> bool:
    """Write all reports. Returns whether there is a timeline with its markers mended."""
    findings = inspection.findings
    write_text(job.folder / "reading.json", encode(inspection.reading).decode())
    as_json = encodable([finding.to_json() for finding in findings])
    write_text(job.folder / "findings.json", json.dumps(as_json))
    write_sarif(job.folder / "findings.sarif", findings, Path(job.request.timeline))
    write_markers(job.folder / "markers.xml", inspection.timeline, findings, job.timeline)
    return _write_fixed(job, inspection)


def _write_fixed(job: JobFolder, inspection: Inspection) -> bool:
    """The timeline with its markers mended, where there is something to mend."""
    try:
        fixed = fix_timeline(
            read_export(job.timeline),
            job.request.timeline,
            inspection.reading,
            inspection.findings,
            sequence=job.request.sequence,
            as_list=job.markers is not None,
        )
    except UnreadableTimelineError:
        return False  # a bundle, or an EDL without markers: the findings are all there is
    if fixed.made:
        write_bytes(job.folder / "fixed", fixed.content)
        write_text(job.folder / "fixed.name", f"fixed{fixed.suffix}")
    return bool(fixed.made)


if __name__ == "__main__":
    main()
