"""Embeddings, their map onto an earlier model, warm starts, batches and clusters."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from pyarrow import parquet
from torch import Tensor

from fixtures.members import GENRES, World, planted_world
from ranker import (
    Checkpoint,
    EventLog,
    Histories,
    ModelConfig,
    Ranker,
    RankerError,
    TrainedModel,
    TrainingConfig,
    TrainingError,
    ViewingEvent,
    train,
)
from ranker.data.load import of_surface
from ranker.data.tokens import merge
from ranker.data.vocabulary import SPECIALS
from ranker.embeddings.clusters import clusters, k_means
from ranker.embeddings.export import (
    Embeddings,
    lists_kept,
    probe,
    rotation,
    stability,
    write_parquet,
)
from ranker.serving.rank_batch import Scorer
from ranker.training.warm_start import warmed

MODEL = ModelConfig(context=24, width=32, heads=2, blocks=1, horizon=1)
CONFIG = TrainingConfig(steps=120, batch=1024, learning_rate=1e-2, evaluate_every=60)


@pytest.fixture(scope="module")
def world() -> World:
    """Members with planted tastes."""
    return planted_world(members=150)


@pytest.fixture(scope="module")
def log(world: World) -> EventLog:
    """Their events."""
    return EventLog.of(world.events)


@pytest.fixture(scope="module")
def planted(world: World, log: EventLog) -> TrainedModel:
    """A model of them."""
    return train(log, world.titles, MODEL, CONFIG)


def random_titles(seed: int, count: int = 50) -> Embeddings:
    """Titles anywhere."""
    rows = torch.randn(count, 8, generator=torch.Generator().manual_seed(seed))
    return Embeddings(tuple(f"t{number}" for number in range(count)), rows, "v")


def test_a_rotated_space_is_turned_back() -> None:
    """The map undoes any rotation, and keeps the products that orders come from."""
    before = random_titles(0)
    turn, _ = torch.linalg.qr(torch.randn(8, 8, generator=torch.Generator().manual_seed(1)))
    after = before.turned(turn)
    found = rotation(after, before)
    torch.testing.assert_close(after.turned(found).rows_VD, before.rows_VD)
    torch.testing.assert_close(found @ found.T, torch.eye(8), rtol=0, atol=1e-5)
    alike = stability(after, before)
    assert alike.cosine_before < 0.5
    assert alike.cosine == pytest.approx(1, abs=1e-5)
    assert alike.neighbours == 1


def test_members_lists_come_through_the_map() -> None:
    """A rotation of titles and members changes no list; another model's lists are others."""
    titles, members = random_titles(0, count=300), random_titles(2)
    turn, _ = torch.linalg.qr(torch.randn(8, 8, generator=torch.Generator().manual_seed(1)))
    turned = members.turned(turn), titles.turned(turn)
    assert lists_kept(*turned, members, titles) == 1
    assert lists_kept(members, titles, members, random_titles(3, count=300)) < 0.5
    alone = Embeddings(members.ids[:1], members.rows_VD[:1], "v")
    assert lists_kept(alone, titles, members, titles) == 1
    strangers = Embeddings(("x", "y"), torch.ones(2, 8), "v")
    with pytest.raises(TrainingError, match="no members in common"):
        lists_kept(strangers, titles, members, titles)


def test_a_map_of_low_rank_keeps_what_both_agree_upon() -> None:
    """Where only some directions are shared, the others are left out."""
    before = random_titles(0)
    assert torch.linalg.matrix_rank(rotation(before, before, rank=3)) == 3


def test_models_without_common_titles_have_no_map() -> None:
    """There is nothing to turn by, and the error says so."""
    other = Embeddings(("x", "y"), torch.ones(2, 8), "v")
    with pytest.raises(TrainingError, match="no titles in common"):
        rotation(other, random_titles(0))


def test_a_probe_goes_on_working_after_the_map() -> None:
    """What was fitted to one training is as right on the next one turned, and not unturned."""
    before = random_titles(0, count=400)
    turn, _ = torch.linalg.qr(torch.randn(8, 8, generator=torch.Generator().manual_seed(1)))
    sides = {
        name: [] if number == 7 else ["left" if row[0] < 0 else "right"]
        for number, (name, row) in enumerate(zip(before.ids, before.rows_VD, strict=True))
    }
    found = probe(before.turned(turn), before, sides)
    assert found is not None
    assert found.before > 0.85
    assert found.after == found.before > found.unturned
    assert probe(before, before, {"t1": ["left"]}) is None
    narrow = Embeddings(before.ids, before.rows_VD[:, :4], "w")
    assert probe(narrow, before, sides) is not None


def test_embeddings_come_back_from_parquet(tmp_path: Path) -> None:
    """Ids, rows of one length, and the version of the model they are of."""
    embeddings = random_titles(0)
    write_parquet(tmp_path / "new" / "titles.parquet", embeddings)
    table = parquet.read_table(tmp_path / "new" / "titles.parquet")
    assert table.column("id").to_pylist() == list(embeddings.ids)
    rows = np.stack(table.column("embedding").to_numpy())
    assert np.array_equal(rows, embeddings.rows_VD.numpy())
    assert table.schema.metadata[b"model_version"] == b"v"
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RankerError, match="cannot be written"):
        write_parquet(tmp_path / "file" / "titles.parquet", embeddings)


