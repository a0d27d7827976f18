"""Which store this is: so that a database from a backup sends nothing before a person was asked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final
from uuid import uuid4

import msgspec
from sqlalchemy import insert, select

from sizzle.database import Database
from sizzle.database.send_tables import SENDING_STORE
from sizzle.errors import InputError
from sizzle.files import write_text

_FILE: Final = "sending-store.json"


class StoreChangedError(InputError):
    """A database that is not, or not as far as, the one that this state folder knows."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "sending-store-changed"
    title: ClassVar[str] = "The database may come from a backup"


class _Stamp(msgspec.Struct):
    store_id: str
    generation: int


@dataclass(frozen=True, slots=True)
class StoreStamp:
    """What a state folder remembers of the database that it sends from.

    Attributes:
        database: that has the sends.
        state: the state folder.
    """

    database: Database
    state: Path

    def check(self) -> None:
        """Check that the database is the one that was sent from last, and no older state of it.

        Raises:
            StoreChangedError: it is not; or this folder never sent, and another one has: a machine
                that is new, or a backup that was restored on one.
        """
        stored, known = self._stored(), self._known()
        if known is None:
            if stored.generation > 0:
                raise _changed("a database that was sent from by another installation")
            self._write(stored)
            return
        if known.store_id != stored.store_id:
            raise _changed("another database than the one that was sent from last")
        if known.generation > stored.generation:
            raise _changed("an older state of the database than the one that was sent from last")

    def accept(self) -> None:
        """Send from this database from now on: a person has said so."""
        self._write(self._stored())

    def note(self, generation: int) -> None:
        """Remember how far the database is."""
        self._write(_Stamp(self._stored().store_id, generation))

    def _stored(self) -> _Stamp:
        self.database.upgrade_once()
        query = select(SENDING_STORE.c.store_id, SENDING_STORE.c.generation)
        with self.database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            with self.database.writing() as connection:
                row = connection.execute(query).first()
                if row is None:
                    new = _Stamp(uuid4().hex, 0)
                    connection.execute(insert(SENDING_STORE), msgspec.structs.asdict(new))
                    return new
        return _Stamp(*row)

    def _known(self) -> _Stamp | None:
        path = self.state / _FILE
        try:
            return msgspec.json.decode(path.read_bytes(), type=_Stamp)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError) as error:
            raise InputError(
                f"What was sent from last cannot be read: {error}.",
                where=str(path),
                fix="see that the database is the right one, then `sizzle outreach accept-store`.",
            ) from error

    def _write(self, stamp: _Stamp) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        write_text(self.state / _FILE, msgspec.json.encode(stamp).decode() + "\n")


def _changed(what: str) -> StoreChangedError:
    return StoreChangedError(
        f"This is {what}: nothing is sent, since all of it may have been sent before.",
        fix="look at `sizzle outreach campaign status`; where it is right to send from it, "
        "`sizzle outreach accept-store`.",
    )
