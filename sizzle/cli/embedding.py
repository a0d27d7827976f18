"""Commands on what a model holds of titles and members: embed, clusters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table

if TYPE_CHECKING:
    from ranker import Checkpoint
    from ranker.batch import Scorer
    from ranker.clusters import Cluster
    from ranker.embeddings import Embeddings

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
    from ranker.batch import Scorer
    from ranker.embeddings import Embeddings, rotation, stability, write_parquet
    from ranker.sources import read_log

    log, about = read_log(data, titles)
    checkpoint = load_model(model)
    scorer = Scorer(checkpoint, about)
    of_titles = _titles(scorer, checkpoint)
    portraits = scorer.portraits(log)
    of_members = Embeddings(portraits.members, portraits.state_MD, checkpoint.version)
    told: dict[str, object] = {"titles": len(of_titles.ids), "members": len(of_members.ids)}
    if like is not None:
        earlier = load_model(like)
        before = _titles(Scorer(earlier, about), earlier)
        alike = stability(of_titles, before)
        turn = rotation(of_titles, before)
        of_titles, of_members = of_titles.turned(turn), of_members.turned(turn)
        told |= {
            "mean cosine before the map": round(alike.cosine_before, 4),
            "mean cosine": round(alike.cosine, 4),
            "nearest 100 kept": round(alike.neighbours, 4),
        }
        told |= _probed(_titles(scorer, checkpoint), before, earlier)
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
    picture: Annotated[Path | None, typer.Option(help="Draw the groups as a PNG here.")] = None,
    titles: options.TitlesFile = None,
    as_json: Json = False,
) -> None:
    """Group members by what they are likely to want next, and say what sets each group apart.

    Example: `sizzle clusters histories.jsonl ranker.pt --picture clusters.png`
    """
    from ranker import load_model
    from ranker.batch import Scorer
    from ranker.clusters import clusters as grouped
    from ranker.sources import read_log
    from sizzle.cli.cluster_picture import draw_clusters

    log, about = read_log(data, titles)
    checkpoint = load_model(model)
    found = grouped(
        Scorer(checkpoint, about).portraits(log), checkpoint.network.schema, count, seed
    )
    if picture is not None:
        draw_clusters(picture, found)
    if as_json:
        print_json([_as_json(cluster) for cluster in found])
    else:
        print_table("Clusters of members", ("members", "what sets them apart"), _rows(found))


def _titles(scorer: Scorer, checkpoint: Checkpoint) -> Embeddings:
    from ranker.embeddings import Embeddings

    return Embeddings(*scorer.title_vectors(), checkpoint.version)


def _probed(after: Embeddings, before: Embeddings, earlier: Checkpoint) -> dict[str, object]:
    """How a probe for genres that was fitted to the earlier model does on this one."""
    from ranker.embeddings import probe

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
