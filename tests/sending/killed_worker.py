"""A worker that a test kills: it sends over SMTP until it is ended."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import make_url

from sizzle.channels import ChannelSettings
from sizzle.channels.smtp import SmtpTransport
from sizzle.sending.clock import Clock
from tests.sending.world import World


def send_until_killed(url: str, state: str, port: int, name: str) -> None:
    """Send what is there, by SMTP to a port of this machine, then end."""
    settings = ChannelSettings.read(
        smtp_security="none", smtp_host="127.0.0.1", smtp_port=port, smtp_connections=4
    )
    world = World.open(make_url(url), Path(state))
    world.real_clock = Clock()
    asyncio.run(world.worker(name, SmtpTransport(settings)).run())
    world.database.close()
