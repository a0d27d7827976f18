"""The time that rankings are made for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sizzle.reel.ranking_time import RANKING_SECONDS, ranking_time

NOW = 1_790_000_000


@given(st.text(), st.floats(0, 2**40))
def test_a_ranking_is_for_the_recent_past(member_id: str, now: float) -> None:
    """Less than one step ago, whoever asks, and the same for as long as the step lasts."""
    at = ranking_time(member_id, now)
    assert 0 <= at <= now < at + RANKING_SECONDS
    assert ranking_time(member_id, at) == at


def test_members_rankings_expire_at_different_times() -> None:
    """In each tenth of a step about a tenth of the members get a new time."""
    begins = [ranking_time(f"member-{number}", NOW) % RANKING_SECONDS for number in range(3000)]
    tenths = [begin * 10 // RANKING_SECONDS for begin in begins]
    assert all(200 < tenths.count(tenth) < 400 for tenth in range(10))
