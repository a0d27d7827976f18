"""The command that finds titles like others: similar."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.errors import NotFoundError

if TYPE_CHECKING:
    from ranker.embeddings.title_index import NearTitle

_KNOWN = 5  # titles that an error names


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(similar)


def similar(
    model: Annotated[Path, typer.Argument(help="The model file.")],
    title_ids: Annotated[
        list[str] | None, typer.Argument(metavar="TITLE...", help="Titles; by default all.")
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=1000, help="Similar titles of each.")] = 10,
    approximate: Annotated[
        bool,
        typer.Option(
            help="Use an index (USearch), for catalogues of 100,000 titles and more; the output "
            "says which share of the nearest titles it finds."
        ),
    ] = False,
    titles: options.TitlesFile = None,
    as_json: Json = False,
) -> None:
    """Find the titles that the model takes for the most similar: those that the same members want.

    Similarity is the cosine between the vectors of titles, from -1 to 1.

    Example: `sizzle similar ranker.pt aurora velvet --count 5`
    """
    from ranker import BatchScorer, load_model, read_titles
    from ranker.embeddings.title_index import TitleIndex

    metadata = read_titles(titles) if titles else {}
    known, rows, _ = BatchScorer(load_model(model), metadata).title_vectors()
    numbers = _numbers(known, title_ids)
    index = TitleIndex(known, rows.numpy(), approximate=approximate)
    queries = rows.numpy()[numbers]
    found = {
        known[number]: [near for near in nearest if near.title_id != known[number]][:count]
        for number, nearest in zip(numbers, index.nearest(queries, count + 1), strict=True)
    }
    if approximate:
        say(f"The index finds {index.recall(queries[:1000], count):.1%} of the nearest {count}.")
    if as_json:
        print_json({title: _facts(nearest) for title, nearest in found.items()})
        return
    print_table(
        "Similar titles",
        ("title", "similar", "cosine"),
        (
            (title, near.title_id, f"{near.similarity:.3f}")
            for title, nearest in found.items()
            for near in nearest
        ),
    )


def _numbers(known: tuple[str, ...], wanted: list[str] | None) -> list[int]:
    """The rows of titles. Raises NotFoundError: the model does not know one."""
    number_of = {title: number for number, title in enumerate(known)}
    if not wanted:
        return list(number_of.values())
    if unknown := [title for title in wanted if title not in number_of]:
        raise NotFoundError(
            f"The model does not know the title {unknown[0][:120]!r}.",
            fix=f"it knows {len(known)} titles, such as {', '.join(known[:_KNOWN])}; "
            "--titles adds new ones with their metadata.",
        )
    return [number_of[title] for title in dict.fromkeys(wanted)]


def _facts(nearest: list[NearTitle]) -> list[dict[str, object]]:
    return [{"title_id": near.title_id, "similarity": near.similarity} for near in nearest]
