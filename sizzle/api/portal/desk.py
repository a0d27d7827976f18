"""What the pages of the desk stand on."""

from __future__ import annotations

from dataclasses import dataclass

from sizzle.api.design import Pages
from sizzle.api.outreach_service import ContentService, MemberService, SendingService


@dataclass(frozen=True, slots=True)
class Desk:
    """The services that the pages stand on.

    Attributes:
        pages: make the pages.
        members: members, segments and jobs.
        content: lines, drafts and prompts.
        sending: campaigns and messages.
    """

    pages: Pages
    members: MemberService
    content: ContentService
    sending: SendingService
