"""Routes of single messages, and of what comes back about any."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter
from starlette.requests import Request

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.auth.route_access import PUBLIC, requires
from sizzle.api.http.json_body import JsonBody, check_content_type
from sizzle.api.http.problems import problem_responses
from sizzle.api.outreach.sending_schema import (
    MessageBody,
    MessageResponse,
    RecordedResponse,
    SendResponse,
    send_response,
)
from sizzle.api.outreach_service.sending import SendingService
from sizzle.errors import NotFoundError
from sizzle.outbox.endpoints import Endpoint, find_endpoints
from sizzle.outbox.sends import Send, send_id_of
from sizzle.outreach.inbound.notice import Notice
from sizzle.outreach.inbound.reports import read_report
from sizzle.outreach.inbound.webhooks import WebhookSignatureError, check_webhook, read_webhook
from sizzle.outreach.vocabulary import Channel, MessageClass, SendState

TIMESTAMP: Final = "x-sizzle-timestamp"
SIGNATURE: Final = "x-sizzle-signature"

_body: Final = JsonBody(
    MessageBody,
    {
        "app": "outreach",
        "endpoint_id": "member-ada-email",
        "subject": "Your sign-in code",
        "text": "Your code is 417 093.",
    },
)


_WEBHOOK: Final = {
    "events": [
        {"type": "bounce", "message_id": "<1@example.com>", "permanent": True, "detail": "5.1.1"},
        {"type": "reply", "channel": "SMS", "address": "+33123456789", "text": "STOP"},
    ]
}


def message_routes(service: SendingService) -> APIRouter:
    """Transactional messages, bounces and webhooks."""
    endpoints = _MessageEndpoints(service)
    router = APIRouter(prefix="/v1/outreach", tags=["outreach"])
    router.post(
        "/messages",
        status_code=202,
        response_model=MessageResponse,
        responses=problem_responses(400, 404, 409, 415, 422),
        openapi_extra=_body.openapi,
        dependencies=[requires(ApiScope.OUTREACH_SEND)],
    )(endpoints.create_message)
    router.get(
        "/messages/{send_id}",
        response_model=SendResponse,
        responses=problem_responses(404, 422),
        dependencies=[requires(ApiScope.OUTREACH_READ)],
    )(endpoints.get_message)
    binary = {"schema": {"type": "string", "format": "binary"}}
    webhook = {"schema": {"type": "object"}, "example": _WEBHOOK}
    bodies: tuple[tuple[str, Any, str, dict[str, Any]], ...] = (
        ("/bounces", endpoints.create_bounce, "application/octet-stream", binary),
        ("/webhooks", endpoints.create_webhook, "application/json", webhook),
    )
    for path, endpoint, media_type, described in bodies:
        router.post(
            path,
            response_model=RecordedResponse,
            responses=problem_responses(400, 403, 422),
            openapi_extra={"requestBody": {"required": True, "content": {media_type: described}}},
            dependencies=[PUBLIC],
        )(endpoint)
    return router


@dataclass(frozen=True, slots=True)
class _MessageEndpoints:
    service: SendingService

    async def create_message(self, request: Request) -> MessageResponse:
        """Have a transactional message sent once. It passes the same gate as all others.

        With an `Idempotency-Key`, the same request again is the same message, whatever broke.
        """
        body = await request.body()
        check_content_type(request.headers.get("content-type", ""))
        wanted = _body.read(body)
        key = request.headers.get("idempotency-key")
        name = uuid4().hex if key is None else _named(author_of(request), key)
        return MessageResponse(send_id=await asyncio.to_thread(self._add, wanted, name))

    async def get_message(self, send_id: str) -> SendResponse:
        """What has become of a message, also of one of a campaign."""
        return send_response(await asyncio.to_thread(self.service.sends.get, send_id))

    async def create_bounce(self, request: Request) -> RecordedResponse:
        """Take a bounce (RFC 3464) or complaint (RFC 5965): the mail as it came, signed."""
        return await self._take(request, read_report)

    async def create_webhook(self, request: Request) -> RecordedResponse:
        """Take what a provider tells of messages, signed."""
        return await self._take(request, read_webhook)

    def _add(self, wanted: MessageBody, name: str) -> str:
        """Raises NotFoundError: no such endpoint."""
        self.service.database.upgrade_once()
        with self.service.database.reading() as connection:
            ids = [wanted.endpoint_id]
            endpoint = find_endpoints(connection, wanted.app, ids).get(wanted.endpoint_id)
        if endpoint is None or endpoint.deleted is not None:
            raise NotFoundError(
                f"There is no endpoint {wanted.endpoint_id!r}.", where="endpoint_id",
                fix="register it first.",
            )  # fmt: skip
        send = _send(wanted, endpoint, f"_DIRECT.{name}", self.service.now)
        self.service.sends.add([send])
        return send.send_id

    async def _take(
        self, request: Request, read: Callable[[bytes], list[Notice]]
    ) -> RecordedResponse:
        """Take a signed call, once. Raises WebhookSignatureError, and InputError as `read`."""
        secret, inbound = self.service.webhook_secret, self.service.inbound
        if secret is None:
            raise WebhookSignatureError(
                "No webhook is taken here.", fix="set SIZZLE_OUTREACH_WEBHOOK_SECRET."
            )
        body, headers = await request.body(), request.headers
        timestamp, signature = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
        name = check_webhook(secret, timestamp, body, signature, inbound.clock.time())
        await asyncio.to_thread(inbound.refuse_replay, name)
        counts = await asyncio.to_thread(inbound.record, read(body))
        await asyncio.to_thread(inbound.remember_call, name)
        return RecordedResponse(recorded=counts["recorded"], unknown=counts["unknown"])


def _send(wanted: MessageBody, endpoint: Endpoint, activity_id: str, now: int) -> Send:
    channel = endpoint.fields.channel_type
    if channel not in set(Channel):
        raise NotFoundError(
            f"No message can be sent over the channel {channel!r}.",
            where="endpoint_id",
            fix=f"use an endpoint of {', '.join(Channel)}.",
        )
    return Send(
        send_id=send_id_of(activity_id, endpoint.app, endpoint.endpoint_id),
        campaign_id="",
        activity_id=activity_id,
        app=endpoint.app,
        endpoint_id=endpoint.endpoint_id,
        member_id=endpoint.member_id,
        channel=Channel(channel),
        message_class=MessageClass.TRANSACTIONAL,
        topic=wanted.topic,
        state=SendState.PLANNED,
        due=now,
        expires=None if wanted.valid_for is None else now + wanted.valid_for * 1000,
        slots={"language": wanted.language, "subject": wanted.subject, "text": wanted.text},
        created=now,
        updated=now,
    )


def _named(caller: str, key: str) -> str:
    return hashlib.blake2b(f"{caller}\0{key}".encode(), digest_size=16).hexdigest()
