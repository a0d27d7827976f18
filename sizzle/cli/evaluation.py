"""The command that judges models and classic recommenders by one protocol."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.errors import InputError

if TYPE_CHECKING:
    from ranker.evaluation.evaluate import Trial
    from ranker.evaluation.metrics import Interval
    from ranker.evaluation.seed_groups import Judged
    from ranker.network.model import RankerModel

    _Row = tuple[Judged, dict[str, Interval]]  # and by how much it is ahead

_AHEAD = "NDCG@10 ahead of the first"
_AHEAD_ASKED = "NDCG@10 ahead of the first that knows the request"


@dataclass(frozen=True, slots=True)
class _Arm:
    """Models that are judged as one."""

    name: str
    paths: tuple[Path, ...]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(evaluate)


def evaluate(
    data: Annotated[
        Path, typer.Argument(help="Viewing histories, JSON Lines, or a MovieLens folder.")
    ],
    models: Annotated[
        list[str] | None,
        typer.Argument(
            help="Models to judge: a file, or `NAME=FILE,FILE` for several trainings, such as of "
            "several seeds, that count as one."
        ),
    ] = None,
    titles: options.TitlesFile = None,
    split: Annotated[
        str,
        typer.Option(
            help="What is judged: each member's last title (`leave-one-out`), or "
            "the last tenth of the `time`."
        ),
    ] = "leave-one-out",
    withhold: options.Withhold = 0.0,
    added: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=0.5,
            help="A share of titles that an earlier model did not know; those whose last title is "
            "one of them, and the others, are told apart.",
        ),
    ] = 0.0,
    seed: Annotated[int, typer.Option(min=0, help="Of withheld titles and Mega Assets.")] = 0,
    baselines: Annotated[bool, typer.Option(help="Judge classic recommenders too.")] = True,
    as_json: Json = False,
) -> None:
    """Judge models: rank all titles after each history, and see where the next one is.

    Each model is judged without and with what is known of the request. The last columns say by how
    much NDCG@10 is ahead of the first row's, and where the request is known, of the first model's
    that knows it, member by member. With titles withheld, only these are targets and ranked, in
    models that were trained without them. Of several trainings in one arm each member counts by the
    mean over them.

    Example: `sizzle evaluate histories.jsonl ranker.pt`
    """
    import torch

    arms = list(map(_arm, models or []))
    if not arms and not baselines:
        raise InputError("There is nothing to judge.", fix="name a model, or leave baselines in.")
    torch.set_num_threads(1)
    trial = _trial(data, titles, split, seed, withhold=withhold, added=added)
    pairs = list(_judged_arms(trial, arms, seed))
    classics = list(_judged_classics(trial, seed)) if baselines else []
    rows = list(_rows(pairs, classics))
    if as_json:
        print_json([_as_json(each, leads) for each, leads in rows])
    else:
        _print(rows, f"{len(trial.target_T)} members, {int(trial.ranked_V.sum())} titles")


def _arm(text: str) -> _Arm:
    """One model's file, or `NAME=FILE,FILE`; a file whose own name looks so is a file.

    Raises:
        InputError: a name or a file is missing, or a file is there twice.
    """
    name, equals, files = text.partition("=")
    if not equals or Path(text).exists():
        return _Arm(Path(text).name, (Path(text),))
    paths = files.split(",")
    if not name or not all(paths):
        raise InputError(
            f"The arm {text!r} lacks a name or a file.", fix="write it like NAME=a.pt,b.pt."
        )
    if len(set(paths)) < len(paths):
        raise InputError(f"The arm {name!r} has a model twice.", fix="give each model once.")
    return _Arm(name, tuple(map(Path, paths)))


def _trial(
    data: Path, titles: Path | None, split: str, seed: int, *, withhold: float, added: float
) -> Trial:
    from ranker.data.load import read_log, withheld
    from ranker.data.splits import by_time, leave_one_out
    from ranker.evaluation.evaluate import Trial

    splits = {"time": by_time, "leave-one-out": leave_one_out}
    if split not in splits:
        raise InputError(f"There is no split {split!r}.", fix=f"take one of {', '.join(splits)}.")
    log, about = read_log(data, titles)
    only = withheld(log, withhold, seed) if withhold else None
    return Trial(log, about, splits[split], only, withheld(log, added, seed))


def _judged_arms(trial: Trial, arms: Sequence[_Arm], seed: int) -> Iterator[tuple[Judged, Judged]]:
    """Each arm, without and with what is known of the request."""
    from ranker import load_model
    from ranker.evaluation.evaluate import Learnt, judge
    from ranker.evaluation.seed_groups import Arm

    # All first, so that a file which is none is not found after minutes of judging others.
    loaded = [(arm, [load_model(path).network for path in arm.paths]) for arm in arms]

    def judged(name: str, networks: Sequence[RankerModel], *, asked: bool) -> Judged:
        say(f"Judging {name} by {len(trial.target_T)} members")
        learnt = (Learnt(name, network, trial, asked=asked) for network in networks)
        return Arm(name, [judge(contender, trial, seed) for contender in learnt])

    for arm, networks in loaded:
        unasked = judged(arm.name, networks, asked=False)
        yield unasked, judged(f"{arm.name}, request known", networks, asked=True)


def _judged_classics(trial: Trial, seed: int) -> Iterator[Judged]:
    from ranker.evaluation.baselines import classics
    from ranker.evaluation.evaluate import judge

    for contender in classics(trial):
        say(f"Judging {contender.name} by {len(trial.target_T)} members")
        yield judge(contender, trial, seed)


def _rows(pairs: Sequence[tuple[Judged, Judged]], classics: Sequence[Judged]) -> Iterator[_Row]:
    """All that was judged, each with by how much it is ahead of the first of its kind.

    Those that know the request are compared with the first of all, and the first that knows it.
    """
    from ranker.evaluation.seed_groups import ahead

    first = pairs[0][0] if pairs else classics[0]
    for unasked, asked in pairs:
        yield unasked, {_AHEAD: ahead(unasked, first)}
        yield asked, {_AHEAD: ahead(asked, first), _AHEAD_ASKED: ahead(asked, pairs[0][1])}
    for classic in classics:
        yield classic, {_AHEAD: ahead(classic, first)}


def _print(rows: Sequence[_Row], title: str) -> None:
    judged = [each for each, _ in rows]
    measures = [each.measures() for each in judged]
    names = list(dict.fromkeys(name for each in measures for name in each))
    first, *others = dict.fromkeys(chain.from_iterable(leads for _, leads in rows))
    cells = [
        (
            each.name,
            *(measured.get(name, "") for name in names),
            f"{each.coverage:.2f}",
            *(leads.get(name, "") for name in (first, *others)),
        )
        for (each, leads), measured in zip(rows, measures, strict=True)
    ]
    print_table(title, ("", *names, "coverage", first, *others), cells)


def _as_json(judged: Judged, leads: dict[str, Interval]) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "name": judged.name,
        **{name: asdict(value) for name, value in judged.measures().items()},
        "coverage": judged.coverage,
        **{name: asdict(lead) for name, lead in leads.items()},
    }
