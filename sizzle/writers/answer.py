"""Answers of writers, read strictly: a model may answer anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec
from msgspec import Meta

from sizzle.errors import SizzleError

MAX_TEXT: Final = 8000
"""Letters of an answer's text, more than any channel takes."""

_FENCE: Final = re.compile(r"\s*```(?:json)?\s*(.*?)\s*```\s*", re.DOTALL)


class Decision(StrEnum):
    """Whether the writer wrote."""

    WRITE = "write"
    REFUSE = "refuse"


class BrokenAnswerError(SizzleError):
    """An answer that cannot be used; the next one may be."""

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 502
    slug: ClassVar[str] = "broken-answer"
    title: ClassVar[str] = "The writer's answer cannot be used"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a writer answered.

    Attributes:
        language: that it says it wrote in.
        used: names of the facts that it says it used.
        model: that wrote, as the provider names it.
        provider_id: the provider's own id of the answer; empty without one.
    """

    decision: Decision
    language: str
    subject: str
    text: str
    used: tuple[str, ...]
    model: str = ""
    provider_id: str = ""


class _Written(msgspec.Struct, frozen=True, kw_only=True):
    decision: Literal["write", "refuse"]
    language: Annotated[str, Meta(max_length=35)] = ""
    subject: Annotated[str, Meta(max_length=1000)] = ""
    text: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    used: Annotated[list[Annotated[str, Meta(max_length=100)]], Meta(max_length=100)] = []


_decoder: Final = msgspec.json.Decoder(_Written)


def read_answer(content: str, model: str, provider_id: str) -> Answer:
    """The answer in a model's text. Raises BrokenAnswerError."""
    fenced = _FENCE.fullmatch(content)
    try:
        written = _decoder.decode((fenced[1] if fenced else content).encode())
    except (ValueError, RecursionError) as error:
        reason = str(error) or "it is nested too deeply"
        raise BrokenAnswerError(
            f"The answer is not the JSON that was asked for: {reason[:200]}.",
            fix="answer one JSON object with decision, language, subject, text and used.",
        ) from None
    return Answer(
        decision=Decision(written.decision),
        language=written.language,
        subject=written.subject.strip(),
        text=written.text.strip(),
        used=tuple(written.used),
        model=model,
        provider_id=provider_id,
    )


def answer_schema(language: str, facts: Mapping[str, str]) -> dict[str, Any]:
    """JSON Schema of an answer, for writers that can be held to one."""
    text = {"type": "string"}
    return {
        "type": "object",
        "properties": {
            "decision": {"type": "string", "enum": ["write", "refuse"]},
            "language": {"type": "string", "enum": [language]},
            "subject": text,
            "text": text,
            "used": {
                "type": "array",
                "items": {"type": "string", "enum": sorted(facts)},
                "maxItems": len(facts),
            },
        },
        "required": ["decision", "language", "subject", "text", "used"],
        "additionalProperties": False,
    }
