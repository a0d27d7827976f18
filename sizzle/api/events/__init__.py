"""Events: recorded by back ends and devices, and read by those who follow them."""

from sizzle.api.events.service import EventHealth, EventService, HistoryHealth

__all__ = ["EventHealth", "EventService", "HistoryHealth"]
