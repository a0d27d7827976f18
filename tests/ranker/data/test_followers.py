"""How often titles soon follow one another."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ranker.data.followers import Followers

HISTORIES = st.lists(st.lists(st.integers(0, 4), max_size=6), max_size=5)


def counted(histories: list[list[int]], within: int = 3) -> Followers:
    """The followers of five titles in these histories."""
    title_N = np.array([title for history in histories for title in history], np.int64)
    member_N = np.repeat(np.arange(len(histories)), [len(history) for history in histories])
    return Followers.count(title_N, member_N, 5, within)


def as_pairs(followers: Followers) -> dict[tuple[int, int], float]:
    """The strength of each pair that there is."""
    return {
        (title, other): round(strength, 9)
        for title in range(followers.titles)
        for other, strength in zip(*map(np.ndarray.tolist, followers.of(title)), strict=True)
    }


@given(HISTORIES)
def test_counts_what_a_loop_over_all_pairs_counts(histories: list[list[int]]) -> None:
    """A title k steps later counts 1/k, within one member's history only."""
    expected: Counter[tuple[int, int]] = Counter()
    for history in histories:
        for first, title in enumerate(history):
            for apart, other in enumerate(history[first + 1 : first + 4], start=1):
                expected[title, other] += 1 / apart  # type: ignore[assignment]
    assert as_pairs(counted(histories)) == {k: round(v, 9) for k, v in expected.items()}


@given(HISTORIES, HISTORIES)
def test_parts_add_up_to_the_whole(one: list[list[int]], other: list[list[int]]) -> None:
    """Counting two parts of the members and adding both is counting all."""
    assert as_pairs(counted(one).plus(counted(other))) == as_pairs(counted(one + other))


@given(HISTORIES, HISTORIES)
def test_a_longer_log_includes_the_shorter_one(one: list[list[int]], more: list[list[int]]) -> None:
    """Of a log and the log that has grown from it, the union is the latter."""
    assert as_pairs(counted(one + more).union(counted(one))) == as_pairs(counted(one + more))


def test_keeps_the_strongest_of_each_row() -> None:
    """And with factors of the followers, those that are strongest by these."""
    followers = counted([[0, 1], [0, 1], [0, 2], [3, 4]], within=1)
    assert as_pairs(followers.strongest(1)) == {(0, 1): 2.0, (3, 4): 1.0}
    popular_counts_less = np.array([1.0, 0.1, 1.0, 1.0, 1.0])
    assert as_pairs(followers.strongest(1, popular_counts_less)) == {(0, 2): 1.0, (3, 4): 1.0}


def test_what_came_before_counts_by_its_share() -> None:
    """Both directions of a pair add up."""
    followers = counted([[0, 1], [0, 1], [1, 0]], within=1)
    assert as_pairs(followers.plus_reversed(0.5)) == {(0, 1): 2.5, (1, 0): 2.0}
