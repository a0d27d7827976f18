"""What an installation may set of the guard: lengths, words of its own, thresholds of reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sizzle.errors import PolicyError
from sizzle.outreach.vocabulary import PUSH_CHANNELS, Channel
from sizzle.toml_text import read_toml


@dataclass(frozen=True, slots=True)
class GuardPolicy:
    """Limits of texts.

    Attributes:
        subject: letters of a mail's subject.
        mail: letters of a mail's text.
        push_title: letters of a notification's title.
        push_body: letters of its text: more is cut off by most devices.
        push_payload: bytes of all that a push service gets.
        sms_segments: of a text message in the GSM alphabet, or that could be.
        sms_segments_other: of one whose script is not in that alphabet, such as Japanese.
        link: letters that the address in `{link}` is taken to have.
        name: letters that the name in `{name}` is taken to have.
        words: words that must not be there, by language.
    """

    subject: int = 60
    mail: int = 2000
    push_title: int = 60
    push_body: int = 178
    push_payload: int = 4096
    sms_segments: int = 1
    sms_segments_other: int = 3
    link: int = 60
    name: int = 16
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)


STANDARD_POLICY: Final = GuardPolicy()


def limits_of(channel: Channel, language: str, policy: GuardPolicy = STANDARD_POLICY) -> str:
    """The limits of lengths in a sentence, for writers: they leave room for what fills slots."""
    if channel is Channel.SMS:
        room = 160 - policy.link if language.partition("-")[0] not in _WIDE else 201 - policy.link
        return f"At most {max(40, room - 20)} letters, plain letters without accents if possible."
    if channel in PUSH_CHANNELS:
        return (
            f"The subject has at most {policy.push_title - 20} letters, the text at most "
            f"{policy.push_body - 40}."
        )
    return f"The subject has at most {policy.subject - 20} letters, the text two to four sentences."


_WIDE: Final = frozenset({"ja", "zh", "ko", "ru", "uk", "bg", "ar", "he", "hi", "th", "el"})


def parse_guard_policy(text: str, where: str = "") -> GuardPolicy:
    """The policy of a TOML file: limits by their names, and `[words]` by language, `*` for all.

    Args:
        text: such as `sms_segments = 2` and `[words]` with `en = ["binge*"]`.
        where: the file, named in errors.

    Raises:
        PolicyError: malformed.
    """
    tables = read_toml(text, "outreach policy", where)
    words = tables.pop("words", {})
    known = {name for name in GuardPolicy.__slots__ if name != "words"}
    for name, value in tables.items():
        if name not in known or type(value) is not int or value < 1:
            raise PolicyError(
                f"{name!r:.40} is {value!r:.40}, which is no limit.",
                where=where,
                fix=f"set {', '.join(sorted(known))} to whole numbers above 0.",
            )
    if not isinstance(words, dict) or not all(
        isinstance(each, list) and all(isinstance(word, str) and word.strip("* ") for word in each)
        for each in words.values()
    ):
        raise PolicyError(
            "`words` is no table of lists of words.",
            where=where,
            fix='write [words] and en = ["binge*"].',
        )
    return GuardPolicy(**tables, words={name: frozenset(each) for name, each in words.items()})
