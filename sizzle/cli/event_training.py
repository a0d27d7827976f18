"""Training from the log of events, for a nightly job: a better model replaces the one in use."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sizzle.cli import options
from sizzle.cli.training import TrainingOptions, find_split, selected, train_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ranker import TitleMetadata, TrainedModel, ViewingLog
    from ranker.evaluation.succession import Succession
    from sizzle.events.viewing_record import ViewingRecord

_AT_ONCE = 20_000  # records
_SPLIT = "time-test"
_VARIABLE = "SIZZLE_MODEL"


@dataclass(frozen=True, slots=True)
class EventSource:
    """Where viewing events are read from.

    Args:
        database: the database of events, as `--database`.
        state: the state folder.
        catalog: which says what reels showed.
        policy: what counts as viewing, a file.
        histories: events from before, or None.
    """

    database: str | None
    state: Path | None
    catalog: str
    policy: Path | None
    histories: Path | None = None


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
    log, titles = _viewing_log(source, training.titles)
    log = selected(log, training)
    out, exists = training.out, training.out.exists()
    candidate = out.with_name(f"{out.name}.candidate")
    plan = replace(training, out=candidate, split=_SPLIT)
    if exists and not from_scratch and plan.base is None:
        plan = replace(plan, base=out)
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

    task = EvalTask(log, titles, find_split(_SPLIT))
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


def _viewing_log(
    source: EventSource, titles: Path | None
) -> tuple[ViewingLog, dict[str, TitleMetadata]]:
    """The viewings of the log, and of the histories where there are any."""
    from ranker import ViewingLog, read_log, read_titles

    stored = _stored(source)
    if source.histories is None:
        return stored, dict(read_titles(titles)) if titles else {}
    before, metadata = read_log(source.histories, titles)
    return ViewingLog.from_events(chain(before.events(), stored.events())), dict(metadata)


def _stored(source: EventSource) -> ViewingLog:
    from ranker import ViewingLog
    from sizzle.catalog import Catalog
    from sizzle.events.viewing_record import ViewingColumns
    from sizzle.reel.reel_cuts import ReelCuts
    from sizzle.secret import VARIABLE, installation_secret, reel_ids
    from sizzle.state_folder import state_folder
    from sizzle.viewing_policy_file import read_viewing_policy

    policy = read_viewing_policy(source.policy)
    secret = installation_secret(state_folder(source.state), os.environ.get(VARIABLE))
    cuts = ReelCuts(reel_ids(secret), Catalog.open(source.catalog))
    log = options.open_event_log(source.database, source.state)
    parts = [
        policy.log(ViewingColumns.of(some), cuts)
        for some in _whole_members(log.all_viewing_records())
    ]
    log.close()
    return ViewingLog.concatenate(parts)


def _whole_members(records: Iterable[ViewingRecord]) -> Iterator[list[ViewingRecord]]:
    """Some thousands of records at a time, with all of each member."""
    some: list[ViewingRecord] = []
    for _, own in groupby(records, key=lambda record: record[0]):
        some += own
        if len(some) >= _AT_ONCE:
            yield some
            some = []
    yield some
