"""A member is erased while their message is on its way: nothing of them comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import URL, select

from sizzle.database.outcome_tables import ASSIGNMENTS
from sizzle.database.send_tables import SENDS
from sizzle.outbox.members import Members
from sizzle.outbox.sends import Send
from sizzle.outreach.content.messages import Handover, MailMessage, Message, Outcome
from sizzle.sending.composer import NotComposed, Ready
from tests.sending.world import HASH, PlainComposer, World

GONE = "m-0001"


@pytest.fixture
def world(url: URL, tmp_path: Path) -> Iterator[World]:
    """A campaign that runs for three members, on a database of each kind."""
    found = World.open(url, tmp_path / "state")
    found.add_members(3)
    found.start()
    yield found
    found.database.close()


def erase(world: World) -> None:
    """Erase one of them."""
    Members(world.database, HASH).erase(GONE, world.now)


def others_are_sent(world: World) -> bool:
    """Whether just the others have their message, once, and the campaign is finished."""
    world.work_until_finished()
    mails = [one for one in world.transport.taken if not one.startswith(GONE)]
    return mails == ["m-0000@example.com", "m-0002@example.com"]


def traces(world: World) -> list[str]:
    """The tables of sends and experiments that still name the member."""
    with world.database.reading() as connection:
        return [
            table.name
            for table in (SENDS, ASSIGNMENTS)
            if connection.execute(select(table).where(table.c.member_id == GONE)).first()
        ]


def test_before_it_is_claimed(world: World) -> None:
    """It does not go out."""
    world.plan()
    erase(world)
    assert others_are_sent(world)
    assert world.transport.asked[f"{GONE}@example.com"] == 0
    assert traces(world) == []


def test_while_it_is_composed(world: World) -> None:
    """What was composed is not handed over."""
    composer = PlainComposer(world.database)

    def compose(sends: Sequence[Send], now: int) -> list[Ready | NotComposed]:
        composed = composer.compose(sends, now)
        erase(world)
        return composed

    world.broken_compose = compose
    assert others_are_sent(world)
    assert world.transport.asked[f"{GONE}@example.com"] == 0
    assert traces(world) == []


@pytest.mark.parametrize("handover", list(Handover))
def test_while_it_is_handed_over(handover: Handover, world: World) -> None:
    """Whatever the mail server answers: it is asked once, and no row of the member comes back."""

    def answer(message: Message) -> Outcome:
        assert isinstance(message, MailMessage)
        if not message.recipient.startswith(GONE):
            return Outcome(Handover.HANDED_OVER)
        erase(world)
        return Outcome(handover)

    world.transport.answer = answer
    assert others_are_sent(world)
    assert world.transport.asked[f"{GONE}@example.com"] == 1
    assert traces(world) == []
