"""Requests and responses of content."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from pydantic import BaseModel, Field

from sizzle.drafting import Drafted
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outreach.content.lines import Line
from sizzle.outreach.content.sms_segments import Segments
from sizzle.outreach.policy import Finding
from sizzle.outreach.vocabulary import Channel, PromotedKind

_Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_Reason = Annotated[str, Meta(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_Language = Annotated[str, Meta(pattern="^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$")]
_Country = Annotated[str, Meta(pattern="^([A-Z]{2})?$")]
_Subject = Annotated[str, Meta(max_length=1000)]
_Text = Annotated[str, Meta(max_length=8000)]
_Name = Annotated[str, Meta(min_length=1, max_length=60, pattern="^[a-z0-9][a-z0-9_-]*$")]
_Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class _Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class DraftBody(_Request, frozen=True, kw_only=True):
    """A line to write about something."""

    kind: PromotedKind
    id: _Id
    language: Annotated[_Language, Meta(description="A BCP 47 tag.")]
    channel: Channel
    reason: Annotated[_Reason, Meta(description="Such as genres:Crime.")] = ""
    country: Annotated[_Country, Meta(description="Where it is sent; ISO 3166.")] = ""
    member_id: Annotated[
        _Id | None, Meta(description="For this member alone; no writer is told of them.")
    ] = None
    prompt: _Name = "invite"
    prompt_version: _Version | None = None
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    subject: _Subject = ""
    text: Annotated[
        _Text | None, Meta(description="A person's own text, in place of a writer's.")
    ] = None


class DisagreeBody(_Request, frozen=True, kw_only=True):
    """Why a line is refused."""

    reason: Annotated[str, Meta(min_length=1, max_length=1000)]
    again: Annotated[bool, Meta(description="Have another text written at once.")] = False
    prompt: _Name = "invite"
    prompt_version: _Version | None = None


class CheckBody(_Request, frozen=True, kw_only=True):
    """A text to check."""

    kind: PromotedKind
    id: _Id
    language: _Language
    channel: Channel
    text: _Text
    subject: _Subject = ""
    reason: _Reason = ""
    country: _Country = ""


class PromptBody(_Request, frozen=True, kw_only=True):
    """The next version of a prompt."""

    name: _Name
    text: Annotated[str, Meta(min_length=1, max_length=8000)]
    note: Annotated[str, Meta(max_length=1000)] = ""


class EvaluateBody(_Request, frozen=True, kw_only=True):
    """Which version to evaluate, and on what."""

    version: _Version | None = None
    languages: Annotated[tuple[_Language, ...], Meta(max_length=20)] = ()
    channels: Annotated[tuple[Channel, ...], Meta(max_length=5)] = ()


class FindingResponse(BaseModel):
    """What is wrong with a text."""

    rule: str = Field(examples=["number-not-a-fact"])
    severity: Literal["error", "warning"]
    where: str
    message: str
    fix: str


class LineResponse(BaseModel):
    """A line."""

    digest: str = Field(description="SHA-256 of its content: an approval is of these bytes alone.")
    kind: str
    id: str
    reason: str
    language: str
    channel: str
    subject: str
    text: str


class SegmentsResponse(BaseModel):
    """How a text message is sent, and paid."""

    encoding: str = Field(examples=["GSM-7"])
    letters: int
    segments: int
    foreign: str = Field(description="Letters that make it UCS-2.")


class CheckResponse(BaseModel):
    """What the checks find."""

    passes: bool
    findings: list[FindingResponse]
    sms: SegmentsResponse | None = None


class DraftResponse(BaseModel):
    """A draft that was kept."""

    line: LineResponse
    passes: bool
    findings: list[FindingResponse]
    problems: list[str] = Field(description="What went wrong before it, in that order.")
    writer: str
    model: str
    prompt: str
    prompt_version: int


class DisagreeResponse(BaseModel):
    """What became of a refused line."""

    refused: str
    draft: DraftResponse | None = Field(description="The next one, where one was asked for.")
    problems: list[str]


class OriginResponse(BaseModel):
    """Who or what wrote a line."""

    author: str
    writer: str
    model: str
    provider_id: str
    prompt: str
    prompt_version: int
    seed: int
    previous: str
    created: int


class VerdictResponse(BaseModel):
    """What somebody said of a line."""

    verdict: Literal["agree", "disagree"]
    reason: str
    by: str
    at: int


class LineDetails(BaseModel):
    """A line with its history."""

    line: LineResponse
    approved: bool
    why_not: str
    drafts: list[OriginResponse]
    verdicts: list[VerdictResponse]


class PromptResponse(BaseModel):
    """A version of a prompt."""

    name: str
    version: int
    text: str
    note: str
    author: str
    created: int


def line_response(line: Line) -> LineResponse:
    """A line in wire form."""
    return LineResponse(
        digest=line.digest,
        kind=str(line.kind),
        id=line.promoted_id,
        reason=line.reason,
        language=line.language,
        channel=str(line.channel),
        subject=line.subject,
        text=line.text,
    )


def finding_response(finding: Finding) -> FindingResponse:
    """A finding in wire form."""
    return FindingResponse(
        rule=finding.rule,
        severity=finding.severity.value,
        where=finding.where,
        message=finding.message,
        fix=finding.fix,
    )


def draft_response(drafted: Drafted) -> DraftResponse:
    """A draft with a line in wire form."""
    assert drafted.line is not None
    return DraftResponse(
        line=line_response(drafted.line),
        passes=drafted.passes,
        findings=[finding_response(finding) for finding in drafted.findings],
        problems=list(drafted.problems),
        writer=drafted.origin.writer,
        model=drafted.origin.model,
        prompt=drafted.origin.prompt,
        prompt_version=drafted.origin.prompt_version,
    )


def segments_response(found: Segments) -> SegmentsResponse:
    """Segments in wire form."""
    return SegmentsResponse(
        encoding=str(found.encoding),
        letters=found.units,
        segments=found.count,
        foreign=found.foreign,
    )
