"""Batch scoring with Ray Data, where it is installed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ranker import (
    BatchScorer,
    Checkpoint,
    HistoryError,
    ModelConfig,
    RankerError,
    RequestContext,
    TitleMetadata,
    ViewingLog,
    load_model,
    save_model,
)
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.network.model import RankerModel
from ranker.serving import ray_blocks
from ranker.serving.rank_ray import top
from ranker.serving.shard_blocks import BlockReader, shard_blocks, top_of_shards
from tests.ranker.shard_folders import shard_folder
from tests.ranker.small_histories import TITLES, rich_events

LOG = ViewingLog.from_events(rich_events(members=40))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model file."""
    network = RankerModel(ModelConfig(width=16), Schema.from_tokens(merge_events(LOG), TITLES))
    save_model(tmp_path / "model", network)
    return tmp_path / "model"


@pytest.fixture
def ray() -> Iterator[Any]:
    """Ray, shut down after the test."""
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install -e '.[ray]'")
    yield ray
    ray.shutdown()


@pytest.mark.full
@pytest.mark.usefixtures("ray")
@pytest.mark.filterwarnings("default")
def test_two_workers_score_as_one_process_does(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each member once, with the same titles and scores; but never with another model."""
    titles = {**TITLES, "new": TitleMetadata(("crime",), "show")}
    tonight = RequestContext(at=1_900_000_000, device="tv")
    alone = BatchScorer(load_model(model), titles).top(LOG, 4, tonight)
    expected = {each.member_id: each for each in alone}
    actual = [*top(model, LOG, 4, request=tonight, titles=titles, workers=2)]
    assert len(actual) == len(expected) == 40
    for each in actual:
        assert each.titles == expected[each.member_id].titles
        assert np.allclose(each.scores, expected[each.member_id].scores, atol=1e-4)
    monkeypatch.setattr(
        ray_blocks, "load_model", lambda path: Checkpoint(load_model(path).network, "another")
    )
    with pytest.raises(RankerError, match=r"A Ray worker failed: .* version another where"):
        next(top(model, LOG, 4))


@pytest.mark.full
@pytest.mark.usefixtures("ray")
@pytest.mark.filterwarnings("default")
def test_workers_read_their_own_shards(model: Path, tmp_path: Path) -> None:
    """Each member once, with the same titles; a shard that is torn is named."""
    shards = shard_folder(tmp_path / "shards", LOG, 3)
    expected = {one.member_id: one.titles for one in BatchScorer(load_model(model)).top(LOG, 4)}
    actual = [*top(model, shards, 4)]
    assert len(actual) == 40
    assert {one.member_id: one.titles for one in actual} == expected
    path = tmp_path / "shards" / "shard-00002.arrow"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(RankerError, match=r"shard-00002.arrow: The shard is torn"):
        list(top(model, shards, 4))


def test_shards_are_scored_as_their_log(model: Path, tmp_path: Path) -> None:
    """Without Ray, block by block: the same titles for each member, whatever shard it is in."""
    shards = shard_folder(tmp_path / "shards", LOG, 3)
    scorer = BatchScorer(load_model(model))
    expected = {one.member_id: one.titles for one in scorer.top(LOG, 4)}
    assert {one.member_id: one.titles for one in top_of_shards(scorer, shards, 4)} == expected
    blocks = list(shard_blocks(shards, 5))
    reader = BlockReader()
    assert sum(len(np.unique(reader.tokens(b).member.codes_E)) for b in blocks) == 40
    other = replace(blocks[0], data="of other shards")
    with pytest.raises(HistoryError, match="others than where the batch was started"):
        BlockReader().tokens(other)


def test_a_model_that_cannot_be_read_is_refused_at_once(tmp_path: Path) -> None:
    """Before any worker is started."""
    with pytest.raises(RankerError, match="cannot be read"):
        next(top(tmp_path / "nowhere", LOG, 4))
