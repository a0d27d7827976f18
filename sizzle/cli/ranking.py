"""Commands on the ranker: train, rank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(train)
    app.command()(rank)


def train(
    histories: Annotated[
        Path, typer.Argument(help="Viewing histories, JSON Lines, or a MovieLens folder.")
    ],
    out: Annotated[Path, typer.Option(help="The model file to write.")] = options.DEFAULT_MODEL,
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
    surface: Annotated[
        str, typer.Option(help="Train only on members with events on this surface.")
    ] = "",
    resume: Annotated[
        Path | None,
        typer.Option(help="Save the state of the training here, and resume from it if it exists."),
    ] = None,
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
    """Train the ranker on viewing histories.

    Each line of the histories is `{"member_id": ..., "title_id": ..., "at": unix seconds}`.

    Example: `sizzle train histories.jsonl --out ranker.pt`
    """
    from sizzle.cli.training import TrainingOptions, train_with_progress
    from sizzle.cli.training_report import write_report

    training_options = TrainingOptions(
        histories,
        out,
        titles,
        seed,
        split,
        withhold,
        base,
        surface,
        resume,
        tuple(settings or ()),
        device,
    )
    facts, trained = train_with_progress(training_options)
    if report is not None:
        write_report(report, facts, trained.eval_steps)
    if as_json:
        print_json(facts)
    else:
        print_table("Trained", ("what", "value"), facts.items())


def rank(
    member: Annotated[str, typer.Argument(help="The member's id.")],
    asset: options.AssetId,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    model: options.ModelFile = options.DEFAULT_MODEL,
    histories: options.HistoriesFile = options.DEFAULT_HISTORIES,
    titles: options.TitlesFile = None,
    at: options.RequestTime = None,
    device_type: options.DeviceType = "",
    locale: options.Locale = "",
    country: options.Country = "",
    surface: options.Surface = "",
    as_json: Json = False,
) -> None:
    """Order a Mega Asset's titles for a member and a request, and say why.

    Unknown members get the cold-start order. The order is that of the service at this time.

    Example: `sizzle rank member-ada --asset demo --device-type tv`
    """
    from ranker import Ranker, known_request, read_histories, read_titles
    from sizzle.catalog import Catalog
    from sizzle.cli.explanations import print_explanation
    from sizzle.reel.explanation import explain_ranking, to_reel_explanation

    request = options.member_request(member, at, device_type, locale, country, surface)
    index = Catalog.open(catalog).index(asset)
    title_ids = [title.title_id for title in index.titles]
    metadata = read_titles(titles) if titles else None
    ranker = Ranker.load(model, read_histories(histories), metadata)
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
