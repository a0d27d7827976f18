"""Members, consents, suppressions, segments; and what segments ask about endpoints."""

import json
import math
import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "v0007"
down_revision = "v0006"

_PAGE = 2000
_TEXTS = ("name", "birth_date", "language", "zone", "country", "maturity", "attributes", "facts")
_SHORT = "address <> '' AND length(address) <= 320"


def upgrade() -> None:
    """Create the tables, and fill what is known of endpoints and their members."""
    _create_member_tables()
    _create_segment_tables()
    op.add_column("endpoints", sa.Column("status", sa.Text, nullable=False, server_default=""))
    op.add_column("endpoints", sa.Column("facts", sa.Text, nullable=False, server_default="[]"))
    for name in ("x", "y", "z"):
        op.add_column("endpoints", sa.Column(name, sa.Double))
    op.create_index(
        "endpoints_by_address",
        "endpoints",
        ["address"],
        sqlite_where=sa.text(_SHORT),
        postgresql_where=sa.text(_SHORT),
    )
    _fill()


def _create_member_tables() -> None:
    op.create_table(
        "members",
        sa.Column("member_id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("created", "updated")),
    )
    op.create_table(
        "consents",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True,
            autoincrement=True,
        ),
        sa.Column("address_hash", sa.LargeBinary, nullable=False),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("channel", "topic", "verdict", "source")
        ),
        sa.Column("at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )  # fmt: skip
    op.create_index(
        "consents_by_address", "consents", ["address_hash", "topic", "at", "verdict"], unique=True
    )
    op.create_table(
        "suppressions",
        sa.Column("address_hash", sa.LargeBinary, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("channel", "reason")),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def _create_segment_tables() -> None:
    op.create_table(
        "segments",
        sa.Column("segment_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "rule")),
        sa.Column("created", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "snapshots",
        sa.Column("snapshot_id", sa.Text, primary_key=True),
        sa.Column("segment_id", sa.Text, nullable=False),
        sa.Column("segment_version", sa.Integer, nullable=False),
        sa.Column("promoted", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("approved", sa.BigInteger),
        sa.Column("approved_by", sa.Text, nullable=False),
    )
    op.create_index("snapshots_by_segment", "snapshots", ["segment_id", "created"])
    op.create_table(
        "snapshot_members",
        sa.Column("snapshot_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("member_id", "reasons")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "snapshot_members_by_member", "snapshot_members", ["member_id", "snapshot_id"], unique=True
    )


def _fill() -> None:
    names = ("app", "endpoint_id", "member_id", "content", "created", "updated", "deleted")
    searched = ("status", "facts", "x", "y", "z")
    endpoints = sa.table("endpoints", *map(sa.column, (*names, *searched)))
    members = sa.table("members", *map(sa.column, ("member_id", *_TEXTS, "created", "updated")))
    change = endpoints.update().where(
        endpoints.c.app == sa.bindparam("of_app"), endpoints.c.endpoint_id == sa.bindparam("of_id")
    )
    connection = op.get_bind()
    for page in _pages(connection, endpoints):
        connection.execute(change, [_searched(row) for row in page])
        for member_id in sorted({row["member_id"] for row in page} - {""}):
            rows = [row for row in page if row["member_id"] == member_id]
            _fill_member(connection, members, member_id, rows)


def _fill_member(
    connection: sa.Connection, members: sa.TableClause, member_id: str, rows: list[dict[str, Any]]
) -> None:
    """Give a member what their endpoints say of them, of one page."""
    own = members.c.member_id == member_id
    known = connection.execute(sa.select(members.c.attributes).where(own)).scalar()
    attributes = json.loads(known or "{}")
    for row in rows:
        user = json.loads(row["content"]).get("User") or {}
        attributes |= {k: v for k, v in (user.get("UserAttributes") or {}).items() if v}
    values = {
        "attributes": json.dumps(
            attributes, ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ),
        "facts": _encoded(_attribute_facts("u", attributes)),
        "updated": max(row["updated"] for row in rows),
    }
    if known is not None:
        connection.execute(members.update().where(own), values)
        return
    created = min(row["created"] for row in rows)
    empty = dict.fromkeys(_TEXTS, "")
    row = {**empty, **values, "member_id": member_id, "created": created}
    connection.execute(members.insert(), row)


def _pages(connection: sa.Connection, endpoints: sa.TableClause) -> Iterator[list[dict[str, Any]]]:
    key = sa.tuple_(endpoints.c.app, endpoints.c.endpoint_id)
    query = sa.select(endpoints).order_by(endpoints.c.app, endpoints.c.endpoint_id).limit(_PAGE)
    after = ("", "")
    while page := [
        dict(row) for row in connection.execute(query.where(key > sa.tuple_(*after))).mappings()
    ]:
        yield page
        after = (page[-1]["app"], page[-1]["endpoint_id"])


def _searched(row: Mapping[str, Any]) -> dict[str, Any]:
    content = json.loads(row["content"])
    device, place = content.get("Demographic") or {}, content.get("Location") or {}
    facts = [
        *_attribute_facts("e", content.get("Attributes") or {}),
        *(f"m{k}\t{_number(v)}" for k, v in (content.get("Metrics") or {}).items()),
        *(
            f"d{k}\t{device[k]}"
            for k in ("AppVersion", "Make", "Model", "Platform")
            if device.get(k)
        ),
    ]
    if place.get("Country"):
        facts.append(f"lCountry\t{_country(place['Country'])}")
    x = y = z = None
    if None not in (place.get("Latitude"), place.get("Longitude")):
        phi, theta = math.radians(place["Latitude"]), math.radians(place["Longitude"])
        x, y, z = math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)
    return {
        "of_app": row["app"],
        "of_id": row["endpoint_id"],
        "status": content.get("EndpointStatus") or "",
        "facts": _encoded(facts),
        "x": x,
        "y": y,
        "z": z,
    }


def _country(text: str) -> str:
    from sizzle.outreach.segments.facts import comparable_country

    return comparable_country(text)


def _attribute_facts(kind: str, attributes: Mapping[str, list[str]]) -> Iterator[str]:
    for name, values in attributes.items():
        for value in values or ():
            yield f"{kind}{name}\t{value}"
            if _TIME.fullmatch(value):
                try:
                    time = datetime.fromisoformat(value)
                except ValueError:
                    continue
                time = time if time.tzinfo else time.replace(tzinfo=UTC)
                number = int((time - _EPOCH).total_seconds() * 1000) + 10**14
                yield f"{kind.upper()}{name}\t{number:015d}"


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][0-9:.]+(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII)


def _number(value: float) -> str:
    (bits,) = struct.unpack(">Q", struct.pack(">d", value + 0.0))
    return f"{bits ^ (1 << 63) if bits < 1 << 63 else bits ^ ((1 << 64) - 1):016x}"


def _encoded(facts: Iterable[str]) -> str:
    texts = (
        json.dumps(fact.replace("\0", ""), ensure_ascii=False)[1:-1] for fact in sorted(set(facts))
    )
    return "[" + ",".join('"' + text.replace('\\"', "\\u0022") + '"' for text in texts) + "]"
