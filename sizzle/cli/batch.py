"""The command that ranks titles for all members of a log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, say
from sizzle.cli.shards import shards_of
from sizzle.errors import InputError
from sizzle.files import replacing

if TYPE_CHECKING:
    from ranker import RequestContext, SignalPolicy, ViewingLog
    from ranker.data.shard_files import ShardFiles
    from ranker.data.titles import MetadataByTitle
    from ranker.data.watched import WatchedChoice, WatchedTitles
    from ranker.serving.rank_batch import MemberScores


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="rank-batch")(rank_batch)


def rank_batch(
    histories: Annotated[
        str | None,
        typer.Argument(
            help="Viewing histories, as `train` reads them. With --from-events they are added to "
            "the events, and may be left out."
        ),
    ] = None,
    model: Annotated[
        Path | None, typer.Argument(help="The model file.", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option(help="The file to write, JSON Lines.")] = Path(
        "rankings.jsonl"
    ),
    count: Annotated[int, typer.Option(min=1, help="The most titles per member.")] = 20,
    from_events: Annotated[
        bool, typer.Option("--from-events", help="Rank the members of the log of events.")
    ] = False,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    viewing_policy: options.ViewingPolicyFile = None,
    titles: options.TitlesFile = None,
    watched: options.Watched = "auto",
    at: Annotated[
        str | None,
        typer.Option(
            show_default="unknown", help="The time of the requests, such as 2026-11-30T18:00:00Z."
        ),
    ] = None,
    device_type: options.DeviceType = "",
    locale: options.Locale = "",
    country: options.Country = "",
    surface: options.Surface = "",
    engine: Annotated[
        str, typer.Option(help="`local`, or `ray` for the cluster in RAY_ADDRESS.")
    ] = "local",
    workers: Annotated[int, typer.Option(min=1, help="Workers of the engine `ray`.")] = 2,
    device: options.ComputeDevice = "auto",
    as_json: Json = False,
) -> None:
    """Rank all titles for every member of a log, and write each member's best ones to a line.

    All are ranked for the same request; by default nothing is known of it. Titles that a member has
    watched are left out, unless members of the log return to titles; what was chosen is reported.

    Example: `sizzle rank-batch histories.jsonl ranker.pt --count 20`

    Example: `sizzle rank-batch ranker.pt --from-events`
    """
    from ranker import RequestContext, read_log, read_titles
    from sizzle.viewing_source import EventSource, read_all

    if model is None and from_events:
        histories, model = None, None if histories is None else Path(histories)
    if model is None or (histories is None and not from_events):
        raise InputError(
            "Histories or the model are missing.",
            fix="name both, or the model alone with --from-events.",
        )
    before = None if histories is None else Path(histories)
    source = EventSource(database, state, catalog, viewing_policy, before)

    def read(policy: SignalPolicy) -> tuple[ViewingLog | ShardFiles, MetadataByTitle]:
        if histories is None or from_events:
            return read_all(source, titles)
        shards = shards_of(histories, out, policy, source)
        if shards is not None:
            return shards, read_titles(titles) if titles else {}
        return read_log(histories, titles)

    seconds = None if at is None else options.request_time(at)
    request = RequestContext(seconds, device_type, locale, country, surface)
    choice, scored = _scored(read, model, count, request, watched, engine, workers, device)
    members = 0
    with replacing(out) as temporary, temporary.open("w", encoding="utf-8") as file:
        for member in scored:
            line = {
                "member_id": member.member_id,
                "titles": member.titles,
                "scores": [round(score, 4) for score in member.scores],
            }
            file.write(json.dumps(line) + "\n")
            members += 1
        file.flush()
    if as_json:
        print_json({"out": str(out), "members": members, "watched_titles": choice.as_facts()})
    else:
        say(f"Wrote the best titles of {members} members to {out}.")
        say(str(choice))


def _scored(
    read: Callable[[SignalPolicy], tuple[ViewingLog | ShardFiles, MetadataByTitle]],
    model: Path,
    count: int,
    request: RequestContext,
    watched: WatchedTitles,
    engine: str,
    workers: int,
    device: str,
) -> tuple[WatchedChoice, Iterator[MemberScores]]:
    """Whether watched titles are ranked, and the best titles of all members."""
    import torch

    from ranker import BatchScorer, ViewingLog, find_device, load_model
    from ranker.data.shard_files import ShardFiles
    from ranker.data.suspicions import unknown_titles
    from ranker.data.tokens import merge_events
    from ranker.data.watched import WatchedChoice
    from ranker.serving.shard_blocks import top_of_shards

    if engine not in ("local", "ray"):
        raise InputError(f"Unknown engine {engine!r}.", fix="use local or ray.")
    found = find_device(device)  # before minutes of reading
    checkpoint = load_model(model)
    policy = checkpoint.network.schema.policy
    log, metadata = read(policy)
    if isinstance(log, ShardFiles):
        log.refuse_other_signals(policy)
    parts = log if isinstance(log, ShardFiles) else [merge_events(log, policy)]
    choice = WatchedChoice.over(parts, watched)
    if isinstance(log, ViewingLog):
        known = {*checkpoint.network.schema.vocabulary.titles, *metadata}
        for warning in unknown_titles(log, known):
            say(f"warning: {warning}")
    if engine == "ray":
        from ranker.serving import rank_ray

        return choice, rank_ray.top(
            model,
            log,
            count,
            request=request,
            include_watched=choice.include,
            titles=metadata,
            workers=workers,
            device=device,
        )
    torch.set_num_threads(1)
    scorer = BatchScorer(checkpoint, metadata, found)
    if isinstance(log, ShardFiles):
        include = choice.include
        return choice, top_of_shards(scorer, log, count, request, include_watched=include)
    return choice, scorer.top(log, count, request, include_watched=choice.include)
