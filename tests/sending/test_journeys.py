"""Members go through journeys: each entry once, each message once, whatever happens meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import URL, event, insert, update

from sizzle.database import Database
from sizzle.database.journey_tables import JOURNEY_RUNS, JOURNEY_VERSIONS
from sizzle.outbox.journey_runs import run_page
from sizzle.outbox.journeys import Journeys
from sizzle.outbox.members import Members
from sizzle.outreach.campaign import Action
from sizzle.outreach.content.messages import Handover, Outcome
from sizzle.outreach.journeys.durations import DAY, MINUTE
from sizzle.outreach.journeys.states import JourneyAction, JourneyState, JourneyStateError
from sizzle.outreach.timing import FrequencyCap, GatePolicy, QuietHours
from sizzle.outreach.vocabulary import MessageClass, SendState
from sizzle.sending.journeys import LATE
from tests.outreach.journeys.sample_journeys import journey, send
from tests.sending.journey_world import (
    happen,
    pass_days,
    planned,
    put_member,
    put_segment,
    runs,
    standing,
    start_journey,
    three_members,
)
from tests.sending.world import HASH, World

WAIT = {"id": "pause", "type": "wait", "for": "3 days", "next": "second"}
TWO = (send(next="pause"), WAIT, send("second"))
HOURS = 3600


@pytest.fixture
def world(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An installation with three members."""
    found = three_members(tmp_path, tmp_path_factory)
    yield found
    found.database.close()


@pytest.fixture
def world_of_each(url: URL, tmp_path: Path) -> Iterator[World]:
    """The same, on a database of each kind."""
    found = World.open(url, tmp_path / "state")
    found.add_members(3)
    yield found
    found.database.close()


def test_an_event_lets_members_enter_and_they_get_each_message_once(world_of_each: World) -> None:
    """Also where the event comes twice: by its id, or as another of its kind."""
    world = world_of_each
    happen(world, "m-0000", event_id="before")
    start_journey(world, *TWO)
    happen(world, "m-0001", "m-0002", "m-0001")
    world.work()
    happen(world, "m-0001", event_id="again")
    world.work()
    assert Counter(world.transport.taken) == {"m-0001@example.com": 1, "m-0002@example.com": 1}
    assert standing(world) == {"pause": 2}
    assert world.work().next_due == world.now - 1000 + 3 * DAY
    pass_days(world, 3)
    assert standing(world) == {"completed": 2}
    assert Counter(world.transport.taken) == {"m-0001@example.com": 2, "m-0002@example.com": 2}
    (first, *_) = runs(world)
    sent = world.sends.page("welcome", member_id="m-0001")
    assert {one.activity_id for one in sent} == {"welcome.hello", "welcome.second"}
    assert {(one.run_id, one.journey_version) for one in sent} == {(first.run_id, 1)}


def test_another_entry_is_another_run_with_messages_of_its_own(world: World) -> None:
    """Where the journey lets members enter again: after their run, and after some time."""
    start_journey(world, send(), reenter_after="7 days")
    happen(world, "m-0001")
    pass_days(world, 6)
    happen(world, "m-0001", event_id="too soon")
    pass_days(world, 2)
    happen(world, "m-0001", event_id="late enough")
    world.work()
    assert len(runs(world)) == len(world.transport.taken) == 2
    happen(world, "m-0000", event_id="old", age=2 * DAY)
    world.work()
    assert len(runs(world)) == 2


def test_the_goal_ends_a_run_at_once_and_skips_what_is_held(world: World) -> None:
    """The message waits for quiet hours to end; the member plays the title before."""
    world.clock.time += 10 * HOURS  # 22:00
    world.policy = GatePolicy(quiet={MessageClass.MARKETING: QuietHours.parse("21:00-08:00")})
    start_journey(world, *TWO)
    happen(world, "m-0001", "m-0002")
    world.work()
    assert world.states() == {"held: quiet hours": 2}
    happen(world, "m-0001", event_type="title_played", title_id="aurora", seconds="9")
    world.work()
    assert standing(world) == {"converted": 1, "pause": 1}
    assert world.states() == {"held: quiet hours": 1, "skipped: converted": 1}
    pass_days(world, 0.5)
    assert world.transport.taken == ["m-0002@example.com"]


