"""The report of a journey: its sends by their steps, and its lift against those held out of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sizzle.eventlog.append import append
from sizzle.events import Event
from sizzle.outbox.outreach_exports import export_csv
from sizzle.outbox.outreach_reports import OutreachReports
from tests.databases import new_database
from tests.outreach.journeys.sample_journeys import send
from tests.sending.journey_world import happen, start_journey
from tests.sending.world import World


@pytest.fixture
def world(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An installation with 60 members."""
    found = World.open(new_database("sqlite", tmp_path, tmp_path_factory), tmp_path / "state")
    found.add_members(60)
    yield found
    found.database.close()


def test_a_journey_is_reported_like_a_campaign(world: World) -> None:
    """With what became of its sends, by their runs, and members as assigned."""
    ids = [f"m-{n:04}" for n in range(60)]
    made = start_journey(world, send(), holdout=0.5)
    happen(world, *ids)
    world.work()
    reports = OutreachReports(world.database)
    found = reports.of(made.journey_id, world.now)
    assert (found.source, found.state) == ("journey", "running")
    assert (found.targeted, found.total.sent) == (60, 60 - found.held_out)
    assert found.sample_ratio is not None
    assert not found.sample_ratio.broken
    sent = world.sends.page(made.journey_id, limit=100)
    opened = [
        Event(
            app="app", event_id=f"open-{each.send_id}", type="_journey.opened_notification",
            member_id=each.member_id, endpoint_id=each.endpoint_id, time=world.now + 1,
            received=world.now + 1, attributes={
                "journey_id": made.journey_id, "journey_activity_id": each.activity_id,
                "journey_run_id": each.run_id,
            },
        )
        for each in sent
    ]  # fmt: skip
    played = [
        Event(
            event_id="p", type="title_played", member_id=each.member_id, time=world.now + 2,
            received=world.now + 2, attributes={"title_id": "aurora"}, metrics={"seconds": 90.0},
        )
        for each in sent
    ]  # fmt: skip
    with world.database.writing() as connection:
        append(connection, [*opened, *played], str.encode)
    found = reports.of(made.journey_id, world.now + 3)
    assert found.total.opened_by_people == found.total.started_by_view == len(sent)
    plays = found.lift[0]
    assert (plays.value, plays.baseline) == (1.0, 0.0)
    assert plays.decided == "more"
    assert [row.name for row in found.treatments] == [sent[0].activity_id.partition(".")[2]]
    assert len(list(export_csv(world.database, made.journey_id, "sends"))) == len(sent) + 1
    assert len(list(export_csv(world.database, made.journey_id, "members"))) == 61
