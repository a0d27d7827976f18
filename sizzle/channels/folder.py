"""Writes messages to a folder: the default, so that a fresh installation mails nobody."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Set
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final

from sizzle.files import write_bytes
from sizzle.outreach.content.messages import Handover, MailMessage, Message, Outcome
from sizzle.outreach.content.mime import to_mime
from sizzle.outreach.vocabulary import Channel

_CONCURRENCY: Final = 4


class FolderTransport:
    """Writes mails as .eml, which mail programs open, and all else as .json.

    Args:
        folder: to write to; it is made where it does not exist.
    """

    name = "folder"
    channels: Set[Channel] = frozenset(Channel)
    rate: float | None = None
    concurrency = _CONCURRENCY

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def hand_over(self, message: Message, at: datetime) -> Outcome:
        """Write it whole or not at all; the same send again replaces its file."""
        try:
            return await asyncio.to_thread(self._write, message, at)
        except OSError as error:
            detail = f"{self._folder}: {error.strerror}"
            return Outcome(Handover.TEMPORARY, detail, transport_down=True)

    async def close(self) -> None:
        """Nothing is open."""

    def _write(self, message: Message, at: datetime) -> Outcome:
        self._folder.mkdir(parents=True, exist_ok=True)
        if isinstance(message, MailMessage):
            name, data = f"{message.send_id}.eml", to_mime(message, at)
        else:
            name, data = f"{message.send_id}.json", _json(message)
        write_bytes(self._folder / name, data)
        return Outcome(Handover.HANDED_OVER, reference=name)


def _json(message: Message) -> bytes:
    return json.dumps(asdict(message), indent=2, ensure_ascii=False).encode() + b"\n"
