"""What claims hand out, and what comes back of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from sizzle.outbox.sends import Send
from sizzle.outreach.timing import Decision
from sizzle.outreach.vocabulary import SendState

Judge = Callable[[Connection, Sequence[Send]], Sequence[Decision]]
"""Decides for each send, by what is stored in the transaction."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A send that this worker may hand over.

    Attributes:
        slot: not before this, by its transport's rate: microseconds since 1970.
    """

    send: Send
    slot: int


@dataclass(frozen=True, slots=True)
class Claims:
    """What came of looking for sends.

    Attributes:
        looked_at: how many were due, also those that are skipped or held now.
        claimed: those to hand over.
        generation: of the store, which rises with each claim.
    """

    looked_at: int = 0
    claimed: Sequence[Claimed] = ()
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Composed:
    """What a send was filled with; durable before it is handed over."""

    send_id: str
    message_id: str
    line_digest: str = ""
    slots: Mapping[str, Any] = field(default_factory=dict)
    reel_id: str = ""
    asset_version: str = ""
    model_version: str = ""
    language: str = ""
    line_reason: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a send that was claimed.

    Attributes:
        due: when to try again, for one that is temporary.
        tried: whether it counts as an attempt, and for frequency caps.
        deactivate: whether its endpoint can never be reached again.
        reference: the transport's own id of it.
    """

    send: Send
    state: SendState
    reason: str = ""
    due: int | None = None
    tried: bool = True
    deactivate: bool = False
    reference: str = ""
