"""Campaigns are sent once to each, whatever ends, pauses, refuses or jumps meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import URL, update

from sizzle.database import Database, DatabaseUnavailableError
from sizzle.database.send_tables import CAMPAIGNS, SENDING_STORE
from sizzle.errors import InputError
from sizzle.outbox.campaign_errors import CampaignExistsError
from sizzle.outbox.claim_records import Composed
from sizzle.outbox.claims import ClaimStore
from sizzle.outbox.store_stamp import StoreChangedError, StoreStamp
from sizzle.outbox.transports import TransportState
from sizzle.outreach.campaign import Action, CampaignState, CampaignStateError, Treatment
from sizzle.outreach.content.messages import Handover, Outcome
from sizzle.outreach.timing import FrequencyCap, GatePolicy, QuietHours
from sizzle.outreach.vocabulary import Channel, MessageClass, SendState
from sizzle.sending.composer import NotComposed, Ready
from tests.databases import new_database
from tests.sending.world import World, answers

EMAIL = {Channel.EMAIL: TransportState("scripted")}
HOUR = 3600


@pytest.fixture
def world(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An installation without members."""
    url = new_database("sqlite", tmp_path, tmp_path_factory)
    found = World.open(url, tmp_path / "state")
    yield found
    found.database.close()


@pytest.fixture
def world_of_each(url: URL, tmp_path: Path) -> Iterator[World]:
    """The same, on a database of each kind: for what claims, counts and recovers."""
    found = World.open(url, tmp_path / "state")
    yield found
    found.database.close()


def test_each_member_gets_one_message(world_of_each: World) -> None:
    """And the campaign is finished then, not before; working again sends nothing more."""
    world = world_of_each
    ids = world.add_members(30)
    world.start()
    world.work()
    assert Counter(world.transport.taken) == Counter(f"{one}@example.com" for one in ids)
    assert world.campaigns.get("c-1").state is CampaignState.FINISHED
    world.work()
    assert len(world.transport.taken) == 30
    (send,) = world.sends.page("c-1", limit=1)
    assert send.slots == {"name": "Ada"}
    assert (send.reel_id, send.message_id) == ("r-1", f"<{send.send_id}@example.org>")
    assert send.counted == send.claimed == world.now


def test_a_pause_and_a_restart_lose_nobody_and_send_nothing_twice(world: World) -> None:
    """Check 14, in small: paused after 20 of 50, then another worker goes on."""
    world.add_members(50)
    world.start()

    def pausing(_: object) -> Outcome:
        if len(world.transport.taken) == 19:
            world.campaigns.act("c-1", Action.PAUSE, "ada", world.now)
        return Outcome(Handover.HANDED_OVER)

    world.transport.answer = pausing
    # Claims of ten, as pausing holds from the next one on.
    world.transport.rate = 10
    world.work()
    assert 20 <= len(world.transport.taken) < 40
    assert world.campaigns.get("c-1").state is CampaignState.PAUSED
    world.work()
    assert len(world.transport.taken) < 40
    world.campaigns.act("c-1", Action.RESUME, "ada", world.now)
    world.work_until_finished()
    assert len(world.transport.taken) == len(set(world.transport.taken)) == 50


def test_a_campaign_that_is_started_twice_at_once_is_started_once(world_of_each: World) -> None:
    """By two processes: each asks for it, and both get the same."""
    world = world_of_each
    world.add_members(20)
    world.create()
    world.campaigns.act("c-1", Action.APPROVE, "ben", world.now)
    start = lambda _: world.campaigns.act("c-1", Action.START, "ben", world.now)  # noqa: E731
    with ThreadPoolExecutor(4) as pool:
        assert {stored.state for stored in pool.map(start, range(4))} == {CampaignState.RUNNING}
    world.work()
    assert len(world.transport.taken) == len(set(world.transport.taken)) == 20


