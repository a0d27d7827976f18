"""Viewing events as columns."""

import numpy as np

from ranker.data.events import Column


def test_a_compact_column_has_only_used_values() -> None:
    """Its events keep their values, with or without events that have none."""
    column = Column(("a", "b", "c", "d"), np.array([3, -1, 1, 3]))
    small = column.compact()
    assert small.values == ("b", "d")
    assert small.codes_E.tolist() == [1, -1, 0, 1]
    assert column.take(slice(0, 1)).compact().values == ("d",)
    assert column.take(slice(1, 2)).compact().values == ()
