"""What a job does: read the timeline, check it and its media, and write the reports."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sizzle.clips import ClipIndex
from sizzle.errors import MediaError, ProcessError, SizzleError
from sizzle.files import write_text
from sizzle.ingest import MediaFiles, Reading, build_index, read_timeline, read_titles
from sizzle.ingest.media import read_facts
from sizzle.ingest.media_check import MEDIA_RULES, check_media
from sizzle.ingest.wire import decode, encode
from sizzle.ingest_jobs.job import Job
from sizzle.ingest_jobs.limits import Limits
from sizzle.ingest_jobs.media_folder import MediaFolder, stamp
from sizzle.ingest_jobs.printable import sendable
from sizzle.ingest_jobs.records import MediaFacts, Result, Trouble
from sizzle.layout import Checked, Finding, Picture, Severity, check, in_order
from sizzle.reports import write_markers, write_picture, write_sarif
from sizzle.timecode import FrameRate

STEPS = ("reading", "checking", "media", "reports")
"""In order; each is announced by an event as it begins."""

_OPTIONS = (
    (re.compile(r"--rate (?=\d)"), ""),
    (re.compile("--rate"), "the field rate"),
    (re.compile("--sequence NAME"), "the field sequence"),
)
"""What advice says of the command line's options, and what it is here."""

_USUAL_PICTURE = Picture(1920, 1080)


@dataclass(frozen=True, slots=True)
class Sight:
    """A timeline as it was read, and all that its check found."""

    reading: Reading
    checked: Checked


def do(job: Job, media: MediaFolder, limits: Limits) -> None:
    """Do a job to its end, whatever that is. Nothing is raised for what is wrong with its files."""
    try:
        result = _check(job, media, limits)
    except SizzleError as error:
        result = Result(trouble=trouble_of(error))
    finish(job, result)


def finish(job: Job, result: Result) -> None:
    """Write a job's result, and tell whoever follows it."""
    job.record("result.json", result)
    if result.trouble:
        job.events.add("failed", what=result.trouble.what, fix=result.trouble.fix)
    else:
        job.events.add("done", errors=result.errors, warnings=result.warnings)


def trouble_of(error: SizzleError) -> Trouble:
    """What an error says, without this machine's paths."""
    what = error.what.replace(sys.executable, "its reader")
    fix = "" if isinstance(error, ProcessError) else error.fix
    for option, field in _OPTIONS:
        fix = option.sub(field, fix)
    return Trouble(slug=error.slug, title=error.title, what=sendable(what), fix=sendable(fix))


def recheck(job: Job) -> Sight:
    """The timeline of a job that is done, checked anew; what was found in its media is kept."""
    job.checked()
    reading = decode((job.folder / "reading.json").read_bytes())
    kept = [_finding(each) for each in job.findings if each["rule"] in MEDIA_RULES]
    return _sight(job, reading, kept)


def index_of(job: Job, media: MediaFolder, sight: Sight) -> ClipIndex:
    """The index of a job's clips. Raises as `build_index` does, and NotFoundError."""
    ask = job.ask
    if ask.media is None:
        raise MediaError(
            "The timeline was uploaded without its media.",
            fix="put the export into the media folder, and upload the timeline with its name.",
        )
    files = MediaFiles(
        media.named(ask.media),
        tuple(media.named(name) for name in ask.beds),
        media.named(ask.trailer) if ask.trailer else None,
    )
    titles = read_titles(job.titles) if job.titles else {}
    return build_index(ask.asset_id, sight.reading.timeline, sight.checked, files, titles)


def _check(job: Job, media: MediaFolder, limits: Limits) -> Result:
    ask = job.ask
    _begin(job, "reading")
    exact = FrameRate.parse(ask.rate) if ask.rate else None
    reading = read_timeline(job.timeline, sequence=ask.sequence, rate=exact)
    _begin(job, "checking")
    sight = _sight(job, reading, [])
    stamps = {name: stamp(media.named(name)) for name in _named_media(job)}
    video = None
    if ask.media is not None:
        _begin(job, "media")
        path = media.named(ask.media)
        video = _decodable(path, limits)
        timeline = reading.timeline
        more = check_media(path, timeline, sight.checked, timeline.picture)
        sight = _sight(job, reading, more)
    _begin(job, "reports")
    _write_reports(job, sight)
    findings = sight.checked.findings
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    return Result(
        sequence=sendable(reading.timeline.name),
        video=video,
        frames=reading.timeline.duration,
        errors=errors,
        warnings=len(findings) - errors,
        clips=len(sight.checked.clips),
        titles=len({clip.key.title_id for clip in sight.checked.clips}),
        stamps=stamps,
    )


def _begin(job: Job, step: str) -> None:
    job.events.add("progress", step=step, number=STEPS.index(step) + 1, of=len(STEPS))


def _sight(job: Job, reading: Reading, more: Sequence[Finding]) -> Sight:
    checked = check(reading.timeline, job.layout)
    findings = in_order([*reading.findings, *checked.findings, *more])
    return Sight(reading, replace(checked, findings=findings))


def _named_media(job: Job) -> list[str]:
    ask = job.ask
    return [name for name in (ask.media, *ask.beds, ask.trailer) if name]


def _decodable(path: Path, limits: Limits) -> MediaFacts:
    """What a media file's header says, before any of it is decoded. Raises MediaError."""
    facts = read_facts(path)
    if facts.width * facts.height > limits.pixels or facts.frames > limits.frames:
        raise MediaError(
            f"{path.name} has {facts.frames} frames of {facts.width}x{facts.height}, which is "
            "more than is decoded here.",
            fix="export it smaller, or in parts.",
        )
    rate = facts.rate
    return MediaFacts(numerator=rate.numerator, denominator=rate.denominator, frames=facts.frames)


def _write_reports(job: Job, sight: Sight) -> None:
    findings = sight.checked.findings
    timeline = sight.reading.timeline
    write_text(job.folder / "reading.json", encode(sight.reading).decode())
    as_json = sendable([finding.to_json() for finding in findings])
    write_text(job.folder / "findings.json", json.dumps(as_json))
    write_sarif(job.folder / "findings.sarif", findings, Path(job.ask.timeline))
    size = timeline.picture or _USUAL_PICTURE
    write_markers(job.folder / "markers.xml", timeline, findings, job.timeline, size)


def picture_of(job: Job) -> Path:
    """The PNG of a checked job, drawn when it is first asked for, since few are."""
    path = job.report("timeline.png")
    if not path.exists():
        sight = recheck(job)
        write_picture(path, sight.reading.timeline, sight.checked)
    return path


def _finding(fields: dict[str, object]) -> Finding:
    return Finding(**{**fields, "severity": Severity(str(fields["severity"]))})  # type: ignore[arg-type]
