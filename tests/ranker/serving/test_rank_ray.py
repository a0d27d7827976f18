"""Batch scoring with Ray Data, where it is installed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ranker import (
    BatchScorer,
    Checkpoint,
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


def test_a_model_that_cannot_be_read_is_refused_at_once(tmp_path: Path) -> None:
    """Before any worker is started."""
    with pytest.raises(RankerError, match="cannot be read"):
        next(top(tmp_path / "nowhere", LOG, 4))