def test_a_warm_start_keeps_what_was_known(world: World, planted: TrainedModel) -> None:
    """Old titles keep their vectors, a new one begins near those of like metadata."""
    like = next(title for title in planted.network.schema.vocabulary.titles)
    about = {**world.titles, "brand-new": world.titles[like]}
    later = EventLog.of([ViewingEvent("m", "brand-new", 1_710_000_000), *world.events[:50]])
    grown = warmed(planted.network, merge(later), about)
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


def test_a_new_title_begins_near_what_it_is_watched_with(planted: TrainedModel) -> None:
    """Nothing is known of it but that some members watched it between two old ones."""
    first, second, *others = planted.network.schema.vocabulary.titles
    log = EventLog.of(
        ViewingEvent(f"m{member}", title, member * 1000 + step)
        for member in range(12)
        for step, title in enumerate(
            [first, "brand-new", second] if member % 2 else others[member : member + 4]
        )
    )
    grown = warmed(planted.network, merge(log), {})
    ids_VD = grown.titles.ids.weight[SPECIALS:]
    alike = torch.cosine_similarity(ids_VD[-1:], ids_VD[:-1])
    assert set(alike.topk(2).indices.tolist()) == {0, 1}


def test_a_warm_start_trains_on(world: World, log: EventLog, planted: TrainedModel) -> None:
    """From a model that is trained, a few steps are no worse than many from the start."""
    base = warmed(planted.network, merge(log), world.titles)
    config = replace(CONFIG, steps=10, evaluate_every=10, learning_rate=1e-3)
    on = train(log, world.titles, base.config, config, base=base)
    assert on.best.held_out_loss < planted.best.held_out_loss + 0.1


def test_new_titles_catch_up(world: World, log: EventLog, planted: TrainedModel) -> None:
    """In one step their ids go farther than without, and nothing else does."""
    config = replace(CONFIG, steps=1, evaluate_every=1)

    def moved(catch_up: float) -> dict[str, Tensor]:
        base = warmed(planted.network, merge(log), world.titles)
        before = {name: weight.clone() for name, weight in base.state_dict().items()}
        changed = replace(config, catch_up=catch_up)
        on = train(log, world.titles, base.config, changed, base=base, new=5).network
        return {name: weight - before[name] for name, weight in on.state_dict().items()}

    slow, fast = moved(1), moved(3)
    ids_slow, ids_fast = slow.pop("titles.ids.weight"), fast.pop("titles.ids.weight")
    torch.testing.assert_close(ids_fast[-5:], 3 * ids_slow[-5:])
    assert ids_slow[-5:].abs().max() > 0
    assert torch.equal(ids_fast[:-5], ids_slow[:-5])
    assert all(torch.equal(fast[name], slow[name]) for name in slow)


def test_members_of_one_canvas_are_picked(log: EventLog) -> None:
    """Fine-tuning for a canvas learns from the members who use it, and from all they watched."""
    picked = of_surface(log, "sizzle")
    assert 0 < len(picked) <= len(log)
    assert len(of_surface(log, "billboard")) == 0


def test_batches_say_what_single_rankings_say(world: World, planted: TrainedModel) -> None:
    """Members scored together get the order that each one gets alone."""
    checkpoint = Checkpoint(planted.network, "v")
    events = [event for event in world.events if event.member_id < "member-0020"]
    ranker = Ranker(checkpoint, Histories(events))
    titles = planted.network.schema.vocabulary.titles
    for scored in Scorer(checkpoint).top(EventLog.of(events), 10):
        alone = ranker.rank(scored.member_id, titles)
        assert list(scored.titles) == list(alone.title_ids[:10])


def test_clusters_find_the_planted_tastes(
    world: World, log: EventLog, planted: TrainedModel
) -> None:
    """Groups by intents are groups by taste: most members of one share its genre."""
    portraits = Scorer(Checkpoint(planted.network, "v")).portraits(log)
    found = clusters(portraits, planted.network.schema, count=10)
    assert sum(len(cluster.members) for cluster in found) == 150
    assert all(trait.lift > 1 for cluster in found for trait in cluster.traits[:1])
    agree = sum(
        Counter(world.tastes[member][0] for member in cluster.members).most_common(1)[0][1]
        for cluster in found
    )
    assert agree / 150 > 2 / len(GENRES)


def test_k_means_finds_groups_that_lie_apart() -> None:
    """Points around three places are three groups, from any seed."""
    random = np.random.default_rng(0)
    points = np.concatenate([random.normal(at, 0.1, (20, 2)) for at in (0, 5, 10)])
    for seed in range(5):
        groups = k_means(points, 3, seed)
        assert [len(set(groups[start : start + 20])) for start in (0, 20, 40)] == [1, 1, 1]
        assert len(set(groups)) == 3
