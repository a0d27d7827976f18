"""Windows and batches of training."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import ViewingEvent, ViewingLog
from ranker.data.encoding import EncodedTokens, encode, item_features
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.data.vocabulary import BOS, PAD
from ranker.data.windows import Spans, cut_windows, length_batches, make_batch

lengths = st.lists(st.integers(1, 9), min_size=1, max_size=5)


def numbered(sizes: list[int]) -> EncodedTokens:
    """Members of these lengths, each of whose tokens has a title of its own."""
    events = [
        ViewingEvent(f"m{member}", f"{member}-{step}", 1_000_000 + step * 100_000)
        for member, size in enumerate(sizes)
        for step in range(size)
    ]
    tokens = merge_events(ViewingLog.from_events(events))
    schema = Schema.from_tokens(tokens, {})
    return encode(schema, tokens, item_features(schema))


def random(seed: int = 0) -> torch.Generator:
    """Random numbers that are the same in each run."""
    return torch.Generator().manual_seed(seed)


@settings(max_examples=50, deadline=None)
@given(lengths, st.integers(1, 6), st.integers(0, 1000))
def test_windows_hold_each_token_once(sizes: list[int], context: int, seed: int) -> None:
    """An epoch has every token once, in windows that fit the context and have one member."""
    starts = numbered(sizes).starts_M
    cut = cut_windows(starts[:-1], starts[1:], context, random(seed))
    indexes = [
        index
        for start, end in zip(cut.starts_W.tolist(), cut.ends_W.tolist(), strict=True)
        for index in range(start, end)
    ]
    assert sorted(indexes) == list(range(sum(sizes)))
    assert int((cut.ends_W - cut.starts_W).max()) <= context
    members = [torch.searchsorted(starts, at, right=True) for at in (cut.starts_W, cut.ends_W - 1)]
    assert torch.equal(*members)


@settings(max_examples=50, deadline=None)
@given(lengths, st.integers(1, 20), st.integers(0, 1000))
def test_batches_hold_each_window_once(sizes: list[int], positions: int, seed: int) -> None:
    """Grouping by length neither loses nor repeats a window."""
    starts = numbered(sizes).starts_M
    groups = list(length_batches(Spans(starts[:-1], starts[1:]), positions, random(seed)))
    assert sorted(torch.cat([group.starts_W for group in groups]).tolist()) == starts[:-1].tolist()


def test_windows_are_cut_at_random() -> None:
    """A long history is not always cut at the same titles."""
    starts = numbered([50]).starts_M
    firsts = {int(cut_windows(starts[:-1], starts[1:], 7, random(s)).ends_W[0]) for s in range(20)}
    assert len(firsts) > 4


def test_inputs_lag_the_targets_by_one() -> None:
    """A row reads BOS and what came before each target; short rows are padded on the right."""
    encoded = numbered([3, 1])
    batch = make_batch(encoded, Spans(torch.tensor([0, 3]), torch.tensor([3, 4])))
    first, second = encoded.titles_N[:2].tolist()
    assert batch.steps.titles_BL.tolist() == [[BOS, first, second], [BOS, PAD, PAD]]
    assert batch.target_BL.tolist() == [[0, 1, 2], [3, -1, -1]]


def test_a_withheld_request_leaves_no_trace() -> None:
    """Where the request is hidden, no input depends on it."""
    encoded = numbered([4])
    hidden = torch.tensor([[False, False, False, True]])
    span = Spans(torch.tensor([0]), torch.tensor([4]))
    steps = make_batch(encoded, span, hidden).steps
    assert steps.request_BLR[0, 3].tolist() == [0] * steps.request_BLR.shape[2]
    assert steps.request_BLR[0, 2].any()
    assert steps.request_time_BL[0, 3] == steps.time_BL[0, 3]
    assert steps.request_time_BL[0, 2] > steps.time_BL[0, 2]
