"""Writes a draft: who may be told, then the writer, then the checks; once more; the catalogue."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Final

from sizzle.drafting.stores import Stores
from sizzle.errors import SizzleError
from sizzle.outbox.drafts import Origin
from sizzle.outbox.prompts import Prompt
from sizzle.outreach.content.facts import closest_language, facts_in
from sizzle.outreach.content.lines import Line
from sizzle.outreach.policy import (
    STANDARD_POLICY,
    Finding,
    GuardPolicy,
    Refusal,
    check,
    eligibility,
    refused,
)
from sizzle.outreach.policy.findings import error
from sizzle.outreach.policy.guard_policy import limits_of
from sizzle.outreach.vocabulary import Channel, MemberProfile, Promoted
from sizzle.writers import (
    Answer,
    BrokenAnswerError,
    Decision,
    RefusedTry,
    Writer,
    WriterError,
    WritingRequest,
)
from sizzle.writers.catalogue import CatalogueWriter

TRIES: Final = 2
"""How often a model is asked for one draft: the second time with what was wrong with the first."""

LONGEST_WAIT: Final = 10.0
"""Seconds that a writer which is busy is waited for; one that wants more is not asked again."""

_log = logging.getLogger(__name__)


class IneligibleError(SizzleError):
    """A member who may not be told of what is promoted. No writer was asked."""

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 409
    slug: ClassVar[str] = "not-eligible"
    title: ClassVar[str] = "The member may not be told of this"

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(
            str(refusal), fix="promote it to others, or something else to this member."
        )
        self.refusal = refusal


class NothingWrittenError(SizzleError):
    """No writer had a text: a model failed or refused, and the catalogue knows none.

    Args:
        problems: what went wrong.
    """

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 422
    slug: ClassVar[str] = "nothing-written"
    title: ClassVar[str] = "No writer had a text"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            f"No writer had a text: {' '.join(problems)}",
            fix="write one yourself, or set another writer.",
        )


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """What is to be written.

    Attributes:
        reason: such as `genres:Crime`; empty without one.
        country: where it is sent; empty for wherever it may be promoted.
        author: who asks for it.
        refused: texts that people refused, with their reasons, the oldest first.
        previous: digest of the last of them.
        member: for one member alone; checked, and never shown to a writer.
        watched: ids of titles that the member has watched.
    """

    promoted: Promoted
    channel: Channel
    language: str
    reason: str = ""
    country: str = ""
    author: str = ""
    seed: int = 0
    refused: tuple[RefusedTry, ...] = ()
    previous: str = ""
    member: MemberProfile | None = None
    watched: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft.

    Attributes:
        line: None where no writer wrote anything.
        findings: of the line; without errors, it may be approved.
        problems: what went wrong before, in the order in which it did.
    """

    line: Line | None
    findings: tuple[Finding, ...]
    origin: Origin
    problems: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether there is a line that may be approved."""
        return self.line is not None and not refused(self.findings)

    @property
    def digest(self) -> str:
        """Of the line; empty where no writer wrote anything."""
        return "" if self.line is None else self.line.digest


def draft(
    request: DraftRequest,
    writer: Writer,
    prompt: Prompt,
    today: date,
    policy: GuardPolicy = STANDARD_POLICY,
) -> Drafted:
    """A draft that passes the checks, or the last one that did not.

    A writer that fails, or whose drafts do not pass, is asked once more with what was wrong. After
    that the catalogue is asked.

    Raises:
        IneligibleError: the member may not be told of this; no writer was asked.
    """
    _refuse_ineligible(request, today)
    problems: list[str] = []
    asked = _asked(request, policy)
    last = Drafted(None, (), _origin(request, None, writer, prompt))
    for who in (writer,) if writer.name == "catalogue" else (writer, CatalogueWriter()):
        found = _drafted_by(who, request, asked, prompt, policy, problems)
        last = found if found.line is not None else last
        if found.passes:
            break
    return replace(last, problems=tuple(problems))


def keep(stores: Stores, drafted: Drafted, now: int, previous: str = "") -> str:
    """Keep a draft and its line. Returns the line's digest. Raises DatabaseUnavailableError."""
    assert drafted.line is not None
    stores.drafts.add(drafted.line, drafted.origin, drafted.findings, now, previous)
    return drafted.digest


def _asked(request: DraftRequest, policy: GuardPolicy) -> WritingRequest:
    return WritingRequest(
        kind=request.promoted.kind,
        promoted_id=request.promoted.id,
        facts=facts_in(request.promoted, request.language, request.reason),
        reason=request.reason,
        language=request.language,
        channel=request.channel,
        limits=limits_of(request.channel, request.language, policy),
        refused=request.refused,
        seed=request.seed + len(request.refused),
    )


