"""The prompt iterator: versions of prompts, what passes each check, and drafts side by side."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from sizzle import drafting
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.portal.content_choice import ContentChoice
from sizzle.api.portal.desk import Desk
from sizzle.api.portal.segments import start_job
from sizzle.drafting import Drafted, Panel, evaluation_to_json
from sizzle.errors import InputError, NotFoundError, SizzleError
from sizzle.outbox.prompts import Prompt, PromptEditedError
from sizzle.outreach.normalise import standard_tag
from sizzle.outreach.vocabulary import Channel
from sizzle.outreach_files import MAX_PROMPT
from sizzle.outreach_jobs import JobKind

PATH: Final = "/outreach/prompts"

_NAME: Final = "^[a-z0-9][a-z0-9_-]{0,59}$"
_SHOWN: Final = 30  # versions, the newest

_Name = Annotated[str, Path(pattern=_NAME)]
_Version = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
_Short = Annotated[str, Form(max_length=1000)]
_Text = Annotated[str, Form(max_length=4 * MAX_PROMPT)]
_FormVersion = Annotated[int, Form(ge=0, le=2**31 - 1)]


def prompt_pages(desk: Desk) -> tuple[APIRouter, APIRouter]:
    """The pages of prompts, and the forms that save, try and improve them."""
    pages = _PromptPages(desk)
    router = desk.pages.router(PATH, ApiScope.OUTREACH_READ)
    router.add_api_route("", pages.prompts)
    router.add_api_route("/{name}", pages.prompt)
    writing = desk.pages.router(PATH, ApiScope.OUTREACH_WRITE)
    writing.add_api_route("/{name}", pages.save, methods=["POST"])
    writing.add_api_route("/{name}/evaluate", pages.evaluate, methods=["POST"])
    writing.add_api_route("/{name}/improve", pages.improve, methods=["POST"])
    writing.add_api_route("/{name}/compare", pages.compare, methods=["POST"])
    return router, writing


@dataclass(frozen=True, slots=True)
class _Side:
    """A draft by one version of a prompt; without a line, `problem` says why."""

    prompt: Prompt
    drafted: Drafted | None
    problem: str


@dataclass(frozen=True, slots=True)
class _PromptPages:
    desk: Desk

    def prompts(self, request: Request) -> Response:
        """The newest version of each prompt, with what it passes."""
        prompts = self.desk.content.stores.prompts
        newest = [prompts.get(name) for name in prompts.names()]
        return self.desk.pages.page(
            request,
            "prompts/list.html",
            prompts=newest,
            evaluations={each.name: self._evaluation(each.name, each.version) for each in newest},
        )

    def prompt(
        self,
        request: Request,
        name: _Name,
        version: _Version = None,
        improved: Annotated[str, Query(max_length=40)] = "",
    ) -> Response:
        """A version to edit, beside what it and the one before pass."""
        better = self._improved(name, improved) if improved else ""
        note = "improved by a second writer" if better else ""
        return self._page(request, name, version, text=better, note=note)

    def save(
        self,
        request: Request,
        name: _Name,
        text: _Text,
        based_on: _FormVersion = 0,
        note: _Short = "",
    ) -> Response:
        """Keep a text as the next version."""
        service, text = self.desk.content, text.replace("\r\n", "\n").strip()
        try:
            if not 0 < len(text) <= MAX_PROMPT:
                raise InputError(
                    f"The prompt has {len(text)} letters.", fix=f"write 1 to {MAX_PROMPT} letters."
                )
            by = author_of(request)
            kept = service.stores.prompts.add(
                name, text, note.strip(), by, service.now, based_on=based_on
            )
        except (InputError, PromptEditedError) as error:
            return self._page(request, name, None, text=text, note=note, error=error)
        return self.desk.pages.see(request, f"{PATH}/{name}", f"Version {kept.version} is saved.")

    def evaluate(
        self, request: Request, name: _Name, version: _FormVersion, languages: _Short = ""
    ) -> Response:
        """Have the panel written with a version: a job, which tells how far it is."""
        prompt = self.desk.content.stores.prompts.get(name, version)
        tags = [standard_tag(part.strip()) for part in languages.split(",") if part.strip()]
        arguments = {"name": name, "version": prompt.version, "languages": tags, "channels": []}
        job = start_job(self.desk, request, JobKind.EVALUATION, arguments)
        return self.desk.pages.see(request, job)

    def improve(self, request: Request, name: _Name) -> Response:
        """Have a second writer improve the newest version, which is shown what fails: a job."""
        prompt = self.desk.content.stores.prompts.get(name)
        arguments = {"name": name, "version": prompt.version}
        job = start_job(self.desk, request, JobKind.IMPROVEMENT, arguments)
        return self.desk.pages.see(request, job)

    def compare(
        self,
        request: Request,
        name: _Name,
        left: _FormVersion,
        right: _FormVersion,
        promoted: _Short = "",
        language: _Short = "en",
        channel: Annotated[Channel, Form()] = Channel.EMAIL,
        reason: _Short = "",
    ) -> Response:
        """Drafts of the same thing by two versions, side by side. Neither is kept."""
        service = self.desk.content
        thing = service.stores.promoted.get(*ContentChoice(promoted=promoted).thing)
        wanted = drafting.DraftRequest(
            thing, channel, standard_tag(language), reason.strip(), author=author_of(request)
        )
        sides = [self._side(name, version, wanted) for version in (left, right)]
        return self.desk.pages.page(
            request,
            "prompts/compare.html",
            name=name,
            sides=sides,
            changed=list(_changes(sides[0].prompt.text, sides[1].prompt.text)),
            promoted=thing,
            language=language,
            channel=channel,
        )

    def _side(self, name: str, version: int, wanted: drafting.DraftRequest) -> _Side:
        service = self.desk.content
        prompt = service.stores.prompts.get(name, version)
        try:
            drafted = drafting.draft(wanted, service.writer, prompt, service.today, service.policy)
        except SizzleError as error:
            return _Side(prompt, None, f"{error.what} {error.fix}")
        return _Side(prompt, drafted, "" if drafted.line else " ".join(drafted.problems))

    def _page(
        self,
        request: Request,
        name: str,
        version: int | None,
        *,
        text: str = "",
        note: str = "",
        error: SizzleError | None = None,
    ) -> Response:
        stores = self.desk.content.stores
        versions = stores.prompts.versions(name)
        if not versions and request.method == "GET" and version is not None:
            raise NotFoundError("There is no such version.", fix="see the list of prompts.")
        shown = next((each for each in versions if version in (None, each.version)), None)
        if versions and shown is None:
            raise NotFoundError("There is no such version.", fix="see the list of versions.")
        before = shown and self._evaluation(name, shown.version - 1)
        return self.desk.pages.page(
            request,
            "prompts/prompt.html",
            error.status if error else 200,
            name=name,
            versions=versions[:_SHOWN],
            choices=[(str(each.version), str(each.version)) for each in versions[:_SHOWN]],
            shown=shown,
            text=text or (shown.text if shown else ""),
            note=note,
            error=error,
            evaluation=self._evaluation(name, shown.version) if shown else None,
            before=before,
            passes={
                each.version: self._evaluation(name, each.version) for each in versions[:_SHOWN]
            },
            writer=f"{self.desk.content.writer.name} {self.desk.content.writer.model}".strip(),
            is_catalogue=self.desk.content.writer.name == "catalogue",
            things=stores.promoted.all(limit=500),
            channels=list(Channel),
        )

    def _evaluation(self, name: str, version: int) -> Mapping[str, Any] | None:
        """What a version passes on the usual panel, by the writer in use."""
        service = self.desk.content
        found = service.stores.prompts.evaluation(
            name, version, service.writer.name, service.writer.model, Panel().digest
        )
        return None if found is None else evaluation_to_json(found)

    def _improved(self, name: str, job_id: str) -> str:
        """The text that a job came to. Raises NotFoundError."""
        result = self.desk.members.jobs.find(job_id).result or {}
        return str(result.get("text", "")) if result.get("name") == name else ""


def _changes(old: str, new: str) -> Iterator[tuple[str, str]]:
    """Lines of both texts: those that are in one alone are `del` or `ins`."""
    names = {"- ": "del", "+ ": "ins", "  ": "span"}
    lines: Sequence[str] = list(difflib.ndiff(old.splitlines(), new.splitlines()))
    for line in lines:
        if line[:2] in names:
            yield names[line[:2]], line[2:]
