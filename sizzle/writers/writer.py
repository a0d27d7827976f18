"""What writers have in common: a request with facts and no member, and an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from sizzle.errors import SizzleError
from sizzle.outreach.vocabulary import Channel, PromotedKind
from sizzle.writers.answer import Answer


class WriterError(SizzleError):
    """A writer that cannot be reached, or answers with an error.

    Args:
        what: one sentence that says what is wrong.
        where: the writer.
        fix: how to correct it.
        retry_after: seconds after which the writer may answer, where it named them.
    """

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 502
    slug: ClassVar[str] = "writer-failed"
    title: ClassVar[str] = "The writer failed"

    def __init__(
        self, what: str, *, where: str = "", fix: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(what, where=where, fix=fix)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class RefusedTry:
    """A text that was refused, which the next one must not repeat.

    Attributes:
        reason: why, in a person's words, or what the checks found.
    """

    subject: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class WritingRequest:
    """What a writer is asked for. It says nothing of any member.

    Attributes:
        facts: all that may be said, by the names of slots, in the language.
        reason: that the text should name, such as `genres:Crime`; empty without one.
        language: a BCP 47 tag.
        limits: of lengths, in a sentence.
        refused: the texts that were refused before, the oldest first.
    """

    kind: PromotedKind
    promoted_id: str
    facts: Mapping[str, str]
    reason: str
    language: str
    channel: Channel
    limits: str
    refused: tuple[RefusedTry, ...] = ()
    seed: int = 0


class Writer(Protocol):
    """Writes one line at a time. Safe to share between threads."""

    @property
    def name(self) -> str:
        """As it is set, such as `openai`."""

    @property
    def model(self) -> str:
        """Its model; empty without one."""

    def write(self, request: WritingRequest, prompt: str) -> Answer:
        """A text, or a refusal.

        Args:
            request: what is asked for.
            prompt: the text of the prompt, with its slots.

        Raises:
            WriterError: it cannot be reached, or answers with an error.
            BrokenAnswerError: its answer cannot be used: asking again may help.
        """

    def complete(self, instructions: str, text: str) -> str:
        """Text of any form, such as an improved prompt. Raises as `write`."""
