"""Training, validation and test splits."""

from ranker.data.splits import by_time, leave_one_out
from ranker.data.tokens import merge_events
from tests.ranker.recommenders import circles


def test_splits_separate_the_last_titles() -> None:
    """Leave-one-out separates two per member; the split by time separates periods."""
    tokens = merge_events(circles())
    split = leave_one_out(tokens)
    assert len(split.test_T) == len(split.valid_T) == 40
    assert (split.ends_M - split.starts_M == 8).all()
    later = by_time(tokens)
    learnt = tokens.start_time_N[later.training_indices()]
    assert learnt.max() < tokens.start_time_N[later.valid_T].min()
    assert tokens.start_time_N[later.valid_T].max() < tokens.start_time_N[later.test_T].min()
