"""The catalogue: lines that come with the program, for any title, asset or offer.

It is no model: it answers at once, the same for the same request, and knows a few languages.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from sizzle.outreach.content.facts import closest_language
from sizzle.outreach.content.slots import SEND_SLOTS, slots_in
from sizzle.outreach.vocabulary import PUSH_CHANNELS, Channel
from sizzle.writers.answer import Answer, Decision
from sizzle.writers.writer import WriterError, WritingRequest


class CatalogueWriter:
    """Answers with the catalogue's lines, each refused one followed by the next."""

    name = "catalogue"
    model = ""

    def write(self, request: WritingRequest, prompt: str = "") -> Answer:
        """A line whose slots all have facts; a refusal where none is left, or no language fits."""
        language = closest_language(request.language, list(_catalogue()))
        refused = {(each.subject, each.text) for each in request.refused}
        known = {*request.facts, *SEND_SLOTS}
        for subject, text in _lines(language, request) if language else ():
            slots = {*slots_in(subject), *slots_in(text)}
            if slots <= known and (subject, text) not in refused:
                used = tuple(sorted(slots - SEND_SLOTS))
                return Answer(Decision.WRITE, request.language, subject, text, used)
        return Answer(Decision.REFUSE, request.language, "", "", ())

    def complete(self, instructions: str, text: str) -> str:
        """Raises WriterError: it writes nothing of its own."""
        raise WriterError(
            "The catalogue is no model, and writes no prompts.",
            where=self.name,
            fix="set SIZZLE_OUTREACH_WRITER to one that is.",
        )


def _lines(language: str, request: WritingRequest) -> list[tuple[str, str]]:
    """Subjects and texts for a request, the best first."""
    channel = "PUSH" if request.channel in PUSH_CHANNELS else str(request.channel)
    lines = _catalogue()[language].get(str(request.kind), {}).get(channel, [])
    wanted = bool(request.reason)
    fitting = [line for line in lines if bool(line.get("reason")) == wanted]
    return [("" if channel == Channel.SMS else line["subject"], line["text"]) for line in fitting]


@lru_cache(maxsize=1)
def _catalogue() -> Mapping[str, Mapping[str, Mapping[str, list[Mapping[str, Any]]]]]:
    """Lines by language, kind of what is promoted, and channel."""
    text = files("sizzle.writers").joinpath("prompts", "catalogue.toml").read_text("utf-8")
    return tomllib.loads(text)
