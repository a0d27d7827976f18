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
    histories: Annotated[Path, typer.Argument(help="Viewing histories, JSON Lines.")],
    out: Annotated[Path, typer.Option(help="The model file to write.")] = options.DEFAULT_MODEL,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same model.")] = 0,
    as_json: Json = False,
) -> None:
    """Train the ranker on viewing histories.

    Each line of the histories is `{"member_id": ..., "title_id": ..., "at": unix seconds}`.

    Example: `sizzle train histories.jsonl --out ranker.pt`
    """
    from sizzle.cli.training import train_with_progress

    report = train_with_progress(histories, out, seed)
    if as_json:
        print_json(report)
    else:
        print_table("Trained", ("what", "value"), report.items())


def rank(
    member: Annotated[str, typer.Argument(help="The member's id.")],
    asset: options.AssetId,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    model: options.ModelFile = options.DEFAULT_MODEL,
    histories: options.HistoriesFile = options.DEFAULT_HISTORIES,
    as_json: Json = False,
) -> None:
    """Order a Mega Asset's titles for a member; an unknown one gets the cold-start order.

    Example: `sizzle rank member-ada --asset demo`
    """
    from ranker import Ranker, read_histories
    from sizzle.catalog import Catalog

    index = Catalog.open(catalog).index(asset)
    title_ids = [title.title_id for title in index.titles]
    ranking = Ranker.load(model, read_histories(histories)).rank(member, title_ids)
    rows = [
        {
            "rank": position,
            "title_id": ranked.title_id,
            "name": index.title(ranked.title_id).name,
            "score": round(ranked.score, 4),
        }
        for position, ranked in enumerate(ranking.titles, start=1)
    ]
    if as_json:
        print_json(
            {
                "member_id": member,
                "model_version": ranking.model_version,
                "cold_start": ranking.cold_start,
                "titles": rows,
            }
        )
        return
    print_table(f"Ranking for {member}", ("rank", "title id", "name", "score"), map(_values, rows))
    if ranking.cold_start:
        say(f"{member} has no history: this is the cold-start order.")


def _values(row: dict[str, object]) -> list[object]:
    return [*row.values()]
