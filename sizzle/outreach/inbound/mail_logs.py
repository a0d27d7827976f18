"""Which mails a mail server has taken, by its log: Postfix, Exim, or JSON Lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class LogStatus(StrEnum):
    """What became of a mail, by a log."""

    # The server has it, whatever it has done with it yet.
    TAKEN = "taken"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Something that a log says of a mail.

    Attributes:
        message_id: with its angle brackets.
    """

    message_id: str
    status: LogStatus
    detail: str = ""


_MAX_DETAIL: Final = 200
_MAX_LINE: Final = 20_000
_POSTFIX_ID: Final = re.compile(
    r"postfix(?:/[\w-]+)*/cleanup\[\d+\]: (\w+): (?:resent-)?message-id=(<[^>\s]{1,300}>)"
)
_POSTFIX_BOUNCED: Final = re.compile(
    r"postfix(?:/[\w-]+)*/\w+\[\d+\]: (\w+): to=<[^>]*>.*\bstatus=bounced(?: \((.*)\))?"
)
_EXIM_TAKEN: Final = re.compile(r"\s([\w-]{16,23}) <= .*\bid=([^\s>]{1,300})")
_EXIM_BOUNCED: Final = re.compile(r"\s([\w-]{16,23}) \*\* \S+(?: .*?)?: (.*)")
_ID_NAMES: Final = ("message_id", "message-id", "messageid", "smtp-id", "msgid")
_STATUS_NAMES: Final = ("status", "event", "type", "state")
_BOUNCED: Final = frozenset(
    ("bounce", "bounced", "hardbounce", "hard_bounce", "failed", "rejected")
)
# What a program logs before the server has the mail says nothing.
_NOT_TAKEN: Final = frozenset(("queued", "sending", "error", "temporary", "refused", "attempt"))


def read_mail_log(lines: Iterable[str]) -> Iterator[LogEntry]:
    """What a log says, line by line; lines of other programs, and broken ones, say nothing."""
    queue: dict[str, str] = {}
    for line in lines:
        text = line[:_MAX_LINE]
        if text.lstrip().startswith("{"):
            yield from _of_json(text)
        else:
            yield from _of_text(text, queue)


def _of_text(line: str, queue: dict[str, str]) -> Iterator[LogEntry]:
    """Of Postfix or Exim, which name a mail by its id in the queue once it is there."""
    for pattern in (_POSTFIX_ID, _EXIM_TAKEN):
        if found := pattern.search(line):
            message_id = _bracketed(found[2])
            queue[found[1]] = message_id
            yield LogEntry(message_id, LogStatus.TAKEN)
            return
    for pattern in (_POSTFIX_BOUNCED, _EXIM_BOUNCED):
        if (found := pattern.search(line)) and found[1] in queue:
            detail = (found[2] or "")[:_MAX_DETAIL]
            yield LogEntry(queue[found[1]], LogStatus.BOUNCED, detail)
            return


def _of_json(line: str) -> Iterator[LogEntry]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return
    if not isinstance(record, dict):
        return
    values = {str(name).lower(): value for name, value in record.items()}
    message_id, status = _text(values, _ID_NAMES), _text(values, _STATUS_NAMES).lower()
    if not message_id or status in _NOT_TAKEN:
        return
    bounced = status in _BOUNCED
    detail = _text(values, ("reason", "response", "detail"))[:_MAX_DETAIL] if bounced else ""
    yield LogEntry(
        _bracketed(message_id), LogStatus.BOUNCED if bounced else LogStatus.TAKEN, detail
    )


def _text(values: Mapping[str, Any], names: Iterable[str]) -> str:
    return next((v for name in names if isinstance(v := values.get(name), str)), "")


def _bracketed(message_id: str) -> str:
    return f"<{message_id.strip().strip('<>')}>"
