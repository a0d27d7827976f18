"""Initial weights that depend on names."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from ranker import (
    TitleMetadata,
    ViewingEvent,
    ViewingLog,
    train,
)
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.network.model import RankerModel
from ranker.network.seeded_init import draw_normal
from tests.ranker.small_histories import ONE_STEP, SMALL_MODEL, TITLES, rich_events, two_groups


def untrained(
    events: Sequence[ViewingEvent], titles: dict[str, TitleMetadata], salt: str = ""
) -> RankerModel:
    """A model for these events and titles."""
    return RankerModel(
        SMALL_MODEL, Schema.from_tokens(merge_events(ViewingLog.from_events(events)), titles), salt
    )


def test_names_draw_independent_normal_numbers() -> None:
    """Reproducibly, with mean 0 and variance 1."""
    drawn = draw_normal("aurora", 20_000)
    assert torch.equal(drawn, draw_normal("aurora", 20_000))
    assert abs(drawn.mean()) < 0.03
    assert drawn.std() == pytest.approx(1, abs=0.02)
    assert drawn.isfinite().all()
    assert draw_normal("\ud800", 8).isfinite().all()
    assert abs(F.cosine_similarity(drawn, draw_normal("velvet", 20_000), dim=0)) < 0.03


def test_initial_weights_do_not_depend_on_the_random_state() -> None:
    """They depend on names, and on the salt."""
    first = untrained(rich_events(), TITLES).state_dict()
    torch.rand(7)
    again = untrained(rich_events(), TITLES).state_dict()
    salted = untrained(rich_events(), TITLES, "salt").state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["blocks.0.output.weight"], salted["blocks.0.output.weight"])
    assert not torch.equal(first["titles.ids.weight"], salted["titles.ids.weight"])


def test_new_titles_and_values_change_no_others() -> None:
    """Rows of titles and values depend on their names, not on their indexes."""
    new = {"aa": TitleMetadata(("action",), "movie", None, "cz")}
    before = untrained(rich_events(), TITLES)
    later = [*rich_events(), ViewingEvent("member-0", "aa", 1_700_000_000, device="car")]
    after = untrained(later, {**TITLES, **new})
    shared = before.schema.vocabulary.titles
    old_VD = before.titles.ids.weight[before.schema.vocabulary.encode(shared)]
    assert torch.equal(after.titles.ids.weight[after.schema.vocabulary.encode(shared)], old_VD)

    def columns(model: RankerModel) -> dict[str, Tensor]:
        table: Tensor = model.titles.fields["genres"].weight  # type: ignore[assignment]
        return dict(zip(model.schema.metadata_values["genres"], table.detach().T, strict=True))

    of_before, of_after = columns(before), columns(after)
    assert of_after.keys() - of_before.keys() == {"action"}
    for genre, column in of_before.items():  # the size of a map's weights is its inputs' affair
        assert F.cosine_similarity(of_after[genre], column, dim=0) == pytest.approx(1, abs=1e-5)
    assert torch.equal(before.post_action.weight[1], after.post_action.weight[1])


def test_the_seed_matters_only_with_init_seed() -> None:
    """With init=names two seeds start alike."""

    def first_ids(seed: int, init: str) -> Tensor:
        config = replace(ONE_STEP, seed=seed, init=init, learning_rate=1e-30)
        return train(two_groups(), {}, SMALL_MODEL, config).network.titles.ids.weight

    torch.testing.assert_close(first_ids(0, "names"), first_ids(1, "names"))
    assert not torch.allclose(first_ids(0, "seed"), first_ids(1, "seed"), atol=1e-2)


@pytest.mark.parametrize(
    "choice", [{"metadata": False}, {"attention": "low_rank"}, {"intent": "none"}]
)
def test_every_kind_of_model_is_reproducible(choice: dict[str, object]) -> None:
    """With or without metadata, intents and full attention, two trainings give equal models."""
    model = replace(SMALL_MODEL, **choice)  # type: ignore[arg-type]
    config = replace(ONE_STEP, steps=4, ppmi_init=0.3, anchor=2.0)
    log = ViewingLog.from_events(rich_events())
    first, again = (train(log, TITLES, model, config).network.state_dict() for _ in range(2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert all(weight.isfinite().all() for weight in first.values())
