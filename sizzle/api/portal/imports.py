"""Imports of members: a file is sent, a job reads it, and its page says what came of each row."""

from __future__ import annotations

import csv
import io
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import APIRouter, File, Form, Query, UploadFile
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.design import Slice
from sizzle.api.http.parameters import JobId
from sizzle.api.portal.desk import Desk
from sizzle.errors import NotFoundError, SizzleError
from sizzle.identifiers import MAX_ID_LENGTH
from sizzle.outreach.normalise import country_code
from sizzle.outreach_jobs import JobKind

_LISTED: Final = 50
_SIZE: Final = 100
_Text = Annotated[str, Form(max_length=200)]


def import_pages(desk: Desk) -> tuple[APIRouter, APIRouter]:
    """The pages of imports, and the form that begins one."""
    pages = _ImportPages(desk)
    router = desk.pages.router("/outreach/imports", ApiScope.OUTREACH_READ)
    router.add_api_route("", pages.imports)
    router.add_api_route("/{job_id}", pages.job)
    router.add_api_route("/{job_id}/findings.csv", pages.findings)
    writing = desk.pages.router("/outreach/imports", ApiScope.OUTREACH_WRITE)
    writing.add_api_route("", pages.begin, methods=["POST"])
    return router, writing


@dataclass(frozen=True, slots=True)
class _ImportForm:
    """What was typed, and what is wrong with it by field."""

    app: str = "outreach"
    country: str = ""
    source: str = "import"
    errors: defaultdict[str, str] = field(default_factory=lambda: defaultdict(str))


@dataclass(frozen=True, slots=True)
class _ImportPages:
    desk: Desk

    def imports(self, request: Request) -> Response:
        """The last imports, and the form for another."""
        return self._list(request, _ImportForm())

    def begin(
        self,
        request: Request,
        file: Annotated[UploadFile, File()],
        app: _Text = "outreach",
        country: _Text = "",
        source: _Text = "import",
        allow_erased: Annotated[bool, Form()] = False,
    ) -> Response:
        """Keep the file, and have a job read it."""
        form, code = _checked(_ImportForm(app.strip(), country.strip(), source.strip()), file)
        if form.errors:
            return self._list(request, form, 422)
        arguments = {
            "app": form.app,
            "country": code,
            "source": form.source,
            "allow_erased": allow_erased,
        }
        service, by = self.desk.members, author_of(request)
        with service.jobs.incoming() as folder:
            with (folder / "upload").open("xb") as kept:
                shutil.copyfileobj(file.file, kept, 1 << 20)
            job = service.jobs.accept(folder, JobKind.IMPORT, arguments, by)
        service.wake()
        return self.desk.pages.see(request, f"/outreach/imports/{job.job_id}")

    def job(
        self,
        request: Request,
        job_id: JobId,
        after: Annotated[str, Query(pattern=r"^\d{0,9}$")] = "",
    ) -> Response:
        """How far an import is; then what came of its rows."""
        view = self._view(job_id)
        findings = ((view["result"] or {}).get("findings")) or []
        start = int(after or 0)
        numbered = list(enumerate(findings[start : start + _SIZE + 1], start + 1))
        rows = Slice.of(numbered, after, _SIZE, lambda each: str(each[0]))
        return self.desk.pages.page(
            request, "imports/job.html", job=view, slice=rows, findings=len(findings)
        )

    def findings(self, job_id: JobId) -> Response:
        """The findings of an import as CSV, for whoever mends the file."""
        found = ((self._view(job_id)["result"] or {}).get("findings")) or []
        headers = {
            "Content-Disposition": f'attachment; filename="findings-{job_id[:8]}.csv"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(_csv(found), media_type="text/csv; charset=utf-8", headers=headers)

    def _list(self, request: Request, form: _ImportForm, status: int = 200) -> Response:
        jobs = [job.view() for job in self.desk.members.jobs.newest(500)]
        imports = [job for job in jobs if job["kind"] == JobKind.IMPORT][:_LISTED]
        return self.desk.pages.page(
            request, "imports/list.html", status, imports=imports, form=form
        )

    def _view(self, job_id: str) -> dict[str, Any]:
        view = self.desk.members.jobs.find(job_id).view()
        if view["kind"] != JobKind.IMPORT:
            raise NotFoundError("This job is not an import.", fix="see the list of imports.")
        return view


def _checked(form: _ImportForm, file: UploadFile) -> tuple[_ImportForm, str]:
    """The form with what is wrong with it, and the country's code."""
    code = ""
    if not file.size:
        form.errors["file"] = "Choose a file that is not empty."
    if not form.app or len(form.app) > MAX_ID_LENGTH or not form.app.isprintable():
        form.errors["app"] = "Name the application, as “outreach”."
    try:
        code = country_code(form.country) if form.country else ""
    except SizzleError as error:
        form.errors["country"] = f"{error.what} {error.fix}"
    return form, code


def _csv(findings: list[dict[str, Any]]) -> Iterator[str]:
    """Lines that no spreadsheet takes for formulas."""
    names = ("row", "rule", "refused", "what", "fix")
    for values in (names, *([finding[name] for name in names] for finding in findings)):
        line = io.StringIO()
        csv.writer(line).writerow([_harmless(value) for value in values])
        yield line.getvalue()


def _harmless(value: object) -> str:
    text = str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