def test_a_wait_for_an_event_ends_as_it_comes_also_by_an_endpoint(world: World) -> None:
    """And what came too late, when the run had gone on, changes nothing."""
    wait = {
        "id": "w", "type": "wait_for_event", "event": {"type": "_email.click"},
        "limit": "2 days", "next": "clicked", "otherwise": "not",
    }  # fmt: skip
    start_journey(world, send(next="w"), wait, send("clicked"), send("not"))
    happen(world, "m-0000", "m-0001")
    world.work()
    world.clock.time += HOURS
    happen(world, "m-0000", event_type="_email.click")
    world.work()
    assert ("m-0000", "welcome.clicked") in planned(world)
    pass_days(world, 2)
    happen(world, "m-0001", event_type="_email.click", age=DAY)
    world.work()
    assert planned(world) == [
        ("m-0000", "welcome.clicked"), ("m-0000", "welcome.hello"),
        ("m-0001", "welcome.hello"), ("m-0001", "welcome.not"),
    ]  # fmt: skip


def test_who_unsubscribes_leaves_by_any_path(world: World) -> None:
    """The gate stops what is planned, and the run ends once the event has come."""
    start_journey(world, *TWO)
    happen(world, "m-0000", "m-0001", "m-0002")
    world.work()
    world.opt_out("m-0001@example.com", "marketing")
    happen(world, "m-0001", event_type="_email.unsubscribe")
    world.opt_out("m-0002@example.com")
    pass_days(world, 3)
    assert standing(world) == {"completed": 1, "unsubscribed": 2}
    assert Counter(world.transport.taken)["m-0001@example.com"] == 1


def test_entering_a_segment_starts_a_run_and_leaving_it_ends_one(world_of_each: World) -> None:
    """Who is in it when the journey starts has not entered it; who leaves may enter again."""
    world = world_of_each
    put_segment(world)
    put_member(world, "m-0000", plan="pro")
    put_member(world, "m-0001", plan="free")
    trigger = {"on": "segment", "segment_id": "pros", "every": "1 hour"}
    start_journey(world, *TWO, trigger=trigger, segment_id="pros", reenter_after="1 day")
    world.work()
    assert not runs(world)
    put_member(world, "m-0001", plan="pro")
    world.work()
    assert not runs(world)  # it is looked at once an hour
    world.clock.time += HOURS
    world.work()
    assert standing(world) == {"pause": 1}
    put_member(world, "m-0001", plan="free")
    pass_days(world, 3)
    assert standing(world) == {"left the segment": 1}
    put_member(world, "m-0001", plan="pro")
    world.clock.time += HOURS
    world.work()
    assert standing(world) == {"left the segment": 1, "pause": 1}


def test_those_who_are_in_a_segment_already_are_taken_where_the_journey_says_so(
    world: World,
) -> None:
    """And a version with another segment lets nobody enter who is in that one already."""
    put_segment(world)
    put_segment(world, "all", {"Dimensions": {}})
    put_member(world, "m-0000", plan="pro")
    put_member(world, "m-0001", plan="free")
    trigger = {"on": "segment", "segment_id": "pros", "existing": True}
    start_journey(world, *TWO, trigger=trigger)
    world.work()
    assert [run.member_id for run in runs(world)] == ["m-0000"]
    journeys = Journeys(world.database)
    other = {"on": "segment", "segment_id": "all"}
    stored = journeys.save(journey(*TWO, trigger=other), "ada", world.now)
    journeys.approve("welcome", stored.newest, "ben", world.now)
    pass_days(world, 0.1)
    put_member(world, "m-0009", plan="free")
    pass_days(world, 0.1)
    assert [(run.member_id, run.version) for run in runs(world)] == [("m-0000", 1), ("m-0009", 2)]


