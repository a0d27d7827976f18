"""What a thread makes in advance is what would have been made without it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player_stub.verify.prefetch import prefetch


@given(st.lists(st.integers() | st.none(), max_size=40), st.integers(1, 50))
def test_nothing_is_lost_or_turned_round(items: list[int | None], most: int) -> None:
    """However many are made in advance, even more than there are."""
    assert list(prefetch(iter(items), most)) == items


def test_makes_no_more_than_the_limit() -> None:
    """Pictures that are not needed yet take memory."""
    made: list[int] = []

    def count() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    items = prefetch(count(), 3)
    assert [next(items), next(items)] == [0, 1]
    items.close()
    assert len(made) <= 2 + 3 + 1


def test_an_error_is_raised_where_its_item_would_have_been() -> None:
    """After the items before it, and the thread is gone."""

    def fail() -> Iterator[int]:
        yield 1
        raise ValueError("torn")

    before, items = threading.active_count(), prefetch(fail(), 5)
    assert next(items) == 1
    with pytest.raises(ValueError, match="torn"):
        next(items)
    assert threading.active_count() == before
