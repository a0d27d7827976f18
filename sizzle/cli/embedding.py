"""Commands on the vectors that a model has learnt of titles and members: embed, clusters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table

if TYPE_CHECKING:
    from torch import Tensor

    from ranker import BatchScorer, Checkpoint
    from ranker.embeddings.clusters import Cluster
    from ranker.embeddings.export import Embeddings
    from ranker.serving.rank_batch import MemberVectors

    _Pair = tuple[Embeddings, Embeddings]  # of titles, and of members

_Data = Annotated[
    Path, typer.Argument(help="Viewing histories, JSON Lines, or a MovieLens folder.")
]
_Model = Annotated[Path, typer.Argument(help="The model file.")]


_TRAIT_PREFIXES = {
    "engagement": "to",
    "genres": "genre",
    "language": "language",
    "kind": "kind",
    "recency": "time since release:",
}
"""The beginning of a trait's description, by its intent."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(embed)
    app.command()(clusters)


def embed(
    data: _Data,
    model: _Model,
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("embeddings"),
    align_to: Annotated[
        Path | None,
        typer.Option(
            help="Rotate the embeddings onto those of this earlier model. A model that was trained "
            "`--from` or `--align-to` another one needs no such option: it keeps that one's space."
        ),
    ] = None,
    titles: options.TitlesFile = None,
    as_json: Json = False,
) -> None:
    """Write embeddings of titles, members and attributes as Parquet, and members' preferences.

    With --align-to, programs that use embeddings of the earlier model can use the new ones as well.
    The output then shows how similar the titles of both models are, before and after the rotation.

    Example: `sizzle embed histories.jsonl ranker.pt --out embeddings --align-to before.pt`
    """
    from ranker import BatchScorer, load_model, read_log
    from ranker.embeddings.attributes import attribute_embeddings, write_preferences
    from ranker.embeddings.export import rotation, write_parquet

    log, metadata = read_log(data, titles)
    checkpoint = load_model(model)
    scorer = BatchScorer(checkpoint, metadata)
    vectors = scorer.member_vectors(log)
    of_titles, of_members = _titles(scorer, checkpoint), _members(vectors, checkpoint)
    attributes = attribute_embeddings(checkpoint.network, checkpoint.version)
    facts: dict[str, object] = {"titles": len(of_titles.ids), "members": len(of_members.ids)}
    if align_to is not None:
        earlier = load_model(align_to)
        scorer = BatchScorer(earlier, metadata)
        before = _titles(scorer, earlier), _members(scorer.member_vectors(log), earlier)
        onto_before = rotation(of_titles, before[0])
        facts |= _similarity((of_titles, of_members), before, onto_before)
        facts |= _genre_probe(of_titles, before[0], earlier)
        of_titles, of_members, attributes = (
            own.rotated(onto_before) for own in (of_titles, of_members, attributes)
        )
    if checkpoint.network.co_watching is not None:
        facts["not in the embeddings"] = (
            "what co-watching adds to scores: `sizzle rank-batch` has the model's own lists"
        )
    write_parquet(out / "titles.parquet", of_titles)
    write_parquet(out / "members.parquet", of_members)
    if attributes.ids:
        write_parquet(out / "attributes.parquet", attributes)
        facts["attributes"] = len(attributes.ids)
    if vectors.chances:
        path = out / "preferences.parquet"
        rows = write_preferences(path, vectors, checkpoint.network.schema, checkpoint.version)
        facts["preferences"] = rows
    if as_json:
        print_json({"folder": str(out), **facts})
    else:
        print_table(f"Embeddings in {out}", ("what", "value"), facts.items())


def clusters(
    data: _Data,
    model: _Model,
    count: Annotated[int, typer.Option(min=1, max=100, help="The most clusters.")] = 10,
    seed: Annotated[int, typer.Option(min=0, help="Seed for the initial clusters.")] = 0,
    chart: Annotated[Path | None, typer.Option(help="Write a bar chart (SVG) here.")] = None,
    titles: options.TitlesFile = None,
    as_json: Json = False,
) -> None:
    """Cluster members by what they are likely to want next, and describe each cluster.

    Example: `sizzle clusters histories.jsonl ranker.pt --chart clusters.svg`
    """
    from ranker import BatchScorer, load_model, read_log
    from ranker.embeddings.clusters import cluster_members
    from sizzle.cli.cluster_chart import write_cluster_chart

    log, metadata = read_log(data, titles)
    checkpoint = load_model(model)
    vectors = BatchScorer(checkpoint, metadata).member_vectors(log)
    found = cluster_members(vectors, checkpoint.network.schema, count, seed)
    if chart is not None:
        write_cluster_chart(chart, found)
    if as_json:
        print_json([_as_json(cluster) for cluster in found])
    else:
        print_table("Clusters of members", ("members", "distinctive traits"), _rows(found))


def _titles(scorer: BatchScorer, checkpoint: Checkpoint) -> Embeddings:
    from ranker.embeddings.export import Embeddings
    from ranker.embeddings.reference_space import in_reference_space

    titles, rows, match = scorer.title_vectors()
    own = Embeddings(titles, rows, checkpoint.version, match)
    return in_reference_space(own, checkpoint.network)


def _members(vectors: MemberVectors, checkpoint: Checkpoint) -> Embeddings:
    from ranker.embeddings.export import Embeddings
    from ranker.embeddings.reference_space import in_reference_space

    own = Embeddings(vectors.members, vectors.state_MD, checkpoint.version, vectors.match_MA)
    return in_reference_space(own, checkpoint.network)


def _similarity(after: _Pair, before: _Pair, onto_before: Tensor) -> dict[str, object]:
    """How similar the titles and lists of two models are, and what the rotation does to them."""
    from ranker.embeddings.export import stability, top_list_overlap

    similarity = stability(after[0], before[0])
    titles, members = after[0].rotated(onto_before), after[1].rotated(onto_before)
    return {
        "mean cosine before the rotation": round(similarity.cosine_before, 4),
        "mean cosine": round(similarity.cosine, 4),
        "nearest 100 kept": round(similarity.neighbours, 4),
        "members' best 100 kept by the rotation": round(
            top_list_overlap(members, titles, after[1], after[0]), 4
        ),
        "members' best 100 kept since the earlier model": round(
            top_list_overlap(members, titles, before[1], before[0]), 4
        ),
    }


def _genre_probe(after: Embeddings, before: Embeddings, earlier: Checkpoint) -> dict[str, object]:
    """The accuracy, on both models, of a genre probe that was fitted to the earlier one."""
    from ranker.embeddings.export import probe

    schema = earlier.network.schema
    metadata = zip(schema.vocabulary.titles, schema.metadata, strict=True)
    accuracy = probe(after, before, {title: about.genres for title, about in metadata})
    if accuracy is None:
        return {}
    return {
        "genre probe on the earlier model": round(accuracy.before, 4),
        "genre probe on this model": round(accuracy.after, 4),
        "genre probe on this model, not rotated": round(accuracy.unrotated, 4),
    }


def _rows(found: Sequence[Cluster]) -> list[tuple[object, ...]]:
    return [(len(cluster.members), "; ".join(described(cluster))) for cluster in found]


def described(cluster: Cluster) -> list[str]:
    """The traits of a cluster, in words."""
    return [
        f"{_TRAIT_PREFIXES[trait.intent]} {trait.name} "
        f"({trait.chance:.0%}, {trait.lift:.1f} times as likely as among all)"
        for trait in cluster.traits
    ]


def _as_json(cluster: Cluster) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "members": list(cluster.members),
        "traits": [asdict(trait) for trait in cluster.traits],
    }
