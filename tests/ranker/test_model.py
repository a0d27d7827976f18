"""The transformer itself, untrained."""
# ruff: noqa: N806 - a tensor's name shows its shape

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import ConfigError
from ranker.model import ModelConfig, TitleTransformer

CONFIG = ModelConfig(vocabulary_size=11, context=8, width=16, heads=4, blocks=2, dropout=0.5)
tokens = st.integers(0, CONFIG.vocabulary_size - 1)


def network() -> TitleTransformer:
    """A network whose weights are large enough to show any leak from one position to another."""
    torch.manual_seed(0)
    model = TitleTransformer(CONFIG).eval()
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.5)
    return model


@torch.no_grad()
@settings(max_examples=50, deadline=None)
@given(st.lists(tokens, min_size=1, max_size=8), st.integers(0, 7), st.data())
def test_the_past_never_sees_the_future(history: list[int], at: int, data: st.DataObject) -> None:
    """Changing tokens from a position on leaves all states before it as they were."""
    later = len(history[at:])
    changed = history[:at] + data.draw(st.lists(tokens, min_size=later, max_size=later))
    model = network()
    before = model(torch.tensor([history]))[0, :at]
    after = model(torch.tensor([changed]))[0, :at]
    torch.testing.assert_close(after, before, rtol=0, atol=1e-6)


@torch.no_grad()
def test_the_order_of_titles_matters() -> None:
    """A model of sequences tells a history from the same titles in another order."""
    model = network()
    one, other = model(torch.tensor([[1, 3, 4, 5], [1, 4, 3, 5]]))[:, -1]
    assert not torch.allclose(one, other)


@torch.no_grad()
def test_padding_after_a_history_changes_nothing() -> None:
    """A row of a batch is computed as it would be alone."""
    model = network()
    alone = model(torch.tensor([[1, 3, 4]]))
    padded = model(torch.tensor([[1, 3, 4, 0, 0]]))[:, :3]
    torch.testing.assert_close(padded, alone)


@torch.no_grad()
def test_scores_are_the_logits_of_the_asked_tokens() -> None:
    """Scoring some titles gives just what scoring all of them gives for these."""
    model = network()
    tokens_L = torch.tensor([1, 3, 4])
    asked_N = torch.tensor([9, 2, 5])
    logits_BLV = model.logits(model(tokens_L[None]))
    assert logits_BLV.shape == (1, 3, 11)
    torch.testing.assert_close(model.score(tokens_L, asked_N), logits_BLV[0, -1, asked_N])


def test_reading_and_predicting_share_one_table() -> None:
    """The only table over the vocabulary is that of the titles: the output is tied to it."""
    tables = [name for name, weight in network().named_parameters() if 11 in weight.shape]
    assert tables == ["titles.weight"]


def test_more_tokens_than_the_context_are_a_mistake_of_the_programmer() -> None:
    """The caller cuts a history; the model does not do so in silence."""
    with pytest.raises(AssertionError, match="9 tokens exceed"):
        network()(torch.zeros(1, 9, dtype=torch.long))


@pytest.mark.parametrize(
    ("sizes", "what"),
    [
        ({"width": 0}, "`width` is 0"),
        ({"context": -1}, "`context` is -1"),
        ({"blocks": 1.5}, "`blocks` is 1.5"),
        ({"heads": True}, "`heads` is True"),
        ({"width": 30, "heads": 4}, "`width` is 30.* Fix: make it a multiple of 4"),
        ({"dropout": 1}, "`dropout` is 1.* Fix: make it from 0 to below 1"),
        ({"dropout": float("nan")}, "`dropout` is nan"),
    ],
)
def test_sizes_that_no_model_has_are_refused(sizes: dict[str, float], what: str) -> None:
    """Each wrong size is named with what it should be."""
    with pytest.raises(ConfigError, match=what):
        ModelConfig(vocabulary_size=11, **sizes)  # type: ignore[arg-type]
