"""Ranks titles for members: viewing histories in, a `Ranking` out; independent of other packages.

    histories = read_histories(path)
    trained = train(ViewingLog.from_events(histories.events()), config=TrainingConfig(seed=0))
    save_model(model_path, trained.network)
    Ranker.load(model_path, histories).rank("member-ada", ["aurora", "velvet"])

Names that need numpy or torch are imported on first use, so that a program which only reads
histories or handles rankings starts at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from ranker.data.histories import (
    GrowingHistories,
    Histories,
    HistoriesUnavailableError,
    MemberHistories,
    NewestEvents,
    ViewingEvent,
    read_events,
    read_histories,
    write_histories,
)
from ranker.data.signals import SignalPolicy
from ranker.data.titles import MetadataByTitle, TitleMetadata, read_titles
from ranker.errors import (
    ConfigError,
    HistoryError,
    ModelFileError,
    RankerError,
    RankingError,
    TrainingError,
)
from ranker.explanation import (
    ExplainedTitle,
    ExplainingRanker,
    Explanation,
    Intent,
    MemberIntents,
)
from ranker.network.config import ModelConfig, TrainingConfig
from ranker.ranking import (
    BatchTitleRanker,
    ContextRanker,
    FollowingRanker,
    RankedTitle,
    Ranking,
    Reason,
    TitleRanker,
    known_request,
)
from ranker.request import NO_CONTEXT, RequestContext

if TYPE_CHECKING:
    from ranker.data.events import ViewingLog
    from ranker.data.load import read_log
    from ranker.data.logged_histories import LoggedHistories
    from ranker.data.movielens import read_movielens
    from ranker.network.checkpoint import Checkpoint, load_model, save_model
    from ranker.network.devices import find_device
    from ranker.serving.inference import Ranker
    from ranker.serving.rank_batch import BatchScorer
    from ranker.training.train import EvalStep, Progress, TrainedModel, train

_LAZY: Final = {
    "BatchScorer": "ranker.serving.rank_batch",
    "Checkpoint": "ranker.network.checkpoint",
    "EvalStep": "ranker.training.train",
    "ViewingLog": "ranker.data.events",
    "LoggedHistories": "ranker.data.logged_histories",
    "Progress": "ranker.training.train",
    "Ranker": "ranker.serving.inference",
    "TrainedModel": "ranker.training.train",
    "find_device": "ranker.network.devices",
    "load_model": "ranker.network.checkpoint",
    "read_log": "ranker.data.load",
    "read_movielens": "ranker.data.movielens",
    "save_model": "ranker.network.checkpoint",
    "train": "ranker.training.train",
}
"""Names that need numpy or torch, and their modules."""

__all__ = [
    "NO_CONTEXT",
    "BatchScorer",
    "BatchTitleRanker",
    "Checkpoint",
    "ConfigError",
    "ContextRanker",
    "EvalStep",
    "ExplainedTitle",
    "ExplainingRanker",
    "Explanation",
    "FollowingRanker",
    "GrowingHistories",
    "Histories",
    "HistoriesUnavailableError",
    "HistoryError",
    "Intent",
    "LoggedHistories",
    "MemberHistories",
    "MemberIntents",
    "MetadataByTitle",
    "ModelConfig",
    "ModelFileError",
    "NewestEvents",
    "Progress",
    "RankedTitle",
    "Ranker",
    "RankerError",
    "Ranking",
    "RankingError",
    "Reason",
    "RequestContext",
    "SignalPolicy",
    "TitleMetadata",
    "TitleRanker",
    "TrainedModel",
    "TrainingConfig",
    "TrainingError",
    "ViewingEvent",
    "ViewingLog",
    "find_device",
    "known_request",
    "load_model",
    "read_events",
    "read_histories",
    "read_log",
    "read_movielens",
    "read_titles",
    "save_model",
    "train",
    "write_histories",
]


def __getattr__(name: str) -> object:
    """Import a name that needs numpy or torch, on first use."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)
