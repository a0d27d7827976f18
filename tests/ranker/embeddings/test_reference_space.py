"""One space of embeddings over retrains, whatever titles come and go."""

import copy
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from fixtures.members import World
from ranker import (
    ModelConfig,
    ModelFileError,
    TrainingConfig,
    ViewingLog,
    load_model,
    save_model,
    train,
)
from ranker.embeddings.export import Embeddings, stability
from ranker.embeddings.reference_space import follow, in_reference_space, trained_titles
from ranker.network.model import RankerModel
from ranker.network.reference_space import ReferenceSpace

MODEL = ModelConfig(context=16, width=16, heads=2, blocks=1)
TRAINING = TrainingConfig(
    steps=60, evaluate_every=60, batch_positions=1024, learning_rate=2e-2, init="seed"
)


def cosine(one: Embeddings, other: Embeddings) -> float:
    """The mean cosine of the titles that both have, as they are."""
    common = sorted({*one.ids} & {*other.ids})
    return float(F.cosine_similarity(one.rows_of(common), other.rows_of(common)).mean())


def trained(world: World, number: int) -> RankerModel:
    """A model trained from scratch, without every seventh title: other ones each time."""
    events = [
        event for event in world.events if (int(event.title_id.rpartition("-")[2]) + number) % 7
    ]
    config = replace(TRAINING, seed=number)
    return train(ViewingLog.from_events(events), world.titles, MODEL, config).network


@pytest.fixture(scope="module")
def networks(world: World) -> list[RankerModel]:
    """Six trainings; tests change copies."""
    return [trained(world, number) for number in range(6)]


def test_five_retrains_keep_one_space(networks: list[RankerModel]) -> None:
    """Each model is trained anew, from another seed, with titles dropped and added since the first.

    The space of each is as near to the first one's as if it had been aligned to that directly.
    """
    first, *later = copy.deepcopy(networks)
    before = first
    for network in later:
        assert follow(network, before)
        kept = in_reference_space(trained_titles(network), network)
        directly = stability(trained_titles(network), trained_titles(first))
        assert cosine(kept, trained_titles(first)) > directly.cosine - 0.05
        assert cosine(kept, trained_titles(first)) > directly.cosine_before + 0.2
        assert cosine(kept, in_reference_space(trained_titles(before), before)) > 0.5
        before = network


def test_a_file_keeps_the_space(networks: list[RankerModel], tmp_path: Path) -> None:
    """As part of the model; one that follows none has no rotation, and its file is as before."""
    network, other, *_ = copy.deepcopy(networks)
    version = save_model(tmp_path / "own.pt", network)
    assert load_model(tmp_path / "own.pt").network.reference_space is None
    assert follow(network, other)
    assert save_model(tmp_path / "following.pt", network) != version
    found, kept = (
        load_model(tmp_path / "following.pt").network.reference_space,
        network.reference_space,
    )
    assert found is not None
    assert kept is not None
    assert found.title_ids == kept.title_ids
    assert torch.equal(found.rotation_DE, kept.rotation_DE)
    assert torch.equal(found.rows_TE, kept.rows_TE)


def test_a_file_with_another_space_is_refused(networks: list[RankerModel], tmp_path: Path) -> None:
    """A rotation of another width, other vectors than titles, a number that is none."""
    network = copy.deepcopy(networks[0])
    space = ReferenceSpace(torch.eye(16), ("a", "b"), torch.zeros(2, 16))
    for broken, reason in (
        (replace(space, rotation_DE=torch.eye(8)), "another width"),
        (replace(space, rows_TE=torch.zeros(3, 16)), "other titles than vectors"),
        (replace(space, rows_TE=torch.full((2, 16), math.nan)), "not finite"),
    ):
        network.reference_space = broken
        save_model(tmp_path / "broken.pt", network)
        with pytest.raises(ModelFileError, match=reason):
            load_model(tmp_path / "broken.pt")


def test_a_model_of_other_titles_begins_a_new_space(
    world: World, networks: list[RankerModel]
) -> None:
    """There is nothing to align it by; the caller is told."""
    other = [replace(event, title_id=f"other-{event.title_id}") for event in world.events]
    stranger = train(ViewingLog.from_events(other), {}, MODEL, TRAINING).network
    assert not follow(stranger, networks[0])
    assert stranger.reference_space is None


def test_products_of_members_and_titles_do_not_change(networks: list[RankerModel]) -> None:
    """As both are rotated alike."""
    before, network, *_ = copy.deepcopy(networks)
    follow(network, before)
    rows = trained_titles(network).rows_VD
    kept = in_reference_space(trained_titles(network), network).rows_VD
    torch.testing.assert_close(kept @ kept.T, rows @ rows.T, rtol=1e-4, atol=1e-5)
