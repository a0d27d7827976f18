"""Training from the log of events, for a nightly job: a better model replaces the one in use."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sizzle.cli import options
from sizzle.cli.training import TrainingOptions, find_split, selected, train_on
from sizzle.viewing_source import EventSource, read_all

if TYPE_CHECKING:
    from ranker import TitleMetadata, TrainedModel, ViewingLog
    from ranker.evaluation.succession import Succession

_SPLIT = "time-test"
_VARIABLE = "SIZZLE_MODEL"


@dataclass(frozen=True, slots=True)
class EventTraining:
    """What came of a training.

    Args:
        report: for whoever started it.
        trained: the new model.
        replaced: whether it is in use now.
    """

    report: dict[str, Any]
    trained: TrainedModel
    replaced: bool


def model_in_use(out: Path | None) -> Path:
    """The file that the service reads: the given one, or that of the environment."""
    return out or Path(os.environ.get(_VARIABLE) or options.DEFAULT_MODEL)


def train_from_events(
    source: EventSource, training: TrainingOptions, *, from_scratch: bool, force: bool
) -> EventTraining:
    """Train on the log of events, and replace the model in use unless the new one is worse.

    Args:
        source: of the events.
        training: `out` is the model in use.
        from_scratch: whether to start anew instead of going on from the model in use.
        force: whether to replace it by a worse one too.

    Raises:
        RankerError: too few events, or a model that cannot be read.
        DatabaseUnavailableError: the events cannot be read.
    """
    log, titles = read_all(source, training.titles)
    log = selected(log, training)
    out, exists = training.out, training.out.exists()
    candidate = out.with_name(f"{out.name}.candidate")
    plan = replace(training, out=candidate, split=_SPLIT)
    if exists and not from_scratch and plan.base is None:
        plan = replace(plan, base=out)
    if exists and plan.align_to is None:
        plan = replace(plan, align_to=out)
    report, trained = train_on(log, titles, plan)
    if not report["model_version"]:  # another process of the group writes and compares
        return EventTraining(report, trained, replaced=True)
    succession = _compare(trained, out, log, titles) if exists else None
    replaced = force or succession is None or not succession.is_worse
    if replaced:
        candidate.replace(out)
    where = out if replaced else candidate
    report |= {"model": str(where), "replaced": replaced, **_facts(succession)}
    return EventTraining(report, trained, replaced)


def _compare(
    trained: TrainedModel, current: Path, log: ViewingLog, titles: dict[str, TitleMetadata]
) -> Succession:
    from ranker import load_model
    from ranker.evaluation.evaluate import EvalTask
    from ranker.evaluation.succession import compare_models

    signals = trained.network.schema.policy
    task = EvalTask(log, titles, find_split(_SPLIT), signals=signals)
    return compare_models(trained.network, load_model(current).network, task)


def _facts(succession: Succession | None) -> dict[str, Any]:
    if succession is None:
        return {}
    return {
        "targets": succession.targets,
        "NDCG@10": str(succession.new),
        "NDCG@10 of the model in use": str(succession.current),
        "NDCG@10 lead": str(succession.lead),
    }