def test_a_schedule_lets_a_segment_enter_at_its_times(world: World) -> None:
    """Once at each, also where a worker comes late; members enter again as the journey says."""
    put_segment(world)
    put_member(world, "m-0000", plan="pro")
    put_member(world, "m-0001", plan="pro")
    trigger = {
        "on": "schedule", "segment_id": "pros", "first": "2026-06-01T09:00", "every": "day",
    }  # fmt: skip
    start_journey(world, send(), trigger=trigger, reenter_after="12 hours")
    world.work()
    assert not runs(world)
    pass_days(world, 1)
    world.work()
    assert len(runs(world)) == 2
    pass_days(world, 1)
    assert len(runs(world)) == len(set(planned(world))) * 2 == 4


def test_quiet_hours_caps_and_holdouts_hold_for_journeys_too(world: World) -> None:
    """By the gate that every message passes; who is held out enters, and gets nothing."""
    world.policy = GatePolicy(caps={MessageClass.MARKETING: FrequencyCap(per_day=1)})
    start_journey(world, send(next="b"), send("b"), goal=None)
    happen(world, "m-0000")
    world.work()
    assert world.states() == {"handed over": 1, "held: frequency cap": 1}
    world.holdout = 1.0
    happen(world, "m-0001")
    world.work()
    assert standing(world) == {"completed": 1, "held out": 1}
    assert len(world.transport.taken) == 1


def test_a_share_is_held_out_of_a_journey_before_anything_is_sent(world: World) -> None:
    """They have a run that ended, so that they can be compared with the others."""
    members = [f"x-{n:04}" for n in range(60)]
    for one in members:
        world.put_endpoint(one, Address=f"{one}@example.com")
    start_journey(world, send(), holdout=0.5)
    happen(world, *members)
    world.work()
    counts = standing(world)
    assert 15 < counts["held out"] < 45
    assert len(world.transport.taken) == counts["completed"] == 60 - counts["held out"]


def test_a_changed_journey_is_another_version_and_runs_end_on_theirs(world: World) -> None:
    """While 10,000 runs wait: those who enter from now on get the new one."""
    start_journey(world, *TWO)
    with world.database.writing() as connection:
        rows = [
            {
                "run_id": f"r{n}", "journey_id": "welcome", "version": 1, "member_id": f"x{n}",
                "entry": "e", "entered": world.now, "step": "pause", "since": world.now,
                "due": world.now + 3 * DAY, "updated": world.now,
            }
            for n in range(10_000)
        ]  # fmt: skip
        connection.execute(insert(JOURNEY_RUNS), rows)
    happen(world, "m-0000")
    world.work()
    journeys = Journeys(world.database)
    changed = journey(send(next="pause"), {**WAIT, "next": "other"}, send("other"))
    assert journeys.save(changed, "ada", world.now, base=1).newest == 2
    happen(world, "m-0001")
    world.work()
    journeys.approve("welcome", 2, "ben", world.now)
    happen(world, "m-0002")
    world.work()
    assert [run.version for run in runs(world) if run.member_id >= "m"][:3] == [1, 1, 2]
    with world.database.writing() as connection:
        some = JOURNEY_RUNS.c.member_id >= "x11"
        connection.execute(update(JOURNEY_RUNS).where(some).values(outcome="completed"))
    pass_days(world, 3)
    world.work()
    assert [one for one in planned(world) if "hello" not in one[1]] == [
        ("m-0000", "welcome.second"), ("m-0001", "welcome.second"), ("m-0002", "welcome.other"),
    ]  # fmt: skip
    counts = {(one.version, one.step, one.outcome): one.runs for one in journeys.counts("welcome")}
    assert counts[1, "second", "completed"] > 100
    assert counts[2, "other", "completed"] == 1


def test_what_was_changed_in_the_database_is_not_sent(world: World) -> None:
    """A version whose content is not what was approved pauses the journey."""
    start_journey(world, *TWO)
    happen(world, "m-0000")
    other = journey(send(promoted_id="other", next="pause"), WAIT, send("second")).content
    with world.database.writing() as connection:
        connection.execute(update(JOURNEY_VERSIONS).values(content=other))
    world.work()
    assert not world.transport.taken
    assert not runs(world)  # nobody enters what is not approved


