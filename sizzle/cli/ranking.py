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
    as_json: Json = False,
) -> None:
    """Order a Mega Asset's titles for a member; unknown members get the cold-start order.

    Example: `sizzle rank member-ada --asset demo`
    """
    from ranker import Ranker, read_histories, read_titles
    from sizzle.catalog import Catalog

    index = Catalog.open(catalog).index(asset)
    title_ids = [title.title_id for title in index.titles]
    metadata = read_titles(titles) if titles else None
    ranking = Ranker.load(model, read_histories(histories), metadata).rank(member, title_ids)
    rows = [
        {
            "rank": position,
            "title_id": ranked.title_id,
            "name": index.title(ranked.title_id).name,
            "score": round(ranked.score, 4),
        }
        for position, ranked in enumerate(ranking.titles, start=1)
    ]
    why = [
        {
            "intent": reason.intent,
            "likely": reason.likely,
            "chance": round(reason.chance, 4),
            "weight": round(reason.weight, 4),
        }
        for reason in ranking.why
    ]
    if as_json:
        print_json(
            {
                "member_id": member,
                "model_version": ranking.model_version,
                "cold_start": ranking.cold_start,
                "titles": rows,
                "why": why,
            }
        )
        return
    print_table(f"Ranking for {member}", ("rank", "title id", "name", "score"), map(_values, rows))
    print_table("Why this order", ("intent", "likely", "chance", "weight"), map(_values, why))
    if ranking.cold_start:
        say(f"{member} has no viewing history: this is the cold-start order.")


def _values(row: dict[str, object]) -> list[object]:
    return [*row.values()]
