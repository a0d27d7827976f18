"""Settles sends of which nobody knows whether they arrived, by the log of a mail server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sizzle.outbox.sends import Send, Sends
from sizzle.outreach.inbound.mail_logs import LogEntry, LogStatus
from sizzle.outreach.vocabulary import SendState

_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class Settled:
    """What a log said of the sends that were unknown.

    Attributes:
        handed_over: the server has them.
        permanent: it has sent them back.
        planned: they are not in the log, and are sent again.
        unknown: they are not in the log, and are left as they are.
    """

    handed_over: int
    permanent: int
    planned: int
    unknown: int


def settle(sends: Sends, entries: Iterable[LogEntry], now: int, *, complete: bool) -> Settled:
    """Settle what a log knows of.

    Args:
        sends: of the database.
        entries: of the log, in its order.
        now: milliseconds since 1970.
        complete: whether a mail that is not in the log was never taken, and is sent again.
    """
    unknown = {send.message_id: send for send in _all_unknown(sends)}
    outcomes: dict[str, tuple[SendState, str]] = {}
    for entry in entries:
        if entry.message_id in unknown:
            state = (
                SendState.PERMANENT if entry.status is LogStatus.BOUNCED else SendState.HANDED_OVER
            )
            outcomes[unknown[entry.message_id].send_id] = (state, entry.detail)
    absent = [send for send in unknown.values() if send.send_id not in outcomes]
    if complete:
        outcomes |= {send.send_id: (SendState.PLANNED, "not in the log") for send in absent}
    sends.settle(outcomes, now)
    counts = [state for state, _ in outcomes.values()]
    return Settled(
        counts.count(SendState.HANDED_OVER),
        counts.count(SendState.PERMANENT),
        counts.count(SendState.PLANNED),
        0 if complete else len(absent),
    )


def _all_unknown(sends: Sends) -> Iterable[Send]:
    after = ""
    while page := sends.unknown(after, _PAGE):
        yield from page
        after = page[-1].send_id