def test_runs_of_a_version_that_was_changed_pause_the_journey(world: World) -> None:
    """They stay where they are."""
    start_journey(world, *TWO)
    happen(world, "m-0000")
    world.work()
    with world.database.writing() as connection:
        connection.execute(update(JOURNEY_VERSIONS).values(content="{}"))
    pass_days(world, 3)
    stored = Journeys(world.database).get("welcome")
    assert (stored.state, stored.reason) == (JourneyState.PAUSED, "content not approved")
    assert standing(world) == {"pause": 1}


def test_a_paused_journey_goes_on_where_it_was_and_a_closed_one_ends_for_all(
    world_of_each: World,
) -> None:
    """What waits to be tried again is skipped too, and nothing starts a closed one."""
    world = world_of_each
    journeys = Journeys(world.database)
    start_journey(world, *TWO)
    happen(world, "m-0000", "m-0001")
    world.work()
    journeys.act("welcome", JourneyAction.PAUSE, world.now)
    happen(world, "m-0002")
    pass_days(world, 3)
    assert standing(world) == {"pause": 2}
    journeys.act("welcome", JourneyAction.RESUME, world.now)
    world.transport.answer = lambda _: Outcome(Handover.TEMPORARY, "busy")
    world.work()
    assert standing(world) == {"completed": 2}
    journeys.act("welcome", JourneyAction.CLOSE, world.now)
    world.transport.answer = lambda _: Outcome(Handover.HANDED_OVER)
    pass_days(world, 1)
    assert world.states() == {"handed over": 2, "skipped: journey closed": 2}
    with pytest.raises(JourneyStateError):
        journeys.act("welcome", JourneyAction.RESUME, world.now)
    with pytest.raises(JourneyStateError):
        journeys.save(journey(send("new")), "ada", world.now)


def test_a_clock_that_jumps_makes_a_person_decide(world: World) -> None:
    """A year ahead, nothing goes out; put back, runs go on by the right clock."""
    start_journey(world, *TWO)
    happen(world, "m-0000", "m-0001")
    world.work()
    sent = len(world.transport.taken)
    world.clock.time += 365 * 24 * HOURS
    world.work()
    stored = Journeys(world.database).get("welcome")
    assert (stored.state, stored.reason) == (JourneyState.PAUSED, LATE)
    assert len(world.transport.taken) == sent
    world.clock.time -= 365 * 24 * HOURS
    Journeys(world.database).act("welcome", JourneyAction.RESUME, world.now)
    pass_days(world, 2.9)
    assert standing(world) == {"pause": 2}
    pass_days(world, 0.2)
    assert standing(world) == {"completed": 2}


def test_runs_that_a_wrong_clock_began_go_on_by_the_right_one(world: World) -> None:
    """The clock was a month ahead for an hour, in which members entered."""
    start_journey(world, *TWO)
    world.clock.time += 30 * 24 * HOURS
    happen(world, "m-0000")
    world.work()
    world.clock.time -= 30 * 24 * HOURS - 10 * MINUTE
    world.clock.time = world.start_time + HOURS
    pass_days(world, 3)
    pass_days(world, 1)
    assert standing(world) == {"completed": 1}


def test_a_member_who_is_erased_while_waiting_gets_nothing_more(world_of_each: World) -> None:
    """Neither a run nor a send is left, and what the run would have planned is not planned."""
    world = world_of_each
    put_segment(world)
    put_member(world, "m-0001", plan="pro")
    start_journey(world, *TWO, trigger={"on": "segment", "segment_id": "pros", "existing": True})
    world.work()
    assert len(runs(world)) == 1
    erased = Members(world.database, HASH).erase("m-0001", world.now)
    assert (erased.runs, erased.sends) == (1, 1)
    pass_days(world, 3)
    assert not runs(world)
    assert not planned(world)


