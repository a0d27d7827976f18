"""What became of sends and of those who were assigned is kept, once, and its sums add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import URL, select

from sizzle.database.outcome_tables import ASSIGNMENTS, SEND_OUTCOMES
from sizzle.eventlog import EventLog
from sizzle.events import Event
from sizzle.experiments import HOLDOUT
from sizzle.outbox import outcome_follower
from sizzle.outbox.experiments import enrol
from sizzle.outbox.members import Members
from sizzle.outbox.outcome_follower import OutcomeFollower
from sizzle.outbox.promoted import PromotedThings
from sizzle.outbox.sends import Send
from sizzle.outreach.campaign import Measurement, Treatment
from sizzle.outreach.results.experiment import (
    DAY,
    EVERYBODY,
    HELD_OUT_OF_ALL,
    DaySums,
    Experiment,
    is_held_out_of_all,
)
from sizzle.outreach.results.outcome import Became
from sizzle.outreach.vocabulary import Promoted, PromotedKind
from sizzle.sending.planner import Planner
from tests.databases import new_database
from tests.outbox.recounted import counted_sums, counted_totals, kept_sums, kept_totals
from tests.sending.world import HASH, World

HOUR = 3_600_000


@dataclass
class Story:
    """An installation, and events that come in."""

    world: World
    log: EventLog
    count: int = 0
    events: list[Event] = field(default_factory=list)

    def tell(
        self, send: Send, type_: str, after: int = HOUR, metrics: dict[str, float] | None = None,
        **attributes: str,
    ) -> None:  # fmt: skip
        """Something happens to a send."""
        campaign = {"campaign_id": send.campaign_id, "campaign_activity_id": send.activity_id}
        given = {**campaign, **attributes} if type_.startswith("_") else attributes
        self._append(send.member_id, type_, self.world.now + after, metrics, given, send)

    def play(
        self, member_id: str, seconds: float, after: int, title: str = "aurora", **attributes: str
    ) -> None:
        """A member watches a title."""
        given = {"title_id": title, **attributes}
        time = self.world.now + after
        self._append(member_id, "title_played", time, {"seconds": seconds}, given)

    def _append(
        self, member_id: str, type_: str, time: int, metrics: dict[str, float] | None,
        attributes: dict[str, str], send: Send | None = None,
    ) -> None:  # fmt: skip
        self.count += 1
        self.events.append(
            Event(
                app="app",
                event_id=str(self.count),
                type=type_,
                member_id=member_id,
                endpoint_id=send.endpoint_id if send and type_.startswith("_") else "",
                reel_id=send.reel_id if send and type_.startswith("reel") else "",
                time=time,
                received=time,
                attributes=attributes,
                metrics=metrics or {},
            )
        )

    def follow(self) -> None:
        """Take account of all that has happened."""
        self.log.append(self.events)
        self.events.clear()
        OutcomeFollower(self.world.database).catch_up()

    def sends(self, campaign_id: str = "c-1") -> dict[str, Send]:
        """Those of a campaign, by member."""
        return {send.member_id: send for send in self.world.sends.page(campaign_id, limit=1000)}

    def became(self) -> dict[str, Became]:
        """What became of each send, by member and campaign where there are several."""
        query = select(SEND_OUTCOMES.c.member_id, SEND_OUTCOMES.c.bits)
        with self.world.database.reading() as connection:
            return {row[0]: Became(row[1]) for row in connection.execute(query).all()}

    def treatments(self, experiment_id: str = "campaign:c-1") -> dict[str, str]:
        """The treatment of each member of an experiment."""
        query = select(ASSIGNMENTS.c.member_id, ASSIGNMENTS.c.treatment)
        query = query.where(ASSIGNMENTS.c.experiment_id == experiment_id)
        with self.world.database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def check_sums(self) -> None:
        """The sums are those of the rows."""
        assert kept_totals(self.world.database) == counted_totals(self.world.database)
        assert kept_sums(self.world.database) == counted_sums(self.world.database)


@pytest.fixture
def story(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """An installation without members, in a file of SQLite."""
    yield from _story(new_database("sqlite", tmp_path, tmp_path_factory), tmp_path)


@pytest.fixture
def story_of_each(url: URL, tmp_path: Path) -> Iterator[Story]:
    """The same, on a database of each kind."""
    yield from _story(url, tmp_path)


def _story(url: URL, tmp_path: Path) -> Iterator[Story]:
    world = World.open(url, tmp_path / "state")
    log = EventLog(world.database, b"m" * 32)
    yield Story(world, log)
    log.close()


def test_members_are_assigned_before_anything_is_looked_at(story: Story) -> None:
    """Also those who can be sent nothing; the held out get nothing; planning again changes none."""
    world = story.world
    ids = world.add_members(60)
    world.delete_endpoint(ids[0])
    campaign = world.start(holdout=0.3, treatments=(Treatment(name="a"), Treatment(name="b")))
    world.work()
    treatments = story.treatments()
    assert treatments == {one: campaign.assigned(one) for one in ids}
    held_out = {one for one, name in treatments.items() if name == HOLDOUT}
    assert 5 < len(held_out) < 35
    assert set(story.sends()) == set(ids) - held_out - {ids[0]}
    assert all(send.activity_id == f"c-1.{treatments[one]}" for one, send in story.sends().items())
    story.check_sums()


def test_some_members_are_held_out_of_everything(story: Story) -> None:
    """The same ones for each campaign; the quarter's experiment has them and all others."""
    world = story.world
    ids = world.add_members(40)
    held_out = {one for one in ids if is_held_out_of_all(one, 0.25)}
    assert 2 < len(held_out) < 20
    for name in ("c-1", "c-2"):
        world.start(name)
        while Planner(world.database, 0.25).plan(world.now):
            pass
        assert set(story.sends(name)) == set(ids) - held_out
        found = story.treatments(f"campaign:{name}")
        assert {one for one in ids if found[one] == HELD_OUT_OF_ALL} == held_out
    shared = story.treatments("all:2026-Q2")
    assert shared == {one: HOLDOUT if one in held_out else EVERYBODY for one in ids}
    story.check_sums()
    assert not is_held_out_of_all(ids[0], 0.0)


