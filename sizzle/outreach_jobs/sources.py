"""What jobs read, as the service is set."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from sizzle.database import Database, database_url
from sizzle.eventlog import MEMBER_KEY, EventLog
from sizzle.outbox.address_hash import ADDRESS_KEY, AddressHash
from sizzle.secret import VARIABLE, derived, installation_secret
from sizzle.viewing_source import EventSource
from sizzle.writers import Writer
from sizzle.writers.choosing import WriterSettings, choose_writer

WRITER_KEY: Final = "SIZZLE_OUTREACH_WRITER_KEY"
_TEXTS: Final = (
    "catalog",
    "writer",
    "writer_url",
    "writer_model",
    "improver_url",
    "improver_model",
)


@dataclass(frozen=True, slots=True)
class JobSources:
    """Where a job's process finds what it needs; secrets come to it by the environment."""

    state: Path
    catalog: str
    model: Path
    histories: Path | None = None
    titles: Path | None = None
    viewing_policy: Path | None = None
    guard_policy: Path | None = None
    writer: str = "catalogue"
    writer_url: str = ""
    writer_model: str = ""
    improver_url: str = ""
    improver_model: str = ""

    def to_json(self) -> dict[str, str | None]:
        """For the argument of the process."""
        return {name: None if one is None else str(one) for name, one in asdict(self).items()}

    @classmethod
    def of_json(cls, raw: dict[str, Any]) -> Self:
        """The same again."""
        given: dict[str, Any] = {
            name: value if name in _TEXTS else Path(value)
            for name, value in raw.items()
            if value is not None
        }
        return cls(**given)

    def writer_in_use(self) -> Writer:
        """Who writes lines, with the key of the environment. Raises InputError."""
        return self._writer(self.writer_url, self.writer_model)

    def improver_in_use(self) -> Writer:
        """Who improves prompts: the writer, or a second one of its kind. Raises InputError."""
        return self._writer(
            self.improver_url or self.writer_url, self.improver_model or self.writer_model
        )

    def _writer(self, url: str, model: str) -> Writer:
        key = os.environ.get(WRITER_KEY, "")
        return choose_writer(WriterSettings(self.writer, url, model, key))

    def database(self) -> Database:
        """Raises InputError or DatabaseUnavailableError."""
        database = Database(database_url(self.state), patience=60)
        database.upgrade()
        return database

    def log(self, database: Database) -> EventLog:
        """The log of events in it. Raises InputError."""
        return EventLog(database, derived(self._secret(), MEMBER_KEY))

    def address_hash(self) -> AddressHash:
        """Raises InputError."""
        return AddressHash(derived(self._secret(), ADDRESS_KEY))

    def viewing(self) -> EventSource:
        """Of members' histories: the log, and a file where there is one."""
        path = self.histories if self.histories and self.histories.exists() else None
        return EventSource(None, self.state, self.catalog, self.viewing_policy, path)

    def _secret(self) -> bytes:
        return installation_secret(self.state, os.environ.get(VARIABLE))
