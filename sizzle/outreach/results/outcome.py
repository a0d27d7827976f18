"""What became of a send, from its events, and which sends plays are put down to."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Final

from sizzle.outreach.fetches import FetchLabel
from sizzle.outreach.results.experiment import DAY, PLAY_SECONDS

CLICK_WINDOW: Final = 7 * DAY
"""Milliseconds after a click in which a play is put down to it."""

VIEW_WINDOW: Final = DAY
"""The same after an opening."""

WATCH_WINDOW: Final = 60 * DAY
"""For so long after a send, what is watched is looked at at all."""

REEL_SECONDS: Final = 3.0
"""Seconds seen that make a play of a reel: no program that follows links sees so many."""

_FRAMES: Final = 24  # a second, for players that report frames and no seconds
_MOST_TIMES: Final = 50  # of clicks and openings of one send
_MOST_REPORT: Final = 3600.0  # seconds of a reel that one report can mean


class Became(IntFlag):
    """What became of a send. The values are stored: a new one is added at the end."""

    DELIVERED = 1
    HARD_BOUNCED = 2
    SOFT_BOUNCED = 4
    COMPLAINED = 8
    UNSUBSCRIBED = 16
    OPENED = 32
    OPENED_BY_PERSON = 64
    CLICKED = 128
    CLICKED_BY_PERSON = 256
    REEL_PLAYED = 512
    REEL_COMPLETED = 1024
    RECEIVED_FOREGROUND = 2048
    RECEIVED_BACKGROUND = 4096
    # A title that it promotes was started, by exact ids, the last click, or the last opening.
    STARTED_EXACT = 8192
    STARTED_CLICK = 16384
    STARTED_VIEW = 32768


NOTHING: Final = Became(0)
CREDIT: Final = Became.STARTED_EXACT | Became.STARTED_CLICK | Became.STARTED_VIEW

_ACTIONS: Final[Mapping[str, Became]] = {
    "delivered": Became.DELIVERED,
    "SUCCESS": Became.DELIVERED,
    "hardbounce": Became.HARD_BOUNCED,
    "softbounce": Became.SOFT_BOUNCED,
    "FAILURE": Became.SOFT_BOUNCED,
    "complaint": Became.COMPLAINED,
    "unsubscribe": Became.UNSUBSCRIBED,
    "OPTOUT": Became.UNSUBSCRIBED,
    "received_foreground": Became.RECEIVED_FOREGROUND | Became.DELIVERED,
    "received_background": Became.RECEIVED_BACKGROUND | Became.DELIVERED,
}
_REEL_TYPES: Final = frozenset({"reel_started", "reel_progress", "reel_completed", "reel_left"})


@dataclass(slots=True)
class SendOutcome:
    """What became of a send. Times are milliseconds since 1970.

    Each event may be applied once. Their order matters only for `played`: the moment of a play is
    that of the report that completes it.

    Attributes:
        bits: all that became of it; credit for plays is given by `give_credit`.
        reel_seconds: seen of its reel.
        clicks: when a person clicked.
        opens: when a person opened it.
        watched: seconds of what it promotes that the member watched since.
        played: when these became a play.
        named: whether a player said that this send led there.
    """

    bits: Became = NOTHING
    reel_seconds: float = 0.0
    clicks: list[int] = field(default_factory=list)
    opens: list[int] = field(default_factory=list)
    watched: int = 0
    played: int | None = None
    named: bool = False

    def apply(self, action: str, label: str, time: int) -> None:
        """Take account of what an event says of the message.

        Args:
            action: as `sizzle.events.attribution.Attribution.action`.
            label: who probably did it, a `FetchLabel`; empty for a person.
            time: when.
        """
        person = label in ("", FetchLabel.HUMAN)
        if action in ("open", "opened_notification"):
            self._open(time, person=person)
        elif action == "click":
            self._click(time, person=person)
        elif action == "unsubscribe" and not person:
            pass  # a program pressed it: the consent changed, but no member said so
        else:
            self.bits |= _ACTIONS.get(action, NOTHING)

    def see_reel(self, event_type: str, metrics: Mapping[str, float]) -> None:
        """Take account of what a player says of its reel."""
        if event_type == "reel_completed":
            self.bits |= Became.REEL_COMPLETED | Became.REEL_PLAYED
        if event_type == "reel_progress":
            seconds = metrics.get("seconds", metrics.get("frames", 0.0) / _FRAMES)
            self.reel_seconds += min(max(seconds, 0.0), _MOST_REPORT)
            if self.reel_seconds >= REEL_SECONDS:
                self.bits |= Became.REEL_PLAYED

    def watch(self, seconds: int, time: int, *, named: bool) -> None:
        """Take account of what the member watched of what it promotes."""
        self.watched += seconds
        self.named |= named
        if self.watched >= PLAY_SECONDS:
            self.played = time if self.played is None else min(self.played, time)

    def _open(self, time: int, *, person: bool) -> None:
        self.bits |= Became.OPENED | Became.DELIVERED
        if person:
            self.bits |= Became.OPENED_BY_PERSON
            _add_time(self.opens, time)

    def _click(self, time: int, *, person: bool) -> None:
        self.bits |= Became.CLICKED | Became.DELIVERED
        if person:
            self.bits |= Became.CLICKED_BY_PERSON
            _add_time(self.clicks, time)


def is_reel_event(event_type: str) -> bool:
    """Whether an event says what was seen of a reel."""
    return event_type in _REEL_TYPES


def give_credit(outcomes: Sequence[SendOutcome]) -> None:
    """Say which sends to a member their plays are put down to; each play to at most one.

    First to a send that the player named, then to that of the last click within seven days, then
    to that of the last opening by a person within a day. Sends whose plays became one at the same
    moment have the same play.

    Args:
        outcomes: of all sends to the member that promote the same.
    """
    plays: dict[int, list[SendOutcome]] = {}
    for outcome in outcomes:
        outcome.bits &= ~CREDIT
        if outcome.played is not None:
            plays.setdefault(outcome.played, []).append(outcome)
    for played, some in plays.items():
        _credit_play(played, some)


def _credit_play(played: int, some: Sequence[SendOutcome]) -> None:
    named = [outcome for outcome in some if outcome.named]
    if named:
        named[-1].bits |= Became.STARTED_EXACT
        return
    for times, window, bit in (
        ([outcome.clicks for outcome in some], CLICK_WINDOW, Became.STARTED_CLICK),
        ([outcome.opens for outcome in some], VIEW_WINDOW, Became.STARTED_VIEW),
    ):
        last = [
            max((time for time in one if played - window <= time <= played), default=None)
            for one in times
        ]
        known = [time for time in last if time is not None]
        if known:
            some[last.index(max(known))].bits |= bit
            return


def _add_time(times: list[int], time: int) -> None:
    """Keep it in order; of very many, the first and the last ones matter."""
    insort(times, time)
    if len(times) > _MOST_TIMES:
        del times[_MOST_TIMES // 2]
