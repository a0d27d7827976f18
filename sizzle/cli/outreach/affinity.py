"""`sizzle outreach affinity`: the members who are likeliest to watch a title."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, say
from sizzle.cli.outreach import outreach_app
from sizzle.cli.outreach.content_options import now_ms
from sizzle.cli.progress import progress_bar
from sizzle.errors import InputError
from sizzle.files import replacing

if TYPE_CHECKING:
    from ranker import MetadataByTitle, ViewingLog
    from ranker.audience import Audience


@outreach_app.command()
def affinity(
    titles: Annotated[list[str], typer.Argument(help="The titles' ids, at most 500.")],
    model: options.ModelFile = options.DEFAULT_MODEL,
    histories: options.OptionalHistories = None,
    from_events: Annotated[
        bool, typer.Option("--from-events/--no-events", help="Read the log of events too.")
    ] = True,
    count: Annotated[
        int | None,
        typer.Option(min=1, help="The most members of a title.", show_default="all"),
    ] = None,
    least_chance: Annotated[
        float, typer.Option("--least-chance", min=0.0, max=1.0, help="That members must have.")
    ] = 0.0,
    by_activity: Annotated[
        bool,
        typer.Option(
            "--by-activity",
            help="Order by the chance times how much a member watches: who watches more has more "
            "occasions.",
        ),
    ] = False,
    out: Annotated[
        Path, typer.Option(help="The file to write, JSON Lines in Personalize's shape.")
    ] = Path("audiences.jsonl"),
    keep: Annotated[
        bool, typer.Option("--segments/--no-segments", help="Keep each audience as a segment.")
    ] = True,
    about: options.TitlesFile = None,
    viewing_policy: options.ViewingPolicyFile = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    engine: Annotated[
        str, typer.Option(help="`local`, or `ray`, where one machine takes too long.")
    ] = "local",
    workers: Annotated[int, typer.Option(min=1, help="Workers of `ray`.")] = 2,
    device: options.ComputeDevice = "auto",
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Rank all members by how likely they are to watch a title next, without those who have.

    Members are those of the database where there are any, else those of the histories. Members
    without a history are not ranked.

    Example: `sizzle outreach affinity nocturne --count 5000`
    """
    from sizzle.outbox.affinity import affinity_line, keep_audience, member_ids

    if engine not in ("local", "ray"):
        raise InputError(f"Unknown engine {engine[:40]!r}.", fix="use local or ray.")
    store = options.open_database(database, state)
    among = frozenset(member_ids(store)) or None
    log, metadata = _read(
        database, state, catalog, viewing_policy, histories, about, from_events=from_events
    )
    how = {
        "count": count, "least_chance": least_chance, "among": among, "by_activity": by_activity,
    }  # fmt: skip
    found = _found if engine == "local" else partial(_found_on_ray, workers)
    audiences = found(titles, model, log, metadata, device, how)
    segments = {}
    with replacing(out) as temporary, temporary.open("w", encoding="utf-8") as file:
        for audience in audiences:
            file.write(json.dumps(affinity_line(audience), ensure_ascii=False) + "\n")
    for audience in audiences if keep and among else []:
        segment = keep_audience(store, audience, now_ms())
        if segment is not None:
            segments[audience.title_id] = segment.segment_id
    store.close()
    if as_json:
        counts = {one.title_id: len(one.members) for one in audiences}
        print_json({"out": str(out), "members": counts, "segments": segments})
        return
    for one in audiences:
        kept = segments.get(one.title_id)
        say(
            f"{one.title_id}: {len(one.members)} of {one.ranked} members; {one.watched} have "
            f"watched it." + (f" Segment {kept}." if kept else "")
        )
    say(f"Wrote {out}.")


def _found(
    titles: list[str],
    model: Path,
    log: ViewingLog,
    metadata: MetadataByTitle,
    device: str,
    how: dict[str, Any],
) -> list[Audience]:
    import torch

    from ranker import BatchScorer, find_device, load_model
    from ranker.audience import find_audiences

    torch.set_num_threads(1)
    scorer = BatchScorer(load_model(model), metadata, find_device(device))
    with progress_bar("members") as advance:
        return find_audiences(scorer, log, titles, **how, progress=advance)


def _found_on_ray(
    workers: int,
    titles: list[str],
    model: Path,
    log: ViewingLog,
    metadata: MetadataByTitle,
    device: str,
    how: dict[str, Any],
) -> list[Audience]:
    from ranker.audience.on_ray import find_audiences_on_ray

    with progress_bar("members") as advance:
        return find_audiences_on_ray(
            model, log, titles, **how,
            titles=metadata, workers=workers, device=device, progress=advance,
        )  # fmt: skip


def _read(
    database: str | None,
    state: Path | None,
    catalog: str,
    viewing_policy: Path | None,
    histories: Path | None,
    about: Path | None,
    *,
    from_events: bool,
) -> tuple[ViewingLog, MetadataByTitle]:
    from ranker import read_log
    from sizzle.viewing_source import EventSource, read_all

    if histories is None and options.DEFAULT_HISTORIES.exists():
        histories = options.DEFAULT_HISTORIES
    if histories is not None and not from_events:
        return read_log(histories, about)
    return read_all(EventSource(database, state, catalog, viewing_policy, histories), about)
