"""Segments: a list, a rule with its live count, whom it selects and why, and its snapshots."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter, Depends, Form, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.design import Slice
from sizzle.api.portal.desk import Desk
from sizzle.errors import InputError, NotFoundError, SizzleError
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outbox.segment_walk import addresses_by_channel, selected_members
from sizzle.outbox.segments import Segment, SegmentEditedError
from sizzle.outreach.segments.check import SegmentFinding, check_rule
from sizzle.outreach.segments.rule import HOURS, Rule
from sizzle.outreach.segments.rule_text import (
    EVERYBODY,
    CommonRule,
    RuleTextError,
    read_rule_text,
    rule_text,
)
from sizzle.outreach.vocabulary import Channel
from sizzle.outreach_jobs import JobKind

PATH: Final = "/outreach/segments"

_SIZE: Final = 50
_MEMBERS: Final = 20
_SNAPSHOTS: Final = 20
_SEPARATOR: Final = "\x1f"  # between the name and the id of a page's last segment
_MAX_NAME: Final = 200

_SegmentId = Annotated[str, Path(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_After = Annotated[str, Query(max_length=MAX_ID_LENGTH + _MAX_NAME)]
_Text = Annotated[str, Form(max_length=20_000)]
_Short = Annotated[str, Form(max_length=500)]


def segment_pages(desk: Desk) -> tuple[APIRouter, APIRouter]:
    """The pages of segments, and the forms that save one or freeze whom it selects."""
    pages = _SegmentPages(desk)
    router = desk.pages.router(PATH, ApiScope.OUTREACH_READ)
    router.add_api_route("", pages.segments)
    router.add_api_route("/new", pages.new)
    router.add_api_route("/count", pages.count)
    router.add_api_route("/{segment_id}", pages.segment)
    router.add_api_route("/{segment_id}/edit", pages.edit)
    writing = desk.pages.router(PATH, ApiScope.OUTREACH_WRITE)
    writing.add_api_route("", pages.save, methods=["POST"])
    writing.add_api_route("/{segment_id}/freeze", pages.freeze, methods=["POST"])
    return router, writing


@dataclass(frozen=True, slots=True)
class SegmentForm:
    """What was typed, and what is wrong with it.

    Attributes:
        segment_id: of the segment that is changed; empty for a new one.
        version: of it, as the form was opened; 0 for a new one.
        errors: by field.
        line: of the rule on which it is wrong.
        theirs: what somebody else has saved meanwhile.
        findings: about a rule that can be read.
    """

    name: str = ""
    rule: str = EVERYBODY
    segment_id: str = ""
    version: int = 0
    errors: dict[str, str] = field(default_factory=dict)
    line: int = 0
    theirs: Segment | None = None
    findings: tuple[SegmentFinding, ...] = ()

    @property
    def rows(self) -> list[str]:
        """The lines of the rule."""
        return self.rule.split("\n")


def form_of(
    name: _Short = "",
    rule: _Text = "",
    segment_id: Annotated[str, Form(max_length=MAX_ID_LENGTH)] = "",
    version: Annotated[int, Form(ge=0)] = 0,
) -> SegmentForm:
    """As it was sent. A FastAPI dependency."""
    text = rule.replace("\r\n", "\n")
    return SegmentForm(" ".join(name.split()), text, segment_id, version)


def common_rule_of(
    countries: _Short = "",
    languages: _Short = "",
    platforms: _Short = "",
    attribute: _Short = "",
    values: _Short = "",
    duration: _Short = "",
    active: _Short = "",
    channel: _Short = "",
) -> CommonRule:
    """What the small form asks for. A FastAPI dependency."""
    return CommonRule(
        countries=tuple(each.upper() for each in _list(countries)),
        languages=_list(languages),
        platforms=_list(platforms),
        channels=_list(channel),
        attribute=attribute.strip(),
        values=_list(values),
        duration=duration,
        active=active != "no",
    )


@dataclass(frozen=True, slots=True)
class _SegmentPages:
    desk: Desk

    def segments(self, request: Request, after: _After = "") -> Response:
        """All segments, by name."""
        name, _, segment_id = after.partition(_SEPARATOR)
        found = self.desk.members.segments.newest(after=(name, segment_id), limit=_SIZE + 1)
        rows = Slice.of(
            found, after, _SIZE, lambda each: f"{each.name}{_SEPARATOR}{each.segment_id}"
        )
        return self.desk.pages.page(request, "segments/list.html", slice=rows)

    def new(self, request: Request) -> Response:
        """An empty form."""
        return self._form(request, SegmentForm())

    def edit(self, request: Request, segment_id: _SegmentId) -> Response:
        """The form with a segment's newest rule."""
        segment = self.desk.members.segments.find(segment_id)
        return self._form(request, _filled(segment))

    def count(
        self,
        rule: Annotated[str, Query(max_length=20_000)] = "",
        segment: Annotated[str, Query(max_length=MAX_ID_LENGTH)] = "",
    ) -> JSONResponse:
        """How many members a rule selects now, or a segment: asked as the rule is typed."""
        segments = self.desk.members.segments
        try:
            read = segments.find(segment).rule if segment else read_rule_text(rule)
            count, of = segments.count(read, self.desk.members.now())
        except SizzleError as error:
            line = error.line if isinstance(error, RuleTextError) else 0
            return _json({"error": error.what, "line": line})
        findings = [_sentence(each) for each in check_rule(read)]
        return _json({"count": count, "of": of, "findings": findings})

    def segment(
        self, request: Request, segment_id: _SegmentId, after: _After = "", counted: bool = False
    ) -> Response:
        """Whom a segment selects, and why each is in; its rule, and its snapshots."""
        service = self.desk.members
        segment, now = service.segments.find(segment_id), service.now()
        found = selected_members(service.segments, segment, now, after, _MEMBERS + 1)
        nobody = not found and not after
        return self.desk.pages.page(
            request,
            "segments/segment.html",
            segment=segment,
            rule=rule_text(segment.rule),
            findings=service.segments.preview(segment, now, limit=1).findings
            if nobody
            else list(check_rule(segment.rule)),
            slice=Slice.of(found, after, _MEMBERS, lambda each: each.member_id),
            addresses=addresses_by_channel(service.segments, segment, now) if counted else None,
            snapshots=service.snapshots.of_segment(segment_id)[:_SNAPSHOTS],
            things=self.desk.content.stores.promoted.all(limit=500),
        )

    def save(
        self,
        request: Request,
        form: Annotated[SegmentForm, Depends(form_of)],
        common: Annotated[CommonRule, Depends(common_rule_of)],
        act: _Short = "save",
    ) -> Response:
        """Keep a segment; or show the form again, with more in it or with what is wrong."""
        try:
            if act == "add":
                added = replace(form, rule=common.added_to(form.rule))
                return self._form(request, added)
            rule = read_rule_text(form.rule)
            if not form.name or len(form.name) > _MAX_NAME or not form.name.isprintable():
                raise InputError("A segment needs a name of at most 200 letters.", where="name")
            segment = self._saved(form, rule)
        except SegmentEditedError:
            theirs = self.desk.members.segments.find(form.segment_id)
            shown = replace(form, version=theirs.version, theirs=theirs)
            return self._form(request, shown, 409)
        except (RuleTextError, InputError, NotFoundError) as error:
            return self._form(request, _wrong(form, error), 422)
        href = f"{PATH}/{segment.segment_id}"
        return self.desk.pages.see(request, href, f"Version {segment.version} is saved.")

    def freeze(
        self,
        request: Request,
        segment_id: _SegmentId,
        version: Annotated[int, Form(ge=1)],
        expected: Annotated[str, Form(pattern=r"^\d{0,12}$")] = "",
        promoted: _Short = "",
    ) -> Response:
        """Freeze whom a segment selects now: a job, whose result is a snapshot."""
        segment = self.desk.members.segments.find(segment_id, version)
        arguments: dict[str, Any] = {
            "segment_id": segment.segment_id,
            "version": segment.version,
            "expected": int(expected) if expected else None,
            "promoted": promoted,
        }
        job = start_job(self.desk, request, JobKind.SNAPSHOT, arguments)
        return self.desk.pages.see(request, job)

    def _saved(self, form: SegmentForm, rule: Rule) -> Segment:
        """Raises SegmentEditedError: there is a newer version than the one in the form."""
        segments, now = self.desk.members.segments, self.desk.members.now()
        segment_id = form.segment_id or uuid4().hex[:12]
        if form.segment_id:
            segments.find(form.segment_id)
        return segments.save(form.name, rule, now, segment_id, based_on=form.version)

    def _form(self, request: Request, form: SegmentForm, status: int = 200) -> Response:
        if not form.errors:
            form = replace(form, findings=tuple(check_rule(read_rule_text(form.rule))))
        return self.desk.pages.page(
            request,
            "segments/form.html",
            status,
            form=form,
            theirs=rule_text(form.theirs.rule) if form.theirs else "",
            durations=[("", "any time"), *((name, _hours(hours)) for name, hours in HOURS.items())],
            channels=[("", "any channel"), *((each.value, each.value) for each in Channel)],
        )


def start_job(desk: Desk, request: Request, kind: JobKind, arguments: dict[str, Any]) -> str:
    """Have a job done; returns the address of its page. Raises BusyError."""
    jobs = desk.members.jobs
    with jobs.incoming() as folder:
        job = jobs.accept(folder, kind, arguments, author_of(request))
    desk.members.wake()
    return f"/outreach/jobs/{job.job_id}"


def _filled(segment: Segment) -> SegmentForm:
    return SegmentForm(segment.name, rule_text(segment.rule), segment.segment_id, segment.version)


def _wrong(form: SegmentForm, error: SizzleError) -> SegmentForm:
    where = "name" if isinstance(error, InputError) else "rule"
    line = error.line if isinstance(error, RuleTextError) else 0
    return replace(form, errors={where: f"{error.what} {error.fix}".strip()}, line=line)


def _sentence(finding: SegmentFinding) -> str:
    return f"{finding.what} Fix: {finding.fix}" if finding.fix else finding.what


def _hours(hours: int) -> str:
    return f"{hours} hours" if hours <= 24 else f"{hours // 24} days"


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _json(value: dict[str, Any]) -> JSONResponse:
    return JSONResponse(value, headers={"Cache-Control": "no-store"})
