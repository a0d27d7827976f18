"""Routes of outreach: members, segments, lines, campaigns and messages."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter

from sizzle.api.outreach.drafts import draft_routes
from sizzle.api.outreach.lines import line_routes
from sizzle.api.outreach.prompts import prompt_routes
from sizzle.api.outreach_service.content import ContentService

__all__ = ["outreach_routes"]


def outreach_routes(content: ContentService) -> Iterator[APIRouter]:
    """All routes of outreach."""
    yield draft_routes(content)
    yield line_routes(content)
    yield prompt_routes(content)