def test_several_workers_share_the_sends(world_of_each: World) -> None:
    """At once, on one database: each send is claimed by one of them."""
    world = world_of_each
    world.add_members(60)
    world.start()

    async def all_of_them() -> None:
        await asyncio.gather(*(world.worker().run() for _ in range(4)))

    asyncio.run(all_of_them())
    world.work()
    assert len(world.transport.taken) == len(set(world.transport.taken)) == 60
    assert world.campaigns.get("c-1").state is CampaignState.FINISHED


def test_who_opts_out_after_the_approval_gets_nothing(world_of_each: World) -> None:
    """Check 11: by endpoint, consent or suppression; also what is tried again."""
    world = world_of_each
    ids = world.add_members(6)
    world.start()
    world.transport.answer = lambda message: (
        Outcome(Handover.TEMPORARY, "451")
        if message.send_id and world.now < 2**60
        else Outcome(Handover.HANDED_OVER)
    )
    world.work()
    assert world.states() == {"temporary": 6}
    world.put_endpoint(ids[0], OptOut="ALL")
    world.put_endpoint(ids[1], EndpointStatus="INACTIVE")
    world.opt_out(f"{ids[2].upper()}@example.com")
    world.suppress(f"{ids[3]}@example.com")
    world.delete_endpoint(ids[4])
    world.transport.answer = answers()
    world.clock.time += HOUR
    world.work()
    assert world.transport.taken == [f"{ids[5]}@example.com"]
    assert world.states() == {
        "handed over": 1,
        "skipped: opted out": 2,
        "skipped: endpoint inactive": 1,
        "skipped: suppressed": 1,
        "skipped: endpoint deleted": 1,
    }
    assert world.campaigns.get("c-1").state is CampaignState.FINISHED


def test_consent_is_required_where_the_installation_says_so(world: World) -> None:
    """For marketing; who opted in to the topic gets it."""
    ids = world.add_members(2)
    world.opt_in(f"{ids[1]}@example.com", "marketing")
    world.consent_required = True
    world.start()
    world.work()
    assert world.transport.taken == [f"{ids[1]}@example.com"]
    assert world.states() == {"handed over": 1, "skipped: no consent": 1}


def test_a_transport_that_is_away_for_an_hour_costs_nobody_their_message(world: World) -> None:
    """It is asked a few times, not once for each message, and no message is given up."""
    world.add_members(30)
    world.start()
    back = world.now + HOUR * 1000
    down = Outcome(Handover.TEMPORARY, "connection refused", transport_down=True)
    world.transport.answer = lambda _: down if world.now < back else Outcome(Handover.HANDED_OVER)
    world.work_until_finished()
    assert len(world.transport.taken) == len(set(world.transport.taken)) == 30
    assert world.now - back < 6 * 60_000
    assert sum(world.transport.asked.values()) - 30 < 150


def test_451_for_minutes_is_tried_again_and_550_is_not(world: World) -> None:
    """Check 15: all arrive, none twice; the address that does not exist is not tried again."""
    ids = world.add_members(12)
    gone = f"{ids[0]}@example.com"
    world.start()
    begun = world.now

    def answer(message: object) -> Outcome:
        if message.recipient == gone:  # type: ignore[attr-defined]
            return Outcome(Handover.PERMANENT, "550 5.1.1 unknown")
        if world.now < begun + 180_000:
            return Outcome(Handover.TEMPORARY, "451 busy")
        return Outcome(Handover.HANDED_OVER)

    world.transport.answer = answer
    world.work_until_finished()
    assert len(world.transport.taken) == len(set(world.transport.taken)) == 11
    assert world.transport.asked[gone] == 1
    assert world.states() == {"handed over": 11, "permanent": 1}
    world.start("c-2")
    world.work_until_finished("c-2")
    assert world.transport.asked[gone] == 1
    assert world.states()["skipped: endpoint inactive"] == 1