def test_events_become_what_became_of_sends(story_of_each: Story) -> None:
    """By people and by programs apart; a play by exact ids, by the last click, by the last opening.

    Following again, or by another process, changes nothing.
    """
    story, world = story_of_each, story_of_each.world
    ids = world.add_members(6)
    world.start()
    world.work()
    sends = story.sends()
    named, clicked, opened, scanned, reel, other = (sends[one] for one in ids)
    story.tell(named, "_email.delivered")
    story.play(ids[0], 70, 2 * HOUR, send_id=named.send_id)
    story.tell(clicked, "_email.open", label="human")
    story.tell(clicked, "_email.click", label="human")
    story.play(ids[1], 40, 2 * HOUR)
    story.play(ids[1], 20, 3 * HOUR)
    story.tell(opened, "_email.open", label="human")
    story.play(ids[2], 60, 20 * HOUR)
    story.tell(scanned, "_email.open", label="proxy")
    story.tell(scanned, "_email.click", label="scanner")
    story.tell(scanned, "_email.unsubscribe", label="scanner")
    story.play(ids[3], 600, 2 * HOUR)
    story.tell(reel, "reel_progress", metrics={"cut": 1.0, "frames": 80.0, "seconds": 3.2})
    story.tell(reel, "_email.unsubscribe", label="human")
    story.tell(other, "_email.hardbounce")
    story.play(ids[5], 90, 2 * HOUR, title="borealis")
    for _ in range(2):
        story.follow()
        found = story.became()
        assert found[ids[0]] == Became.DELIVERED | Became.STARTED_EXACT
        by_person = Became.OPENED_BY_PERSON | Became.OPENED | Became.DELIVERED
        clicks = Became.CLICKED | Became.CLICKED_BY_PERSON
        assert found[ids[1]] == by_person | clicks | Became.STARTED_CLICK
        assert found[ids[2]] == by_person | Became.STARTED_VIEW
        assert found[ids[3]] == Became.OPENED | Became.CLICKED | Became.DELIVERED
        assert found[ids[4]] == Became.REEL_PLAYED | Became.UNSUBSCRIBED
        assert found[ids[5]] == Became.HARD_BOUNCED
        story.check_sums()


def test_a_play_is_put_down_to_one_send(story: Story) -> None:
    """Two campaigns promote the same: the last click has it, also where that is known later."""
    world = story.world
    (one,) = world.add_members(1)
    for name in ("c-1", "c-2"):
        world.start(name)
    world.work()
    first, second = story.sends("c-1")[one], story.sends("c-2")[one]
    story.tell(first, "_email.click", after=HOUR, label="human")
    story.play(one, 100, 3 * HOUR)
    story.follow()
    with_credit = select(SEND_OUTCOMES.c.send_id).where(SEND_OUTCOMES.c.bits >= 8192)
    with world.database.reading() as connection:
        assert connection.execute(with_credit).scalars().all() == [first.send_id]
    story.tell(second, "_email.click", after=2 * HOUR, label="human")
    story.follow()
    with world.database.reading() as connection:
        assert connection.execute(with_credit).scalars().all() == [second.send_id]
    story.check_sums()


