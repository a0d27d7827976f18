"""Pinpoint's standard metrics by their names: what each counts, and what it is grouped by.

The names are those of its developer guide. Rates are fractions, as its clients expect them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sizzle.outreach.vocabulary import PUSH_CHANNELS, Channel, SendState


class Scope(StrEnum):
    """What a metric is of."""

    CAMPAIGN = "campaign"
    JOURNEY = "journey"
    APPLICATION = "application"


class Grouping(StrEnum):
    """What the values of a metric are grouped by; the values are its keys on the wire."""

    NONE = ""
    DATE = "Date"
    CAMPAIGN = "CampaignId"
    CAMPAIGN_ACTIVITY = "CampaignActivityId"
    JOURNEY_ACTIVITY = "JourneyActivityId"


class SentCount(NamedTuple):
    """How many sends of a group and channel have a state, to how many endpoints."""

    group: str
    channel: str
    state: str
    sends: int
    endpoints: int


class EventCount(NamedTuple):
    """How many events of a group tell of an action, over a channel, of how many messages."""

    group: str
    channel: str
    action: str
    events: int
    messages: int
    endpoints: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What was sent, and what became of it, of one group."""

    sent: Sequence[SentCount]
    events: Sequence[EventCount]

    def of(self, channels: frozenset[str]) -> Counts:
        """Over some channels."""
        return Counts(
            [sent for sent in self.sent if sent.channel in channels],
            [event for event in self.events if event.channel in channels],
        )

    @property
    def attempted(self) -> int:
        """Messages that were sent, also those that were refused at once."""
        return self._sends(SendState.HANDED_OVER, SendState.PERMANENT)

    @property
    def hard_bounces(self) -> int:
        """Messages that could not be delivered for good."""
        return self._sends(SendState.PERMANENT) + self.messages("hardbounce")

    @property
    def soft_bounces(self) -> int:
        """Messages that could not be delivered for now."""
        return self.messages("softbounce") + self.messages("FAILURE")

    @property
    def delivered(self) -> int:
        """Messages that were sent, without those that bounced hard."""
        return max(0, self.attempted - self.hard_bounces)

    @property
    def arrived(self) -> int:
        """Messages that were sent, without those that bounced."""
        return max(0, self.delivered - self.soft_bounces)

    @property
    def reached(self) -> int:
        """Endpoints that messages were delivered to."""
        sent = sum(sent.endpoints for sent in self.sent if sent.state == SendState.HANDED_OVER)
        return max(0, sent - self.messages("hardbounce"))

    def messages(self, action: str) -> int:
        """Messages with such an event."""
        return sum(event.messages for event in self.events if event.action == action)

    def happened(self, action: str) -> int:
        """Such events."""
        return sum(event.events for event in self.events if event.action == action)

    def endpoints(self, action: str) -> int:
        """Endpoints with such an event."""
        return sum(event.endpoints for event in self.events if event.action == action)

    def _sends(self, *states: SendState) -> int:
        return sum(sent.sends for sent in self.sent if sent.state in states)


Measure = Callable[[Counts], float | None]

EMAIL: Final = frozenset({Channel.EMAIL.value})
_SMS: Final = frozenset({Channel.SMS.value})
_PUSH: Final = frozenset(channel.value for channel in PUSH_CHANNELS)


@dataclass(frozen=True, slots=True)
class Kpi:
    """A metric.

    Attributes:
        name: as requests name it.
        grouping: of its values.
        transactional: whether it is of transactional messages, and not of campaigns.
        measure: its value; None where there is nothing to say.
    """

    name: str
    grouping: Grouping
    transactional: bool
    measure: Measure

    @property
    def key(self) -> str:
        """What it is called beside its value, such as `UniqueDeliveries`."""
        base = self.name.partition("-grouped-by-")[0]
        return "".join(word.capitalize() for word in base.split("-"))

    def rows(
        self, sent: Sequence[SentCount], events: Sequence[EventCount]
    ) -> Iterator[dict[str, Any]]:
        """The values on the wire, in the order of their groups."""
        for group in sorted(
            {event_count.group for event_count in sent}
            | {event_count.group for event_count in events}
        ):
            value = self.measure(
                Counts(
                    [each for each in sent if each.group == group],
                    [event for event in events if event.group == group],
                )
            )
            if value is None:
                continue
            row: dict[str, Any] = {
                "Values": [{"Key": self.key, "Type": "Double", "Value": str(float(value))}]
            }
            if self.grouping:
                grouped = {"Key": self.grouping.value, "Type": "String", "Value": group}
                row = {"GroupedBys": [grouped], **row}
            yield row


def kpis_of(scope: Scope) -> Mapping[str, Kpi]:
    """The metrics of campaigns, journeys or applications, by name."""
    return _KPIS[scope]


def _rate(part: Measure, whole: Measure) -> Measure:
    def rate(counts: Counts) -> float | None:
        of = whole(counts)
        value = part(counts)
        return None if not of or value is None else value / of

    return rate


def _over(channels: frozenset[str], measure: Measure) -> Measure:
    return lambda counts: measure(counts.of(channels))


def _messages(action: str) -> Measure:
    return lambda counts: counts.messages(action)


def _attempted(counts: Counts) -> float:
    return counts.attempted