def test_a_message_that_a_dead_worker_held_is_not_sent_after_the_goal(world: World) -> None:
    """It was claimed, and is planned again by another worker: the gate asks for the run."""
    start_journey(world, send(next="pause"), WAIT, send("second"))
    happen(world, "m-0000")
    world.journey_work().work(world.now)
    happen(world, "m-0000", event_type="title_played", title_id="aurora", seconds="9")
    world.journey_work().work(world.now)
    with world.database.writing() as connection:
        connection.exec_driver_sql("UPDATE sends SET state = 'planned'")
    world.work()
    assert world.states() == {"skipped: converted": 1}


def test_several_workers_share_the_runs(world_of_each: World) -> None:
    """At once, on one database: each run goes on by one of them, and nobody waits for another."""
    world = world_of_each
    start_journey(world, *TWO)
    members = [f"m-{number:04}" for number in range(3)] + [f"y-{n}" for n in range(60)]
    happen(world, *members)

    def work(_: int) -> None:
        while world.journey_work().work(world.now):
            pass

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    work(0)
    assert standing(world) == {"pause": 63}
    assert planned(world) == [(one, "welcome.hello") for one in members[:3]]


def test_a_campaign_and_a_journey_cannot_have_one_id(world: World) -> None:
    """By it, messages are attributed."""
    start_journey(world)
    with pytest.raises(Exception, match="There is a journey of this id"):
        world.create("welcome")
    world.start("spring")
    with pytest.raises(JourneyStateError, match="There is a campaign of this id"):
        Journeys(world.database).save(journey(journey_id="spring"), "ada", world.now)
    world.campaigns.act("spring", Action.STOP, "ada", world.now)


def test_a_look_at_many_waiting_runs_reads_only_those_that_are_due(world: World) -> None:
    """By the index: the database plans to search by it, and no look scans the table."""
    start_journey(world, *TWO)
    happen(world, "m-0000")
    world.work()
    world.clock.time += 3 * 24 * HOURS
    statements: list[str] = []
    engine = world.database._engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if "journey_runs" in statement and "INSERT" not in statement:
            statements.append(statement)

    world.journey_work().work(world.now)
    event.remove(engine, "before_cursor_execute", note)
    assert statements
    for statement in statements:
        plan = _plan(world.database, statement)
        assert "SCAN" not in plan, (statement, plan)


@pytest.mark.parametrize(
    ("step", "index"), [(None, "journey_runs_by_journey"), ("pause", "journey_runs_at_step")]
)
def test_a_page_of_runs_reads_no_others(world: World, step: str | None, index: str) -> None:
    """Of a journey with few among many, and at a step where few stand: by an index of its own."""
    statements: list[str] = []
    engine = world.database._engine

    @event.listens_for(engine, "before_cursor_execute")
    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        statements.append(statement)

    with world.database.reading() as connection:
        run_page(connection, "welcome", "", 50, step)
    event.remove(engine, "before_cursor_execute", note)
    plan = _plan(world.database, statements[-1])
    assert f"SEARCH journey_runs USING INDEX {index}" in plan


def _plan(database: Database, statement: str) -> str:
    with database.reading() as connection:
        count = statement.count("?")
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ("",) * count)
        return " ".join(str(row[-1]) for row in rows if "journey_runs" in str(row[-1]))


def test_sends_of_journeys_are_settled_as_those_of_campaigns(world: World) -> None:
    """What is unknown of a worker that died is listed, and stays counted for caps."""
    start_journey(world)
    happen(world, "m-0000")
    world.transport.answer = lambda _: Outcome(Handover.UNKNOWN, "it is not known")
    world.work()
    (sent,) = world.sends.unknown()
    assert sent.campaign_id == "welcome"
    assert sent.counted == world.now
    assert world.sends.settle({sent.send_id: (SendState.PLANNED, "")}, world.now) == 1
    world.transport.answer = lambda _: Outcome(Handover.HANDED_OVER)
    world.work()
    assert world.transport.taken == ["m-0000@example.com"]
