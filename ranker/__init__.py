"""Ranks titles for members: viewing histories in, a `Ranking` out; imports nothing else of ours.

    histories = read_histories(path)
    trained = train(EventLog.of(histories.events()), config=TrainingConfig(seed=0))
    save_model(model_path, trained.network)
    Ranker.load(model_path, histories).rank("member-ada", ["aurora", "velvet"])

Whatever needs torch is imported when it is first asked for, so that a program which only reads
histories or passes rankings on starts at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from ranker.data.histories import (
    Histories,
    ViewingEvent,
    append_histories,
    read_events,
    read_histories,
    write_histories,
)
from ranker.data.titles import TitleMetadata, read_titles
from ranker.errors import (
    ConfigError,
    HistoryError,
    ModelFileError,
    RankerError,
    RankingError,
    TrainingError,
)
from ranker.network.config import ModelConfig, TrainingConfig
from ranker.ranking import RankedTitle, Ranking, Ranks, RanksMany, Reason

if TYPE_CHECKING:
    from ranker.data.events import EventLog
    from ranker.data.movielens import read_movielens
    from ranker.network.checkpoint import Checkpoint, load_model, save_model
    from ranker.serving.inference import Ranker, Request
    from ranker.training.train import Look, Progress, TrainedModel, train

_NEEDS_NUMBERS: Final = {
    "Checkpoint": "ranker.network.checkpoint",
    "load_model": "ranker.network.checkpoint",
    "save_model": "ranker.network.checkpoint",
    "EventLog": "ranker.data.events",
    "Ranker": "ranker.serving.inference",
    "Request": "ranker.serving.inference",
    "read_movielens": "ranker.data.movielens",
    "Look": "ranker.training.train",
    "Progress": "ranker.training.train",
    "TrainedModel": "ranker.training.train",
    "train": "ranker.training.train",
}
"""What needs numpy or torch, and where it is."""

__all__ = [
    "Checkpoint",
    "ConfigError",
    "EventLog",
    "Histories",
    "HistoryError",
    "Look",
    "ModelConfig",
    "ModelFileError",
    "Progress",
    "RankedTitle",
    "Ranker",
    "RankerError",
    "Ranking",
    "RankingError",
    "Ranks",
    "RanksMany",
    "Reason",
    "Request",
    "TitleMetadata",
    "TrainedModel",
    "TrainingConfig",
    "TrainingError",
    "ViewingEvent",
    "append_histories",
    "load_model",
    "read_events",
    "read_histories",
    "read_movielens",
    "read_titles",
    "save_model",
    "train",
    "write_histories",
]


def __getattr__(name: str) -> object:
    """Import what needs numpy or torch when it is first asked for."""
    if name not in _NEEDS_NUMBERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_NEEDS_NUMBERS[name]), name)
