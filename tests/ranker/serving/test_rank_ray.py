"""Batches with Ray Data, where it is installed: what two workers say is what one process says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ranker import (
    Checkpoint,
    EventLog,
    ModelConfig,
    RankerError,
    TitleMetadata,
    load_model,
    save_model,
)
from ranker.data.events import Column
from ranker.data.schema import Schema
from ranker.data.tokens import merge
from ranker.network.model import RankerModel
from ranker.serving import rank_ray
from ranker.serving.rank_batch import Scorer
from ranker.serving.rank_ray import top
from tests.ranker.worlds import TITLES, rich_events

LOG = EventLog.of(rich_events(members=40))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model's file."""
    network = RankerModel(ModelConfig(width=16), Schema.of(merge(LOG), TITLES))
    save_model(tmp_path / "model", network)
    return tmp_path / "model"


@pytest.fixture
def ray() -> Iterator[Any]:
    """Ray, which ends with the test."""
    ray = pytest.importorskip("ray", reason="Ray is not installed: pip install -e '.[ray]'")
    yield ray
    ray.shutdown()


@pytest.mark.full
@pytest.mark.usefixtures("ray")
@pytest.mark.filterwarnings("default")
def test_two_workers_say_what_one_process_says(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each member once, with the same titles and scores; but never of another model's file."""
    titles = {**TITLES, "new": TitleMetadata(("crime",), "show")}
    alone = Scorer(load_model(model), titles).top(LOG, 4)
    expected = {each.member_id: each for each in alone}
    actual = [*top(model, LOG, 4, titles=titles, workers=2)]
    assert len(actual) == len(expected) == 40
    for each in actual:
        assert each.titles == expected[each.member_id].titles
        assert np.allclose(each.scores, expected[each.member_id].scores, atol=1e-4)
    monkeypatch.setattr(
        rank_ray, "load_model", lambda path: Checkpoint(load_model(path).network, "another")
    )
    with pytest.raises(RankerError, match=r"A worker of Ray failed: .* was another at first"):
        next(top(model, LOG, 4))


def test_a_column_keeps_only_what_is_used() -> None:
    """Its events say the same, with or without events that say nothing."""
    column = Column(("a", "b", "c", "d"), np.array([3, -1, 1, 3]))
    small = column.compact()
    assert small.values == ("b", "d")
    assert small.codes_E.tolist() == [1, -1, 0, 1]
    assert column.take(slice(0, 1)).compact().values == ("d",)
    assert column.take(slice(1, 2)).compact().values == ()


def test_a_model_that_cannot_be_read_is_said_at_once(tmp_path: Path) -> None:
    """Before any worker is started."""
    with pytest.raises(RankerError, match="cannot be read"):
        next(top(tmp_path / "nowhere", LOG, 4))