def test_a_time_that_the_transport_names_is_kept(world: World) -> None:
    """It is not asked again before, and no attempt is made forever."""
    world.add_members(1)
    world.start()
    world.transport.answer = answers(Outcome(Handover.TEMPORARY, "429", after=7200))
    assert world.work().next_due == world.now + 7200_000 + 500
    world.transport.answer = lambda _: Outcome(Handover.TEMPORARY, "451 busy")
    world.work_until_finished()
    assert world.states() == {"permanent": 1}
    (send,) = world.sends.page("c-1")
    assert send.reason == "given up: 451 busy"
    assert send.attempts == 12


def test_a_worker_that_dies_leaves_unknown_what_may_have_gone_out(world_of_each: World) -> None:
    """What was not composed is planned again; transactional messages are sent again."""
    world = world_of_each
    world.add_members(6)
    world.start()
    world.transport.answer = lambda _: pytest.fail("nothing is handed over here")
    # As far as the worker came: the page is planned, four are claimed, two of them composed.
    world.plan()
    lock = world.database.process_lock("dead")
    assert lock.acquire()
    store = ClaimStore(world.database, "dead")
    claims = store.claim(EMAIL, 4, world.gate().judge, world.now)
    assert len(claims.claimed) == 4
    first = [claim.send.send_id for claim in claims.claimed[:2]]
    assert store.step([Composed(one, f"<{one}@x>") for one in first], [], world.now) == set(first)
    world.transport.answer = answers()
    world.work()  # it still lives: nothing of its own is touched
    assert len(world.transport.taken) == 2
    assert world.states() == {"handed over": 2, "claimed": 4}
    lock.release()  # as the kernel or the server does for a process that ends
    totals = world.work()
    assert totals.recovered == {SendState.UNKNOWN: 2, SendState.PLANNED: 2}
    assert world.states() == {"handed over": 4, "unknown": 2}
    assert [send.send_id for send in world.sends.unknown()] == sorted(first)
    # Nobody sends them again; somebody may say what became of them.
    world.work()
    assert len(world.transport.taken) == 4
    arrived, lost = sorted(first)
    settled = {arrived: (SendState.HANDED_OVER, "log"), lost: (SendState.PLANNED, "log")}
    assert world.sends.settle(settled, world.now) == 2
    assert world.sends.settle(settled, world.now) == 0


def test_a_worker_that_was_taken_for_dead_hands_over_nothing_of_what_others_took(
    world: World,
) -> None:
    """Its lock was lost, as with a connection: what it has claimed may be planned again."""
    world.add_members(2)
    world.start()
    world.plan()
    store = ClaimStore(world.database, "slow")
    claimed = store.claim(EMAIL, 2, world.gate().judge, world.now).claimed
    assert ClaimStore(world.database, "other").recover(world.now) == {SendState.PLANNED: 2}
    composed = [Composed(claim.send.send_id, "<x@y>") for claim in claimed]
    assert store.step(composed, [], world.now) == set()


def test_quiet_hours_hold_until_the_members_morning(world: World) -> None:
    """In the zone of the device, else of the country; both get one message in the end."""
    world.policy = GatePolicy({MessageClass.MARKETING: QuietHours.parse("21:00-08:00")})
    world.put_endpoint("tokyo", Address="t@example.com", Demographic={"Timezone": "Asia/Tokyo"})
    world.put_endpoint("paris", Address="p@example.com", Location={"Country": "FRA"})
    world.add_snapshot("s-1", ["tokyo", "paris"])
    world.start()
    world.work()  # noon in UTC: 14:00 in Paris, 21:00 in Tokyo
    assert world.transport.taken == ["p@example.com"]
    assert world.states() == {"handed over": 1, "held: quiet hours": 1}
    world.work_until_finished()
    assert world.clock.time - world.start_time == 11 * HOUR


def test_caps_hold_what_is_too_much_across_campaigns(world_of_each: World) -> None:
    """One a day: the second campaign's message goes a day later, and counts then."""
    world = world_of_each
    world.policy = GatePolicy(caps={MessageClass.MARKETING: FrequencyCap(per_day=1)})
    world.add_members(3)
    world.start()
    world.start("c-2")
    world.work()
    assert len(world.transport.taken) == 3
    assert world.states() == {"handed over": 3, "held: frequency cap": 3}
    world.work_until_finished("c-2")
    assert len(world.transport.taken) == 6
    assert world.clock.time - world.start_time == 24 * HOUR


