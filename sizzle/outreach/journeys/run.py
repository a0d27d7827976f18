"""A member's run through a journey, what is known when it goes on, and what comes of that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """Why a run has ended."""

    COMPLETED = "completed"
    CONVERTED = "converted"
    UNSUBSCRIBED = "unsubscribed"
    LEFT_SEGMENT = "left the segment"
    CLOSED = "journey closed"
    TOO_LONG = "took too long"
    HELD_OUT = "held out"


@dataclass(frozen=True, slots=True)
class Run:
    """One entry of a member. Times are milliseconds since 1970.

    Attributes:
        version: of the journey, the same to the end.
        entry: names the entry: by it a member enters once for each event, moment or time.
        entered: when what started it happened.
        step: where it stands; where it stood last, for one that has ended.
        since: from when on it stands there.
        due: when it is looked at next, if nothing wakes it before.
        branches: that splits gave, by the ids of their steps.
        outcome: None as long as it goes on.
    """

    run_id: str
    journey_id: str
    version: int
    member_id: str
    entry: str
    entered: int
    step: str
    since: int
    due: int
    branches: Mapping[str, str] = field(default_factory=dict)
    outcome: Outcome | None = None


def run_id_of(journey_id: str, member_id: str, entry: str) -> str:
    """The id of a run: the same for the same entry."""
    parts = "\0".join((journey_id, member_id, entry)).encode(errors="surrogatepass")
    return hashlib.blake2b(parts, digest_size=15).hexdigest()


def new_run(
    journey_id: str, version: int, first: str, member_id: str, entry: str, entered: int
) -> Run:
    """A run that has just begun, at the first step."""
    run_id = run_id_of(journey_id, member_id, entry)
    return Run(run_id, journey_id, version, member_id, entry, entered, first, entered, entered)


@dataclass(frozen=True, slots=True)
class MemberEvent:
    """An event of a member: its type, its attributes, and when it was, in ms since 1970."""

    type: str
    attributes: Mapping[str, str]
    time: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a member while a run goes on.

    Attributes:
        zones: in which the member may be, by IANA's names, at least one.
        segments: of those that the journey asks about, the ones that the member is in.
        events: those that the journey asks about, at least all since entry, in any order.
        unsubscribed: whether the member can be written to on no channel any more, having said so.
        held_out: whether the member gets no marketing at all, to compare the others with.
        closed: whether the journey has been closed.
    """

    zones: tuple[str, ...] = ("UTC",)
    segments: Set[str] = frozenset()
    events: Sequence[MemberEvent] = ()
    unsubscribed: bool = False
    held_out: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class PlanSend:
    """The message of a step is planned."""

    step: str


@dataclass(frozen=True, slots=True)
class CancelSends:
    """Messages of the run that have not gone out are skipped."""

    reason: Outcome


Effect = PlanSend | CancelSends
