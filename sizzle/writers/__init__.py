"""Who writes the lines: the catalogue of lines that come with the program, or a model."""

from sizzle.writers.answer import Answer, BrokenAnswerError, Decision
from sizzle.writers.writer import RefusedTry, Writer, WriterError, WritingRequest

__all__ = [
    "Answer",
    "BrokenAnswerError",
    "Decision",
    "RefusedTry",
    "Writer",
    "WriterError",
    "WritingRequest",
]
