"""The errors of the ranker."""

import pickle

import pytest

from ranker import (
    ConfigError,
    HistoryError,
    ModelFileError,
    RankerError,
    RankingError,
    TrainingError,
)


def test_says_where_what_and_how_to_fix_it() -> None:
    """In this order."""
    error = RankerError("It is torn.", "copy it again.", where="model.bin")
    assert str(error) == "model.bin: It is torn. Fix: copy it again."


def test_leaves_out_an_empty_where() -> None:
    """The text then starts with what is wrong."""
    assert str(RankerError("It is torn.", "copy it again.")) == "It is torn. Fix: copy it again."


@pytest.mark.parametrize(
    "kind", [ConfigError, HistoryError, ModelFileError, RankingError, TrainingError]
)
def test_is_caught_as_ranker_error_and_value_error(kind: type[RankerError]) -> None:
    """A caller may catch one kind, all of the ranker's, or any ValueError."""
    assert issubclass(kind, RankerError)
    assert issubclass(kind, ValueError)


def test_can_be_pickled() -> None:
    """A worker's error reaches its parent with its text."""
    error = HistoryError("It is no JSON.", "write JSON.", where="log, line 3")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
