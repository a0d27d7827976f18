"""A writer that answers as a test says, and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sizzle.writers import Answer, Decision, WriterError, WritingRequest


def answer(
    subject: str, text: str, used: Sequence[str] = ("title", "kind"), language: str = "en"
) -> Answer:
    """An answer with a text."""
    return Answer(Decision.WRITE, language, subject, text, tuple(used), "model-1", "answer-1")


@dataclass
class Scripted:
    """Answers in their order, then fails as a writer that cannot be reached.

    Attributes:
        answers: left to give; an exception is raised.
        asked: the requests so far.
    """

    answers: Sequence[Answer | Exception] = ()
    asked: list[WritingRequest] = field(default_factory=list)
    name: str = "scripted"
    model: str = "model-1"

    def write(self, request: WritingRequest, prompt: str) -> Answer:
        """The next answer."""
        self.asked.append(request)
        away = WriterError("It is away.", where="scripted")
        found, *self.answers = self.answers or (away,)
        if isinstance(found, Exception):
            raise found
        return found

    def complete(self, instructions: str, text: str) -> str:
        """A text of any form."""
        return f"better: {text[:20]}"
