"""Prompts in the database: versions that are added and never changed, and their evaluations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import Connection, RowMapping, func, insert, select

from sizzle.database import Database
from sizzle.database.content_tables import EVALUATIONS, PROMPTS
from sizzle.errors import NotFoundError, SizzleError


class PromptEditedError(SizzleError):
    """A prompt of which somebody else has saved a version meanwhile."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "prompt-edited"
    title: ClassVar[str] = "Changed meanwhile"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One version of a prompt.

    Attributes:
        version: from 1.
        note: why it was made.
        author: who made it.
        created: milliseconds since 1970.
    """

    name: str
    version: int
    text: str
    note: str = ""
    author: str = ""
    created: int = 0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How many texts of a prompt passed each check.

    Attributes:
        panel: SHA-256 of what was asked for: only results of one panel are compared.
        results: passed and asked, by the id of the check.
        created: milliseconds since 1970.
    """

    prompt: str
    version: int
    writer: str
    model: str
    panel: str
    results: Mapping[str, tuple[int, int]]
    created: int


class Prompts:
    """The prompts of a database. Safe to share between threads.

    Args:
        database: that has them.
        samples: texts of prompts that come with the program, by name: version 1 of each, until
            the database has one.
    """

    def __init__(self, database: Database, samples: Mapping[str, str]) -> None:
        self._database = database
        self._samples = samples

    def add(
        self,
        name: str,
        text: str,
        note: str,
        author: str,
        now: int,
        *,
        based_on: int | None = None,
    ) -> Prompt:
        """Keep a text as the next version of a prompt; the newest one's text again adds none.

        Args:
            name: of the prompt.
            text: of the version.
            note: why it was made.
            author: who made it.
            now: milliseconds since 1970.
            based_on: the newest version as its author saw it, 0 for none; None where it does not
                matter.

        Raises:
            PromptEditedError: there is a newer version.
            DatabaseUnavailableError: the database cannot be written to.
        """
        self._database.upgrade_once()
        with self._database.writing() as connection:
            newest = self._newest(connection, name)
            if newest is not None and newest.text == text:
                return newest
            version = newest.version if newest is not None else 0
            if based_on is not None and based_on != version:
                raise PromptEditedError(
                    f"Somebody has saved version {version} meanwhile.",
                    fix="see what it says, and save yours again if it is still wanted.",
                )
            if newest is not None and newest.version == 1 and newest.created == 0:
                connection.execute(insert(PROMPTS), _values(newest))  # the sample
            prompt = Prompt(name, version + 1, text, note, author, now)
            connection.execute(insert(PROMPTS), _values(prompt))
        return prompt

    def get(self, name: str, version: int | None = None) -> Prompt:
        """A version of a prompt, or its newest one.

        Raises:
            NotFoundError: there is none.
            DatabaseUnavailableError: the database cannot be read.
        """
        found = self.versions(name)
        for prompt in found:
            if version in (None, prompt.version):
                return prompt
        raise NotFoundError(
            f"There is no prompt {name[:60]!r}" + (f" of version {version}." if version else "."),
            fix=f"use one of {', '.join(self.names())}.",
        )

    def versions(self, name: str) -> list[Prompt]:
        """All versions of a prompt, the newest first. Raises DatabaseUnavailableError."""
        query = select(PROMPTS).where(PROMPTS.c.name == name).order_by(PROMPTS.c.version.desc())
        self._database.upgrade_once()
        with self._database.reading() as connection:
            found = [_prompt(row) for row in connection.execute(query).mappings()]
        return found or self._sample(name)

    def names(self) -> list[str]:
        """The names of all prompts. Raises DatabaseUnavailableError."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            kept = connection.execute(select(PROMPTS.c.name).distinct()).scalars()
            return sorted({*kept, *self._samples})

    def add_evaluation(self, evaluation: Evaluation) -> None:
        """Keep an evaluation. Raises DatabaseUnavailableError."""
        values = {name: getattr(evaluation, name) for name in Evaluation.__slots__}
        self._database.upgrade_once()
        with self._database.writing() as connection:
            connection.execute(
                insert(EVALUATIONS), {**values, "results": json.dumps(dict(evaluation.results))}
            )

    def evaluation(
        self, prompt: str, version: int, writer: str, model: str, panel: str
    ) -> Evaluation | None:
        """The last evaluation of a version on a panel. Raises DatabaseUnavailableError."""
        wanted = {
            "prompt": prompt, "version": version, "writer": writer, "model": model, "panel": panel
        }  # fmt: skip
        query = select(EVALUATIONS).filter_by(**wanted).order_by(EVALUATIONS.c.number.desc())
        self._database.upgrade_once()
        with self._database.reading() as connection:
            row = connection.execute(query.limit(1)).mappings().first()
        return None if row is None else _evaluation(row)

    def _newest(self, connection: Connection, name: str) -> Prompt | None:
        newest = select(func.max(PROMPTS.c.version)).where(PROMPTS.c.name == name)
        query = select(PROMPTS).where(
            PROMPTS.c.name == name, PROMPTS.c.version == newest.scalar_subquery()
        )
        row = connection.execute(query).mappings().first()
        return _prompt(row) if row is not None else next(iter(self._sample(name)), None)

    def _sample(self, name: str) -> list[Prompt]:
        text = self._samples.get(name)
        return [] if text is None else [Prompt(name, 1, text, "comes with the program")]


def _values(prompt: Prompt) -> dict[str, object]:
    return {name: getattr(prompt, name) for name in Prompt.__slots__}


def _prompt(row: RowMapping) -> Prompt:
    return Prompt(**{name: row[name] for name in Prompt.__slots__})


def _evaluation(row: RowMapping) -> Evaluation:
    values = {name: row[name] for name in Evaluation.__slots__}
    results = {name: tuple(counts) for name, counts in json.loads(row["results"]).items()}
    return Evaluation(**{**values, "results": results})