def test_content_that_is_not_as_approved_is_not_sent(world: World) -> None:
    """A byte of the campaign in the database is changed, or a line is not approved."""
    ids = world.add_members(2)
    world.refused = frozenset({ids[0]})
    world.start()
    world.work()
    assert world.states() == {"handed over": 1, "skipped: content not approved": 1}
    world.start("c-2")
    content = world.campaigns.get("c-2").campaign.content.replace("aurora", "aurorb")
    change = update(CAMPAIGNS).where(CAMPAIGNS.c.campaign_id == "c-2").values(content=content)
    with world.database.writing() as connection:
        connection.execute(change)
    world.work()
    stored = world.campaigns.get("c-2")
    assert (stored.state, stored.reason) == (CampaignState.PAUSED, "content not approved")
    with pytest.raises(CampaignStateError, match="not what was approved"):
        world.campaigns.act("c-2", Action.RESUME, "ada", world.now)


def test_after_its_latest_start_a_campaign_asks_a_person(world: World) -> None:
    """Whether it starts late or goes on late; a person names a new time."""
    world.add_members(2)
    world.start(latest_start=world.now + HOUR * 1000)
    world.clock.time += 2 * HOUR
    world.work()
    stored = world.campaigns.get("c-1")
    assert (stored.state, stored.reason) == (CampaignState.PAUSED, "its latest start has passed")
    assert world.transport.taken == []
    with pytest.raises(CampaignStateError, match="latest start has passed"):
        world.campaigns.act("c-1", Action.RESUME, "ada", world.now)
    world.campaigns.act("c-1", Action.RESUME, "ada", world.now, world.now + 1000)
    world.work()
    assert len(world.transport.taken) == 2


def test_a_campaign_that_was_stopped_sends_nothing_more(world: World) -> None:
    """Also what was to be tried again; it cannot be resumed."""
    world.add_members(5)
    world.start()
    world.transport.answer = lambda _: Outcome(Handover.TEMPORARY, "451")
    world.work()
    world.campaigns.act("c-1", Action.STOP, "ada", world.now)
    world.transport.answer = answers()
    world.clock.time += HOUR
    world.work()
    assert world.transport.taken == []
    assert world.states() == {"skipped: campaign stopped": 5}
    with pytest.raises(CampaignStateError, match="stopped"):
        world.campaigns.act("c-1", Action.RESUME, "ada", world.now)


def test_a_clock_that_jumps_neither_sends_twice_nor_stalls(world_of_each: World) -> None:
    """A day ahead, so that sends wait for times far off, then back."""
    world = world_of_each
    world.add_members(8)
    world.start()
    world.clock.time += 24 * HOUR
    world.transport.answer = lambda message: (
        Outcome(Handover.TEMPORARY, "451")
        if message.recipient < "m-0004"  # type: ignore[union-attr]
        else Outcome(Handover.HANDED_OVER)
    )
    world.work()
    world.clock.time -= 24 * HOUR
    world.transport.answer = answers()
    world.work_until_finished(rounds=30)
    assert len(world.transport.taken) == len(set(world.transport.taken)) == 8
    assert world.clock.time - world.start_time < HOUR


def test_a_database_from_a_backup_sends_nothing_before_somebody_is_asked(
    world: World, tmp_path: Path
) -> None:
    """An older state of it, or one that another installation sent from."""
    world.add_members(2)
    world.start()
    world.work()
    stamp = StoreStamp(world.database, world.state)
    stamp.check()
    with world.database.writing() as connection:
        connection.execute(update(SENDING_STORE).values(generation=0))
    world.start("c-2")
    with pytest.raises(StoreChangedError, match="older state"):
        world.work()
    assert len(world.transport.taken) == 2
    stamp.accept()
    world.work()
    assert len(world.transport.taken) == 4
    with pytest.raises(StoreChangedError, match="another installation"):
        StoreStamp(world.database, tmp_path / "new machine").check()


