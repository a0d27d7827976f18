"""The titles nearest to vectors: exactly, and by an index."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker import RankerError
from ranker.embeddings.title_index import TitleIndex


def vectors(seed: int, count: int, width: int = 6) -> np.ndarray:
    """Random vectors."""
    return np.random.default_rng(seed).standard_normal((count, width))


def named(count: int) -> list[str]:
    """Ids of titles."""
    return [f"title-{number:04}" for number in range(count)]


@given(st.integers(0, 99), st.integers(1, 40), st.integers(1, 50), st.booleans())
def test_the_nearest_titles_are_those_of_a_sort(
    seed: int,
    titles: int,
    count: int,
    cosine: bool,
) -> None:
    """Of all similarities, whatever the number of titles; ties in the order of the titles."""
    rows, queries = vectors(seed, titles).round(), vectors(seed + 1, 3).round()
    found = TitleIndex(named(titles), rows, cosine=cosine).nearest(queries, count)
    if cosine:
        rows, queries = (
            each / np.maximum(np.linalg.norm(each, axis=1, keepdims=True), 1e-30)
            for each in (rows, queries)
        )
    for nearest, query in zip(found, queries, strict=True):
        similarity = dict(zip(named(titles), rows @ query, strict=True))
        best = sorted(similarity.values(), reverse=True)[:count]
        assert [near.similarity for near in nearest] == pytest.approx(best, abs=1e-5)
        for near in nearest:
            assert near.similarity == pytest.approx(similarity[near.title_id], abs=1e-5)
        assert len({near.title_id for near in nearest}) == min(count, titles)


def test_equally_near_titles_keep_their_order() -> None:
    """Also at the end of the list, where not all of them are found."""
    index = TitleIndex(named(5), np.ones((5, 3)))
    [found] = index.nearest(np.ones((1, 3)), 3)
    assert [near.title_id for near in found] == named(5)[:3]


def test_an_index_finds_almost_all_of_them() -> None:
    """Of clustered vectors, as titles have; what it finds has the similarity that it has."""
    centres = vectors(0, 20, width=16)
    rows = np.repeat(centres, 100, axis=0) + vectors(1, 2000, width=16) / 3
    exact = TitleIndex(named(2000), rows)
    index = TitleIndex(named(2000), rows, approximate=True)
    assert exact.recall(rows[::20], 10) == 1
    assert index.recall(rows[::20], 10) > 0.95
    for near, true in zip(index.nearest(rows[:5], 1), exact.nearest(rows[:5], 1), strict=True):
        assert near[0].title_id == true[0].title_id
        assert near[0].similarity == pytest.approx(1, abs=1e-5)


def test_no_titles_have_no_nearest() -> None:
    """The error says so, rather than an empty list."""
    with pytest.raises(RankerError, match="no titles"):
        TitleIndex([], np.zeros((0, 3)))
