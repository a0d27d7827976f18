"""What somebody looks at on the 1:1 page, as its address and its forms name it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Form, Query

from sizzle.errors import NotFoundError
from sizzle.identifiers import MAX_ID_LENGTH
from sizzle.outreach.vocabulary import Channel, PromotedKind

PATH: Final = "/outreach/one-to-one"

_MAX: Final = MAX_ID_LENGTH + 20  # a kind and an id


@dataclass(frozen=True, slots=True)
class ContentChoice:
    """What is looked at; empty where it is not chosen.

    Attributes:
        segment: whose members are gone through, as it selects them now.
        snapshot: whose members are gone through instead, as they were frozen for a campaign.
        promoted: a kind and an id, as `title:nocturne`.
        member: who is looked at; the first by default.
        channel: of the message; the first of the member's by default.
        line: the digest of the line; by default the one that the member would get.
        asset: that the reel is of; any by default.
    """

    segment: str = ""
    snapshot: str = ""
    promoted: str = ""
    member: str = ""
    channel: str = ""
    line: str = ""
    asset: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether there is something to show."""
        return bool((self.segment or self.snapshot) and self.promoted)

    @property
    def thing(self) -> tuple[PromotedKind, str]:
        """What is promoted. Raises NotFoundError: it is no kind and id."""
        kind, _, promoted_id = self.promoted.partition(":")
        if kind not in set(PromotedKind):
            raise NotFoundError(
                f"{self.promoted[:60]!r} is nothing that can be promoted.",
                fix="choose it from the list.",
            )
        return PromotedKind(kind), promoted_id

    def channel_of(self, channels: list[Channel]) -> Channel:
        """The channel to show, of those that a member has."""
        if self.channel in set(Channel):
            return Channel(self.channel)
        return channels[0] if channels else Channel.EMAIL

    def href(self, page: str = "", **changes: str) -> str:
        """The address of a page with this choice, or another."""
        values = {name: value for name, value in asdict(replace(self, **changes)).items() if value}
        return f"{PATH}{page}?{urlencode(values)}" if values else f"{PATH}{page}"

    def to(self, member: str) -> str:
        """The address of another member's message."""
        return self.href(member=member, channel="", line="")


_Query = Annotated[str, Query(max_length=_MAX)]
_Form = Annotated[str, Form(max_length=_MAX)]


def choice_of_query(
    segment: _Query = "",
    snapshot: _Query = "",
    promoted: _Query = "",
    member: _Query = "",
    channel: _Query = "",
    line: _Query = "",
    asset: _Query = "",
) -> ContentChoice:
    """As the address names it. A FastAPI dependency."""
    return ContentChoice(segment, snapshot, promoted, member, channel, line, asset)


def choice_of_form(
    segment: _Form = "",
    snapshot: _Form = "",
    promoted: _Form = "",
    member: _Form = "",
    channel: _Form = "",
    line: _Form = "",
    asset: _Form = "",
) -> ContentChoice:
    """As a form names it. A FastAPI dependency."""
    return ContentChoice(segment, snapshot, promoted, member, channel, line, asset)
