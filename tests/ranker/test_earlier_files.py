"""Files from before parameters and settings were renamed."""

import gzip
from pathlib import Path

import pytest

from ranker import (
    Histories,
    ModelConfig,
    Ranker,
    TrainingConfig,
    ViewingLog,
    load_model,
    save_model,
)
from ranker import train as train_model
from tests.ranker.small_histories import TITLES, rich_events

EVENTS = rich_events(members=4, length=5)
MODEL = ModelConfig(width=4, blocks=1, heads=1, context=4, field_width=2)
TRAINING = TrainingConfig(
    steps=4,
    evaluate_every=2,
    averaged_share=0.75,
    ppmi_init=0.3,
    anchor=1.0,
    request_dropout=0.4,
)
VERSION = "d284f93247c2"
VALIDATION_LOSS = 1.747592568397522


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A model, and the state of its training after two of four steps, unpacked."""
    for path in (Path(__file__).parent / "earlier_files").iterdir():
        (tmp_path / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    return tmp_path


def test_an_earlier_model_ranks_as_before(files: Path) -> None:
    """With the same version and scores; saved again, it has the same bytes."""
    ranking = Ranker.load(files / "model", Histories(EVENTS), TITLES).rank("member-1", "abcde")
    assert ranking.model_version == VERSION
    scores = {title.title_id: title.score for title in ranking.titles}
    expected = {"d": 0.257957, "e": 0.198497, "a": 0.196810, "c": 0.176254, "b": 0.170481}
    assert scores == pytest.approx(expected, abs=1e-5)
    save_model(files / "again", load_model(files / "model").network)
    assert (files / "again").read_bytes() == (files / "model").read_bytes()


def test_an_earlier_training_resumes(files: Path) -> None:
    """The last two steps give the model that all four steps gave, then and now."""
    log = ViewingLog.from_events(EVENTS)
    resumed = train_model(log, TITLES, MODEL, TRAINING, resume_file=files / "training")
    assert [eval_step.step for eval_step in resumed.eval_steps] == [2, 4]
    assert resumed.best.validation_loss == pytest.approx(VALIDATION_LOSS, abs=1e-5)
    from_scratch = train_model(log, TITLES, MODEL, TRAINING)
    assert from_scratch.best.validation_loss == pytest.approx(VALIDATION_LOSS, abs=1e-5)
