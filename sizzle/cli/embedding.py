"""Commands on what a model holds of titles and members: embed, clusters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table

if TYPE_CHECKING:
    from ranker import Checkpoint, EventLog
    from ranker.embeddings.clusters import Cluster
    from ranker.embeddings.export import Embeddings
    from ranker.serving.rank_batch import Scorer

    _Pair = tuple[Embeddings, Embeddings]  # of titles, and of members

_Data = Annotated[
    Path, typer.Argument(help="Viewing histories, JSON Lines, or a MovieLens folder.")
]
_Model = Annotated[Path, typer.Argument(help="The ranker's file.")]


_WORDS = {
    "engagement": "to",
    "genres": "genre",
    "language": "language",
    "kind": "kind",
    "recency": "time since release:",
}
"""How a trait of each intent begins."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(embed)
    app.command()(clusters)


def embed(
    data: _Data,
    model: _Model,
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("embeddings"),
    like: Annotated[
        Path | None, typer.Option(help="Turn them onto the space of this earlier model.")
    ] = None,
    titles: options.TitlesFile = None,
    as_json: Json = False,
) -> None:
    """Write embeddings of titles and members as Parquet.

    With an earlier model, whoever reads them need not notice that the model is new; what is printed
    says how alike the titles are, before the map and after it.

    Example: `sizzle embed histories.jsonl ranker.pt --out embeddings --like before.pt`
    """
    from ranker import load_model
    from ranker.data.load import read_log
    from ranker.embeddings.export import write_parquet
    from ranker.serving.rank_batch import Scorer

    log, about = read_log(data, titles)
    checkpoint = load_model(model)
    scorer = Scorer(checkpoint, about)
    of_titles, of_members = _titles(scorer, checkpoint), _members(scorer, checkpoint, log)
    told: dict[str, object] = {"titles": len(of_titles.ids), "members": len(of_members.ids)}
    if like is not None:
        earlier = load_model(like)
        scorer = Scorer(earlier, about)
        before = _titles(scorer, earlier), _members(scorer, earlier, log)
        turned, compared = _turned((of_titles, of_members), before)
        told |= compared | _probed(of_titles, before[0], earlier)
        of_titles, of_members = turned
    write_parquet(out / "titles.parquet", of_titles)
    write_parquet(out / "members.parquet", of_members)
    if as_json:
        print_json({"folder": str(out), **told})
    else:
        print_table(f"Embeddings in {out}", ("what", "value"), told.items())


def clusters(
    data: _Data,
    model: _Model,
    count: Annotated[int, typer.Option(min=1, max=100, help="Groups at most.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="Of where groups begin.")] = 0,
    chart: Annotated[Path | None, typer.Option(help="Write a bar chart (SVG) here.")] = None,
    titles: options.TitlesFile = None,
    as_json: Json = False,
) -> None:
    """Group members by what they are likely to want next, and say what sets each group apart.

    Example: `sizzle clusters histories.jsonl ranker.pt --chart clusters.svg`
    """
    from ranker import load_model
    from ranker.data.load import read_log
    from ranker.embeddings.clusters import clusters as grouped
    from ranker.serving.rank_batch import Scorer
    from sizzle.cli.cluster_chart import write_cluster_chart

    log, about = read_log(data, titles)
    checkpoint = load_model(model)
    found = grouped(
        Scorer(checkpoint, about).portraits(log), checkpoint.network.schema, count, seed
    )
    if chart is not None:
        write_cluster_chart(chart, found)
    if as_json:
        print_json([_as_json(cluster) for cluster in found])
    else:
        print_table("Clusters of members", ("members", "what sets them apart"), _rows(found))


def _titles(scorer: Scorer, checkpoint: Checkpoint) -> Embeddings:
    from ranker.embeddings.export import Embeddings

    return Embeddings(*scorer.title_vectors(), checkpoint.version)


def _members(scorer: Scorer, checkpoint: Checkpoint, log: EventLog) -> Embeddings:
    from ranker.embeddings.export import Embeddings

    portraits = scorer.portraits(log)
    return Embeddings(portraits.members, portraits.state_MD, checkpoint.version)


def _turned(after: _Pair, before: _Pair) -> tuple[_Pair, dict[str, object]]:
    """Titles and members in the space of those before, and how alike both are."""
    from ranker.embeddings.export import lists_kept, rotation, stability

    alike = stability(after[0], before[0])
    turn = rotation(after[0], before[0])
    titles, members = after[0].turned(turn), after[1].turned(turn)
    return (titles, members), {
        "mean cosine before the map": round(alike.cosine_before, 4),
        "mean cosine": round(alike.cosine, 4),
        "nearest 100 kept": round(alike.neighbours, 4),
        "members' best 100 kept by the map": round(
            lists_kept(members, titles, after[1], after[0]), 4
        ),
        "members' best 100 kept since the earlier model": round(
            lists_kept(members, titles, before[1], before[0]), 4
        ),
    }


def _probed(after: Embeddings, before: Embeddings, earlier: Checkpoint) -> dict[str, object]:
    """How a probe for genres that was fitted to the earlier model does on this one."""
    from ranker.embeddings.export import probe

    schema = earlier.network.schema
    genres = zip(schema.vocabulary.titles, schema.metadata, strict=True)
    found = probe(after, before, {title: about.genres for title, about in genres})
    if found is None:
        return {}
    return {
        "genre probe of the earlier model, on it": round(found.before, 4),
        "the same probe on this model": round(found.after, 4),
        "the same without the map": round(found.unturned, 4),
    }


def _rows(found: Sequence[Cluster]) -> list[tuple[object, ...]]:
    return [(len(cluster.members), "; ".join(described(cluster))) for cluster in found]


def described(cluster: Cluster) -> list[str]:
    """What sets a cluster apart, in words."""
    return [
        f"{_WORDS[trait.intent]} {trait.name} "
        f"({trait.chance:.0%}, {trait.lift:.1f} times as likely as among all)"
        for trait in cluster.traits
    ]


def _as_json(cluster: Cluster) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "members": list(cluster.members),
        "traits": [asdict(trait) for trait in cluster.traits],
    }
