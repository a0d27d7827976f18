"""What a mail is apart from its words, as the standard library's parsers read it."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import NamedTuple


class MailStructure(NamedTuple):
    """Header fields, parts, and the elements of the HTML with what they point to."""

    fields: tuple[str, ...]
    recipient: str
    parts: tuple[str, ...]
    elements: tuple[str, ...]


class _Elements(HTMLParser):
    """Elements, the names of their attributes, and the values of those that load or lead."""

    valued = ("href", "src", "style", "class", "lang", "dir", "content")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        shown = (f"{name}={value}" if name in self.valued else name for name, value in attrs)
        self.found.append(f"<{tag} {' '.join(shown)}>")

    def handle_endtag(self, tag: str) -> None:
        """Note its end."""
        self.found.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        """Note a comment, which mail programs of Microsoft read."""
        self.found.append(f"<!--{data}-->")


def parsed(data: bytes) -> EmailMessage:
    """A mail as read by the standard library, which finds no defect anywhere."""
    mail = message_from_bytes(data, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert not list(_defects(mail))
    return mail


def structure_of(data: bytes) -> MailStructure:
    """The structure of a mail."""
    mail = parsed(data)
    elements = _Elements()
    elements.feed(content_of(mail, "html"))
    elements.close()
    return MailStructure(
        tuple(mail.keys()),
        str(mail["To"]),
        tuple(part.get_content_type() for part in mail.walk()),
        tuple(elements.found),
    )


def content_of(mail: EmailMessage, kind: str) -> str:
    """The text of a part, `plain` or `html`."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def _defects(mail: EmailMessage) -> Iterator[object]:
    for part in mail.walk():
        yield from part.defects
        for value in part.values():
            yield from getattr(value, "defects", ())
