"""What the pages of the desk stand on."""

from __future__ import annotations

from dataclasses import dataclass

from sizzle.api.design import Pages
from sizzle.api.outreach_service import (
    ContentService,
    MemberPreviews,
    MemberReels,
    MemberService,
    SendingService,
)


@dataclass(frozen=True, slots=True)
class Desk:
    """The services that the pages stand on.

    Attributes:
        pages: make the pages.
        members: members, segments and jobs.
        content: lines, drafts and prompts.
        sending: campaigns and messages.
        reels: members' own reels; None where there is no ranker to compose them.
        previews: members' messages with their reels; None likewise.
    """

    pages: Pages
    members: MemberService
    content: ContentService
    sending: SendingService
    reels: MemberReels | None = None
    previews: MemberPreviews | None = None
