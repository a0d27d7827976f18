"""What journeys need of an installation: events, segments, and a journey that runs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from sqlalchemy import URL, select

from sizzle.database.journey_tables import JOURNEY_RUNS
from sizzle.database.send_tables import SENDS
from sizzle.eventlog.append import append
from sizzle.events import Event
from sizzle.outbox.journey_runs import run_of
from sizzle.outbox.journeys import Journeys
from sizzle.outbox.members import Members
from sizzle.outbox.promoted import PromotedThings
from sizzle.outbox.segments import Segments
from sizzle.outreach.journeys.model import Journey
from sizzle.outreach.journeys.run import Run
from sizzle.outreach.journeys.states import JourneyAction
from sizzle.outreach.members.profile import ProfileFields
from sizzle.outreach.segments.rule import Rule
from sizzle.outreach.vocabulary import Promoted, PromotedKind
from tests.made_once import made_once
from tests.outreach.journeys.sample_journeys import journey
from tests.sending.world import HASH, World


def three_members(folder: Path, factory: pytest.TempPathFactory) -> World:
    """An installation with three members, in a folder: a copy of one that is made once."""
    copied = copytree(made_once(factory, "journeys", _three_members), folder / "installation")
    return World.open(URL.create("sqlite", database=str(copied / "sizzle.db")), copied / "state")


def _three_members(folder: Path) -> Path:
    world = World.open(URL.create("sqlite", database=str(folder / "sizzle.db")), folder / "state")
    world.add_members(3)
    world.database.close()
    return folder


PRO = {"Dimensions": {"UserAttributes": {"plan": {"Values": ["pro"]}}}}


def start_journey(world: World, *steps: dict[str, Any], **fields: Any) -> Journey:  # noqa: ANN401
    """Create, approve and start a journey."""
    made = journey(*steps, **fields)
    PromotedThings(world.database).save(Promoted(PromotedKind.TITLE, "aurora"), world.now)
    journeys = Journeys(world.database)
    stored = journeys.save(made, "ada", world.now)
    journeys.approve(made.journey_id, stored.newest, "ben", world.now)
    journeys.act(made.journey_id, JourneyAction.START, world.now)
    return made


def happen(
    world: World,
    *member_ids: str,
    event_type: str = "signed_up",
    event_id: str = "1",
    age: int = 0,
    **attributes: str,
) -> None:
    """Have an event of each member come a second later, which happened `age` ms before."""
    world.clock.time += 1
    events = [
        Event(
            app="app", event_id=f"{event_type}-{event_id}", type=event_type, member_id=one,
            time=world.now - age, received=world.now, attributes=attributes,
        )
        for one in member_ids
    ]  # fmt: skip
    with world.database.writing() as connection:
        append(connection, events, str.encode)


def put_member(world: World, member_id: str, **attributes: str) -> None:
    """Have a member with these attributes."""
    fields = ProfileFields(attributes={name: [value] for name, value in attributes.items()})
    Members(world.database, HASH).replace(member_id, fields, world.now)


def put_segment(world: World, segment_id: str = "pros", rule: object = PRO) -> None:
    """Have a segment."""
    Segments(world.database).save(segment_id, Rule.read(rule), world.now, segment_id)


def runs(world: World) -> list[Run]:
    """All runs, in the order of their members."""
    query = select(JOURNEY_RUNS).order_by(JOURNEY_RUNS.c.member_id, JOURNEY_RUNS.c.entered)
    with world.database.reading() as connection:
        return [run_of(row) for row in connection.execute(query).mappings()]


def standing(world: World) -> Counter[str]:
    """How many runs stand at which step, or ended how."""
    return Counter(run.outcome or run.step for run in runs(world))


def planned(world: World) -> list[tuple[str, str]]:
    """The member and activity of each send, in their order."""
    query = select(SENDS.c.member_id, SENDS.c.activity_id)
    with world.database.reading() as connection:
        return sorted(map(tuple, connection.execute(query)))


def pass_days(world: World, days: float) -> None:
    """Let a worker work, then time go on, then a worker work again."""
    world.work()
    world.clock.time += days * 24 * 3600
    world.work()
