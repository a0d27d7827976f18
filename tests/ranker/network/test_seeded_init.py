"""Where weights begin, where ids are held, and what is kept of the last steps."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from ranker import (
    ConfigError,
    EventLog,
    ModelConfig,
    TitleMetadata,
    TrainingConfig,
    ViewingEvent,
    train,
)
from ranker.data.schema import Schema
from ranker.data.tokens import merge
from ranker.data.vocabulary import SPECIALS
from ranker.network.model import RankerModel
from ranker.network.seeded_init import draw
from ranker.training.ppmi_init import begin_ids
from tests.ranker.worlds import DAY, TITLES, rich_events

MODEL = ModelConfig(context=16, width=16, blocks=1, horizon=2)
ONE_STEP = TrainingConfig(steps=1, batch=64, evaluate_every=1)


def untrained(
    events: Sequence[ViewingEvent], titles: dict[str, TitleMetadata], salt: str = ""
) -> RankerModel:
    """A model of what these events and titles hold."""
    return RankerModel(MODEL, Schema.of(merge(EventLog.of(events)), titles), salt)


def test_what_a_name_draws_is_normal_and_its_own() -> None:
    """The same each time, of another name independent, and of mean 0 and variance 1."""
    drawn = draw("aurora", 20_000)
    assert torch.equal(drawn, draw("aurora", 20_000))
    assert abs(drawn.mean()) < 0.03
    assert drawn.std() == pytest.approx(1, abs=0.02)
    assert drawn.isfinite().all()
    assert draw("\ud800", 8).isfinite().all()
    assert abs(F.cosine_similarity(drawn, draw("velvet", 20_000), dim=0)) < 0.03


def test_models_begin_alike_whatever_random_numbers_come_before() -> None:
    """Each weight follows from its name; a salt makes all that is drawn another."""
    first = untrained(rich_events(), TITLES).state_dict()
    torch.rand(7)
    again = untrained(rich_events(), TITLES).state_dict()
    salted = untrained(rich_events(), TITLES, "salt").state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["blocks.0.output.weight"], salted["blocks.0.output.weight"])
    assert not torch.equal(first["titles.ids.weight"], salted["titles.ids.weight"])


def test_a_new_title_and_a_new_value_move_no_others() -> None:
    """Rows of titles and values stay with their names, though their places move."""
    new = {"aa": TitleMetadata(("action",), "movie", None, "cz")}
    before = untrained(rich_events(), TITLES)
    later = [*rich_events(), ViewingEvent("member-0", "aa", 1_700_000_000, device="car")]
    after = untrained(later, {**TITLES, **new})
    shared = before.schema.vocabulary.titles
    old_VD = before.titles.ids.weight[before.schema.vocabulary.encode(shared)]
    assert torch.equal(after.titles.ids.weight[after.schema.vocabulary.encode(shared)], old_VD)

    def columns(model: RankerModel) -> dict[str, Tensor]:
        table: Tensor = model.titles.fields["genres"].weight  # type: ignore[assignment]
        return dict(zip(model.schema.about["genres"], table.detach().T, strict=True))

    of_before, of_after = columns(before), columns(after)
    assert of_after.keys() - of_before.keys() == {"action"}
    for genre, column in of_before.items():  # the size of a map's weights is its inputs' affair
        assert F.cosine_similarity(of_after[genre], column, dim=0) == pytest.approx(1, abs=1e-5)
    assert torch.equal(before.happened.weight[1], after.happened.weight[1])


def two_groups() -> EventLog:
    """Members who watch the titles a to d, and others who watch e to h."""
    return EventLog.of(
        ViewingEvent(f"member-{member}", group[(member * step + step) % 4], step * DAY)
        for member in range(12)
        for step in range(8)
        for group in [("abcd", "efgh")[member % 2]]
    )


def of_two_groups(scale: float, begin: str = "names") -> Tensor:
    """Where the ids of these titles begin, VD: a training without a step that moves."""
    still = replace(ONE_STEP, learning_rate=1e-30, spectral=scale, begin=begin)
    model = train(two_groups(), {}, MODEL, still).network
    return model.titles.ids.weight.detach()[SPECIALS:]


def test_titles_that_are_watched_together_begin_together() -> None:
    """Ids are alike within a group of co-watched titles, and not across; by names they are not."""

    def contrast(ids_VD: Tensor) -> float:
        unit_VD = F.normalize(ids_VD, dim=1)
        alike_VV = unit_VD @ unit_VD.T
        within = torch.cat([alike_VV[:4, :4].flatten(), alike_VV[4:, 4:].flatten()]).mean()
        return float(within - alike_VV[:4, 4:].mean())

    assert contrast(of_two_groups(2.0)) > 0.7
    assert contrast(of_two_groups(0.0)) < 0.4


def test_what_ids_begin_with_stays_near_their_names() -> None:
    """The space is the names': the same data turned about begins in the same directions."""
    named_VD = torch.randn(11, 8, generator=torch.Generator().manual_seed(0))
    titles_N = torch.tensor([3, 4, 5, 3, 4, 6, 7, 8, 9, 6, 7, 10])
    runs = (torch.tensor([0, 5]), torch.tensor([5, 12]))
    begin_VD = begin_ids(named_VD, titles_N, *runs, scale=1.0)
    assert (begin_VD - named_VD).square().sum(dim=1).mean().sqrt() == pytest.approx(1, abs=1e-4)
    assert ((begin_VD - named_VD) * named_VD).sum() > 0
    backwards = begin_ids(named_VD, titles_N.flip(0), 12 - runs[1], 12 - runs[0], scale=1.0)
    torch.testing.assert_close(backwards, begin_VD, rtol=1e-3, atol=1e-3)


