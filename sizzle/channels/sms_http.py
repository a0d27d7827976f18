"""Hands text messages to a gateway over HTTP.

    POST https://gateway.example/messages
    Authorization: Bearer <SIZZLE_OUTREACH_SMS_TOKEN>
    Idempotency-Key: <send id>

    {"id": "<send id>", "to": "+33612345678", "from": "Sizzles", "text": "...", "language": "fr",
     "segments": 1}

The gateway answers with 2xx and `{"id": "<its own id>"}`. A refusal has a `code`; those of
`PERMANENT_CODES` make the number inactive. Other providers' APIs are reached by a small program
that speaks this one.
"""

from __future__ import annotations

import json
from collections.abc import Set
from datetime import datetime
from typing import Final

import httpx2

from sizzle.channels.http_exchange import Answer, exchange, http_client, outcome_of_status
from sizzle.channels.settings import ChannelSettings, require_secure
from sizzle.outreach.content.messages import Handover, Message, Outcome, SmsMessage
from sizzle.outreach.vocabulary import Channel

PERMANENT_CODES: Final = frozenset(
    {"invalid_recipient", "unknown_recipient", "landline", "opted_out", "blocked"}
)
"""Refusals that are about the number itself."""

_MAX_REFERENCE: Final = 200


class SmsGateway:
    """Hands text messages over.

    Args:
        settings: of the gateway.

    Raises:
        InputError: an address without https.
    """

    channels: Set[Channel] = frozenset({Channel.SMS})

    def __init__(self, settings: ChannelSettings) -> None:
        require_secure(settings.sms_url, "SIZZLE_OUTREACH_SMS_URL")
        self.name = f"sms:{httpx2.URL(settings.sms_url).host}"
        self.rate = settings.sms_rate
        self.concurrency = settings.sms_connections
        self._url = settings.sms_url
        self._token = settings.sms_token.get_secret_value()
        self._client = http_client(settings.http_timeout)

    async def hand_over(self, message: Message, at: datetime) -> Outcome:
        """Hand a text message over; the gateway may know it by its key, if it comes again."""
        assert isinstance(message, SmsMessage)
        headers = {
            "authorization": f"Bearer {self._token}",
            "content-type": "application/json",
            "idempotency-key": message.send_id,
        }
        answer = await exchange(self._client, self._url, headers=headers, content=_body(message))
        return answer if isinstance(answer, Outcome) else _outcome(answer)

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()


def _body(message: SmsMessage) -> bytes:
    return json.dumps(
        {
            "id": message.send_id,
            "to": message.recipient,
            "from": message.sender,
            "text": message.text,
            "language": message.language,
            "segments": message.segments,
        },
        ensure_ascii=False,
    ).encode()


def _outcome(answer: Answer) -> Outcome:
    if 200 <= answer.status < 300:
        reference = str(answer.json.get("id", ""))[:_MAX_REFERENCE]
        return Outcome(Handover.HANDED_OVER, reference=reference)
    code = answer.json.get("code")
    if code in PERMANENT_CODES:
        return Outcome(Handover.PERMANENT, str(code))
    return outcome_of_status(answer, code if isinstance(code, str) else "")
