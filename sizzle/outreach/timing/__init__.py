"""When a message may go out: quiet hours, frequency caps, rates, and the gate they make up."""

from sizzle.outreach.timing.caps import DAY, WEEK, FrequencyCap
from sizzle.outreach.timing.gate import (
    Decision,
    GateFacts,
    GatePolicy,
    Hold,
    Pass,
    Reason,
    Skip,
    decide,
)
from sizzle.outreach.timing.quiet import QuietHours, next_awake
from sizzle.outreach.timing.rates import Slots, take_slots
from sizzle.outreach.timing.retries import MAX_ATTEMPTS, retry_after, transport_pause
from sizzle.outreach.timing.zones import possible_zones

__all__ = [
    "DAY",
    "MAX_ATTEMPTS",
    "WEEK",
    "Decision",
    "FrequencyCap",
    "GateFacts",
    "GatePolicy",
    "Hold",
    "Pass",
    "QuietHours",
    "Reason",
    "Skip",
    "Slots",
    "decide",
    "next_awake",
    "possible_zones",
    "retry_after",
    "take_slots",
    "transport_pause",
]
