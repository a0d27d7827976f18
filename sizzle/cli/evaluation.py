"""The command that evaluates models and classic recommenders by one protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizzle.cli import options
from sizzle.cli.options import read_signals
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.errors import InputError

if TYPE_CHECKING:
    from ranker import SignalPolicy
    from ranker.data.watched import WatchedTitles
    from ranker.evaluation.evaluate import EvalTask
    from ranker.evaluation.metrics import Interval
    from ranker.evaluation.seed_groups import EvalSummary
    from ranker.network.model import RankerModel

    _LoadedGroup = tuple["_ModelGroup", list[RankerModel]]
    _Row = tuple[EvalSummary, dict[str, Interval]]  # a result, and its leads in NDCG@10

_LEAD = "NDCG@10 lead"
_LEAD_REQUEST_KNOWN = "NDCG@10 lead, request known"


@dataclass(frozen=True, slots=True)
class _ModelGroup:
    """Model files that are evaluated as one."""

    name: str
    paths: tuple[Path, ...]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(evaluate)


def evaluate(
    data: Annotated[
        Path | None,
        typer.Argument(
            help="Viewing histories, JSON Lines, or a MovieLens folder; not with --from-exposures."
        ),
    ] = None,
    models: Annotated[
        list[str] | None,
        typer.Argument(
            help="Models to evaluate: a file, or `NAME=FILE,FILE` to average several trainings, "
            "such as with different seeds."
        ),
    ] = None,
    titles: options.TitlesFile = None,
    split: Annotated[
        str,
        typer.Option(
            help="The test targets: each member's last title (`leave-one-out`), or the last title "
            "within the last tenth of the time (`time`)."
        ),
    ] = "leave-one-out",
    withhold: options.Withhold = 0.0,
    added: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=0.5,
            help="Share of titles that an earlier model did not know; metrics for these targets "
            "and for the others are reported separately.",
        ),
    ] = 0.0,
    watched: options.Watched = "auto",
    signals: options.SignalsFile = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Seed for withheld and added titles, and for Mega Assets.")
    ] = 0,
    baselines: Annotated[bool, typer.Option(help="Evaluate classic recommenders too.")] = True,
    from_exposures: Annotated[
        bool,
        typer.Option(
            "--from-exposures",
            help="Estimate, from the reels that were shown, how much would have been seen in the "
            "models' orders, or of another --cadence.",
        ),
    ] = False,
    cadence: Annotated[
        str | None, typer.Option(help="With --from-exposures: the cadence to show instead.")
    ] = None,
    asset: Annotated[
        str | None, typer.Option(help="With --from-exposures: only reels of this Mega Asset.")
    ] = None,
    treatment: Annotated[
        str | None, typer.Option(help="With --from-exposures: only reels of this treatment.")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option("--from", help="With --from-exposures: a date, from its midnight, or a time."),
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", help="The same; it is not part of the period.")
    ] = None,
    zone: Annotated[str, typer.Option(help="The time zone of dates: Europe/Paris.")] = "UTC",
    histories: options.OptionalHistories = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    viewing_policy: options.ViewingPolicyFile = None,
    as_json: Json = False,
) -> None:
    """Evaluate models: the rank of each member's next title among all titles.

    Each model is evaluated twice: without and with the request-time features of the target. The
    last columns are the differences in NDCG@10, paired by member, to the first row and to the first
    model with the request known. With --withhold, only the withheld titles are targets and ranked;
    the models must have been trained with the same --withhold and --seed.

    With --from-exposures, models are compared with what was shown, by seconds seen of a reel: reels
    whose orders were drawn tell of other orders, and those whose cadence was drawn of other ones.

    Example: `sizzle evaluate histories.jsonl ranker.pt`

    Example: `sizzle evaluate --from-exposures ranker.pt --from 2026-11-01`
    """
    if from_exposures:
        from sizzle.cli.exposure_evaluation import ExposureEvaluation, evaluate_exposures
        from sizzle.engagement.period import Period
        from sizzle.eventlog.engagement import Filters
        from sizzle.viewing_source import EventSource

        evaluation = ExposureEvaluation(
            EventSource(database, state, catalog, viewing_policy, histories),
            Filters(Period.parse(start, end, zone), asset, treatment=treatment),
            (*([data] if data else []), *map(Path, models or [])),
            cadence,
            titles,
        )
        evaluate_exposures(evaluation, as_json=as_json)
        return
    if data is None:
        raise InputError("There is nothing to evaluate on.", fix="name histories.")
    import torch

    groups = list(map(_model_group, models or []))
    if not groups and not baselines:
        raise InputError(
            "There is nothing to evaluate.", fix="name a model, or omit --no-baselines."
        )
    torch.set_num_threads(1)
    # Load all models first, so that a bad file is not found after minutes of evaluating others.
    loaded = _load(groups)
    policy = read_signals(signals) or _policy_of(loaded)
    task = _eval_task(data, titles, split, seed, watched, policy, withhold=withhold, added=added)
    say(str(task.watched))
    pairs = list(_evaluate_models(task, loaded, seed))
    classics = list(_evaluate_classics(task, seed)) if baselines else []
    rows = list(_rows(pairs, classics))
    if as_json:
        protocol = _protocol(task, split, seed, withhold=withhold, added=added)
        print_json({"protocol": protocol, "results": [_as_json(*row) for row in rows]})
    else:
        _print(rows, f"{len(task.target_T)} members, {int(task.ranked_V.sum())} titles")


def _model_group(text: str) -> _ModelGroup:
    """A model file, or several as `NAME=FILE,FILE`; an existing file may contain `=` itself.

    Raises:
        InputError: a name or a file is missing, or a file is there twice.
    """
    name, equals, files = text.partition("=")
    if not equals or Path(text).exists():
        return _ModelGroup(Path(text).name, (Path(text),))
    paths = files.split(",")
    if not name or not all(paths):
        raise InputError(
            f"The group {text!r} lacks a name or a file.", fix="write it like NAME=a.pt,b.pt."
        )
    if len(set(paths)) < len(paths):
        raise InputError(f"The group {name!r} has a model twice.", fix="give each model once.")
    return _ModelGroup(name, tuple(map(Path, paths)))


def _eval_task(
    data: Path,
    titles: Path | None,
    split: str,
    seed: int,
    watched: WatchedTitles,
    signals: SignalPolicy,
    *,
    withhold: float,
    added: float,
) -> EvalTask:
    from ranker import read_log
    from ranker.data.load import sample_titles
    from ranker.data.splits import by_time, leave_one_out
    from ranker.evaluation.evaluate import EvalTask

    splits = {"time": by_time, "leave-one-out": leave_one_out}
    if split not in splits:
        raise InputError(f"Unknown split {split!r}.", fix=f"use one of {', '.join(splits)}.")
    log, metadata = read_log(data, titles)
    only = sample_titles(log, withhold, seed) if withhold else None
    later = sample_titles(log, added, seed)
    return EvalTask(log, metadata, splits[split], only, later, watched, signals)


def _load(groups: Sequence[_ModelGroup]) -> list[_LoadedGroup]:
    from ranker import load_model

    return [(group, [load_model(path).network for path in group.paths]) for group in groups]


def _policy_of(loaded: Sequence[_LoadedGroup]) -> SignalPolicy:
    """The policy of signals of all models.

    Raises:
        InputError: they were trained by different ones.
    """
    from ranker import SignalPolicy

    policies = [network.schema.policy for _, networks in loaded for network in networks]
    if any(policy != policies[0] for policy in policies):
        raise InputError(
            "The models were trained by different policies of signals: their targets differ.",
            fix="say with --signals which events are targets for all of them.",
        )
    return policies[0] if policies else SignalPolicy()


def _evaluate_models(
    task: EvalTask, loaded: Sequence[_LoadedGroup], seed: int
) -> Iterator[tuple[EvalSummary, EvalSummary]]:
    """Each group, without and with the request-time features of the target."""
    from ranker.evaluation.evaluate import evaluate as evaluate_recommender
    from ranker.evaluation.model_recommender import ModelRecommender
    from ranker.evaluation.seed_groups import SeedGroup

    def evaluated(
        name: str, networks: Sequence[RankerModel], *, request_known: bool
    ) -> EvalSummary:
        say(f"Evaluating {name} on {len(task.target_T)} members")
        recommenders = (
            ModelRecommender(name, network, task, request_known=request_known)
            for network in networks
        )
        return SeedGroup(
            name, [evaluate_recommender(recommender, task, seed) for recommender in recommenders]
        )

    for group, networks in loaded:
        unknown = evaluated(group.name, networks, request_known=False)
        known = evaluated(f"{group.name}, request known", networks, request_known=True)
        yield unknown, known


def _evaluate_classics(task: EvalTask, seed: int) -> Iterator[EvalSummary]:
    from ranker.evaluation.baselines import classic_recommenders
    from ranker.evaluation.evaluate import evaluate as evaluate_recommender

    for recommender in classic_recommenders(task):
        say(f"Evaluating {recommender.name} on {len(task.target_T)} members")
        yield evaluate_recommender(recommender, task, seed)


def _rows(
    pairs: Sequence[tuple[EvalSummary, EvalSummary]], classics: Sequence[EvalSummary]
) -> Iterator[_Row]:
    """All results, each with its lead over the first result.

    Models with the request known also have their lead over the first of these.
    """
    from ranker.evaluation.seed_groups import ndcg_lead

    first = pairs[0][0] if pairs else classics[0]
    for unknown, known in pairs:
        yield unknown, {_LEAD: ndcg_lead(unknown, first)}
        yield (
            known,
            {_LEAD: ndcg_lead(known, first), _LEAD_REQUEST_KNOWN: ndcg_lead(known, pairs[0][1])},
        )
    for classic in classics:
        yield classic, {_LEAD: ndcg_lead(classic, first)}


def _print(rows: Sequence[_Row], title: str) -> None:
    measures = [result.measures() for result, _ in rows]
    names = list(dict.fromkeys(chain.from_iterable(measures)))
    lead_names = list(dict.fromkeys(chain.from_iterable(leads for _, leads in rows)))
    cells = [
        (
            result.name,
            *(measured.get(name, "") for name in names),
            f"{result.coverage:.2f}",
            *(leads.get(name, "") for name in lead_names),
        )
        for (result, leads), measured in zip(rows, measures, strict=True)
    ]
    print_table(title, ("", *names, "coverage", *lead_names), cells)


def _protocol(
    task: EvalTask, split: str, seed: int, *, withhold: float, added: float
) -> dict[str, Any]:
    """All that an evaluation depends on besides the models."""
    return {
        "split": split,
        "seed": seed,
        "withhold": withhold,
        "added": added,
        "watched_titles": task.watched.as_facts(),
        "members": len(task.tokens.member.values),
        "titles": len(task.tokens.title.values),
        "viewings": len(task.tokens),
        "targets": len(task.target_T),
        "ranked_titles": int(task.ranked_V.sum()),
        "data": task.data,
        "signals": task.signals.to_json(),
    }


def _as_json(result: EvalSummary, leads: dict[str, Interval]) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "name": result.name,
        **{name: asdict(value) for name, value in result.measures().items()},
        "coverage": result.coverage,
        **{name: asdict(lead) for name, lead in leads.items()},
    }
