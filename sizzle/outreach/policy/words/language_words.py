"""The form of a language's lists of words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def phrases(text: str) -> tuple[str, ...]:
    """The phrases of a list, between commas; `*` is any ending, or any beginning."""
    return tuple(
        phrase for phrase in (" ".join(part.split()) for part in text.split(",")) if phrase
    )


def words(text: str) -> frozenset[str]:
    """The words of a list, between spaces."""
    return frozenset(text.split())


@dataclass(frozen=True)
class LanguageWords:
    """What texts in a language are compared with, in small letters.

    Attributes:
        openers: words that a sentence may begin with, that are no names.
        subject_verbs: words after a word that is somebody, who does something.
        numbers: words for numbers above one, and for shares.
        days: phrases that name a day or time which is no fact.
        story: phrases that tell what happens in a title, or who made it.
        first_person: the service does not say "I".
        urgency: phrases that press.
        judgement: phrases that judge the reader, or show what is known of the reader.
        sensitive: words for what people believe, whom they love, how they are: no reason for a
            message.
        secrets: phrases that ask for passwords and the like.
        profanity: words that no message has.
        talk: phrases of a model that talks of its work.
        claims: phrases by the id of the claim that they make.
        harmless: phrases that have one of the others in them, and do not mean it.
    """

    openers: frozenset[str] = frozenset()
    subject_verbs: frozenset[str] = frozenset()
    numbers: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    story: tuple[str, ...] = ()
    first_person: tuple[str, ...] = ()
    urgency: tuple[str, ...] = ()
    judgement: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    profanity: tuple[str, ...] = ()
    talk: tuple[str, ...] = ()
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    harmless: tuple[str, ...] = ()
