"""Lines: texts that are approved once and serve many members."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sizzle.outreach.content.facts import closest_language
from sizzle.outreach.vocabulary import Channel, PromotedKind


@dataclass(frozen=True, slots=True)
class Line:
    """A text for what is promoted, a reason, a language and a channel.

    Attributes:
        reason: the intent that it names, such as ``genres:Crime``; empty without one.
        language: a BCP 47 tag.
        subject: of a mail, or the title of a push; empty for an SMS.
        text: with slots such as ``{title}``.
    """

    kind: PromotedKind
    promoted_id: str
    reason: str
    language: str
    channel: Channel
    subject: str
    text: str

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal: an approval is of these bytes alone."""
        canonical = json.dumps(
            asdict(self), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(canonical.encode()).hexdigest()


def preferred(lines: Sequence[Line], reason: str, language: str, fallback: str) -> Line | None:
    """The line for a member, of those for one thing and channel.

    The language that the member reads comes before the reason: a line that is read but gives no
    reason is better than one that is not read. Of several that fit alike, the first one.

    Args:
        lines: to choose from, the best first.
        reason: that is wanted; a line without one serves too, another reason does not.
        language: the member's; empty where it is not known.
        fallback: the language for members whose own has no line.
    """
    fitting = [line for line in lines if line.reason in (reason, "")]
    languages = list(dict.fromkeys(line.language for line in fitting))
    for wanted in filter(None, (language, fallback)):
        found = closest_language(wanted, languages)
        in_language = [line for line in fitting if line.language == found]
        for line in sorted(in_language, key=lambda line: line.reason != reason):
            return line
    return None
