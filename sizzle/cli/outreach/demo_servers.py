"""What the demo's messages are sent to, and the settings that it runs with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sizzle.cli.demo import DemoFolder
from sizzle.cli.output import say

if TYPE_CHECKING:
    from fixtures.mail_server import MailServer
    from fixtures.push_service import PushService


@dataclass(frozen=True, slots=True)
class Servers:
    """Real servers of this machine; None where something that one needs is not installed."""

    mail: MailServer | None = None
    push: PushService | None = None


@contextmanager
def servers(folder: DemoFolder) -> Iterator[Servers]:
    """Servers that take what is sent, until the block ends; what is absent is said."""
    with ExitStack() as stack:
        try:
            mail = stack.enter_context(_mail_server(folder))
        except ImportError as error:
            say(f"NOT SHOWN: sending by SMTP needs `{error.name}`; mails are written to a folder.")
            mail = None
        try:
            push = stack.enter_context(_push_service(folder))
        except ImportError as error:
            say(
                f"NOT SHOWN: a notification needs `{error.name}`; none is sent, or opened by boto3."
            )
            push = None
        yield Servers(mail, push)


@contextmanager
def _mail_server(folder: DemoFolder) -> Iterator[MailServer]:
    import aiosmtplib as _  # noqa: F401 - an extra
    import dkim as __  # noqa: F401 - an extra

    from fixtures.mail_server import mail_server

    with mail_server(folder / "mails") as server:
        os.environ["SIZZLE_OUTREACH_EMAIL"] = "smtp"
        os.environ["SIZZLE_OUTREACH_SMTP_PORT"] = str(server.port)
        yield server


@contextmanager
def _push_service(folder: DemoFolder) -> Iterator[PushService]:
    import h2 as _  # noqa: F401 - an extra
    import jwt as __  # noqa: F401 - an extra

    from fixtures.push_service import HOST, push_service

    with push_service(folder / "push") as service:
        os.environ["SIZZLE_OUTREACH_WEB_PUSH"] = "on"
        os.environ["SIZZLE_OUTREACH_WEB_PUSH_HOSTS"] = HOST
        os.environ["SIZZLE_OUTREACH_WEB_PUSH_CA_FILE"] = str(service.certificate)
        os.environ["SIZZLE_OUTREACH_VAPID_KEY"] = str(service.vapid_key)
        os.environ["SIZZLE_OUTREACH_VAPID_CONTACT"] = "mailto:sizzle@example.org"
        yield service


@contextmanager
def environment(folder: DemoFolder) -> Iterator[None]:
    """The demo's own settings, whatever those of this machine are."""
    given = {
        "SIZZLE_STATE": folder.state,
        "SIZZLE_DATABASE": f"sqlite:///{folder.state}/sizzle.db",
        "SIZZLE_CATALOG": folder.catalog,
        "SIZZLE_MODEL": folder.model,
        "SIZZLE_HISTORIES": folder.histories,
        "SIZZLE_PACKAGES": folder / "packages",
        "SIZZLE_OUTREACH_EMAIL": "folder",
        "SIZZLE_OUTREACH_FOLDER": folder / "mails",
        "SIZZLE_OUTREACH_SMTP_SECURITY": "none",
        "SIZZLE_OUTREACH_SMTP_HOST": "127.0.0.1",
        "SIZZLE_OUTREACH_SENDER_NAME": "Dynamic Sizzles",
        "SIZZLE_OUTREACH_SENDER_MAIL": "sizzle@example.org",
        "SIZZLE_OUTREACH_POSTAL_ADDRESS": "1 Example Street, Example",
        "SIZZLE_OUTREACH_QUIET_HOURS": "",  # whenever the demo is run
    }
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("SIZZLE_")]:
        del os.environ[name]
    os.environ.update({name: str(value) for name, value in given.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
