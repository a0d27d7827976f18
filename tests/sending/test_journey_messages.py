"""Messages of journeys, by the worker as it is opened: what events of them are attributed to."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from sizzle.eventlog.append import append
from sizzle.eventlog.engagement import EngagementLog, Filters
from sizzle.events import Event
from sizzle.events.attribution import attribute
from sizzle.outbox.lines import Lines
from sizzle.outbox.outcome_follower import OutcomeFollower
from sizzle.outbox.promoted import PromotedThings, digest_of
from sizzle.outbox.sent_messages import SentMessages
from sizzle.outbox.verdicts import Verdict, Verdicts
from sizzle.outreach.content.lines import Line
from sizzle.outreach.vocabulary import Channel, Promoted, PromotedKind
from sizzle.sending.open_worker import Installation, open_worker
from sizzle.sending.settings import SendingSettings
from tests.outreach.journeys.sample_journeys import send
from tests.sending.journey_world import happen, runs, start_journey, three_members
from tests.sending.world import World

TITLE = PromotedKind.TITLE


def approve_lines(world: World) -> None:
    """An approved line for mails, and one for notifications."""
    database = world.database
    PromotedThings(database).save(Promoted(TITLE, "aurora", {"title": "The City of Dawn"}), 1)
    with database.reading() as connection:
        facts = digest_of(connection, TITLE, "aurora")
    for channel, text in (
        (Channel.EMAIL, "Hello,\n\n{title} is here: {link}"),
        (Channel.FCM, "{title} is here"),
    ):
        digest = Lines(database).add(Line(TITLE, "aurora", "", "en", channel, "Tonight", text))
        Verdicts(database).add(Verdict(digest, facts, True, "", "ben", 1))


def work(world: World, folder: Path) -> None:
    """Send what is due, to a folder."""
    settings = SendingSettings.read(
        folder=folder,
        public_url="https://reels.example.org",
        sender_name="Sizzle",
        sender_mail="sizzle@example.org",
        postal_address="1 Example Street",
        quiet_hours="",
    )
    installation = Installation(
        world.database, world.state, b"s" * 32, settings, clock=world.clock.clock
    )
    asyncio.run(open_worker(installation).run())


def test_events_of_a_journeys_messages_are_attributed_to_journey_and_run(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Pinpoint's attributes are in the notification, as unchanged apps report them again."""
    world = three_members(tmp_path, tmp_path_factory)
    world.put_endpoint("m-0001", "phone", ChannelType="GCM", Address="token")
    start_journey(world, send(channels=["GCM", "EMAIL"]), goal=None)
    approve_lines(world)
    happen(world, "m-0000", "m-0001")
    work(world, tmp_path / "outbox")
    mailed, pushed = runs(world)
    (file,) = (tmp_path / "outbox").glob("*.json")
    data = json.loads(file.read_text())["data"]
    own = json.loads(data["pinpoint"])["journey"]
    assert own == {
        "journey_id": "welcome",
        "journey_activity_id": "welcome.hello",
        "journey_run_id": pushed.run_id,
    }
    assert not [name for name in data if name.startswith("pinpoint.campaign")]
    # The mail's open page records by what is kept of its send.
    (mail,) = (tmp_path / "outbox").glob("*.eml")
    sent = SentMessages(world.database).find(mail.stem)
    assert sent is not None
    assert sent.context.event_attributes == {**own, "journey_run_id": mailed.run_id}
    found = attribute("_journey.opened_notification", own)
    assert found is not None
    assert (found.source_id, found.run_id) == ("welcome", pushed.run_id)

    opened = Event(
        app="app", event_id="o", type="_journey.opened_notification", member_id="m-0001",
        endpoint_id="phone", time=world.now, received=world.now, attributes=own,
    )  # fmt: skip
    with world.database.writing() as connection:
        append(connection, [opened], str.encode)
    (figures,) = EngagementLog(world.database).read(Filters(campaign_id="welcome")).messages
    assert (figures.source, figures.activity_id, figures.events) == (
        "journey", "welcome.hello", 1,
    )  # fmt: skip
    OutcomeFollower(world.database).catch_up()
    with world.database.reading() as connection:
        query = "SELECT send_id, bits FROM send_outcomes"
        ((send_id, bits),) = connection.exec_driver_sql(query).all()
    assert (send_id, bits > 0) == (file.stem, True)
    world.database.close()


def test_who_opts_out_between_two_messages_gets_no_second_one_by_a_journey(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Check 11 by the real worker: on the address or the endpoint, skipped with the reason."""
    world = three_members(tmp_path, tmp_path_factory)
    start_journey(world, send(valid_for="2 hours"), goal=None)
    approve_lines(world)
    happen(world, "m-0000", "m-0001", "m-0002")
    world.journey_work().work(world.now)  # planned, and not sent
    world.put_endpoint("m-0000", OptOut="ALL")
    world.delete_endpoint("m-0001")
    work(world, tmp_path / "outbox")
    assert world.states() == {
        "handed over": 1, "skipped: opted out": 1, "skipped: endpoint deleted": 1,
    }  # fmt: skip
    assert len(list((tmp_path / "outbox").iterdir())) == 1
    world.database.close()
