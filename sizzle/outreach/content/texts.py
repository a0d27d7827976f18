"""A line whose slots are filled for one member."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sizzle.errors import InputError
from sizzle.outreach.content.errors import ComposeError
from sizzle.outreach.content.escape import cleaned, cleaned_name, isolated
from sizzle.outreach.content.facts import facts_in
from sizzle.outreach.content.lines import Line
from sizzle.outreach.content.parts import MessageReel, SendLinks
from sizzle.outreach.content.phrases import is_right_to_left, listed
from sizzle.outreach.content.slots import SEND_SLOTS, fill
from sizzle.outreach.vocabulary import MemberProfile, Promoted

LISTED_TITLES: Final = 3
"""Of a reel's, the first, for the slot `{titles}`."""

_TITLE_OF_RESPECT: Final = "(?:さん|様|님|氏)?"
_NAME_FIRST: Final = re.compile(
    rf"(?P<start>^|[.!?。！？]\s+|\n)\{{name\}}{_TITLE_OF_RESPECT}[,،、，:]?[ \t]*(?P<next>\w?)"
)
_NAME_WITHIN: Final = re.compile(rf"[ \t]*[,،、，]?[ \t]*\{{name\}}{_TITLE_OF_RESPECT}")


@dataclass(frozen=True, slots=True)
class FilledLine:
    """The words of one message.

    Attributes:
        language: a BCP 47 tag.
        subject: of a mail, or the title of a push; empty for an SMS.
        text: paragraphs are parted by empty lines.
    """

    language: str
    subject: str
    text: str


def filled_line(
    line: Line,
    member: MemberProfile,
    promoted: Promoted,
    reel: MessageReel | None,
    links: SendLinks,
) -> FilledLine:
    """A line for a member. Raises ComposeError: a slot has nothing to fill it."""
    name = cleaned_name(member.name)
    right_to_left = is_right_to_left(line.language)
    titles = [
        isolated(cleaned(title.name), right_to_left=right_to_left)
        for title in (reel.titles[:LISTED_TITLES] if reel else ())
    ]
    facts = facts_in(promoted, line.language, line.reason).items()
    values = {
        **{fact: isolated(cleaned(value), right_to_left=right_to_left) for fact, value in facts},
        **dict.fromkeys(SEND_SLOTS, ""),
        "name": isolated(name, right_to_left=right_to_left),
        "titles": listed(titles, line.language),
        "link": links.reel,
    }
    subject, text = (
        _filled(each if name else without_name(each), values) for each in (line.subject, line.text)
    )
    return FilledLine(line.language, subject, text)


def without_name(template: str) -> str:
    """A line for a member whose name is not known: "Hello {name}, see" becomes "Hello, see"."""
    template = _NAME_FIRST.sub(lambda found: found["start"] + found["next"].upper(), template)
    return _NAME_WITHIN.sub("", template)


def _filled(template: str, values: Mapping[str, str]) -> str:
    try:
        return fill(template, values).strip()
    except InputError as error:
        raise ComposeError(error.what, fix=error.fix) from error
