"""Hands mails over by SMTP, over connections that are kept."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Set
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import Final

import aiosmtplib
from aiosmtplib import SMTP

from sizzle.channels.settings import ChannelSettings
from sizzle.channels.smtp_answers import CLOSING, outcome_of, without_addresses
from sizzle.errors import InputError
from sizzle.outreach.content.errors import ComposeError
from sizzle.outreach.content.mail import mail_address
from sizzle.outreach.content.messages import Handover, MailMessage, Message, Outcome
from sizzle.outreach.content.mime import to_mime
from sizzle.outreach.vocabulary import Channel

_QUIT_SECONDS: Final = 2.0


class _Stage(Enum):
    """How far a mail has come."""

    SENDER = auto()
    RECIPIENT = auto()
    DATA = auto()


@dataclass(slots=True)
class _Connection:
    client: SMTP
    messages: int = 0


@dataclass(slots=True)
class _Envelope:
    sender: str
    recipient: str
    data: bytes


class SmtpTransport:
    """Hands mails over by SMTP.

    Args:
        settings: of the server.

    Raises:
        InputError: certificates or a key that cannot be used.
    """

    channels: Set[Channel] = frozenset({Channel.EMAIL})

    def __init__(self, settings: ChannelSettings) -> None:
        self.name = f"smtp:{settings.smtp_host}:{settings.smtp_port}"
        self.rate = settings.smtp_rate
        self.concurrency = settings.smtp_connections
        self._settings = settings
        _check_password(settings)
        self._tls = None if settings.smtp_security == "none" else _tls_context(settings)
        self._signer = None
        if settings.dkim_domain:
            from sizzle.channels.dkim_signing import dkim_signer

            self._signer = dkim_signer(settings)
        self._idle: list[_Connection] = []

    async def hand_over(self, message: Message, at: datetime) -> Outcome:
        """Hand a mail over; what breaks after the mail was sent whole leaves it unknown."""
        assert isinstance(message, MailMessage)
        try:
            envelope = self._envelope(message, at)
        except (ComposeError, ValueError):
            return Outcome(Handover.PERMANENT, "the address cannot be written to by SMTP")
        return await self._try(envelope)

    async def close(self) -> None:
        """Take leave of the server."""
        while self._idle:
            client = self._idle.pop().client
            with suppress(aiosmtplib.SMTPException, OSError, asyncio.TimeoutError):
                await asyncio.wait_for(client.quit(), _QUIT_SECONDS)
            client.close()

    def _envelope(self, message: MailMessage, at: datetime) -> _Envelope:
        """Raises ComposeError and ValueError: an address that SMTP cannot write."""
        sender = mail_address(self._settings.smtp_envelope_from or message.sender)
        recipient = mail_address(message.recipient)
        data = to_mime(replace(message, recipient=recipient), at)
        signed = data if self._signer is None else self._signer.sign(data)
        return _Envelope(sender, recipient, signed)

    async def _try(self, envelope: _Envelope) -> Outcome:
        """Send it over a connection that is open, or a new one where the server has closed that."""
        while True:
            connection = await self._connected()
            if isinstance(connection, Outcome):
                return connection
            kept = connection.messages > 0
            try:
                outcome = await self._send(connection, envelope)
            except BaseException:
                connection.client.close()
                raise
            self._give_back(connection)
            closed = outcome.transport_down and not connection.client.is_connected
            if not (kept and closed and outcome.handover is Handover.TEMPORARY):
                return outcome

    async def _connected(self) -> _Connection | Outcome:
        while self._idle:
            connection = self._idle.pop()
            if connection.client.is_connected:
                return connection
        try:
            return _Connection(await self._connect())
        except aiosmtplib.SMTPResponseException as error:
            outcome = outcome_of(error.code, error.message, recipient=False)
            # Whatever it says before it was asked for anything is about us, not about the mail.
            return Outcome(Handover.TEMPORARY, outcome.detail, outcome.after, transport_down=True)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return Outcome(Handover.TEMPORARY, _detail(error), transport_down=True)

    async def _connect(self) -> SMTP:
        settings = self._settings
        client = SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            timeout=settings.smtp_timeout,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            tls_context=self._tls,
            local_hostname=settings.smtp_local_hostname or None,
        )
        await client.connect()
        try:
            if settings.smtp_user:
                password = settings.smtp_password.get_secret_value()
                await client.login(settings.smtp_user, password)
        except BaseException:
            client.close()
            raise
        return client

    async def _send(self, connection: _Connection, envelope: _Envelope) -> Outcome:
        client = connection.client
        connection.messages += 1
        stage = _Stage.SENDER
        try:
            await client.mail(envelope.sender)
            stage = _Stage.RECIPIENT
            await client.rcpt(envelope.recipient)
            stage = _Stage.DATA
            response = await client.data(envelope.data)
        except aiosmtplib.SMTPResponseException as error:
            await _reset(client, error.code)
            return _refusal(error.code, error.message, stage)
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            if stage is _Stage.DATA:  # the server may have all of it
                return Outcome(Handover.UNKNOWN, _detail(error))
            return Outcome(Handover.TEMPORARY, _detail(error), transport_down=True)
        return Outcome(Handover.HANDED_OVER, without_addresses(response.message))

    def _give_back(self, connection: _Connection) -> None:
        if connection.messages < self._settings.smtp_messages and connection.client.is_connected:
            self._idle.append(connection)
        else:
            connection.client.close()


def _refusal(code: int, text: str, stage: _Stage) -> Outcome:
    outcome = outcome_of(code, text, recipient=stage is _Stage.RECIPIENT)
    if stage is not _Stage.SENDER:
        return outcome
    # It does not know the recipient yet: it refuses us, and would refuse every other mail too.
    return Outcome(Handover.TEMPORARY, outcome.detail, outcome.after, transport_down=True)


async def _reset(client: SMTP, code: int) -> None:
    """Have the next mail begin anew, or close the connection."""
    try:
        if code == CLOSING:
            client.close()
        elif client.is_connected:
            await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        client.close()


def _tls_context(settings: ChannelSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.smtp_ca_file is not None:
        try:
            context.load_verify_locations(settings.smtp_ca_file)
        except (OSError, ssl.SSLError) as error:
            raise InputError(
                f"The certificates cannot be read: {error}.",
                where=str(settings.smtp_ca_file),
                fix="SIZZLE_OUTREACH_SMTP_CA_FILE is a PEM file of authorities.",
            ) from error
    return context


def _check_password(settings: ChannelSettings) -> None:
    if settings.smtp_user and settings.smtp_security == "none":
        raise InputError(
            "The SMTP password would be sent without encryption.",
            where="SIZZLE_OUTREACH_SMTP_SECURITY",
            fix="use `starttls` or `tls`.",
        )


def _detail(error: Exception) -> str:
    return without_addresses(f"{type(error).__name__}: {error}")
