"""The terms that all of outreach shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final


class Channel(StrEnum):
    """A way to reach a member, by Pinpoint's name of it."""

    EMAIL = "EMAIL"
    SMS = "SMS"
    FCM = "GCM"
    APNS = "APNS"
    # Pinpoint has no name for a browser's subscription: its address is the subscription as JSON.
    WEB_PUSH = "PUSH"


PUSH_CHANNELS: Final = frozenset({Channel.FCM, Channel.APNS, Channel.WEB_PUSH})


class MessageClass(StrEnum):
    """Whether somebody promotes something, or answers what the member did."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"


class SendState(StrEnum):
    """States of a send. Those of `FINAL_STATES` are never left."""

    PLANNED = "planned"
    HELD = "held"
    CLAIMED = "claimed"
    TEMPORARY = "temporary"
    SKIPPED = "skipped"
    HANDED_OVER = "handed over"
    PERMANENT = "permanent"
    # Claimed by a worker that died: it may or may not have been handed over.
    UNKNOWN = "unknown"


FINAL_STATES: Final = frozenset(
    {SendState.SKIPPED, SendState.HANDED_OVER, SendState.PERMANENT, SendState.UNKNOWN}
)


class PromotedKind(StrEnum):
    """What can be promoted."""

    TITLE = "title"
    ASSET = "asset"
    OFFER = "offer"


@dataclass(frozen=True, slots=True)
class Window:
    """Days on which something may be promoted; None where it has no such end.

    Attributes:
        start: its first day.
        end: its last day.
    """

    start: date | None = None
    end: date | None = None

    def contains(self, day: date) -> bool:
        """Whether it may be promoted on that day."""
        return (self.start or day) <= day <= (self.end or day)


@dataclass(frozen=True, slots=True)
class Promoted:
    """What is promoted, and all that may be said of it.

    Attributes:
        facts: the texts of facts by name: only these may be said. `title` is there always; one
            that differs by language has its tag, as in `title.fr`; dates are in ISO 8601.
        least_age: in years; 0 where everybody may be told.
        maturity: a rating such as ``TV-MA``; empty without one.
        countries: ISO 3166 codes where it may be promoted; empty for everywhere.
        windows: when it may be promoted, by country, `*` for all others; empty for always.
        topic: the topic of consent that it belongs to; empty for none of its own.
        title_ids: of an asset, the titles in it, whose plays are what is wanted; empty for any.
    """

    kind: PromotedKind
    id: str
    facts: Mapping[str, str] = field(default_factory=dict)
    least_age: int = 0
    maturity: str = ""
    countries: frozenset[str] = frozenset()
    windows: Mapping[str, Window] = field(default_factory=dict)
    topic: str = ""
    title_ids: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """Its name, as people know it."""
        return self.facts.get("title") or self.id


@dataclass(frozen=True, slots=True)
class MemberProfile:
    """What is known of a member. Empty or None is unknown.

    Attributes:
        birth_date: where only the year is known, its last day: nobody is taken for older.
        language: a BCP 47 tag, normalised.
        zone: an IANA name.
        country: ISO 3166, two letters.
        maturity: the highest rating that the profile may see, such as ``PG-13``.
    """

    member_id: str
    name: str = ""
    birth_date: date | None = None
    language: str = ""
    zone: str = ""
    country: str = ""
    maturity: str = ""
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
