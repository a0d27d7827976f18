"""The endpoints of the open pages."""

from __future__ import annotations

import asyncio
import math
from base64 import b64decode
from dataclasses import dataclass
from types import TracebackType
from typing import Annotated, Final, Literal, Self

from fastapi.params import Path
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.http.content import ContentResponse
from sizzle.api.outreach_service.reels import package_for
from sizzle.api.public_links.pages import HEADERS, page, static_content
from sizzle.api.public_links.reel_page import (
    FoundReel,
    page_of,
    replayed,
    script_data,
)
from sizzle.api.public_links.service import PublicLinks, ReelSources
from sizzle.errors import NotFoundError, SizzleError
from sizzle.outbox.sent_messages import SentMessage
from sizzle.outreach.content.phrases import Phrases, accepted_language, phrases_of
from sizzle.outreach.links import MAX_TOKEN

Token = Annotated[str, Path(max_length=MAX_TOKEN, description="From a message.")]

Moment = Literal["received_foreground", "received_background", "opened_notification"]

ONE_CLICK: Final = b"List-Unsubscribe=One-Click"
"""The body of RFC 8058; the page's own button sends it too."""

_PIXEL: Final = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_MAX_FORM: Final = 10_000  # bytes
_TOKEN_HOURS: Final = 12


@dataclass(frozen=True, slots=True)
class PublicLinkEndpoints:
    """The endpoints of the open pages."""

    links: PublicLinks
    sources: ReelSources

    async def get_message_reel(self, token: Token, request: Request) -> Response:
        """Play the reel of a message: that of the moment of sending, or else today's."""
        with _Notices(request) as notices:
            return await self._reel_page(token, request)
        return notices.response

    async def get_unsubscription(self, token: Token, request: Request) -> Response:
        """Ask whether to unsubscribe. Nothing is changed: programs follow links too."""
        with _Notices(request) as notices:
            return await self._question(token, request)
        return notices.response

    async def unsubscribe(self, token: Token, request: Request) -> Response:
        """Unsubscribe from the message's topic (RFC 8058): no key, no cookie, once or often."""
        with _Notices(request) as notices:
            return await self._unsubscribe(token, request)
        return notices.response

    async def _reel_page(self, token: str, request: Request) -> Response:
        sent = await self.links.message(token, self.links.tokens.reel_send(token))
        words = _words(sent, request)
        if sent is None:
            return page("notice.html", words, 404, text=words.gone)
        await self.links.events.record(sent, "click", request)
        found = await asyncio.to_thread(self._found, sent)
        if found is None:
            return page("notice.html", words, 404, text=words.gone)
        return page(
            "reel.html",
            words,
            sender=_sender(sent),
            reel=page_of(found, self.sources.signing),
            data=script_data(found.reel, self._event_token(sent, found)),
        )

    async def _question(self, token: str, request: Request) -> Response:
        claim = self.links.unsubscription(token)
        sent = await asyncio.to_thread(self.links.sent.find, claim.send_id)
        if sent is not None:
            await self.links.events.record(sent, "unsubscribe_page", request)
        return page("unsubscribe.html", _words(sent, request), sender=_sender(sent), done=False)

    async def _unsubscribe(self, token: str, request: Request) -> Response:
        claim = self.links.unsubscription(token)
        sent = await asyncio.to_thread(self.links.sent.find, claim.send_id)
        words = _words(sent, request)
        if not await _asks(request):
            return page("unsubscribe.html", words, 400, sender=_sender(sent), done=False)
        await asyncio.to_thread(self.links.unsubscribe, claim)
        if sent is not None:
            await self.links.events.record(sent, "unsubscribe", request, once=True)
        return page("unsubscribe.html", words, sender=_sender(sent), done=True)

    async def get_opening(self, token: Token, request: Request) -> Response:
        """A transparent picture; that it was loaded tells that the mail was opened."""
        sent = await self.links.message(token, self.links.tokens.opened_send(token))
        if sent is not None:
            await self.links.events.record(sent, "open", request)
        return Response(_PIXEL, media_type="image/gif", headers=HEADERS)

    async def report(self, token: Token, moment: Moment, request: Request) -> Response:
        """Take a browser's word for what became of a notification."""
        sent = await self.links.message(token, self.links.tokens.opened_send(token))
        if sent is not None:
            await self.links.events.record(sent, moment, request, once=True)
        return Response(status_code=204, headers=HEADERS)

    async def get_service_worker(self) -> Response:
        """The script that shows notifications, for all pages of the site that registers it."""
        script = static_content("service-worker.js")
        return ContentResponse(script, [(b"service-worker-allowed", b"/")])

    async def get_static(self, name: Annotated[str, Path(max_length=40)]) -> Response:
        """A file that the pages load."""
        return ContentResponse(static_content(name))

    def _found(self, sent: SentMessage) -> FoundReel | None:
        """The reel of the message; else the member's newest; None where none can be played."""
        packages = self.sources.packages
        reel = replayed(self.sources.reels, sent.reel_id) if sent.reel_id else None
        package = package_for(packages, reel) if reel else None
        if reel is not None and package is not None:
            return FoundReel(reel, package, is_newest=False)
        try:
            newest = self.links.newest(sent.member_id, sent.asset_id)
        except SizzleError:
            return None
        package = package_for(packages, newest)
        return None if package is None else FoundReel(newest, package, is_newest=True)

    def _event_token(self, sent: SentMessage, found: FoundReel) -> str:
        if not sent.member_id:
            return ""
        expires = int(self.links.clock()) + _TOKEN_HOURS * 3600
        return self.links.event_tokens.make(sent.member_id, found.reel.reel_id, expires)


class _Notices:
    """Tells people, in their language, what went wrong: they cannot read problem documents.

    Args:
        request: whose reader is told.
    """

    response: Response

    def __init__(self, request: Request) -> None:
        self._request = request

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, SizzleError):
            return False
        words = _words(None, self._request)
        text = words.broken_link if isinstance(error, NotFoundError) else words.try_later
        self.response = page("notice.html", words, error.status, text=text)
        if error.retry_after is not None:
            self.response.headers["retry-after"] = str(math.ceil(error.retry_after))
        return True


async def _asks(request: Request) -> bool:
    """Whether a body asks to unsubscribe, as a form of either kind."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MAX_FORM:
            return False
    compact = body.replace(b"\r\n", b"\n")
    in_parts = b'name="List-Unsubscribe"\n' in compact and b"\nOne-Click" in compact
    return ONE_CLICK in body.split(b"&") or in_parts


def _words(sent: SentMessage | None, request: Request) -> Phrases:
    """In the language of the message, where that is known."""
    accepted = accepted_language(request.headers.get("accept-language", ""))
    language = sent.record.get("language") if sent is not None else None
    return phrases_of(language if isinstance(language, str) else accepted)


def _sender(sent: SentMessage | None) -> str:
    sender = sent.record.get("sender") if sent is not None else None
    return str(sender.get("name", "")) if isinstance(sender, dict) else ""
