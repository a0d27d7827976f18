"""The transformer itself, untrained."""

import math
from itertools import accumulate

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import ConfigError, EventLog, ModelConfig
from ranker.data.encoding import Encoded, Shelf, encode, shelve
from ranker.data.schema import Schema
from ranker.data.tokens import merge
from ranker.data.windows import Spans, Steps, batch_of
from ranker.network.config import TrainingConfig
from ranker.network.model import RankerModel
from tests.ranker.worlds import TITLES, rich_events

TOKENS = merge(EventLog.of(rich_events(members=4)))
SCHEMA = Schema.of(TOKENS, TITLES)
LENGTH = 12
attentions = pytest.mark.parametrize("attention", ["full", "low_rank"])


def network(attention: str = "full", intent: str = "hierarchical") -> RankerModel:
    """A network whose weights are large enough to show any leak from one position to another."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        config = ModelConfig(
            context=16, width=16, heads=4, dropout=0.5, attention=attention, intent=intent
        )
        model = RankerModel(config, SCHEMA).eval()
        for weight in model.parameters():
            torch.nn.init.normal_(weight, std=0.3)
    return model


def world() -> tuple[Shelf, Encoded]:
    """Titles and members as the network reads them."""
    shelf = shelve(SCHEMA)
    return shelf, encode(SCHEMA, TOKENS, shelf)


def rows(encoded: Encoded, *lengths: int) -> Steps:
    """The first steps of as many members, of these lengths."""
    starts = encoded.starts_M[: len(lengths)]
    return batch_of(encoded, Spans(starts, starts + torch.tensor(lengths))).steps


def cut(steps: Steps, begin: int, end: int) -> Steps:
    """Some positions of all rows."""
    parts = {name: value[:, begin:end] for name, value in steps._asdict().items()}
    return Steps(**{**parts, "at_BL": steps.at_BL[:, :end]})


@attentions
@torch.no_grad()
@settings(max_examples=15, deadline=None)
@given(at=st.integers(1, LENGTH - 1), seed=st.integers(0, 99))
def test_the_past_never_sees_the_future(attention: str, at: int, seed: int) -> None:
    """Other titles, times and devices from a position on leave all states before it as they are."""
    model, (shelf, encoded) = network(attention), world()
    steps = rows(encoded, LENGTH)
    random = torch.Generator().manual_seed(seed)
    changed = Steps(*(part.clone() for part in steps))
    changed.titles_BL[:, at:] = torch.randint(3, 8, (1, LENGTH - at), generator=random)
    changed.happened_BLF[:, at:] = 0
    changed.request_BLR[:, at:] = 0
    changed.at_BL[:, at:] += 12_345
    changed.asked_BL[:, at:] += 99_999
    before, _ = model(steps, model.tables(shelf))
    after, _ = model(changed, model.tables(shelf))
    torch.testing.assert_close(after[:, :at], before[:, :at], rtol=0, atol=1e-5)
    assert not torch.allclose(after[:, at:], before[:, at:])


@attentions
@torch.no_grad()
@settings(max_examples=15, deadline=None)
@given(first=st.integers(1, LENGTH - 2), second=st.integers(1, LENGTH - 2))
def test_what_is_kept_extends_to_what_a_full_pass_gives(
    attention: str, first: int, second: int
) -> None:
    """Read in three goes, with the memories of those before, the last state is as read at once."""
    model, (shelf, encoded) = network(attention), world()
    tables = model.tables(shelf)
    steps = rows(encoded, LENGTH, LENGTH)
    middle = min(first + second, LENGTH - 1)
    expected, _ = model(steps, tables)
    _, memories = model(cut(steps, 0, first), tables, last=True)
    if middle > first:
        _, memories = model(cut(steps, first, middle), tables, last=True, memories=memories)
    actual, _ = model(cut(steps, middle, LENGTH), tables, last=True, memories=memories)
    torch.testing.assert_close(actual[:, -1], expected[:, -1], rtol=0, atol=1e-4)


@attentions
@torch.no_grad()
def test_padding_after_a_history_changes_nothing(attention: str) -> None:
    """A row of a batch is computed as it would be alone."""
    model, (shelf, encoded) = network(attention), world()
    alone, _ = model(rows(encoded, 3), model.tables(shelf))
    padded, _ = model(rows(encoded, 3, 9), model.tables(shelf))
    torch.testing.assert_close(padded[:1, :3], alone, rtol=0, atol=1e-5)


@torch.no_grad()
@given(
    gaps=st.lists(st.integers(0, 2**26), min_size=1, max_size=16),
    asking=st.integers(1, 16),
    patience=st.integers(0, 2**20),
)
def test_a_bias_is_that_of_the_steps_and_the_power_of_two_of_seconds_since(
    gaps: list[int], asking: int, patience: int
) -> None:
    """Of each position by how many steps and how long ago it was; later ones are shut out."""
    model = network()
    assert model.biases is not None
    at = list(accumulate(gaps, initial=1_600_000_000))[1:]
    asked = [*at[1:], at[-1] + patience][-asking:]
    table = model.biases()
    cells = table.cells(torch.tensor([asked]), torch.tensor([at]))
    places_GL, times_GT = model.biases.places_GL, model.biases.times_GT
    for head, bias_1QL in enumerate(table.of(slice(4, 8), cells), start=4):
        for row in range(len(at) - len(asked), len(at)):
            bias_L = bias_1QL[0, row - len(at)]
            assert (bias_L[row + 1 :] < -1000).all()
            for column in range(row + 1):
                seconds = np.float32(asked[row - len(at)] - at[column])
                power = math.frexp(float(seconds + 1))[1] - 1
                expected = places_GL[head, row - column] + times_GT[head, power]
                assert bias_L[column] == expected


@torch.no_grad()
@pytest.mark.parametrize("part", ["titles_BL", "happened_BLF", "request_BLR", "at_BL", "asked_BL"])
def test_everything_that_is_known_counts(part: str) -> None:
    """Titles, what happened, the request, and both times each change what the model says."""
    model, (shelf, encoded) = network(), world()
    steps = rows(encoded, 6)
    value = getattr(steps, part).clone()
    value[:, 3] = 9_000 if part in ("at_BL", "asked_BL") else 4
    one, _ = model(steps, model.tables(shelf))
    other, _ = model(steps._replace(**{part: value}), model.tables(shelf))
    assert not torch.allclose(one[:, 3:], other[:, 3:])


@torch.no_grad()
def test_a_title_without_its_id_is_its_metadata() -> None:
    """New titles of like metadata are alike, others are not, and one without any still is one."""
    model = network()
    new = {"x": TITLES["a"], "y": TITLES["a"], "z": TITLES["e"], "nothing": TITLES["d"]}
    shelf = shelve(SCHEMA, new)
    vectors = dict(zip(shelf.vocabulary.titles, model.titles(shelf)[3:], strict=True))
    assert torch.equal(vectors["x"], vectors["y"])
    assert not torch.allclose(vectors["x"], vectors["z"])
    assert not torch.allclose(vectors["x"], vectors["a"])
    assert vectors["nothing"].isfinite().all()
    assert torch.equal(vectors["nothing"], model.titles(shelf)[2])


@torch.no_grad()
def test_told_intents_change_the_order_and_their_weights_add_up() -> None:
    """The title's prediction listens to the intents: another genre told gives other scores."""
    model, (shelf, encoded) = network(), world()
    states, _ = model(rows(encoded, 6), model.tables(shelf))
    guessed = model.intents(states[:, -1], None)
    told = {name: logit.softmax(dim=1).flip(1) for name, logit in guessed.logits.items()}
    targets = model.tables(shelf).targets_VE
    scores = [
        answer.query_PE @ targets.T for answer in (guessed, model.intents(states[:, -1], told))
    ]
    assert not torch.allclose(*scores)
    assert guessed.weights_PI.sum().item() == pytest.approx(1)
    assert (
        set(guessed.logits)
        == set(SCHEMA.intents())
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
    model, (shelf, encoded) = network(intent=intent), world()
    states, _ = model(rows(encoded, 6), model.tables(shelf))
    answer = model.intents(states[:, -1], None)
    assert torch.equal(answer.query_PE, states[:, -1])
    assert bool(answer.logits) == (intent == "flat")


def test_more_steps_than_the_context_are_a_mistake_of_the_programmer() -> None:
    """The caller cuts a history; the model does not do so in silence."""
    model, (shelf, encoded) = network(), world()
    steps = rows(encoded, LENGTH)
    long = Steps(*(torch.cat([part, part], dim=1) for part in steps))
    with pytest.raises(AssertionError, match="exceed the context"):
        model(long, model.tables(shelf))


@pytest.mark.parametrize(
    ("sizes", "what"),
    [
        ({"width": 0}, "`width` is 0"),
        ({"context": -1}, "`context` is -1"),
        ({"blocks": 1.5}, "`blocks` is 1.5"),
        ({"heads": True}, "`heads` is True"),
        ({"width": 30, "heads": 4}, "`width` is 30.* Fix: make it a multiple of 4"),
        ({"dropout": 1}, "`dropout` is 1.* Fix: make it from 0 to below 1"),
        ({"dropout": math.nan}, "`dropout` is nan"),
        ({"attention": "none"}, "`attention` is 'none'.* Fix: make it one of full, low_rank"),
    ],
)
def test_sizes_that_no_model_has_are_refused(sizes: dict[str, float], what: str) -> None:
    """Each wrong size is named with what it should be."""
    with pytest.raises(ConfigError, match=what):
        ModelConfig(**sizes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value"),
    [("steps", 0), ("batch", -1), ("learning_rate", math.nan), ("learning_rate", math.inf)],
)
def test_refuses_what_no_training_can_have(name: str, value: float) -> None:
    """Each wrong setting is named before any work is done."""
    with pytest.raises(ConfigError, match=f"`{name}` is {value}"):
        TrainingConfig(**{name: value})  # type: ignore[arg-type]
