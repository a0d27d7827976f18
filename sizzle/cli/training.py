"""Training with its progress shown; `sizzle train` and the demo both do it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sizzle.cli.progress import progress_bar
from sizzle.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ranker import EventLog, ModelConfig, TitleMetadata, TrainedModel, TrainingConfig
    from ranker.data.splits import Split
    from ranker.data.tokens import Tokens
    from ranker.network.model import RankerModel


@dataclass(frozen=True, slots=True)
class Order:
    """What to train on, and how.

    Args:
        data: a file of events, or a MovieLens folder.
        out: the model's file.
        titles: a file of titles.
        seed: of the training.
        split: "time" or "leave-one-out".
        withhold: a share of titles that the model is not to know.
        base: a model to go on from.
        surface: learn from members of this one alone.
        run: a file that keeps where training stands.
        settings: such as `width=64`, of the model or the training.
        device: where it learns; on the processor the same seed gives the same model anywhere.
    """

    data: Path
    out: Path
    titles: Path | None = None
    seed: int = 0
    split: str = "time"
    withhold: float = 0.0
    base: Path | None = None
    surface: str = ""
    run: Path | None = None
    settings: tuple[str, ...] = ()
    device: str = "cpu"


def train_with_progress(order: Order) -> tuple[dict[str, Any], TrainedModel]:
    """Train as ordered, write the model, and say what came of it.

    Raises:
        RankerError: histories that are absent, malformed or too few, or training that diverged.
        InputError: a setting that there is none of, or the model's folder cannot be written to.
    """
    import torch

    from ranker import Progress, save_model, train
    from ranker.network.devices import device_named
    from ranker.training.distributed import joined

    # Sums over several threads round in another order, so that the same seed would give another
    # model on a machine with more cores; and on a model this small more threads gain nothing.
    torch.set_num_threads(1)
    model, config = _configs(order)
    device = device_named(order.device)
    log, titles = _events(order)
    base, new = _base(order, log, titles)
    began = time.perf_counter()
    with joined() as writes, progress_bar("Training the ranker", config.steps) as advance:

        def show(progress: Progress) -> None:
            advance(progress.step)

        trained = train(
            log,
            titles,
            base.config if base else model,
            config,
            split=split_named(order.split),
            base=base,
            new=new,
            run=order.run,
            device=device,
            on_step=show,
        )
        version = save_model(order.out, trained.network) if writes else ""
    report = {
        "model": str(order.out),
        "model_version": version,  # empty where another process of the group has written it
        "members": len(set(log.member.codes_E.tolist())),
        "titles": len(trained.network.schema.vocabulary.titles),
        "steps": trained.best.step,
        "held_out_loss": round(trained.best.held_out_loss, 4),
        "device": str(device),
        "seconds": round(time.perf_counter() - began, 1),
    }
    return report, trained


def split_named(name: str) -> Callable[[Tokens], Split]:
    """How training holds back what says when to stop.

    Raises:
        InputError: there is no such split.
    """
    from ranker.data.splits import by_time, leave_one_out

    splits: dict[str, Callable[[Tokens], Split]] = {
        "time": lambda tokens: by_time(tokens, test=0.0),
        "time-test": by_time,
        "leave-one-out": leave_one_out,
    }
    if name not in splits:
        raise InputError(f"There is no split {name!r}.", fix=f"take one of {', '.join(splits)}.")
    return splits[name]


def _events(order: Order) -> tuple[EventLog, dict[str, TitleMetadata]]:
    from ranker.data.load import of_surface, read_log, withheld, without_titles

    log, titles = read_log(order.data, order.titles)
    if order.surface:
        log = of_surface(log, order.surface)
    if order.withhold:
        log = without_titles(log, withheld(log, order.withhold, order.seed))
    return log, dict(titles)


def _base(
    order: Order, log: EventLog, titles: dict[str, TitleMetadata]
) -> tuple[RankerModel | None, int]:
    """The model to go on from, with the titles that are new since, and how many these are."""
    from ranker import load_model
    from ranker.data.tokens import merge
    from ranker.training.warm_start import warmed

    if order.base is None:
        return None, 0
    tokens = merge(log)
    learnt = tokens.take(split_named(order.split)(tokens).training())
    before = load_model(order.base).network
    base = warmed(before, learnt, titles)
    return base, len(base.schema.vocabulary) - len(before.schema.vocabulary)


def _configs(order: Order) -> tuple[ModelConfig, TrainingConfig]:
    """The defaults with the order's settings, each of which is of the one or the other."""
    from ranker import ModelConfig, TrainingConfig

    model, config = ModelConfig(), TrainingConfig(seed=order.seed)
    of_model = {field.name: getattr(model, field.name) for field in fields(model)}
    of_training = {field.name: getattr(config, field.name) for field in fields(config)}
    changes = dict(_pairs(order.settings))
    for name in changes.keys() - of_model.keys() - of_training.keys():
        known = ", ".join([*of_model, *of_training])
        raise InputError(f"There is no setting {name!r}.", fix=f"take one of {known}.")
    return replace(model, **_changed(of_model, changes)), replace(
        config, **_changed(of_training, changes)
    )


def _changed(defaults: dict[str, Any], changes: dict[str, str]) -> dict[str, Any]:
    return {
        name: _typed(name, text, defaults[name])
        for name, text in changes.items()
        if name in defaults
    }


def _pairs(settings: Iterable[str]) -> Iterable[tuple[str, str]]:
    for setting in settings:
        name, _, text = setting.partition("=")
        yield name.strip(), text.strip()


def _typed(name: str, text: str, like: Any) -> Any:  # noqa: ANN401 - whatever the default is
    """A setting's text as what its default is."""
    try:
        if isinstance(like, bool):
            return {"true": True, "false": False}[text.lower()]
        return type(like)(text)
    except (KeyError, ValueError) as error:
        raise InputError(
            f"Setting {name!r} is {text!r}.", fix=f"write it like {name}={like}."
        ) from error
