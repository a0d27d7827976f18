"""Lines: texts that are approved once and serve many members."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

from sizzle.outreach.vocabulary import Channel, PromotedKind


@dataclass(frozen=True, slots=True)
class Line:
    """A text for what is promoted, a reason, a language and a channel.

    Attributes:
        reason: the intent that it names, such as ``genre:Crime``; empty without one.
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
