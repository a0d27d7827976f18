"""All pages of the desk."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.design import Area, Section, Site
from sizzle.api.outreach_service import (
    ContentService,
    MemberReels,
    MemberService,
    SendingService,
)
from sizzle.api.portal.desk import Desk
from sizzle.api.portal.imports import import_pages
from sizzle.api.portal.members import member_pages
from sizzle.api.portal.overview import overview_pages

_READ = (ApiScope.OUTREACH_READ,)

AREA = Area(
    "Outreach",
    "/outreach",
    _READ,
    about="Members, segments, messages with each member's own reel, and what they brought.",
    icon="outreach",
    # In the order of the navigation.
    sections=(
        Section("Overview", "/outreach", _READ),
        Section("Members", "/outreach/members", _READ),
        Section("Imports", "/outreach/imports", _READ),
    ),
)
"""As the navigation shows it."""


def portal_routes(
    site: Site,
    members: MemberService,
    content: ContentService,
    sending: SendingService,
    reels: MemberReels | None = None,
) -> Iterator[APIRouter]:
    """The pages of all areas of the desk."""
    pages = site.pages("sizzle.api.portal", "/outreach/static")
    site.add(AREA)
    desk = Desk(pages, members, content, sending, reels)
    yield pages.static_routes()
    yield overview_pages(desk)
    yield from member_pages(desk)
    yield from import_pages(desk)
