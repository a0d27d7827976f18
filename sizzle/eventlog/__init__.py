"""The log of events: appended durably and once, and read in the order of its commits."""

from sizzle.eventlog.append import Appended
from sizzle.eventlog.changes import Changes, LogEnd
from sizzle.eventlog.event_log import (
    MEMBER_KEY,
    ErasedMember,
    EventLog,
    LoggedEvent,
    MemberSummary,
)

__all__ = [
    "MEMBER_KEY",
    "Appended",
    "Changes",
    "ErasedMember",
    "EventLog",
    "LogEnd",
    "LoggedEvent",
    "MemberSummary",
]
