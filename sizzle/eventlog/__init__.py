"""The log of events: appended durably and once, and read in the order of its commits."""

from sizzle.eventlog.append import Appended
from sizzle.eventlog.event_log import ErasedMember, EventLog, LoggedEvent, MemberSummary

__all__ = ["Appended", "ErasedMember", "EventLog", "LoggedEvent", "MemberSummary"]
