"""A real SMTP server that takes mails, answers as it is told, and logs what it took."""

from __future__ import annotations

import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from fixtures.mail_server import HOST, smtp_server

ACCEPTED = "250 2.0.0 Ok: queued as {}"


@dataclass(frozen=True)
class Taken:
    """A mail that the server said it had taken.

    Attributes:
        time: by the server's own clock, in seconds.
    """

    recipient: str
    sender: str
    data: bytes
    time: float

    @property
    def mail(self) -> EmailMessage:
        """Parsed by Python's own parser."""
        parsed = message_from_bytes(self.data, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class Sink:
    """What the server took, and how it answers.

    Attributes:
        answer_recipient: to RCPT; empty to take it.
        answer_data: to the whole mail; empty to take it.
        connections: how many there were.
    """

    log: Path | None = None
    answer_recipient: Callable[[str], str] = lambda _: ""
    answer_data: Callable[[str], str] = lambda _: ""
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def handle_EHLO(  # noqa: N802 - as aiosmtpd names it, and below
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Count the connections."""
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _: list[str]
    ) -> str:
        """Answer an address."""
        if refusal := self.answer_recipient(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail: it is in the log before the client is told."""
        recipient, data = str(envelope.rcpt_tos[0]), envelope.content
        assert isinstance(data, bytes)
        if refusal := self.answer_data(recipient):
            return refusal
        self.taken.append(Taken(recipient, str(envelope.mail_from), data, time.monotonic()))
        message_id = re.search(rb"^Message-ID: (<[^>]*>)", data, re.M)
        if self.log is not None:
            line = {
                "message_id": message_id[1].decode() if message_id else "",
                "to": recipient, "status": "sent",
            }  # fmt: skip
            with self.log.open("a") as file:
                file.write(json.dumps(line) + "\n")
        return ACCEPTED.format(len(self.taken))


def authenticate(_: SMTP, __: Session, ___: Envelope, mechanism: str, data: Any) -> AuthResult:  # noqa: ANN401
    """Know one user."""
    known = mechanism in ("LOGIN", "PLAIN") and (data.login, data.password) == (b"ada", b"secret")
    return AuthResult(success=known, handled=False)


@contextmanager
def smtp_sink(
    log: Path | None = None, tls: ssl.SSLContext | None = None, *, auth: bool = False
) -> Iterator[Sink]:
    """A server on a free port, in a thread, until the block ends."""
    sink = Sink(log)
    options: dict[str, Any] = {"tls_context": tls, "require_starttls": tls is not None}
    if auth:
        options |= {"authenticator": authenticate, "auth_required": True}
    with smtp_server(partial(SMTP, sink, hostname=HOST, **options)) as sink.port:
        yield sink


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something holds."""
    event, end = threading.Event(), time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        event.wait(0.01)
