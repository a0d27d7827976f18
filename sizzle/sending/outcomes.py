"""What becomes of a send by what its transport said (pure)."""

from __future__ import annotations

from sizzle.outbox.claim_records import Ending
from sizzle.outbox.sends import Send
from sizzle.outreach.content.messages import Handover, Outcome
from sizzle.outreach.timing import MAX_ATTEMPTS, retry_after
from sizzle.outreach.vocabulary import MessageClass, SendState


def ending_of(send: Send, outcome: Outcome, now: int, share: float, paused_until: int) -> Ending:
    """How a send ends, for now or for good.

    Args:
        send: that was handed over.
        outcome: of that.
        now: milliseconds since 1970.
        share: from 0 to 1, drawn for this send.
        paused_until: when its transport is tried again, where it is down.
    """
    match outcome.handover:
        case Handover.HANDED_OVER:
            reference = outcome.reference or outcome.detail
            return Ending(send, SendState.HANDED_OVER, reference=reference)
        case Handover.PERMANENT:
            return Ending(send, SendState.PERMANENT, outcome.detail, deactivate=True)
        case Handover.REFUSED:
            return Ending(send, SendState.PERMANENT, outcome.detail)
        case Handover.UNKNOWN if send.message_class is MessageClass.MARKETING:
            return Ending(send, SendState.UNKNOWN, outcome.detail)
    if outcome.transport_down:
        state = SendState.TEMPORARY
        return Ending(send, state, outcome.detail, due=paused_until, tried=False)
    return _again(send, outcome, now, share)


def _again(send: Send, outcome: Outcome, now: int, share: float) -> Ending:
    attempts = send.attempts + 1
    if attempts >= MAX_ATTEMPTS:
        return Ending(send, SendState.PERMANENT, f"given up: {outcome.detail}")
    due = now + retry_after(attempts, outcome.after, share)
    return Ending(send, SendState.TEMPORARY, outcome.detail, due=due)
