"""Segments among a million endpoints, on SQLite and on PostgreSQL: processor time.

    python -m benchmarks.outreach_segments [ENDPOINTS [FOLDER]]

Two of three members have one endpoint, the others two. What a rule takes is compared with a loop
that decides the same for each row. An import into the full database is measured in rows a second.
The time of PostgreSQL's own processes counts too. A folder keeps the databases for another run.
Exits with 1 if a target is missed.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import delete, make_url, select, text

from benchmarks.postgresql import processor_seconds, server
from benchmarks.tables import Row, print_table
from sizzle.database import Database
from sizzle.database.member_tables import MEMBERS
from sizzle.database.schema import ENDPOINTS
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.endpoint import EndpointFields
from sizzle.outbox.endpoints import Endpoint, write_endpoints
from sizzle.outbox.importing import Importer, ImportOptions
from sizzle.outbox.member_rows import write_members
from sizzle.outbox.segments import condition_of, count_members
from sizzle.outreach.members.profile import ProfileFields
from sizzle.outreach.segments.rule import Rule

_ENDPOINTS: Final = 1_000_000
_IMPORTED: Final = 20_000
_TARGET: Final = 2.0  # seconds
_ROUNDS: Final = 3
_PAGE: Final = 20_000
_NOW: Final = 1_796_000_000_000


def _set(*values: str, how: str = "INCLUSIVE") -> dict[str, Any]:
    return {"DimensionType": how, "Values": list(values)}


def _attribute(*values: str, how: str = "INCLUSIVE") -> dict[str, Any]:
    return {"AttributeType": how, "Values": list(values)}


_RULES: Final[dict[str, dict[str, Any]]] = {
    "ManagementOrRetired": {
        "Dimensions": {"UserAttributes": {"role": _attribute("Management", "Retired")}}
    },
    "countries, a channel, an attribute of each kind, a number": {
        "Dimensions": {
            "Location": {"Country": _set("FR", "US", "GB")},
            "Demographic": {"Channel": _set("EMAIL", "SMS")},
            "Attributes": {"genres": _attribute("Crime", "Drama")},
            "UserAttributes": {"role": _attribute("Worker", how="EXCLUSIVE")},
            "Metrics": {"visits": {"ComparisonOperator": "GREATER_THAN", "Value": 20}},
        }
    },
    "two groups, of which one excludes": {
        "SegmentGroups": {
            "Include": "ALL",
            "Groups": [
                {
                    "Type": "ANY",
                    "Dimensions": [
                        {"Attributes": {"plan": _attribute("gold")}},
                        {"UserAttributes": {"role": _attribute("Student")}},
                    ],
                },
                {
                    "Type": "NONE",
                    "Dimensions": [{"Demographic": {"Platform": _set("ios")}}],
                },
            ],
        }
    },
    "joined since 2020": {
        "Dimensions": {"UserAttributes": {"joined": _attribute("2020-01-01", how="AFTER")}}
    },
    "nearly everybody": {"Dimensions": {"Location": {"Country": _set("FR", how="EXCLUSIVE")}}},
}


def main() -> None:
    """Measure both databases, and print the tables."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else _ENDPOINTS
    with TemporaryDirectory() as temporary:
        folder = Path(sys.argv[2] if len(sys.argv) > 2 else temporary)
        folder.mkdir(parents=True, exist_ok=True)
        sqlite = _database(f"sqlite:///{folder}/sizzle.db")
        if not _is_filled(sqlite):
            _fill(sqlite, size)
        met = _measure("SQLite", sqlite, size, Path(temporary))
        with server(folder / "postgresql", keep=len(sys.argv) > 2) as url:
            postgresql = _database(url)
            if not _is_filled(postgresql):
                _copy(sqlite, postgresql)
            met &= _measure("PostgreSQL", postgresql, size, Path(temporary))
            postgresql.close()
        sqlite.close()
    sys.exit(0 if met else 1)


def _database(url: str) -> Database:
    database = Database(make_url(url), patience=60)
    database.upgrade()
    return database


def _is_filled(database: Database) -> bool:
    with database.reading() as connection:
        return connection.execute(select(ENDPOINTS.c.app).limit(1)).first() is not None


def _measure(name: str, database: Database, size: int, folder: Path) -> bool:
    sys.stdout.write(f"### {name}\n\n")
    met, rows = True, []
    for label, rule in _RULES.items():
        selected, seconds = _ask(database, Rule.read(rule))
        met &= seconds <= _TARGET
        rows.append(Row(label, [f"{selected:,}", f"{seconds:.2f}"]))
    loop = _seconds(lambda: _loop(database))
    rows.append(Row("a loop over all endpoints", ["", f"{loop:.2f}"]))
    rate = _import_rate(database, folder)
    rows.append(Row("an import, rows a second", ["", f"{rate:,.0f}"]))
    print_table((f"{size:,} endpoints", "members", "seconds"), rows)
    verdict = "met" if met else "MISSED"
    sys.stdout.write(f"\nEach segment at most {_TARGET:g} s of processor time: {verdict}.\n\n")
    return met


