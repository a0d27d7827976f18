"""Affinity: who is likely to watch a title next, found by a job and kept as a segment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.portal.desk import Desk
from sizzle.api.portal.segments import start_job
from sizzle.identifiers import MAX_ID_LENGTH
from sizzle.outreach.vocabulary import PromotedKind
from sizzle.outreach_jobs import JobKind

PATH: Final = "/outreach/affinity"

_LISTED: Final = 20
_MAX_TITLES: Final = 500
_Text = Annotated[str, Form(max_length=20_000)]


def affinity_pages(desk: Desk) -> tuple[APIRouter, APIRouter]:
    """The page of affinity jobs, and the form that begins one."""
    pages = _AffinityPages(desk)
    router = desk.pages.router(PATH, ApiScope.OUTREACH_READ)
    router.add_api_route("", pages.jobs)
    writing = desk.pages.router(PATH, ApiScope.OUTREACH_WRITE)
    writing.add_api_route("", pages.begin, methods=["POST"])
    return router, writing


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed, and what is wrong with it by field."""

    titles: str = ""
    count: str = "1000"
    least_chance: str = ""
    by_activity: bool = False
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _AffinityPages:
    desk: Desk

    def jobs(self, request: Request) -> Response:
        """The last jobs, and the form for another."""
        return self._page(request, _Typed())

    def begin(
        self,
        request: Request,
        titles: _Text = "",
        count: _Text = "",
        least_chance: _Text = "",
        by_activity: Annotated[bool, Form()] = False,
    ) -> Response:
        """Rank all members by how likely they are to watch titles: a job."""
        typed = _Typed(titles, count.strip(), least_chance.strip(), by_activity)
        arguments = _arguments(typed)
        if typed.errors:
            return self._page(request, typed, 422)
        job = start_job(self.desk, request, JobKind.AFFINITY, arguments)
        return self.desk.pages.see(request, job)

    def _page(self, request: Request, typed: _Typed, status: int = 200) -> Response:
        jobs = [job.view() for job in self.desk.members.jobs.newest(500)]
        things = self.desk.content.stores.promoted.all(limit=500)
        return self.desk.pages.page(
            request,
            "affinity/list.html",
            status,
            typed=typed,
            jobs=[job for job in jobs if job["kind"] == JobKind.AFFINITY][:_LISTED],
            titles=[each for each in things if each.kind is PromotedKind.TITLE],
        )


def _arguments(typed: _Typed) -> dict[str, Any]:
    """What the job is asked; what cannot be used is noted in `typed.errors`."""
    titles = [part.strip() for part in typed.titles.replace(",", "\n").splitlines()]
    titles = list(dict.fromkeys(filter(None, titles)))
    if not 0 < len(titles) <= _MAX_TITLES or any(len(each) > MAX_ID_LENGTH for each in titles):
        typed.errors["titles"] = f"Name 1 to {_MAX_TITLES} titles by their ids."
    count = _number(typed, "count", int, 1, 10**9)
    chance = _number(typed, "least_chance", _share, 0, 1)
    return {
        "titles": titles,
        "count": count,
        "least_chance": chance or 0.0,
        "by_activity": typed.by_activity,
    }


def _number(typed: _Typed, name: str, read: Any, least: float, most: float) -> Any:  # noqa: ANN401
    text = getattr(typed, name)
    if not text:
        return None
    try:
        value = read(text)
    except ValueError:
        value = None
    if value is None or not least <= value <= most:
        whole = "a whole number from 1" if read is int else "a share, such as 2 % or 0.02"
        typed.errors[name] = f"Write {whole}, or nothing."
    return value


def _share(text: str) -> float:
    """A share of one, also in per cent. Raises ValueError."""
    if text.endswith("%"):
        return float(text[:-1]) / 100
    return float(text)
