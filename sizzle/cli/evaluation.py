"""The command that judges models and classic recommenders by one protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from ranker.evaluation import Contender, Judgement, Trial


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(evaluate)


def evaluate(
    data: Annotated[
        Path, typer.Argument(help="Viewing histories, JSON Lines, or a MovieLens folder.")
    ],
    models: Annotated[list[Path] | None, typer.Argument(help="Models to judge.")] = None,
    titles: options.TitlesFile = None,
    split: Annotated[
        str,
        typer.Option(
            help="What is judged: each member's last title (`leave-one-out`), or "
            "the last tenth of the `time`."
        ),
    ] = "leave-one-out",
    withhold: options.Withhold = 0.0,
    seed: Annotated[int, typer.Option(min=0, help="Of withheld titles and Mega Assets.")] = 0,
    baselines: Annotated[bool, typer.Option(help="Judge classic recommenders too.")] = True,
    as_json: Json = False,
) -> None:
    """Judge models: rank all titles after each history, and see where the next one is.

    Each model is judged without and with what is known of the request. The last column says by how
    much NDCG@10 is ahead of the first row's, member by member. With titles withheld, only these
    are targets and ranked, in models that were trained without them.

    Example: `sizzle evaluate histories.jsonl ranker.pt`
    """
    import torch

    from ranker.evaluation import judge

    torch.set_num_threads(1)
    trial = _trial(data, titles, split, withhold, seed)
    judged = []
    for contender in _contenders(trial, models or [], baselines):
        say(f"Judging {contender.name} by {len(trial.target_T)} members")
        judged.append(judge(contender, trial, seed))
    if as_json:
        print_json([_as_json(judgement, judged[0]) for judgement in judged])
    else:
        _print(judged, f"{len(trial.target_T)} members, {int(trial.ranked_V.sum())} titles")


def _trial(data: Path, titles: Path | None, split: str, withhold: float, seed: int) -> Trial:
    from ranker.evaluation import Trial
    from ranker.sources import read_log, withheld
    from ranker.splits import by_time, leave_one_out
    from sizzle.errors import InputError

    splits = {"time": by_time, "leave-one-out": leave_one_out}
    if split not in splits:
        raise InputError(f"There is no split {split!r}.", fix=f"take one of {', '.join(splits)}.")
    log, about = read_log(data, titles)
    only = withheld(log, withhold, seed) if withhold else None
    return Trial(log, about, splits[split], only)


def _contenders(trial: Trial, models: Sequence[Path], baselines: bool) -> Iterator[Contender]:
    from ranker import load_model
    from ranker.baselines import classics
    from ranker.evaluation import Learnt

    for path in models:
        learnt = partial(Learnt, network=load_model(path).network, trial=trial)
        yield learnt(path.name, asked=False)
        yield learnt(f"{path.name}, request known", asked=True)
    if baselines:
        yield from classics(trial)


def _print(judged: Sequence[Judgement], title: str) -> None:
    from ranker.metrics import difference, gains

    measures = [judgement.measures() for judgement in judged]
    names = list(dict.fromkeys(name for each in measures for name in each))
    rows = [
        (
            judgement.name,
            *(each.get(name, "") for name in names),
            f"{judgement.coverage:.2f}",
            difference(gains(judgement.rank_T), gains(judged[0].rank_T)),
        )
        for judgement, each in zip(judged, measures, strict=True)
    ]
    print_table(title, ("", *names, "coverage", "NDCG@10 ahead of the first"), rows)


def _as_json(judgement: Judgement, first: Judgement) -> dict[str, Any]:
    from dataclasses import asdict

    from ranker.metrics import difference, gains

    measures = {name: asdict(value) for name, value in judgement.measures().items()}
    ahead = difference(gains(judgement.rank_T), gains(first.rank_T))
    return {
        "name": judgement.name,
        **measures,
        "coverage": judgement.coverage,
        "NDCG@10 ahead of the first": asdict(ahead),
    }
