"""Finds the titles nearest to vectors: all are compared, or an approximate index is asked.

Comparing all is exact, and fast enough for most catalogues. For large ones, USearch keeps a graph
of near neighbours (HNSW), which finds almost the same titles in a small part of the time.

Names of arrays end in their shape: V titles, Q queries, D the width, N the titles found.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from ranker.data.arrays import Floats, Ints
from ranker.errors import RankerError

_QUERIES: Final = 256  # that are compared with all titles at once
_CONNECTIVITY: Final = 32  # neighbours of a title in the graph
_EFFORT: Final = 400  # titles that a search has in sight, at least


class NearTitle(NamedTuple):
    """A title that was found.

    Attributes:
        title_id: of the title.
        similarity: the cosine of the angle between both vectors, or their product.
    """

    title_id: str
    similarity: float


class TitleIndex:
    """Titles by their vectors. Safe to share between threads.

    Args:
        title_ids: of the titles.
        rows_VD: their vectors.
        cosine: whether the angle between vectors counts, rather than their product.
        approximate: whether to build an index.
        threads: of the index; with several, two builds of it may differ.

    Raises:
        RankerError: there is no title, or USearch is needed and not installed.
    """

    def __init__(
        self,
        title_ids: Sequence[str],
        rows_VD: Floats,
        *,
        cosine: bool = True,
        approximate: bool = False,
        threads: int = 1,
    ) -> None:
        if not len(title_ids):
            raise RankerError("There are no titles to find.", "give a model that knows titles.")
        self.title_ids = tuple(title_ids)
        rows_VD = np.ascontiguousarray(rows_VD, np.float32)
        self._rows_VD: Floats = _unit(rows_VD) if cosine else rows_VD
        self._cosine = cosine
        self._threads = threads
        self._index = _built(self._rows_VD, threads) if approximate else None

    def nearest(self, queries_QD: Floats, count: int) -> list[list[NearTitle]]:
        """The titles nearest to each query, nearest first; equally near ones by their order.

        Args:
            queries_QD: vectors.
            count: of titles, at least 1; fewer are found where there are fewer.
        """
        found_QN, similarity_QN = self._nearest(queries_QD, count, exact=self._index is None)
        return [
            [
                NearTitle(self.title_ids[number], similarity)
                for number, similarity in zip(numbers, similarities, strict=True)
            ]
            for numbers, similarities in zip(found_QN.tolist(), similarity_QN.tolist(), strict=True)
        ]

    def recall(self, queries_QD: Floats, count: int) -> float:
        """The share of the nearest titles that the index finds; 1 without an index."""
        found_QN, _ = self._nearest(queries_QD, count, exact=self._index is None)
        true_QN, _ = self._nearest(queries_QD, count, exact=True)
        both = [
            np.intersect1d(found, true).size for found, true in zip(found_QN, true_QN, strict=True)
        ]
        return sum(both) / true_QN.size

    def _nearest(self, queries_QD: Floats, count: int, *, exact: bool) -> tuple[Ints, Floats]:
        queries_QD = np.ascontiguousarray(queries_QD, np.float32)
        if self._cosine:
            queries_QD = _unit(queries_QD)
        count = min(count, len(self.title_ids))
        if exact or self._index is None:
            return self._compared(queries_QD, count)
        self._index.expansion_search = max(_EFFORT, 2 * count)
        found = self._index.search(queries_QD, count, threads=self._threads)
        numbers_QN = np.asarray(found.keys, np.int64).reshape(len(queries_QD), -1)
        # USearch measures distances, which are 1 minus the product.
        return numbers_QN, 1 - np.asarray(found.distances).reshape(numbers_QN.shape)

    def _compared(self, queries_QD: Floats, count: int) -> tuple[Ints, Floats]:
        parts = [
            _best(queries_QD[start : start + _QUERIES] @ self._rows_VD.T, count)
            for start in range(0, len(queries_QD), _QUERIES)
        ]
        found, similarities = zip(*parts, strict=True)
        return np.concatenate(found), np.concatenate(similarities)


def _best(similarity_QV: Floats, count: int) -> tuple[Ints, Floats]:
    """The indexes of the largest values of each row, largest first; equals in their order."""
    last_Q1 = np.partition(similarity_QV, -count, axis=1)[:, -count, None]
    more_QV, last_QV = similarity_QV > last_Q1, similarity_QV == last_Q1
    missing_Q1 = count - more_QV.sum(axis=1, keepdims=True)
    chosen_QV = more_QV | (last_QV & (last_QV.cumsum(axis=1) <= missing_Q1))
    some_QN = np.nonzero(chosen_QV)[1].reshape(-1, count)
    value_QN = np.take_along_axis(similarity_QV, some_QN, axis=1)
    order_QN = np.argsort(-value_QN, axis=1, kind="stable")
    return (
        np.take_along_axis(some_QN, order_QN, axis=1),
        np.take_along_axis(value_QN, order_QN, axis=1),
    )


def _unit(rows_VD: Floats) -> Floats:
    lengths_V1 = np.linalg.norm(rows_VD, axis=1, keepdims=True)
    unit_VD: Floats = rows_VD / np.where(lengths_V1 > 0, lengths_V1, 1)
    return unit_VD


def _built(rows_VD: Floats, threads: int) -> Any:  # noqa: ANN401 - USearch is loaded if needed
    try:
        from usearch.index import Index
    except ImportError as error:
        raise RankerError(
            "An approximate index needs USearch.",
            "install it with `pip install dynamic-sizzles[neighbours]`.",
        ) from error
    index = Index(
        ndim=rows_VD.shape[1],
        metric="ip",
        dtype="f32",
        connectivity=_CONNECTIVITY,
        expansion_add=_EFFORT // 2,
    )
    index.add(np.arange(len(rows_VD)), rows_VD, threads=threads)
    return index