def test_a_title_that_is_watched_alone_keeps_its_name() -> None:
    """Where nothing is shared there is nothing to begin with, and nothing is not a number."""
    named_VD = torch.randn(5, 8)
    alone = begin_ids(named_VD, torch.tensor([3, 4]), torch.tensor([0, 1]), torch.tensor([1, 2]), 1)
    assert torch.equal(alone, named_VD)


def test_what_is_held_back_is_not_looked_at() -> None:
    """Titles that only the held-out part pairs do not begin together."""
    named_VD = torch.randn(7, 8)
    titles_N = torch.tensor([3, 4, 3, 4, 5, 6])
    runs = (torch.tensor([0]), torch.tensor([4]))
    begin_VD = begin_ids(named_VD, titles_N, *runs, scale=1.0)
    assert torch.equal(begin_VD[5:], named_VD[5:])
    assert not torch.equal(begin_VD[3:5], named_VD[3:5])


def test_another_seed_begins_elsewhere_where_that_is_asked_for() -> None:
    """By names two seeds begin in one place; by seeds they do not."""

    def first_ids(seed: int, begin: str) -> Tensor:
        config = replace(ONE_STEP, seed=seed, begin=begin, learning_rate=1e-30)
        return train(two_groups(), {}, MODEL, config).network.titles.ids.weight

    torch.testing.assert_close(first_ids(0, "names"), first_ids(1, "names"))
    assert not torch.allclose(first_ids(0, "seed"), first_ids(1, "seed"), atol=1e-2)


def moved(anchor: float, steps: int = 30) -> float:
    """How far an anchor lets ids move from where they began."""
    config = replace(ONE_STEP, steps=steps, evaluate_every=steps, spectral=0.3, anchor=anchor)
    ids_VD = train(two_groups(), {}, MODEL, config).network.titles.ids.weight.detach()
    return float((ids_VD[SPECIALS:] - of_two_groups(0.3)).norm())


def test_an_anchor_holds_ids_where_they_began() -> None:
    """The stronger, the less they move; everything else is free."""
    free, held, fast = moved(0), moved(4), moved(1e6)
    assert fast == pytest.approx(0, abs=1e-4)
    assert fast < held < free / 2


def test_an_anchor_holds_alike_over_more_steps() -> None:
    """Of the way that ids would go freely it leaves about the same share, however many steps."""
    shares = [moved(4, steps) / moved(0, steps) for steps in (20, 40, 80)]
    assert max(shares) < 1.5 * min(shares)


@pytest.mark.parametrize(
    "choice", [{"metadata": False}, {"attention": "low_rank"}, {"intent": "none"}]
)
def test_every_kind_of_model_begins_by_names(choice: dict[str, object]) -> None:
    """With or without metadata, intents and full attention, two trainings end as one."""
    model = replace(MODEL, **choice)  # type: ignore[arg-type]
    config = replace(ONE_STEP, steps=4, spectral=0.3, anchor=2.0)
    log = EventLog.of(rich_events())
    first, again = (train(log, TITLES, model, config).network.state_dict() for _ in range(2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert all(weight.isfinite().all() for weight in first.values())


def test_the_mean_of_the_last_weights_is_kept() -> None:
    """With all steps averaged, the result lies between where it began and where it would end."""
    config = TrainingConfig(steps=20, batch=64, evaluate_every=20, learning_rate=1e-2)
    last, mean = (
        train(two_groups(), {}, MODEL, replace(config, averaged=share)).network.norm.bias
        for share in (0.0, 1.0)
    )
    assert 0 < mean.norm() < 0.9 * last.norm()
    assert F.cosine_similarity(last, mean, dim=0) > 0.5


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("final_rate", 1.5, "from 0 to 1"),
        ("averaged", -0.1, "from 0 to 1"),
        ("spectral", float("nan"), "0 or more"),
        ("anchor", -1.0, "0 or more"),
        ("begin", "nowhere", "one of names, seed"),
    ],
)
def test_a_setting_that_no_training_can_have_is_refused(
    setting: str, value: object, expected: str
) -> None:
    """Each is named with what it can be."""
    with pytest.raises(ConfigError, match=f"`{setting}` is .*{expected}"):
        TrainingConfig(**{setting: value})  # type: ignore[arg-type]
