"""The parts of the database that drafting reads and writes."""

from __future__ import annotations

from sizzle.database import Database
from sizzle.outbox.drafts import Drafts
from sizzle.outbox.lines import Lines
from sizzle.outbox.promoted import PromotedThings
from sizzle.outbox.prompts import Prompts
from sizzle.outbox.verdicts import Verdicts
from sizzle.writers.samples import SAMPLE_PROMPTS, sample_prompt


class Stores:
    """Stores of what is promoted, lines, drafts, verdicts and prompts.

    Args:
        database: that has them all.
    """

    def __init__(self, database: Database) -> None:
        self.promoted = PromotedThings(database)
        self.lines = Lines(database)
        self.drafts = Drafts(database)
        self.verdicts = Verdicts(database)
        self.prompts = Prompts(
            database, {name: sample_prompt(name) for name in (*SAMPLE_PROMPTS, "improve")}
        )
