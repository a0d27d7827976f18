"""Commands on the ranker: train, rank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(train)
    app.command()(rank)


def train(
    histories: Annotated[
        str | None,
        typer.Argument(
            help="Viewing histories: a file or folder of JSON Lines, CSV or Parquet, an object "
            "store's URL, a MovieLens folder, or what `prepare` wrote. With --from-events they are "
            "added to the events."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The model file to write. With --from-events it is the model in use, by default "
            "that of SIZZLE_MODEL.",
            show_default=str(options.DEFAULT_MODEL),
        ),
    ] = None,
    from_events: Annotated[
        bool,
        typer.Option(
            "--from-events",
            help="Train on the log of events; replace the model in use by a better one.",
        ),
    ] = False,
    from_scratch: Annotated[
        bool, typer.Option(help="With --from-events, do not go on from the model in use.")
    ] = False,
    force: Annotated[
        bool, typer.Option(help="With --from-events, replace the model in use by a worse one too.")
    ] = False,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    viewing_policy: options.ViewingPolicyFile = None,
    titles: options.TitlesFile = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same model.")] = 0,
    split: Annotated[
        str,
        typer.Option(
            help="The validation split, which decides when to stop: the last tenth of the time "
            "(`time`); or, with a test split for `evaluate` as well, `time-test` or "
            "`leave-one-out`."
        ),
    ] = "time",
    withhold: options.Withhold = 0.0,
    base: Annotated[
        Path | None, typer.Option("--from", help="Continue from this model, adding new titles.")
    ] = None,
    align_to: Annotated[
        Path | None,
        typer.Option(
            help="Keep the space of this model for embeddings, so that programs can use those of "
            "both; by default that of the model to continue from, or to replace."
        ),
    ] = None,
    surface: Annotated[
        str, typer.Option(help="Train only on members with events on this surface.")
    ] = "",
    resume: Annotated[
        Path | None,
        typer.Option(help="Save the state of the training here, and resume from it if it exists."),
    ] = None,
    signals: options.SignalsFile = None,
    device: options.ComputeDevice = "auto",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting of the model or the training, such as `width=64`."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write a page with the loss curves here (HTML).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Train the ranker on viewing histories, or on the log of events.

    Each line of the histories is `{"member_id": ..., "title_id": ..., "at": unix seconds}`. More
    than two million events in files of columns are prepared as shards beside the model, and one
    shard at a time is in memory.

    With --from-events, for a nightly job: training goes on from the model in use, and the new model
    replaces it, which a running service notices by itself. Both are first compared on each member's
    last title within the last tenth of the time, which the new model has not seen. If the new one
    is worse, the model in use stays, and the command exits with 1.

    Example: `sizzle train histories.jsonl --out ranker.pt`

    Example: `sizzle train s3://bucket/events --out ranker.pt`

    Example: `sizzle train --from-events --out ranker.pt`
    """
    from sizzle.cli.event_training import model_in_use, train_from_events
    from sizzle.cli.training import TrainingOptions, train_with_progress
    from sizzle.cli.training_report import write_report
    from sizzle.viewing_source import EventSource

    if histories is None and not from_events:
        raise InputError("There is nothing to train on.", fix="name histories, or --from-events.")
    if (from_scratch or force) and not from_events:
        raise InputError(
            "--from-scratch and --force belong to --from-events.", fix="leave them out."
        )
    before = None if histories is None else Path(histories)
    source = EventSource(database, state, catalog, viewing_policy, before)
    training_options = TrainingOptions(
        histories,
        model_in_use(out) if from_events else out or options.DEFAULT_MODEL,
        titles,
        seed,
        split,
        withhold,
        base,
        surface,
        resume,
        tuple(settings or ()),
        device,
        signals,
        align_to,
        source,
    )
    replaced = True
    if from_events:
        done = train_from_events(source, training_options, from_scratch=from_scratch, force=force)
        facts, trained, replaced = done.report, done.trained, done.replaced
    else:
        facts, trained = train_with_progress(training_options)
    if report is not None:
        write_report(report, facts, trained.eval_steps)
    if as_json:
        print_json(facts)
    else:
        print_table("Trained", ("what", "value"), facts.items())
    if not replaced:
        say(f"The new model is worse, so {training_options.out} stays; --force would replace it.")
        raise typer.Exit(1)


def rank(
    member: options.MemberId,
    asset: options.AssetId,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    model: options.ModelFile = options.DEFAULT_MODEL,
    histories: options.OptionalHistories = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    viewing_policy: options.ViewingPolicyFile = None,
    titles: options.TitlesFile = None,
    at: options.RequestTime = None,
    device_type: options.DeviceType = "",
    locale: options.Locale = "",
    country: options.Country = "",
    surface: options.Surface = "",
    as_json: Json = False,
) -> None:
    """Order a Mega Asset's titles for a member and a request, and say why.

    Unknown members get the cold-start order. Members' histories are those of the log of events and
    the file of histories, so that the order is that of the service at this time.

    Example: `sizzle rank member-ada --asset demo --device-type tv`

    Example: `sizzle rank member-ada --asset demo --database postgresql://host/sizzle`
    """
    from ranker import Ranker, known_request, read_titles
    from sizzle.catalog import Catalog
    from sizzle.cli.explanations import print_explanation
    from sizzle.reel.explanation import explain_ranking, to_reel_explanation
    from sizzle.viewing_source import EventSource, read_member

    request = options.member_request(member, at, device_type, locale, country, surface)
    index = Catalog.open(catalog).index(asset)
    title_ids = [title.title_id for title in index.titles]
    metadata = read_titles(titles) if titles else None
    source = EventSource(database, state, catalog, viewing_policy, histories)
    ranker = Ranker.load(model, read_member(source, member), metadata)
    explanation = explain_ranking(ranker, member, title_ids, request)
    ranking, known = explanation.ranking, known_request(ranker, request)
    why = to_reel_explanation(explanation, known, index, most=len(title_ids))
    if as_json:
        ranked = {
            "member_id": member,
            "model_version": ranking.model_version,
            "cold_start": ranking.cold_start,
        }
        print_json({**ranked, **why.model_dump(mode="json")})
        return
    print_explanation(f"Ranking for {member}", why)
    if ranking.cold_start:
        say(f"{member} has no viewing history: this is the cold-start order.")
