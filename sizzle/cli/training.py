"""Training with a progress bar, for `sizzle train` and the demo."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sizzle.cli.options import read_signals
from sizzle.cli.output import say
from sizzle.cli.progress import progress_bar
from sizzle.cli.shards import DEFAULT_SOURCE, shards_of
from sizzle.errors import InputError
from sizzle.viewing_source import EventSource

if TYPE_CHECKING:
    from collections.abc import Callable

    from ranker import (
        ModelConfig,
        SignalPolicy,
        TitleMetadata,
        TrainedModel,
        TrainingConfig,
        ViewingLog,
    )
    from ranker.data.shard_files import ShardFiles
    from ranker.data.splits import Split
    from ranker.data.tokens import Tokens
    from ranker.network.model import RankerModel


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """What to train on, and how.

    Args:
        data: a file of events, a folder of them or of prepared shards, an object store's URL, or a
            MovieLens folder; None where the events are read elsewhere.
        out: the model's file.
        titles: a file of titles.
        seed: of the training.
        split: "time", "time-test" or "leave-one-out".
        withhold: share of titles to leave out of training.
        base: a model to continue from.
        surface: train only on members with events on this surface.
        resume: a file that holds the state of the training.
        settings: such as `width=64`, of the model or the training.
        device: to train on; on the CPU the same seed gives the same model on every machine.
        signals: a file that says what actions say of titles; None for that of `base`, or the
            default.
        align_to: a model whose space the embeddings keep; by default that of `base`.
        source: what is needed to read an export of the log of events.
    """

    data: Path | str | None
    out: Path
    titles: Path | None = None
    seed: int = 0
    split: str = "time"
    withhold: float = 0.0
    base: Path | None = None
    surface: str = ""
    resume: Path | None = None
    settings: tuple[str, ...] = ()
    device: str = "cpu"
    signals: Path | None = None
    align_to: Path | None = None
    source: EventSource = DEFAULT_SOURCE


def train_with_progress(options: TrainingOptions) -> tuple[dict[str, Any], TrainedModel]:
    """Train a model, write it, and return a report beside it.

    Raises:
        RankerError: histories that are missing, malformed or too few, or training that diverged.
        InputError: a setting is unknown or malformed.
    """
    from ranker.training.distributed import process_group

    with process_group() as writes:
        log, titles = _events(options, writes)
        return _train_in_group(log, titles, options, writes)


def train_on(
    log: ViewingLog, titles: dict[str, TitleMetadata], options: TrainingOptions
) -> tuple[dict[str, Any], TrainedModel]:
    """The same on events that were read before, whatever `options.data` is. Raises the same."""
    from ranker.training.distributed import process_group

    with process_group() as writes:
        return _train_in_group(log, titles, options, writes)


def _train_in_group(
    log: ViewingLog | ShardFiles,
    titles: dict[str, TitleMetadata],
    options: TrainingOptions,
    writes: bool,
) -> tuple[dict[str, Any], TrainedModel]:
    import torch

    from ranker import Progress, ViewingLog, find_device, load_model, save_model, train
    from ranker.data.suspicions import suspicions
    from ranker.embeddings.reference_space import follow

    # With several threads the order of sums, and so the model, would depend on the number of cores;
    # and for a model this small more threads do not help.
    torch.set_num_threads(1)
    model, config = _configs(options, log)
    signals = read_signals(options.signals)
    warnings = suspicions(log) if isinstance(log, ViewingLog) else []
    for warning in warnings if writes else ():
        say(f"warning: {warning}")
    device = find_device(options.device)
    base, new_titles = _base(options, log, titles, signals)
    began = time.perf_counter()
    with progress_bar("Training the ranker", config.steps) as advance:

        def show(progress: Progress) -> None:
            advance(progress.step)

        trained = train(
            log,
            titles,
            base.config if base else model,
            config,
            split=find_split(options.split),
            base=base,
            new_titles=new_titles,
            signals=signals,
            resume_file=options.resume,
            device=device,
            on_step=show,
        )
    follows = options.align_to or options.base
    if follows is not None and not follow(trained.network, load_model(follows).network):
        say(f"{follows} knows none of the titles, so embeddings begin a new space.")
    version = save_model(options.out, trained.network) if writes else ""
    report = {
        "model": str(options.out),
        "model_version": version,  # empty if another process of the group wrote it
        **_counts(log),
        "titles": len(trained.network.schema.vocabulary.titles),
        "steps": trained.best.step,
        "validation_loss": round(trained.best.validation_loss, 4),
        **_quality(trained),
        "device": str(device),
        "seconds": round(time.perf_counter() - began, 1),
        "data": trained.data,
        "seed": options.seed,
        "split": options.split,
        "settings": asdict(trained.network.config) | asdict(config),
        "signals": trained.network.schema.policy.to_json(),
        "warnings": warnings,
    }
    return report, trained


def _quality(trained: TrainedModel) -> dict[str, Any]:
    """What the model reaches on its own validation split, and what there is to say of it."""
    warnings = []
    if trained.still_improving:
        warnings.append("It was still improving at the last step: more may help (--set steps=N).")
    quality, facts = trained.quality, {}
    if quality is not None:
        facts = {
            "validation_ndcg": round(quality.model, 4),
            "validation_ndcg_network_alone": round(quality.network, 4),
            "validation_ndcg_neighbours": round(quality.neighbours, 4),
        }
    if quality is not None and quality.is_behind_neighbours:
        warnings.append(
            f"It ranks worse than a simple SeqItemKNN on the validation split (NDCG@10 "
            f"{quality.model:.4f}, and {quality.neighbours:.4f} of {quality.targets} targets): "
            "train on more events, or with other settings."
        )
    for warning in warnings:
        say(f"warning: {warning}")
    return facts | {"warnings": warnings}


def find_split(name: str) -> Callable[[Tokens], Split]:
    """The split into training and validation tokens.

    Raises:
        InputError: the split is unknown.
    """
    from ranker.data.splits import LAST_TENTH, TimeSplit, leave_one_out

    splits: dict[str, Callable[[Tokens], Split]] = {
        "time": LAST_TENTH,
        "time-test": TimeSplit(),
        "leave-one-out": leave_one_out,
    }
    if name not in splits:
        raise InputError(f"Unknown split {name!r}.", fix=f"use one of {', '.join(splits)}.")
    return splits[name]


def _counts(log: ViewingLog | ShardFiles) -> dict[str, int]:
    from ranker.data.shard_files import ShardFiles

    if isinstance(log, ShardFiles):
        return {"events": log.manifest.events, "members": log.members, "shards": len(log)}
    return {"events": len(log), "members": len(set(log.member.codes_E.tolist()))}


def _events(
    options: TrainingOptions, writes: bool
) -> tuple[ViewingLog | ShardFiles, dict[str, TitleMetadata]]:
    """The events: in memory where they fit there, else in shards beside the model."""
    from ranker import read_log, read_titles

    assert options.data is not None, "the command has checked it"
    policy = _policy(options)
    shards = shards_of(options.data, options.out, policy, options.source, writes=writes)
    if shards is not None:
        _refuse_selection(options)
        return shards, dict(read_titles(options.titles)) if options.titles else {}
    log, titles = read_log(options.data, options.titles)
    return selected(log, options), dict(titles)


def _policy(options: TrainingOptions) -> SignalPolicy | None:
    """The policy of the file, or else of the model to go on from; None without either."""
    from ranker import load_model

    if options.signals is None and options.base is not None:
        return load_model(options.base).network.schema.policy
    return read_signals(options.signals)


def _refuse_selection(options: TrainingOptions) -> None:
    if options.surface or options.withhold:
        raise InputError(
            "--surface and --withhold choose among events in memory, and these are in shards.",
            fix="leave them out, or choose the events before they are prepared.",
        )


def selected(log: ViewingLog, options: TrainingOptions) -> ViewingLog:
    """The events that the options choose to train on."""
    from ranker.data.load import sample_titles, select_surface_members, without_titles

    if options.surface:
        log = select_surface_members(log, options.surface)
    if options.withhold:
        log = without_titles(log, sample_titles(log, options.withhold, options.seed))
    return log


def _base(
    options: TrainingOptions,
    log: ViewingLog | ShardFiles,
    titles: dict[str, TitleMetadata],
    signals: SignalPolicy | None,
) -> tuple[RankerModel | None, int]:
    """The model to continue from, with new titles added, and how many these are."""
    from ranker import load_model
    from ranker.training.training_data import TrainingData
    from ranker.training.warm_start import warm_start

    if options.base is None:
        return None, 0
    before = load_model(options.base).network
    policy = signals or before.schema.policy
    data = TrainingData.of(log, find_split(options.split), policy)
    base = warm_start(before, data, titles, signals)
    return base, len(base.schema.vocabulary) - len(before.schema.vocabulary)


def _configs(
    options: TrainingOptions, log: ViewingLog | ShardFiles
) -> tuple[ModelConfig, TrainingConfig]:
    """What fits the data, with the given settings, each of which belongs to one of the two."""
    from ranker.training.defaults import DataCounts, fitting_settings

    warm = options.base is not None
    model, config = fitting_settings(DataCounts.of(log), options.seed, warm=warm)
    of_model = {field.name: getattr(model, field.name) for field in fields(model)}
    of_training = {field.name: getattr(config, field.name) for field in fields(config)}
    changes = dict(_pairs(options.settings))
    for name in changes.keys() - of_model.keys() - of_training.keys():
        known = ", ".join([*of_model, *of_training])
        raise InputError(f"Unknown setting {name!r}.", fix=f"use one of {known}.")
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
    """A setting's text as the type of its default."""
    try:
        if isinstance(like, bool):
            return {"true": True, "false": False}[text.lower()]
        return type(like)(text)
    except (KeyError, ValueError) as error:
        raise InputError(
            f"Setting {name!r} is {text!r}.", fix=f"write it like {name}={like}."
        ) from error
