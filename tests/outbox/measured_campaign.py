"""A campaign that was sent, and that some members watched something after."""

from __future__ import annotations

from sizzle.eventlog import EventLog
from sizzle.events import Event
from sizzle.experiments import HOLDOUT
from sizzle.outreach.campaign import Campaign, Measurement, Treatment
from tests.sending.world import World

HOUR = 3_600_000
MEMBERS = 160


def measure_campaign(world: World, campaign_id: str = "premiere") -> tuple[Campaign, EventLog]:
    """Send to 160 members of whom 30 % are held out; of the others, four in five watch it.

    Of those held out, one in three does. The first mail bounces, the second is opened and clicked.

    Returns:
        The campaign, and the log of events.
    """
    ids = world.add_members(MEMBERS)
    campaign = world.start(
        campaign_id,
        holdout=0.3,
        treatments=(Treatment(name="reel", weight=3), Treatment(name="plain")),
        measurement=Measurement(days=10, rate=0.3, lift=0.1),
    )
    world.work()
    log = EventLog(world.database, b"m" * 32)
    sends = {send.member_id: send for send in world.sends.page(campaign_id, limit=1000)}
    held_out = [one for one in ids if campaign.assigned(one) == HOLDOUT]
    watchers = [*held_out[::3], *(one for n, one in enumerate(sorted(sends)) if n % 5)]
    events = [
        _play(number, one, world.now + (1 + number % 5) * 20 * HOUR)
        for number, one in enumerate(watchers)
    ]
    first, second = list(sends.values())[:2]
    for send, kind, label in (
        (first, "_email.hardbounce", ""),
        (second, "_email.open", "human"),
        (second, "_email.click", "human"),
    ):
        attributes = {"campaign_id": campaign_id, "campaign_activity_id": send.activity_id}
        events.append(
            Event(
                app="app", event_id=kind, type=kind, member_id=send.member_id,
                endpoint_id=send.endpoint_id, time=world.now + HOUR, received=world.now + HOUR,
                attributes=attributes | ({"label": label} if label else {}),
            )
        )  # fmt: skip
    log.append(events)
    return campaign, log


def _play(number: int, member_id: str, at: int) -> Event:
    return Event(
        event_id=f"play-{number}",
        type="title_played",
        member_id=member_id,
        time=at,
        received=at,
        attributes={"title_id": "aurora"},
        metrics={"seconds": 120.0 + 60 * (number % 7)},
    )
