"""What members said about being written to, and how it is decided by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What is known about an address and a topic."""

    OPTED_IN = "opted in"
    OPTED_OUT = "opted out"
    # Nobody said anything.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Consent:
    """Something that somebody said.

    Attributes:
        topic: empty for all topics.
        verdict: opted in or out.
        source: where it was said, such as `import members.csv`.
        at: when, in milliseconds since 1970.
    """

    topic: str
    verdict: Verdict
    source: str
    at: int


def decided(consents: Iterable[Consent], topic: str) -> Verdict:
    """What holds for a topic: what was said last, of it or of all topics.

    Of two things that were said at once, the opting out holds.
    """
    of_topic = [consent for consent in consents if consent.topic in ("", topic)]
    last = max((consent.at for consent in of_topic), default=None)
    if last is None:
        return Verdict.UNKNOWN
    verdicts = {consent.verdict for consent in of_topic if consent.at == last}
    return Verdict.OPTED_OUT if Verdict.OPTED_OUT in verdicts else Verdict.OPTED_IN
