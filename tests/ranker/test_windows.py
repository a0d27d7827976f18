"""The batches a model learns from."""
# ruff: noqa: N806 - a tensor's name shows its shape

from collections import Counter
from itertools import accumulate

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker.vocabulary import BOS, PAD, UNK
from ranker.windows import Windows, last_titles

lengths = st.lists(st.integers(1, 9), min_size=1, max_size=5)


def numbered(sizes: list[int]) -> list[list[int]]:
    """Histories of these lengths, in which each event has a token of its own, counting up."""
    ends = accumulate(sizes, initial=10)
    return [list(range(end, end + size)) for end, size in zip(ends, sizes, strict=False)]


def random(seed: int = 0) -> torch.Generator:
    """Random numbers that are the same in each run."""
    return torch.Generator().manual_seed(seed)


@settings(max_examples=50, deadline=None)
@given(lengths, st.integers(1, 6), st.integers(0, 1000))
def test_a_window_is_a_piece_of_one_history(sizes: list[int], context: int, seed: int) -> None:
    """Targets are one member's titles without a gap, as far as they go; inputs lag by one."""
    histories = numbered(sizes)
    inputs_BL, targets_BL = Windows(histories, context, unknown_share=0).draw(8, random(seed))
    for inputs, targets in zip(inputs_BL.tolist(), targets_BL.tolist(), strict=True):
        titles = [token for token in targets if token != PAD]
        owner = next(history for history in histories if titles[0] in history)
        start = owner.index(titles[0])
        assert titles == owner[start : start + context]
        assert targets == titles + [PAD] * (context - len(titles))
        assert inputs == [BOS, *targets[:-1]]


def test_any_event_follows_bos_equally_often() -> None:
    """What BOS is followed by is all events alike, so that BOS alone learns popularity."""
    _, targets_BL = Windows(numbered([1, 9, 30]), 4, unknown_share=0).draw(40_000, random())
    counts = Counter(targets_BL[:, 0].tolist())
    assert len(counts) == 40
    assert all(850 < count < 1150 for count in counts.values())


def test_unknown_replaces_its_share_of_titles_in_inputs_and_targets() -> None:
    """UNK is read and predicted as often as its share says, and never replaces PAD."""
    inputs_BL, targets_BL = Windows(numbered([3, 5]), 4, unknown_share=0.1).draw(5000, random())
    titles = targets_BL[targets_BL != PAD]
    share = (titles == UNK).float().mean().item()
    assert 0.08 < share < 0.12
    assert torch.equal(inputs_BL[:, 1:], targets_BL[:, :-1])


def test_only_the_last_title_is_held_out() -> None:
    """A row reads BOS and the most recent titles that fit, and is judged by the last alone."""
    inputs_BL, targets_BL = last_titles([[11, 12, 13, 14], [21]], context=3)
    assert inputs_BL.tolist() == [[BOS, 12, 13], [BOS, 21, PAD]]
    assert targets_BL.tolist() == [[PAD, PAD, 14], [21, PAD, PAD]]
