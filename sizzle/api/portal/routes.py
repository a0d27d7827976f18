"""All pages of the desk."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.design import Area, Section, Site
from sizzle.api.outreach_service import (
    ContentService,
    MemberPreviews,
    MemberReels,
    MemberService,
    SendingService,
)
from sizzle.api.portal.affinity import affinity_pages
from sizzle.api.portal.campaigns import campaign_pages
from sizzle.api.portal.desk import Desk
from sizzle.api.portal.imports import import_pages
from sizzle.api.portal.journeys import journey_pages
from sizzle.api.portal.lines import line_pages
from sizzle.api.portal.members import member_pages
from sizzle.api.portal.one_to_one import one_to_one_pages
from sizzle.api.portal.overview import overview_pages
from sizzle.api.portal.promoted import promoted_pages
from sizzle.api.portal.prompts import prompt_pages
from sizzle.api.portal.reports import report_pages
from sizzle.api.portal.segments import segment_pages
from sizzle.api.portal.snapshots import snapshot_pages

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
        Section("Segments", "/outreach/segments", _READ),
        Section("Affinity", "/outreach/affinity", _READ),
        Section("Promoted", "/outreach/promoted", _READ),
        Section("Lines", "/outreach/lines", _READ),
        Section("Prompts", "/outreach/prompts", _READ),
        Section("1:1 content", "/outreach/one-to-one", _READ),
        Section("Journeys", "/outreach/journeys", _READ),
        Section("Campaigns", "/outreach/campaigns", _READ),
        Section("Reports", "/outreach/reports", _READ),
    ),
)
"""As the navigation shows it."""


def portal_routes(
    site: Site,
    members: MemberService,
    content: ContentService,
    sending: SendingService,
    reels: MemberReels | None = None,
    previews: MemberPreviews | None = None,
) -> Iterator[APIRouter]:
    """The pages of all areas of the desk."""
    pages = site.pages("sizzle.api.portal", "/outreach/static")
    site.add(AREA)
    desk = Desk(pages, members, content, sending, reels, previews)
    yield pages.static_routes()
    yield overview_pages(desk)
    yield from member_pages(desk)
    yield from import_pages(desk)
    yield from one_to_one_pages(desk)
    yield from segment_pages(desk)
    yield from snapshot_pages(desk)
    yield from affinity_pages(desk)
    yield from promoted_pages(desk)
    yield from line_pages(desk)
    yield from prompt_pages(desk)
    yield from journey_pages(desk)
    yield from campaign_pages(desk)
    yield report_pages(desk)