def _delivered(counts: Counts) -> float:
    return counts.delivered


def _arrived(counts: Counts) -> float:
    return counts.arrived


_OF_CAMPAIGNS: Final[Mapping[str, Measure]] = {
    "attempted-deliveries": _attempted,
    "successful-deliveries": _delivered,
    "successful-delivery-rate": _rate(_delivered, _attempted),
    "unique-deliveries": lambda counts: counts.reached,
    "hard-bounce-rate": _over(EMAIL, _rate(lambda counts: counts.hard_bounces, _attempted)),
    "email-open-rate": _over(EMAIL, _rate(_messages("open"), _delivered)),
    "direct-email-opens": _over(EMAIL, _messages("open")),
    "clicks": _over(EMAIL, lambda counts: counts.happened("click")),
    "push-open-rate": _over(_PUSH, _rate(_messages("opened_notification"), _delivered)),
    "direct-push-opens": _over(_PUSH, _messages("opened_notification")),
}
_OF_JOURNEYS: Final[Mapping[str, Measure]] = {
    "sent": _attempted,
    "delivered": _arrived,
    "opened": _messages("open"),
    "clicked": lambda counts: counts.happened("click"),
    "hardbounced": lambda counts: counts.hard_bounces,
    "softbounced": lambda counts: counts.soft_bounces,
    "complained": _messages("complaint"),
    "unsubscribed": lambda counts: counts.happened("unsubscribe"),
    "rejected": lambda _: 0,
}
_OF_MAILS: Final[Mapping[str, Measure]] = {
    "sent": _attempted,
    "delivered": _arrived,
    "delivery-rate": _rate(_arrived, _attempted),
    "opened": _messages("open"),
    "unique-opens": lambda counts: counts.endpoints("open"),
    "clicked": lambda counts: counts.happened("click"),
    "unique-clicks": lambda counts: counts.endpoints("click"),
    "hard-bounced": lambda counts: counts.hard_bounces,
    "soft-bounced": lambda counts: counts.soft_bounces,
    "with-complaints": _messages("complaint"),
    "complaint-rate": _rate(_messages("complaint"), _attempted),
}
_OF_SMS: Final[Mapping[str, Measure]] = {
    "sent": _attempted,
    "delivered": _arrived,
    "delivery-rate": _rate(_arrived, _attempted),
}
_CAMPAIGN_NAMES: Final = {
    Grouping.NONE: (
        *("hard-bounce-rate", "successful-delivery-rate", "email-open-rate"),
        *("unique-deliveries", "push-open-rate"),
    ),
    Grouping.DATE: ("successful-delivery-rate", "unique-deliveries"),
    Grouping.CAMPAIGN_ACTIVITY: tuple(_OF_CAMPAIGNS),
}
_APPLICATION_NAMES: Final = {
    Grouping.NONE: (
        *("successful-delivery-rate", "email-open-rate", "unique-deliveries", "push-open-rate"),
    ),
    Grouping.DATE: ("successful-delivery-rate", "unique-deliveries"),
    Grouping.CAMPAIGN: (
        *("email-open-rate", "unique-deliveries", "successful-deliveries", "push-open-rate"),
    ),
}
_SUFFIXES: Final = {
    Grouping.NONE: "",
    Grouping.DATE: "-grouped-by-date",
    Grouping.CAMPAIGN: "-grouped-by-campaign",
    Grouping.CAMPAIGN_ACTIVITY: "-grouped-by-campaign-activity",
    Grouping.JOURNEY_ACTIVITY: "-grouped-by-journey-activity",
}


def _campaign_kpis(names: Mapping[Grouping, Sequence[str]]) -> Iterator[Kpi]:
    for grouping, some in names.items():
        for name in some:
            yield Kpi(f"{name}{_SUFFIXES[grouping]}", grouping, False, _OF_CAMPAIGNS[name])


def _journey_kpis() -> Iterator[Kpi]:
    for name, measure in _OF_JOURNEYS.items():
        of_mails = _over(EMAIL, measure)
        yield Kpi(f"journey-emails-{name}", Grouping.NONE, False, of_mails)
        grouping = Grouping.JOURNEY_ACTIVITY
        yield Kpi(f"emails-{name}{_SUFFIXES[grouping]}", grouping, False, of_mails)


def _transactional_kpis() -> Iterator[Kpi]:
    for start, channels, measures in (
        ("txn-emails", EMAIL, _OF_MAILS),
        ("txn-sms", _SMS, _OF_SMS),
    ):
        for name, measure in measures.items():
            for grouping in (Grouping.NONE, Grouping.DATE):
                full = f"{start}-{name}{_SUFFIXES[grouping]}"
                yield Kpi(full, grouping, True, _over(channels, measure))


_KPIS: Final[Mapping[Scope, Mapping[str, Kpi]]] = {
    Scope.CAMPAIGN: {kpi.name: kpi for kpi in _campaign_kpis(_CAMPAIGN_NAMES)},
    Scope.JOURNEY: {kpi.name: kpi for kpi in _journey_kpis()},
    Scope.APPLICATION: {
        kpi.name: kpi for kpi in (*_campaign_kpis(_APPLICATION_NAMES), *_transactional_kpis())
    },
}
