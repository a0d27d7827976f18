"""The demo's member: loads a mail's pictures, follows its link, plays the reel and a title."""

from __future__ import annotations

import html
import json
import re
import uuid
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Final
from urllib.request import Request, urlopen

from sizzle.cli.demo_service import post_json
from sizzle.errors import SizzleError
from sizzle.events.event import time_text

_TIMEOUT: Final = 20.0
_SECONDS: Final = 3600  # that the title is played for
_BROWSER: Final = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
_EACH_ONCE: Final = " ".join(f"{rank}:40" for rank in "ABCDEFGH")  # of the demo's eight titles
_IMAGE: Final = re.compile(r'<img[^>]+src="([^"]+)"')
_DATA: Final = re.compile(r'id="data">(.*?)</script>', re.S)


def open_and_play(address: str, mail: bytes, title_id: str) -> str:
    """Open a mail, follow its link, and play. Returns what was done, in words.

    Raises:
        SizzleError: the mail loads something of another host, or its events are not recorded.
        OSError: the service answers with an error.
    """
    parsed = message_from_bytes(mail, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    page = _part(parsed, "html")
    pictures = [html.unescape(address) for address in _IMAGE.findall(page)]
    foreign = [picture for picture in pictures if not picture.startswith(f"{address}/")]
    if foreign:
        raise SizzleError(f"The mail loads something of another host: {foreign[0][:200]}.")
    for picture in pictures:
        _get(picture)
    data = json.loads(_data(_get(link_of(address, mail)).decode()))
    events = list(_events(data, title_id))
    now = _now()
    body = {"token": data["token"], "sent_at": now, "events": events}
    results = post_json(f"{address}/v1/events", body)["results"]
    if any(result["status"] != "accepted" for result in results):
        raise SizzleError(f"Events were not recorded: {results}.")
    return f"{len(pictures)} pictures of this service, 1 link, {len(events)} events"


def link_of(address: str, mail: bytes) -> str:
    """The address of the reel's page in a mail."""
    parsed = message_from_bytes(mail, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    (link, *_) = re.findall(rf"{re.escape(address)}/r/[\w-]+", _part(parsed, "plain"))
    return str(link)


def title_order(address: str, member_id: str, asset_id: str) -> list[str]:
    """The titles of a member's reel of this moment, best rank first; each has one cut."""
    body = {
        "member_id": member_id,
        "asset_id": asset_id,
        "cadence": _EACH_ONCE,
        "device": {"dynamic_sizzles": True},
    }
    cuts = sorted(post_json(f"{address}/v1/reels", body)["cuts"], key=lambda cut: cut["rank"])
    return [str(cut["title_id"]) for cut in cuts]


def _events(data: dict[str, Any], title_id: str) -> Iterator[dict[str, Any]]:
    """What the page tells: the title was chosen there and its cuts seen, then it was played."""
    yield _event(data, "reel_started")
    for number, cut in enumerate(data["cuts"], start=1):
        if cut["title_id"] != title_id:
            continue
        metrics = {"cut": number, "frames": cut["stop"] - cut["start"]}
        attributes = {"title_id": cut["title_id"]}
        yield _event(data, "reel_progress", metrics=metrics, attributes=attributes)
    of_title = {"title_id": title_id}
    yield _event(data, "title_opened", attributes=of_title)
    yield _event(data, "title_played", attributes=of_title, metrics={"seconds": _SECONDS})


def _event(data: dict[str, Any], kind: str, **content: dict[str, Any]) -> dict[str, Any]:
    event = {"id": uuid.uuid4().hex, "type": kind, "time": _now(), "reel_id": data["reel_id"]}
    return {**event, **content}


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        raise SizzleError(f"The mail has no part of text/{kind}.")
    return str(part.get_content())


def _data(page: str) -> str:
    found = _DATA.search(page)
    if found is None:
        raise SizzleError("The link leads to no page that plays a reel.")
    return found[1]


def _get(url: str) -> bytes:
    with urlopen(Request(url, headers=_BROWSER), timeout=_TIMEOUT) as response:  # noqa: S310
        data: bytes = response.read()
        return data


def _now() -> str:
    import time

    return time_text(int(time.time() * 1000))
