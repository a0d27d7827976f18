"""Imports of members into a database, and what is there afterwards."""

from __future__ import annotations

from pathlib import Path

from sizzle.database import Database
from sizzle.eventlog import EventLog
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.importing import Importer, ImportOptions, ImportReport
from sizzle.outbox.members import Members
from sizzle.outreach.members.consent import Verdict
from sizzle.outreach.vocabulary import MemberProfile

KEY = b"k" * 32
NOW = 1_796_000_000_000


class Imports:
    """Imports what tests write, and says what is there."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.members = Members(database, AddressHash(KEY))
        self.log = EventLog(database, KEY)
        self._folder = folder
        self.now = NOW

    def __call__(self, content: str | bytes, **options: object) -> ImportReport:
        """Import a file of this content."""
        path = self._folder / "members.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return self.importer().run(path, ImportOptions(**options))  # type: ignore[arg-type]

    def importer(self) -> Importer:
        """Of the database."""
        return Importer(self.database, AddressHash(KEY), self.log.member_hash, lambda: self.now)

    def profile(self, member_id: str) -> MemberProfile:
        """What is known of a member, who is known."""
        found = self.members.profile(member_id)
        assert found is not None
        return found

    def addresses(self, member_id: str) -> list[str]:
        """A member's, in order."""
        with self.database.reading() as connection:
            found = self.members.endpoints(connection, [member_id])
            return sorted(endpoint.fields.address or "" for endpoint in found)

    def verdict(self, address: str, topic: str = "") -> Verdict:
        """What holds for an address of mail."""
        with self.database.reading() as connection:
            return self.members.consents.allowed(connection, "EMAIL", address, topic)
