"""Endpoints from before there were members are searched as if they had been written since."""

from __future__ import annotations

from alembic import command
from sqlalchemy import URL, bindparam, text

from sizzle.database import Database
from sizzle.database.upgrading import config_of
from sizzle.events.event import canonical
from sizzle.outbox import EndpointFields
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.members import Members

FIELDS = {
    "Address": "token",
    "Attributes": {'say "hi"\\': ["\\", '"', "2026-01-02T03:04:05Z"], "none": []},
    "Demographic": {"AppVersion": "1.2", "Platform": "ios", "Locale": "fr"},
    "EndpointStatus": "ACTIVE",
    "Location": {"Country": "FRA", "Latitude": 48.5, "Longitude": 2.0},
    "Metrics": {"depth": -1.5, "zero": -0.0},
    "User": {"UserId": "ada", "UserAttributes": {"joined": ["2020-05-05", "soon"]}},
}


def test_what_segments_ask_about_is_filled_in(url: URL) -> None:
    """For endpoints and their members alike, as the program itself writes it."""
    database = Database(url)
    with database.writing() as connection:
        command.upgrade(config_of(connection), "v0006")
        insert = text(
            "INSERT INTO endpoints (app, endpoint_id, member_id, channel, address, opt_out, "
            "content, created, updated) VALUES ('app', :id, :member, '', '', '', :content, 3, 4)"
        ).bindparams(bindparam("content"))
        connection.execute(insert, {"id": "e1", "member": "ada", "content": canonical(FIELDS)})
        more = {"User": {"UserId": "ada", "UserAttributes": {"role": ["boss"]}}}
        connection.execute(insert, {"id": "e2", "member": "ada", "content": canonical(more)})
        connection.execute(insert, {"id": "e3", "member": "", "content": "{}"})
    assert database.upgrade()
    expected = EndpointFields.read(FIELDS).searched()
    with database.reading() as connection:
        query = text("SELECT facts, x, y, z, status FROM endpoints ORDER BY endpoint_id")
        first, second, third = connection.execute(query).all()
        assert tuple(first) == (*expected.values(), "ACTIVE")
        assert tuple(second) == tuple(third) == ("[]", None, None, None, "")
        facts = connection.execute(text("SELECT facts FROM members")).scalar_one()
    ada = Members(database, AddressHash(b"k")).find("ada")
    assert ada is not None
    assert ada.fields.attributes == {"joined": ["2020-05-05", "soon"], "role": ["boss"]}
    assert (ada.created, ada.updated) == (3, 4)
    assert facts == (
        '["Ujoined\\t101588636800000","ujoined\\t2020-05-05","ujoined\\tsoon","urole\\tboss"]'
    )
    database.close()
