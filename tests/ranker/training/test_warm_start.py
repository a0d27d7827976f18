"""Training that continues from an earlier model, with new titles."""

from dataclasses import replace

import torch
from torch import Tensor

from fixtures.members import World
from ranker import (
    TrainedModel,
    ViewingEvent,
    ViewingLog,
    train,
)
from ranker.data.vocabulary import SPECIALS
from ranker.training.warm_start import warm_start
from tests.ranker.small_histories import PLANTED_TRAINING, all_of


def test_a_warm_start_keeps_old_ids(world: World, planted: TrainedModel) -> None:
    """Old titles keep their ids; a new one starts near those with similar metadata."""
    like = next(title for title in planted.network.schema.vocabulary.titles)
    about = {**world.titles, "brand-new": world.titles[like]}
    later = ViewingLog.from_events(
        [ViewingEvent("m", "brand-new", 1_710_000_000), *world.events[:50]]
    )
    grown = warm_start(planted.network, all_of(later), about)
    old, new = planted.network.titles.ids.weight, grown.titles.ids.weight
    assert torch.equal(new[: len(old)], old)
    assert grown.schema.vocabulary.titles == (
        *planted.network.schema.vocabulary.titles,
        "brand-new",
    )
    genre = world.titles[like].genres
    same, other = (
        torch.stack(
            [
                torch.cosine_similarity(new[-1], row, dim=0)
                for row, title in zip(
                    new[SPECIALS:-1], grown.schema.vocabulary.titles, strict=False
                )
                if (world.titles[title].genres == genre) == alike
            ]
        ).mean()
        for alike in (True, False)
    )
    assert same > other


def test_a_new_title_starts_near_co_watched_ones(planted: TrainedModel) -> None:
    """Without metadata, only by members who watched it between two old titles."""
    first, second, *others = planted.network.schema.vocabulary.titles
    log = ViewingLog.from_events(
        ViewingEvent(f"m{member}", title, member * 1000 + step)
        for member in range(12)
        for step, title in enumerate(
            [first, "brand-new", second] if member % 2 else others[member : member + 4]
        )
    )
    grown = warm_start(planted.network, all_of(log), {})
    ids_VD = grown.titles.ids.weight[SPECIALS:]
    alike = torch.cosine_similarity(ids_VD[-1:], ids_VD[:-1])
    assert set(alike.topk(2).indices.tolist()) == {0, 1}


def test_a_warm_start_needs_few_steps(world: World, log: ViewingLog, planted: TrainedModel) -> None:
    """A few steps are no worse than many from scratch."""
    base = warm_start(planted.network, all_of(log), world.titles)
    config = replace(PLANTED_TRAINING, steps=10, evaluate_every=10, learning_rate=1e-3)
    on = train(log, world.titles, base.config, config, base=base)
    assert on.best.validation_loss < planted.best.validation_loss + 0.1


def test_new_titles_learn_faster(world: World, log: ViewingLog, planted: TrainedModel) -> None:
    """In one step their ids move further, and nothing else does."""
    config = replace(PLANTED_TRAINING, steps=1, evaluate_every=1)

    def moved(lr_factor: float) -> dict[str, Tensor]:
        base = warm_start(planted.network, all_of(log), world.titles)
        before = {name: weight.clone() for name, weight in base.state_dict().items()}
        changed = replace(config, new_title_lr_factor=lr_factor)
        on = train(log, world.titles, base.config, changed, base=base, new_titles=5).network
        return {name: weight - before[name] for name, weight in on.state_dict().items()}

    slow, fast = moved(1), moved(3)
    ids_slow, ids_fast = slow.pop("titles.ids.weight"), fast.pop("titles.ids.weight")
    torch.testing.assert_close(ids_fast[-5:], 3 * ids_slow[-5:])
    assert ids_slow[-5:].abs().max() > 0
    assert torch.equal(ids_fast[:-5], ids_slow[:-5])
    assert all(torch.equal(fast[name], slow[name]) for name in slow)
