"""Answers that are kept for requests that come again, where they speak of a member."""

from __future__ import annotations

import json
from typing import Final

from sqlalchemy import Connection, delete, select

from sizzle.database.service_tables import REQUESTS

_AT_ONCE: Final = 500


def forget_answers(connection: Connection, member_id: str) -> None:
    """Forget the answers in which a member's id stands, as it is or as JSON escapes it."""
    as_json = json.dumps(member_id)[1:-1].encode()
    wanted = {member_id.encode(), as_json}
    query = select(REQUESTS.c.name, REQUESTS.c.headers, REQUESTS.c.body)
    found = [
        name
        for name, headers, body in connection.execute(query.where(REQUESTS.c.body.is_not(None)))
        if any(text in body or text in headers.encode() for text in wanted)
    ]
    for first in range(0, len(found), _AT_ONCE):
        names = found[first : first + _AT_ONCE]
        connection.execute(delete(REQUESTS).where(REQUESTS.c.name.in_(names)))
