"""Messages as files that people open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sizzle.errors import InputError
from sizzle.files import write_bytes
from sizzle.outreach.content.messages import MailMessage, Message, PushMessage, SmsMessage
from sizzle.outreach.content.mime import to_mime


def write_message(folder: Path, name: str, message: Message, at: datetime) -> list[Path]:
    """Write a message: a mail as .eml, as it is handed over, and .html; all else as .json.

    Args:
        folder: it is made where it does not exist.
        name: of the files, without their suffixes.
        message: to be written.
        at: the date of a mail.

    Raises:
        InputError: the folder cannot be written to.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, data in _files(message, at).items():
            written.append(folder / f"{name}{suffix}")
            write_bytes(written[-1], data)
    except OSError as error:
        raise InputError(
            f"Messages cannot be written: {error.strerror}.", where=str(folder), fix="name another."
        ) from error
    return written


def summary(message: Message) -> dict[str, str]:
    """What a message says at first sight."""
    if isinstance(message, MailMessage):
        return {"to": message.recipient, "subject": message.subject, "text": message.text}
    if isinstance(message, SmsMessage):
        count = f"{message.segments} segment{'s' if message.segments > 1 else ''}"
        return {"to": message.recipient, "text": message.text, "paid as": count}
    shown = {"title": message.title, "text": message.body, "link": message.link}
    return {"to": message.address[:60], **shown, "picture": message.image}


def _files(message: Message, at: datetime) -> Mapping[str, bytes]:
    if isinstance(message, MailMessage):
        return {".eml": to_mime(message, at), ".html": message.html.encode()}
    assert isinstance(message, SmsMessage | PushMessage)
    return {".json": json.dumps(asdict(message), indent=2, ensure_ascii=False).encode() + b"\n"}
