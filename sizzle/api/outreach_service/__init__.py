"""What the routes of outreach and the pages of it stand on: members, content and sending."""

from sizzle.api.outreach_service.content import ContentService
from sizzle.api.outreach_service.members import MemberService
from sizzle.api.outreach_service.previews import MemberPreviews
from sizzle.api.outreach_service.reels import AssetSources, MemberReels
from sizzle.api.outreach_service.sending import SendingService

__all__ = [
    "AssetSources",
    "ContentService",
    "MemberPreviews",
    "MemberReels",
    "MemberService",
    "SendingService",
]
