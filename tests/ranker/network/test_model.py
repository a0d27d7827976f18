"""The transformer itself, untrained."""

import math
from itertools import accumulate

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import ModelConfig, ViewingLog
from ranker.data.encoding import EncodedTokens, ItemFeatures, encode, item_features
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.data.windows import Spans, Steps, make_batch
from ranker.network.model import RankerModel
from tests.ranker.small_histories import TITLES, rich_events

TOKENS = merge_events(ViewingLog.from_events(rich_events(members=4)))
SCHEMA = Schema.from_tokens(TOKENS, TITLES)
LENGTH = 12
attentions = pytest.mark.parametrize("attention", ["full", "low_rank"])


def network(attention: str = "full", intent: str = "hierarchical") -> RankerModel:
    """A network with weights so large that any leak between positions shows."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = ModelConfig(
            context=16, width=16, heads=4, dropout=0.5, attention=attention, intent=intent
        )
        model = RankerModel(config, SCHEMA).eval()
        for weight in model.parameters():
            torch.nn.init.normal_(weight, std=0.3)
    return model


def inputs() -> tuple[ItemFeatures, EncodedTokens]:
    """The titles and tokens of the network."""
    items = item_features(SCHEMA)
    return items, encode(SCHEMA, TOKENS, items)


def rows(encoded: EncodedTokens, *lengths: int) -> Steps:
    """The first steps of some members, of these lengths."""
    starts = encoded.starts_M[: len(lengths)]
    return make_batch(encoded, Spans(starts, starts + torch.tensor(lengths))).steps


def cut(steps: Steps, start: int, end: int) -> Steps:
    """Some positions of all rows."""
    parts = {name: value[:, start:end] for name, value in steps._asdict().items()}
    return Steps(**{**parts, "time_BL": steps.time_BL[:, :end]})


@attentions
@torch.no_grad()
@settings(max_examples=8, deadline=None)
@given(at=st.integers(1, LENGTH - 1), seed=st.integers(0, 99))
def test_the_past_never_sees_the_future(attention: str, at: int, seed: int) -> None:
    """Other titles, times and devices from a position on do not change the states before it."""
    model, (items, encoded) = network(attention), inputs()
    steps = rows(encoded, LENGTH)
    random = torch.Generator().manual_seed(seed)
    changed = Steps(*(part.clone() for part in steps))
    changed.titles_BL[:, at:] = torch.randint(3, 8, (1, LENGTH - at), generator=random)
    changed.post_action_BLF[:, at:] = 0
    changed.request_BLR[:, at:] = 0
    changed.time_BL[:, at:] += 12_345
    changed.request_time_BL[:, at:] += 99_999
    before, _ = model(steps, model.tables(items))
    after, _ = model(changed, model.tables(items))
    torch.testing.assert_close(after[:, :at], before[:, :at], rtol=0, atol=1e-5)
    assert not torch.allclose(after[:, at:], before[:, at:])


@attentions
@torch.no_grad()
@settings(max_examples=8, deadline=None)
@given(first=st.integers(1, LENGTH - 2), second=st.integers(1, LENGTH - 2))
def test_caches_give_what_a_full_pass_gives(attention: str, first: int, second: int) -> None:
    """Read in three parts, with caches, the last state is the same as read at once."""
    model, (items, encoded) = network(attention), inputs()
    tables = model.tables(items)
    steps = rows(encoded, LENGTH, LENGTH)
    middle = min(first + second, LENGTH - 1)
    expected, _ = model(steps, tables)
    _, caches = model(cut(steps, 0, first), tables, last=True)
    if middle > first:
        _, caches = model(cut(steps, first, middle), tables, last=True, caches=caches)
    actual, _ = model(cut(steps, middle, LENGTH), tables, last=True, caches=caches)
    torch.testing.assert_close(actual[:, -1], expected[:, -1], rtol=0, atol=1e-4)


@attentions
@torch.no_grad()
def test_padding_after_a_history_changes_nothing(attention: str) -> None:
    """A row of a batch is computed as it would be alone."""
    model, (items, encoded) = network(attention), inputs()
    alone, _ = model(rows(encoded, 3), model.tables(items))
    padded, _ = model(rows(encoded, 3, 9), model.tables(items))
    torch.testing.assert_close(padded[:1, :3], alone, rtol=0, atol=1e-5)


@torch.no_grad()
@given(
    gaps=st.lists(st.integers(0, 2**26), min_size=1, max_size=16),
    queries=st.integers(1, 16),
    wait=st.integers(0, 2**20),
)
def test_a_bias_depends_on_the_steps_and_the_power_of_two_of_seconds_between(
    gaps: list[int], queries: int, wait: int
) -> None:
    """By how many steps and how long ago each position was; later positions are masked."""
    model = network()
    assert model.relative_bias is not None
    times = list(accumulate(gaps, initial=1_600_000_000))[1:]
    requests = [*times[1:], times[-1] + wait][-queries:]
    table = model.relative_bias()
    indexes = table.indexes(torch.tensor([requests]), torch.tensor([times]))
    position_GL, time_GT = model.relative_bias.position_GL, model.relative_bias.time_GT
    for head, bias_1QL in enumerate(table.look_up(slice(4, 8), indexes), start=4):
        for row in range(len(times) - len(requests), len(times)):
            bias_L = bias_1QL[0, row - len(times)]
            assert (bias_L[row + 1 :] < -1000).all()
            for column in range(row + 1):
                seconds = np.float32(requests[row - len(times)] - times[column])
                power = math.frexp(float(seconds + 1))[1] - 1
                expected = position_GL[head, row - column] + time_GT[head, power]
                assert bias_L[column] == expected


@torch.no_grad()
@pytest.mark.parametrize(
    "part", ["titles_BL", "post_action_BLF", "request_BLR", "time_BL", "request_time_BL"]
)
def test_every_input_counts(part: str) -> None:
    """Titles, post-action features, requests and both times each change the state."""
    model, (items, encoded) = network(), inputs()
    steps = rows(encoded, 6)
    value = getattr(steps, part).clone()
    value[:, 3] = 9_000 if part in ("time_BL", "request_time_BL") else 4
    one, _ = model(steps, model.tables(items))
    other, _ = model(steps._replace(**{part: value}), model.tables(items))
    assert not torch.allclose(one[:, 3:], other[:, 3:])


@torch.no_grad()
def test_a_title_without_its_id_is_its_metadata() -> None:
    """New titles with equal metadata are equal, others are not, and none is needed."""
    model = network()
    new = {"x": TITLES["a"], "y": TITLES["a"], "z": TITLES["e"], "nothing": TITLES["d"]}
    items = item_features(SCHEMA, new)
    vectors = dict(zip(items.vocabulary.titles, model.titles(items)[3:], strict=True))
    assert torch.equal(vectors["x"], vectors["y"])
    assert not torch.allclose(vectors["x"], vectors["z"])
    assert not torch.allclose(vectors["x"], vectors["a"])
    assert vectors["nothing"].isfinite().all()
    assert torch.equal(vectors["nothing"], model.titles(items)[2])


@torch.no_grad()
def test_intents_change_the_order_and_their_weights_add_up() -> None:
    """The prediction of titles depends on the intents: other genres give other scores."""
    model, (items, encoded) = network(), inputs()
    states, _ = model(rows(encoded, 6), model.tables(items))
    predicted = model.intents(states[:, -1], None)
    flipped = {name: logit.softmax(dim=1).flip(1) for name, logit in predicted.logits.items()}
    targets = model.tables(items).target_VE
    scores = [
        each.query_PE @ targets.T for each in (predicted, model.intents(states[:, -1], flipped))
    ]
    assert not torch.allclose(*scores)
    assert predicted.intent_weight_PI.sum().item() == pytest.approx(1)
    assert (
        set(predicted.logits)
        == set(SCHEMA.intent_sizes())
        == {
            "engagement",
            "genres",
            "kind",
            "language",
            "recency",
        }
    )


@pytest.mark.parametrize("intent", ["none", "flat"])
@torch.no_grad()
def test_models_without_a_hierarchy_only_predict(intent: str) -> None:
    """Without intents, or with intents beside the title, the query is the state alone."""
    model, (items, encoded) = network(intent=intent), inputs()
    states, _ = model(rows(encoded, 6), model.tables(items))
    prediction = model.intents(states[:, -1], None)
    assert torch.equal(prediction.query_PE, states[:, -1])
    assert bool(prediction.logits) == (intent == "flat")


def test_more_steps_than_the_context_fail_an_assertion() -> None:
    """The caller has to cut histories; the model does not truncate them silently."""
    model, (items, encoded) = network(), inputs()
    steps = rows(encoded, LENGTH)
    long = Steps(*(torch.cat([part, part], dim=1) for part in steps))
    with pytest.raises(AssertionError, match="exceed the context"):
        model(long, model.tables(items))