def _drafted_by(
    writer: Writer,
    request: DraftRequest,
    asked: WritingRequest,
    prompt: Prompt,
    policy: GuardPolicy,
    problems: list[str],
) -> Drafted:
    """What a writer makes of it in a few tries."""
    last = Drafted(None, (), _origin(request, None, writer, prompt))
    for number in range(TRIES):
        found, wait = _tried(request, asked, writer, prompt, policy, problems)
        if found is None:
            if wait > LONGEST_WAIT:
                break
            time.sleep(wait if number + 1 < TRIES else 0)
            continue
        last = found
        if found.line is None or found.passes:
            break
        asked = _with_findings(asked, found)
    return last


def _tried(
    request: DraftRequest,
    asked: WritingRequest,
    writer: Writer,
    prompt: Prompt,
    policy: GuardPolicy,
    problems: list[str],
) -> tuple[Drafted | None, float]:
    """One try; None where there was no answer to read, which `problems` then says.

    The second value is how many seconds the writer wants to be left alone.
    """
    try:
        answer = writer.write(asked, prompt.text)
    except (WriterError, BrokenAnswerError) as broken:
        _log.warning("the writer %s: %s", writer.name, broken)
        problems.append(str(broken))
        return None, broken.retry_after or 0.0
    origin = _origin(request, answer, writer, prompt)
    if answer.decision is Decision.REFUSE:
        problems.append(f"The writer {writer.name} refused to write.")
        return Drafted(None, (), origin), 0.0
    line = _line(request, answer)
    used = None if writer.name == "catalogue" else answer.used
    findings = check(line, request.promoted, policy=policy, country=request.country, used=used)
    findings += _language_findings(request, answer)
    problems += [str(finding) for finding in findings if refused([finding])]
    return Drafted(line, tuple(findings), origin), 0.0


def _line(request: DraftRequest, answer: Answer) -> Line:
    subject = "" if request.channel is Channel.SMS and not answer.subject else answer.subject
    return Line(
        request.promoted.kind,
        request.promoted.id,
        request.reason,
        request.language,
        request.channel,
        subject,
        answer.text,
    )


def _language_findings(request: DraftRequest, answer: Answer) -> Sequence[Finding]:
    if closest_language(answer.language, [request.language]) is not None:
        return []
    return [
        error(
            "other-language",
            "language",
            f"the writer says that it wrote in {answer.language!r}, not in {request.language!r}.",
            f"write it in {request.language!r}.",
        )
    ]


def _with_findings(asked: WritingRequest, found: Drafted) -> WritingRequest:
    """The request again, with the text that did not pass and why."""
    assert found.line is not None
    why = " ".join(str(finding) for finding in found.findings if refused([finding]))
    tried = RefusedTry(found.line.subject, found.line.text, why)
    return replace(asked, refused=(*asked.refused, tried), seed=asked.seed + 1)


def _origin(request: DraftRequest, answer: Answer | None, writer: Writer, prompt: Prompt) -> Origin:
    is_model = writer.name != "catalogue"
    return Origin(
        author=request.author,
        writer=writer.name,
        model=(answer.model if answer else "") or writer.model,
        provider_id=answer.provider_id if answer else "",
        prompt=prompt.name if is_model else "",
        prompt_version=prompt.version if is_model else 0,
        seed=request.seed if is_model else 0,
    )


def written_by_person(
    request: DraftRequest,
    subject: str,
    text: str,
    today: date,
    policy: GuardPolicy = STANDARD_POLICY,
) -> Drafted:
    """A person's own text, checked like any other. Raises IneligibleError."""
    _refuse_ineligible(request, today)
    line = Line(
        request.promoted.kind,
        request.promoted.id,
        request.reason,
        request.language,
        request.channel,
        subject,
        text,
    )
    findings = check(line, request.promoted, policy=policy, country=request.country)
    return Drafted(line, tuple(findings), Origin(request.author))


def _refuse_ineligible(request: DraftRequest, today: date) -> None:
    if request.member is not None:
        refusal = eligibility(request.member, request.promoted, today, request.watched)
        if refusal is not None:
            raise IneligibleError(refusal)


def draft_again(
    stores: Stores,
    line: Line,
    tries: tuple[RefusedTry, ...],
    author: str,
    writer: Writer,
    prompt: Prompt,
    today: date,
    policy: GuardPolicy = STANDARD_POLICY,
) -> Drafted:
    """Another text in place of one that was refused; it is never one of the refused texts.

    Args:
        stores: have what is promoted.
        line: that was refused.
        tries: all texts that were refused for this, from `disagree`.
        author: who asks for it.
        writer: is asked.
        prompt: to ask with.
        today: the day.
        policy: of the checks.

    Raises:
        NotFoundError: what the line promotes is gone.
    """
    request = DraftRequest(
        stores.promoted.get(line.kind, line.promoted_id),
        line.channel,
        line.language,
        line.reason,
        author=author,
        refused=tries,
        previous=line.digest,
    )
    return draft(request, writer, prompt, today, policy)
