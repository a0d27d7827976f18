"""The reason that a message gives is the ranker's own, or there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker import Reason
from sizzle.outreach.content.reason import DEFAULT_REASONS, ReasonPolicy, message_reason

INTENTS = ("genres", "kind", "language", "engagement", "recency")
CLASSES = ("Crime", "Religion", "Série")
_UNIT = st.floats(0, 1)


@st.composite
def whys(draw: st.DrawFn) -> list[Reason]:
    """What a ranking says of itself: each intent once, by falling weight."""
    names = draw(st.lists(st.sampled_from(INTENTS), unique=True))
    reasons = [
        Reason(
            name, draw(st.sampled_from(("Crime", "Religion", "Série"))), draw(_UNIT), draw(_UNIT)
        )
        for name in names
    ]
    return sorted(reasons, key=lambda reason: -reason.weight)


@given(whys())
def test_reason_is_the_heaviest_allowed_intent(why: list[Reason]) -> None:
    """It is what `sizzle rank` lists first of those that may be named, or nothing."""
    allowed = [reason for reason in why if reason.intent in ("genres", "kind")]
    found = message_reason(why)
    if found:
        assert found == f"{allowed[0].intent}:{allowed[0].likely}"
        assert allowed[0].chance >= DEFAULT_REASONS.least_chance
        assert allowed[0].weight >= DEFAULT_REASONS.least_weight
        assert allowed[0].likely != "Religion"
    elif allowed:
        first = allowed[0]
        assert first.chance < 0.3 or first.weight < 0.1 or first.likely == "Religion"


@pytest.mark.parametrize(
    ("chance", "weight", "likely", "expected"),
    [
        (0.3, 0.1, "Crime", "genres:Crime"),
        (0.29, 0.9, "Crime", ""),
        (0.9, 0.09, "Crime", ""),
        (0.9, 0.9, "Religion", ""),
    ],
)
def test_thresholds(chance: float, weight: float, likely: str, expected: str) -> None:
    """Below either, and of what is private, no reason is given; the next one is not taken."""
    why = [Reason("genres", likely, chance, weight), Reason("kind", "Série", 0.99, 0.01)]
    assert message_reason(why) == expected


def test_engagement_is_not_told() -> None:
    """How somebody watches is no reason to be told; an installation may allow others."""
    why = [Reason("engagement", "continue", 0.9, 0.8), Reason("genres", "Crime", 0.5, 0.2)]
    assert message_reason(why) == "genres:Crime"
    assert message_reason(why[:1]) == ""
    assert message_reason(why, ReasonPolicy(frozenset(("engagement",)))) == "engagement:continue"