def test_of_an_asset_the_titles_count_that_are_in_it(story: Story) -> None:
    """Neither the send nor the lift is credited with another title; without a list, any counts."""
    world, asset = story.world, PromotedKind.ASSET
    one, other = world.add_members(2)
    things = PromotedThings(world.database)
    things.save(Promoted(asset, "trailer", title_ids=frozenset({"harbor", "kestrel"})), 1)
    things.save(Promoted(asset, "anything"), 1)
    for name in ("trailer", "anything"):
        world.start(name, kind=asset, promoted_id=name, holdout=0.0)
    world.work()
    for name in ("trailer", "anything"):
        for send in story.sends(name).values():
            story.tell(send, "_email.click", after=HOUR, label="human")
    story.play(one, 100, 2 * HOUR, "harbor")
    story.play(other, 100, 2 * HOUR, "aurora")
    story.follow()
    credited = select(SEND_OUTCOMES.c.activity_id, SEND_OUTCOMES.c.member_id)
    watched = select(ASSIGNMENTS.c.experiment_id, ASSIGNMENTS.c.member_id)
    with world.database.reading() as connection:
        clicked = SEND_OUTCOMES.c.bits.op("&")(int(Became.STARTED_CLICK)) != 0
        sends = set(map(tuple, connection.execute(credited.where(clicked))))
        lift = set(map(tuple, connection.execute(watched.where(ASSIGNMENTS.c.seconds > 0))))
    assert {member for activity, member in sends if activity == "trailer.all"} <= {one}
    assert other in {member for activity, member in sends if activity == "anything.all"}
    assert lift == {
        ("campaign:trailer", one),
        ("campaign:anything", one),
        ("campaign:anything", other),
    }
    story.check_sums()


def test_an_event_of_another_endpoint_is_of_no_send(story: Story) -> None:
    """Neither an id that a client made up, nor a play long after."""
    world = story.world
    one, other = world.add_members(2)
    world.start()
    world.work()
    sends = story.sends()
    story.tell(sends[one], "_email.open", send_id=sends[other].send_id)
    story.play(one, 100, 61 * DAY)
    story.play(other, 1e300, -2 * DAY)
    story.follow()
    assert story.became() == {one: Became.OPENED | Became.OPENED_BY_PERSON | Became.DELIVERED}


def test_what_members_watch_counts_from_their_assignment_to_the_end(story: Story) -> None:
    """Whatever was sent to them; each up to the most; of the title, and of all."""
    world = story.world
    ids = world.add_members(20)
    world.start(holdout=0.5, measurement=Measurement(days=10, most_minutes=10))
    world.plan()
    treatments = story.treatments()
    held_out = next(one for one in ids if treatments[one] == HOLDOUT)
    for seconds, after, title in (
        *((50.0, HOUR, "aurora"), (20.0, 2 * HOUR, "aurora"), (1e300, DAY, "borealis")),
        *((999.0, 11 * DAY, "aurora"), (999.0, -HOUR, "aurora")),
    ):
        story.play(held_out, seconds, after, title)
    story.follow()
    members = list(treatments.values()).count(HOLDOUT)
    sums = kept_sums(world.database)["campaign:c-1", HOLDOUT]
    assert sums == DaySums(members, 1, 70, 70 * 70, 600, 600 * 600)
    story.check_sums()


def test_an_erased_member_is_in_no_sum(story: Story) -> None:
    """Neither in those of sends, nor in those of experiments."""
    world = story.world
    ids = world.add_members(4)
    world.start(holdout=0.1)
    world.work()
    for one, send in story.sends().items():
        story.tell(send, "_email.open")
        story.play(one, 100, 2 * HOUR)
    story.follow()
    gone = next(iter(story.sends()))
    Members(world.database, HASH).erase(gone, world.now)
    story.check_sums()
    assert set(story.treatments()) == set(ids) - {gone}
    story.follow()
    assert gone not in story.became()


def test_sums_add_up_whatever_happens(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """300 events of all kinds in any order, in pages of 7."""
    monkeypatch.setattr(outcome_follower, "_READ", outcome_follower._READ.limit(7))
    world, chance = story.world, Random(19)
    ids = world.add_members(12)
    for name in ("c-1", "c-2"):
        world.start(name, holdout=0.2)
    world.work()
    sends = [send for name in ("c-1", "c-2") for send in story.sends(name).values()]
    kinds: Sequence[str] = (
        *("_email.open", "_email.click", "_email.delivered", "_email.unsubscribe"),
        *("_campaign.received_foreground", "reel_progress", "reel_completed", "_email.nonsense"),
    )
    for _ in range(150):
        seen = {"cut": 1.0, "frames": chance.random() * 100}
        after = chance.randrange(-HOUR, 9 * DAY)
        label = chance.choice(("human", "proxy", "scanner", ""))
        story.tell(chance.choice(sends), chance.choice(kinds), after, seen, label=label)
        title = chance.choice(("aurora", "borealis"))
        story.play(chance.choice(ids), chance.random() * 90, chance.randrange(9 * DAY), title)
    story.follow()
    story.check_sums()
    assert sum(kept_totals(world.database).values()) > 10


def test_who_is_enrolled_again_stays(story: Story) -> None:
    """A member's treatment is that of the first time, and counts once."""
    world = story.world
    experiment = Experiment("all:2026-Q2", frozenset(), 600, 0)
    for treatment in ("a", "b"):
        with world.database.writing() as connection:
            enrol(connection, experiment, {"ada": treatment}, world.now)
    assert story.treatments("all:2026-Q2") == {"ada": "a"}
    assert kept_sums(world.database) == {("all:2026-Q2", "a"): DaySums(members=1)}
