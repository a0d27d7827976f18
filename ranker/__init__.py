"""Ranks titles for members: viewing histories in, a `Ranking` out; imports nothing else of ours.

    histories = read_histories(path)
    trained = train(histories, TrainingConfig(seed=0))
    save_model(model_path, trained.network, trained.vocabulary)
    Ranker.load(model_path, histories).rank("member-ada", ["aurora", "velvet"])

Whatever needs torch is imported when it is first asked for, so that a program which only reads
histories or passes rankings on starts at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from ranker.errors import (
    ConfigError,
    HistoryError,
    ModelFileError,
    RankerError,
    RankingError,
    TrainingError,
)
from ranker.histories import (
    Histories,
    ViewingEvent,
    append_histories,
    read_events,
    read_histories,
    write_histories,
)
from ranker.ranking import RankedTitle, Ranking

if TYPE_CHECKING:
    from ranker.checkpoint import Checkpoint, load_model, save_model
    from ranker.inference import Ranker
    from ranker.training import Look, Progress, TrainedModel, TrainingConfig, train

_NEEDS_TORCH: Final = {
    "Checkpoint": "ranker.checkpoint",
    "load_model": "ranker.checkpoint",
    "save_model": "ranker.checkpoint",
    "Ranker": "ranker.inference",
    "Look": "ranker.training",
    "Progress": "ranker.training",
    "TrainedModel": "ranker.training",
    "TrainingConfig": "ranker.training",
    "train": "ranker.training",
}

__all__ = [
    "Checkpoint",
    "ConfigError",
    "Histories",
    "HistoryError",
    "Look",
    "ModelFileError",
    "Progress",
    "RankedTitle",
    "Ranker",
    "RankerError",
    "Ranking",
    "RankingError",
    "TrainedModel",
    "TrainingConfig",
    "TrainingError",
    "ViewingEvent",
    "append_histories",
    "load_model",
    "read_events",
    "read_histories",
    "save_model",
    "train",
    "write_histories",
]


def __getattr__(name: str) -> object:
    """Import what needs torch when it is first asked for."""
    if name not in _NEEDS_TORCH:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_NEEDS_TORCH[name]), name)