def test_snapshots_need_an_approval_and_ids_are_not_used_twice(world: World) -> None:
    """An unknown snapshot is not approved; the same draft again changes nothing."""
    world.add_members(1)
    world.create()
    assert world.create().campaign_id == "c-1"
    with pytest.raises(CampaignExistsError):
        world.create(topic="other")
    world.create("c-2", snapshot_id="none")
    world.campaigns.act("c-2", Action.APPROVE, "ben", world.now)
    with pytest.raises(CampaignStateError, match="snapshot none is not approved"):
        world.campaigns.act("c-2", Action.START, "ben", world.now)
    assert [stored.campaign.campaign_id for stored in world.campaigns.page()] == ["c-1", "c-2"]


def test_a_segment_that_selects_nobody_is_finished_at_once(world: World) -> None:
    """And members without an endpoint of the channels get nothing."""
    world.add_snapshot("s-1", [])
    world.start()
    world.add_snapshot("s-2", ["nobody"])
    world.start("c-2", snapshot_id="s-2")
    world.work()
    assert {stored.state for stored in world.campaigns.page()} == {CampaignState.FINISHED}
    assert world.states() == {}


def test_a_member_is_reached_by_the_first_channel_that_can(world: World) -> None:
    """Or by all of them; two members with one address get one each."""
    world.put_endpoint("ada", "a", Address="a@example.com", OptOut="ALL")
    world.put_endpoint("ada", "b", Address="+33123456789", ChannelType="SMS")
    world.put_endpoint("ben", "c", Address="a@example.com")
    world.add_snapshot("s-1", ["ada", "ben"])
    both = (Treatment(channels=(Channel.EMAIL, Channel.SMS)),)
    world.start(treatments=both)
    world.work()
    first = {send.endpoint_id: send.channel for send in world.sends.page("c-1")}
    assert first == {"b": Channel.SMS, "c": Channel.EMAIL}
    world.start("c-2", treatments=both, reach="all")
    world.work()
    counts = {(count.channel, count.state, count.reason) for count in world.campaigns.counts("c-2")}
    assert counts == {
        ("EMAIL", "handed over", ""),
        ("EMAIL", "skipped", "opted out"),
        ("SMS", "handed over", ""),
    }


def test_a_rate_is_kept_by_all_workers_together(world_of_each: World) -> None:
    """The moments of handing over are those of one bucket in the store."""
    world = world_of_each
    world.add_members(40)
    world.start()
    times: list[int] = []
    world.transport.rate = 10.0

    def answer(_: object) -> Outcome:
        times.append(world.now)
        return Outcome(Handover.HANDED_OVER)

    world.transport.answer = answer
    world.work_until_finished()
    assert len(times) == 40
    assert all(later - first >= 1000 for first, later in zip(times, times[10:], strict=False))


def test_one_worker_of_a_name(url: URL, tmp_path: Path) -> None:
    """Two could not tell apart who has claimed what."""
    world = World.open(url, tmp_path / "state")
    other = Database(url)
    lock = other.process_lock("same")
    assert lock.acquire()
    with pytest.raises(InputError, match="name"):
        world.work("same")
    lock.release()
    other.close()
    world.work("same")
    world.database.close()


def test_a_database_that_is_away_while_messages_are_composed_skips_nobody(world: World) -> None:
    """What was claimed is given back, and composed once it is there again."""
    world.add_members(5)
    world.start()

    def away(*_: object) -> list[Ready | NotComposed]:
        raise DatabaseUnavailableError("away")

    world.broken_compose = away
    with pytest.raises(DatabaseUnavailableError):
        world.work()
    assert world.states() == {"planned": 5}
    world.broken_compose = None
    world.clock.time += 5
    world.work()
    assert len(world.transport.taken) == 5