def _ask(database: Database, rule: Rule) -> tuple[int, float]:
    """How many members a rule selects, and the seconds that this takes."""
    counts = []

    def count() -> None:
        with database.reading() as connection:
            condition = condition_of(connection, rule, {}, _NOW)
            counts.append(count_members(connection, condition))

    seconds = median(_seconds(count) for _ in range(_ROUNDS))
    return counts[0], seconds


def _seconds(do: Callable[[], object]) -> float:
    before = time.process_time() + processor_seconds()
    do()
    return time.process_time() + processor_seconds() - before


def _loop(database: Database) -> int:
    """Read all endpoints, and decide one attribute of each."""
    found = 0
    with database.reading() as connection:
        streaming = connection.execution_options(stream_results=True)
        for (content,) in streaming.execute(select(ENDPOINTS.c.content)):
            found += "Crime" in (json.loads(content).get("Attributes") or {}).get("genres", ())
    return found


def _import_rate(database: Database, folder: Path) -> float:
    """Rows a second of processor time, of a file of endpoints in Pinpoint's form."""
    path = folder / "members.jsonl"
    with path.open("w") as file:
        for value in islice(_endpoints(2), _IMPORTED):
            file.write(json.dumps({**value, "Id": f"i-{value['Id']}"}) + "\n")
    importer = Importer(database, AddressHash(b"k" * 32), lambda name: name.encode(), lambda: _NOW)
    rate = _IMPORTED / _seconds(lambda: importer.run(path, ImportOptions()))
    with database.writing() as connection:  # as it was, for whoever measures again
        connection.execute(delete(ENDPOINTS).where(ENDPOINTS.c.endpoint_id.startswith("i-")))
        connection.execute(delete(MEMBERS).where(MEMBERS.c.member_id.startswith("member-2-")))
    return rate


def _fill(database: Database, size: int) -> None:
    """Write endpoints and their members, quicker than an import does."""
    values, last = _endpoints(1), set[str]()  # a member may have an endpoint in each of two pages
    for start in range(0, size, _PAGE):
        endpoints: list[Endpoint] = []
        profiles: dict[str, ProfileFields] = {}
        for value in islice(values, min(_PAGE, size - start)):
            fields = EndpointFields.read(value)
            assert fields.user is not None
            profiles[fields.member_id] = ProfileFields(attributes=fields.user.user_attributes or {})
            endpoints.append(Endpoint("app", value["Id"], fields, fields.member_id, _NOW, _NOW))
        with database.writing() as connection:
            new = {one: profile for one, profile in profiles.items() if one not in last}
            write_members(connection, {}, new, _NOW)
            write_endpoints(connection, {}, endpoints)
        last = set(profiles)


def _copy(source: Database, target: Database) -> None:
    """Fill PostgreSQL with the rows of another database, in its quickest way."""
    with source.reading() as reading, target.writing() as writing:
        cursor = writing.connection.driver_connection.cursor()  # type: ignore[union-attr]
        for table in (MEMBERS, ENDPOINTS):
            names = ", ".join(column.name for column in table.columns)
            rows = reading.execution_options(stream_results=True).execute(select(table))
            with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(tuple(row))
    with target.writing() as connection:
        connection.execute(text("ANALYZE members, endpoints"))


def _endpoints(seed: int) -> Iterator[dict[str, Any]]:
    """Endpoints in Pinpoint's form, without end."""
    random_values = random.Random(seed)  # noqa: S311 - for a benchmark
    choose = random_values.choice
    number = 0
    while True:
        channel = ("EMAIL", "SMS", "GCM")[number % 3]
        addresses = {
            "EMAIL": f"user{number}@example.com",
            "SMS": f"+120655{50000 + number % 50000}",
            "GCM": f"token-{seed}-{number:09d}-abcdefghijklmnopqrstuvwxyz",
        }
        yield {
            "Id": f"e{number:09d}",
            "ChannelType": channel,
            "Address": addresses[channel],
            "Attributes": {
                "plan": [choose(("gold", "silver", "free"))],
                "genres": random_values.sample(("Crime", "Drama", "Comedy", "Action"), 2),
            },
            "Demographic": {
                "Locale": choose(("fr-FR", "en-US", "de-DE")),
                "Platform": choose(("ios", "android")),
                "AppVersion": "1.2.3",
                "Timezone": "Europe/Paris",
            },
            "Location": {"Country": choose(("FR", "US", "GB", "DE", "JP", "BR"))},
            "Metrics": {"visits": random_values.randrange(100)},
            "User": {
                "UserId": f"member-{seed}-{number * 3 // 4:09d}",
                "UserAttributes": {
                    "role": [choose(("Management", "Retired", "Worker", "Student"))],
                    "joined": [f"20{random_values.randrange(10, 26)}-05-11"],
                },
            },
        }
        number += 1


if __name__ == "__main__":
    main()
