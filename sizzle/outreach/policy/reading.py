"""A line as the checks read it."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sizzle.outreach.content.facts import facts_in
from sizzle.outreach.content.lines import Line
from sizzle.outreach.content.slots import SLOT
from sizzle.outreach.policy.guard_policy import GuardPolicy
from sizzle.outreach.vocabulary import Channel, Promoted


@dataclass(frozen=True)
class Reading:
    """A line, and what it is checked against.

    Attributes:
        line: the text.
        promoted: what it is about.
        policy: the limits.
        countries: where it may be sent; empty for anywhere.
        used: the facts that its writer says it used; None where nobody said.
    """

    line: Line
    promoted: Promoted
    policy: GuardPolicy
    countries: frozenset[str] = frozenset()
    used: Collection[str] | None = None

    @cached_property
    def facts(self) -> Mapping[str, str]:
        """What may be said, in the line's language."""
        return facts_in(self.promoted, self.line.language, self.line.reason)

    @cached_property
    def language(self) -> str:
        """The language alone, such as `pt` of `pt-BR`."""
        return self.line.language.partition("-")[0].lower()

    @property
    def fields(self) -> Iterator[tuple[str, str]]:
        """The names and texts of what there is to read."""
        if self.line.channel is not Channel.SMS or self.line.subject:
            yield "subject", self.line.subject
        yield "text", self.line.text

    def filled(self, text: str) -> str:
        """A text as a member might get it, to measure it. Unknown slots stay as they are."""
        values = {**self.facts, **self._samples}
        return SLOT.sub(lambda slot: values.get(slot[1], slot[0]), text)

    @cached_property
    def _samples(self) -> dict[str, str]:
        return {
            "link": "https://" + "x" * max(0, self.policy.link - len("https://")),
            "name": "n" * self.policy.name,
            "titles": self.facts["title"],
        }


def folded(text: str) -> str:
    """A text to compare: compatible letters, case and space made alike, and no invisible ones."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join("".join(c for c in text if unicodedata.category(c) != "Cf").split())
