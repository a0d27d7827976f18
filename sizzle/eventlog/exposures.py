"""Exposures in the database: appended once a sitting, and read in the order of their commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select

from sizzle.database import Database
from sizzle.database.schema import EXPOSURES
from sizzle.engagement import CERTAIN, FRAMES_BYTES, SITTING, Exposure, Probabilities
from sizzle.engagement.exposure import slots_of
from sizzle.eventlog.append import Appended, erased_members, found_in

_PAGE: Final = 1000  # exposures of one query
_FIELDS: Final = (
    *("reel_id", "member_id", "asset_id", "asset_version", "cadence", "plan", "rate", "seed"),
    *("treatment", "model_version", "cold_start", "time"),
)
_COLUMNS: Final = [
    EXPOSURES.c.position,
    *(EXPOSURES.c[name] for name in (*_FIELDS, "titles", "probabilities")),
]
_titles = msgspec.json.Decoder(tuple[str, ...])
_probabilities = msgspec.json.Decoder(Probabilities)

_LAST_SHOWN: Final = (
    select(EXPOSURES.c.key, EXPOSURES.c.treatment, func.max(EXPOSURES.c.time))
    .where(EXPOSURES.c.key.in_(bindparam("values", expanding=True)))
    .group_by(EXPOSURES.c.key, EXPOSURES.c.treatment)
)


def append_exposures(
    connection: Connection, exposures: Sequence[Exposure], member_hash: Callable[[str], bytes]
) -> list[Appended]:
    """Append exposures in a transaction that no other one writes beside.

    The same reel for the same member and treatment, within `SITTING`, is a duplicate.

    Args:
        connection: in a transaction of `Database.writing`.
        exposures: oldest first.
        member_hash: of a member's id, as `ERASED_MEMBERS` has it.
    """
    erased = erased_members(connection, {each.member_id for each in exposures}, member_hash)
    keyed = [(each, each.key) for each in exposures]
    shown: dict[tuple[bytes, str], int] = {}
    for key, treatment, time in found_in(connection, _LAST_SHOWN, [key for _, key in keyed]):
        shown[key, treatment] = time
    outcomes, rows = [], []
    for exposure, key in keyed:
        last = shown.get((key, exposure.treatment))
        if exposure.time <= erased.get(exposure.member_id, -1):
            outcomes.append(Appended.ERASED)
        elif last is not None and abs(exposure.time - last) < SITTING:
            outcomes.append(Appended.DUPLICATE)
        else:
            shown[key, exposure.treatment] = exposure.time
            rows.append(_to_row(exposure, key))
            outcomes.append(Appended.ACCEPTED)
    if rows:
        connection.execute(insert(EXPOSURES), rows)
    return outcomes


def read_exposures(database: Database, after: int = 0) -> Iterator[Exposure]:
    """All exposures after a position, in the order in which they were committed, in pages.

    Raises:
        DatabaseUnavailableError: the database cannot be read.
    """
    query = select(*_COLUMNS).order_by(EXPOSURES.c.position).limit(_PAGE)
    while True:
        with database.reading() as connection:
            page = connection.execute(query.where(EXPOSURES.c.position > after)).mappings().all()
        if not page:
            return
        yield from map(_of_row, page)
        after = page[-1]["position"]


def probabilities_of(stored: str) -> Probabilities:
    """What the column `probabilities` has."""
    return _probabilities.decode(stored) if stored else CERTAIN


def _to_row(exposure: Exposure, key: bytes) -> dict[str, Any]:
    certain = exposure.probabilities == CERTAIN
    return {
        **{name: getattr(exposure, name) for name in _FIELDS},
        "key": key,
        "titles": msgspec.json.encode(exposure.titles).decode(),
        "probabilities": "" if certain else msgspec.json.encode(exposure.probabilities).decode(),
        "seen": bytes(FRAMES_BYTES * len(slots_of(exposure.plan))),
    }


def _of_row(row: RowMapping) -> Exposure:
    return Exposure(
        **{name: row[name] for name in _FIELDS},
        titles=_titles.decode(row["titles"]),
        probabilities=probabilities_of(row["probabilities"]),
    )
