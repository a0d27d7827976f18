"""From assigned to started: how many sends came how far, by what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from pydantic import BaseModel, Field

from sizzle.outreach.results.outcome import Became
from sizzle.outreach.vocabulary import SendState

DIMENSIONS: Final = ("treatment", "channel", "language", "reason")
"""What figures are divided by; a reason is that which a message gives."""


class StateCount(NamedTuple):
    """How many sends have a state, for a reason."""

    activity_id: str
    channel: str
    language: str
    line_reason: str
    state: str
    reason: str
    sends: int


class OutcomeCount(NamedTuple):
    """Of how many sends the same became, and the seconds that were seen of their reels."""

    activity_id: str
    channel: str
    language: str
    line_reason: str
    bits: int
    sends: int
    reel_seconds: float


class Funnel(BaseModel):
    """How far sends came; each is counted once a line, however often it happened."""

    sends: int = Field(0, description="All that were planned.")
    waiting: int = Field(0, description="Of those, planned, held or being handed over.")
    skipped: int = Field(0, description="Of those planned, never sent.")
    unknown: int = Field(0, description="Of those planned, perhaps sent: see `settle`.")
    sent: int = Field(0, description="Handed over.")
    failed: int = Field(0, description="Refused for good when they were handed over.")
    bounced_hard: int = Field(0, description="Of those sent, returned for good.")
    bounced_soft: int = Field(0, description="Of those sent, returned for now.")
    delivered: int = Field(0, description="Of those sent, not returned.")
    delivery_confirmed: int = Field(
        0, description="Of those sent, known to have arrived; many providers never say."
    )
    complained: int = Field(0, description="Of those sent, called spam.")
    unsubscribed: int = Field(0, description="Of those sent, answered by an opt-out.")
    opened: int = Field(0, description="Of those sent, opened by anybody or any program.")
    opened_by_people: int = Field(0, description="Of those opened, probably by a person.")
    opened_by_machines: int = Field(0, description="Of those opened, only by programs.")
    clicked: int = Field(0, description="Of those sent, by anybody or any program.")
    clicked_by_people: int = Field(0, description="Of those clicked, probably by a person.")
    reel_played: int = Field(0, description="Of those sent, with 3 seconds of their reel seen.")
    reel_completed: int = Field(0, description="Of those sent, with their reel seen to its end.")
    reel_seconds: float = Field(0.0, description="Seen of all their reels together.")
    title_started: int = Field(
        0, description="Of those sent, led to a play, by exact ids or the last click."
    )
    started_exactly: int = Field(0, description="Of those started, named by the player.")
    started_by_click: int = Field(
        0, description="Of those started, the last click within 7 days before."
    )
    started_by_view: int = Field(
        0, description="Besides: opened by a person within a day before a play, and not clicked."
    )


class FunnelRow(Funnel):
    """Sends that have something in common."""

    name: str


class SkippedRow(BaseModel):
    """Sends that were skipped, or are held, for a reason."""

    state: str
    reason: str
    sends: int


_SKIPPED: Final = SendState.SKIPPED.value
_STATES: Final = {
    _SKIPPED: "skipped",
    SendState.HANDED_OVER.value: "sent",
    SendState.PERMANENT.value: "failed",
    SendState.UNKNOWN.value: "unknown",
}
_BITS: Final = {
    "bounced_hard": Became.HARD_BOUNCED,
    "delivery_confirmed": Became.DELIVERED,
    "complained": Became.COMPLAINED,
    "unsubscribed": Became.UNSUBSCRIBED,
    "opened": Became.OPENED,
    "opened_by_people": Became.OPENED_BY_PERSON,
    "clicked": Became.CLICKED,
    "clicked_by_people": Became.CLICKED_BY_PERSON,
    "reel_played": Became.REEL_PLAYED,
    "reel_completed": Became.REEL_COMPLETED,
    "title_started": Became.STARTED_EXACT | Became.STARTED_CLICK,
    "started_exactly": Became.STARTED_EXACT,
    "started_by_click": Became.STARTED_CLICK,
    "started_by_view": Became.STARTED_VIEW,
}


def funnel(states: Iterable[StateCount], outcomes: Iterable[OutcomeCount]) -> Funnel:
    """All of these together."""
    values: dict[str, float] = dict.fromkeys(Funnel.model_fields, 0)
    for state in states:
        values["sends"] += state.sends
        values[_STATES.get(state.state, "waiting")] += state.sends
    for outcome in outcomes:
        _add_outcome(values, outcome)
    values["opened_by_machines"] = values["opened"] - values["opened_by_people"]
    returned = values["bounced_hard"] + values["bounced_soft"]
    values["delivered"] = max(0, values["sent"] - returned)
    values["reel_seconds"] = round(values["reel_seconds"], 3)
    return Funnel.model_validate(values)


def funnel_rows(
    states: Sequence[StateCount],
    outcomes: Sequence[OutcomeCount],
    name_of: Callable[[StateCount | OutcomeCount], str],
) -> list[FunnelRow]:
    """The same divided by a name, in the order of the names."""
    names = sorted(
        {name_of(state) for state in states} | {name_of(outcome) for outcome in outcomes}
    )
    return [
        FunnelRow(
            name=name,
            **funnel(
                (state for state in states if name_of(state) == name),
                (outcome for outcome in outcomes if name_of(outcome) == name),
            ).model_dump(),
        )
        for name in names
    ]


def skipped_rows(states: Iterable[StateCount]) -> list[SkippedRow]:
    """How many sends were skipped, are held or failed, by reason; most first."""
    counts: dict[tuple[str, str], int] = {}
    for state_count in states:
        if state_count.reason and state_count.state != SendState.HANDED_OVER.value:
            key = state_count.state, state_count.reason
            counts[key] = counts.get(key, 0) + state_count.sends
    return [
        SkippedRow(state=state, reason=reason, sends=sends)
        for (state, reason), sends in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]


def _add_outcome(values: dict[str, float], outcome: OutcomeCount) -> None:
    bits = Became(outcome.bits)
    for name, bit in _BITS.items():
        if bits & bit:
            values[name] += outcome.sends
    # What was returned for good was returned once, whatever came before.
    if bits & Became.SOFT_BOUNCED and not bits & Became.HARD_BOUNCED:
        values["bounced_soft"] += outcome.sends
    values["reel_seconds"] += outcome.reel_seconds
