"""The page on which people sign in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.caller import STRANGER
from sizzle.api.design import Pages
from sizzle.api.sign_in.people import People


@dataclass(frozen=True, slots=True)
class Entry:
    """What the page shows.

    Attributes:
        next_path: the page to go to afterwards.
        address: as it was typed.
        error: what was wrong.
        way: `key` where an API key was sent.
        was_signed_in: whether the browser had a session that has ended.
        kept_path: where a form was sent that is kept.
        kept_form: its body.
        upload_path: where an upload was sent, which cannot be kept.
    """

    next_path: str = "/"
    address: str = ""
    error: str = ""
    way: str = ""
    was_signed_in: bool = False
    kept_path: str = ""
    kept_form: str = ""
    upload_path: str = ""


def entry_page(
    pages: Pages,
    people: People,
    request: Request,
    entry: Entry,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The page on which people sign in."""
    request.scope[STRANGER] = True
    values = {
        "entry": entry,
        "provider": people.provider.name if people.provider is not None else "",
        "kept_fields": parse_qsl(entry.kept_form, keep_blank_values=True),
    }
    return pages.page(request, "sign_in.html", status, headers, **values)
