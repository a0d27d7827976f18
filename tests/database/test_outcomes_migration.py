"""Activities from before there were reports know what they promote."""

from __future__ import annotations

from alembic import command
from sqlalchemy import URL, text

from sizzle.database import Database
from sizzle.database.upgrading import config_of


def test_activities_of_campaigns_are_given_their_titles(url: URL) -> None:
    """Of those that promote a title; of an asset, or of what cannot be read, none."""
    database = Database(url)
    contents = {
        "title": '{"kind":"title","promoted_id":"t-1"}',
        "asset": '{"kind":"asset","promoted_id":"a-1"}',
        "broken": "{",
    }
    with database.writing() as connection:
        command.upgrade(config_of(connection), "v0008")
        for campaign_id, content in contents.items():
            values = {"id": campaign_id, "content": content}
            connection.execute(
                text(
                    "INSERT INTO campaigns (campaign_id, state, content, created, created_by, "
                    "updated) VALUES (:id, 'running', :content, 1, 'ada', 1)"
                ),
                values,
            )
            connection.execute(
                text("INSERT INTO activities VALUES (:id || '.all', :id, 'all')"), values
            )
    assert database.upgrade()
    with database.reading() as connection:
        rows = connection.execute(text("SELECT campaign_id, titles, source FROM activities")).all()
    assert {row[0]: row[1] for row in rows} == {"title": '["t-1"]', "asset": "[]", "broken": "[]"}
    assert {row[2] for row in rows} == {"campaign"}
    database.close()
