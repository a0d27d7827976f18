"""The reason that a message may give: what the ranker itself based the member's order on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ranker import Reason

NO_REASON = ""


@dataclass(frozen=True, slots=True)
class ReasonPolicy:
    """Which reasons may be given to members.

    Attributes:
        intents: the kinds that may be named; others, such as when somebody watches, are not told.
        least_chance: of the class that is named.
        least_weight: of the intent in the order.
        unnamed: classes that are never named, because they say something of a person's life.
    """

    intents: frozenset[str] = frozenset(("genres", "kind"))
    least_chance: float = 0.3
    least_weight: float = 0.1
    unnamed: frozenset[str] = frozenset(
        ("Adult", "Erotic", "Faith", "LGBT", "LGBTQ", "Politics", "Religion", "Religious")
    )


DEFAULT_REASONS = ReasonPolicy()


def message_reason(why: Sequence[Reason], policy: ReasonPolicy = DEFAULT_REASONS) -> str:
    """The reason to give, such as `genres:Crime`; empty where none may be given.

    It is the heaviest intent of those that may be named. Where that one is too unlikely, or may not
    be named, there is none: the next one did not make the order.

    Args:
        why: as in `Ranking.why`.
        policy: which may be given.
    """
    allowed = [reason for reason in why if reason.intent in policy.intents]
    if not allowed:
        return NO_REASON
    heaviest = max(allowed, key=lambda reason: reason.weight)
    if (
        heaviest.chance < policy.least_chance
        or heaviest.weight < policy.least_weight
        or heaviest.likely in policy.unnamed
    ):
        return NO_REASON
    return f"{heaviest.intent}:{heaviest.likely}"
