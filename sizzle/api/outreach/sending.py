"""All routes of sending."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter

from sizzle.api.outreach.campaigns import campaign_routes
from sizzle.api.outreach.journeys import journey_routes
from sizzle.api.outreach.messages import message_routes
from sizzle.api.outreach.reports import report_routes
from sizzle.api.outreach_service.sending import SendingService

__all__ = ["sending_routes"]


def sending_routes(service: SendingService) -> Iterator[APIRouter]:
    """Campaigns, journeys, messages, what comes back, and what it brought."""
    yield campaign_routes(service)
    yield journey_routes(service)
    yield message_routes(service)
    yield report_routes(service)
