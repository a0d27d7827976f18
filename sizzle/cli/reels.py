"""Compose reels; and the commands that take them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options, rendering, verifying
from sizzle.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from sizzle.reel import TimecodeList


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(compose)
    rendering.register(app)
    verifying.register(app)


def compose(
    member: options.MemberId,
    asset: options.AssetId,
    cadence: Annotated[
        str,
        typer.Option(
            help="A cadence or a set of them by name, `random`, or a plan: "
            "'A:160 B:80 | A:80 B:40'."
        ),
    ] = options.DEFAULT_CADENCE,
    seed: Annotated[
        int,
        typer.Option(
            min=0,
            max=options.MAX_SEED,
            help="Which of equally long clips comes first; also decides `random`.",
        ),
    ] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the timecode list here.")] = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    model: options.ModelFile = options.DEFAULT_MODEL,
    histories: options.OptionalHistories = None,
    database: options.DatabaseUrl = None,
    viewing_policy: options.ViewingPolicyFile = None,
    titles: options.TitlesFile = None,
    cadences: options.CadencesFile = None,
    treatment: Annotated[
        str | None,
        typer.Option(help="The treatment that the request names, as a request to the service may."),
    ] = None,
    treatments: options.TreatmentsFile = None,
    state: options.StateFolder = None,
    at: options.RequestTime = None,
    device_type: options.DeviceType = "",
    locale: options.Locale = "",
    country: options.Country = "",
    surface: options.Surface = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why the titles are in this order.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Compose a member's reel: the list of timecodes into the Mega Asset.

    A service with the same catalog and state folder replays the reel at /v1/reels/{reel_id}. With
    the same log of events and file of histories it gives this reel at this time.

    Example: `sizzle compose member-ada --asset demo --out ada.json`

    Example: `sizzle compose member-ada --asset demo --treatments treatments.toml --treatment quick`

    Example: `sizzle compose member-ada --asset demo --state /var/lib/sizzle --explain`
    """
    from ranker import Ranker, read_titles
    from sizzle.cadence_file import read_cadences
    from sizzle.catalog import Catalog
    from sizzle.cli.explanations import print_explanation
    from sizzle.files import write_text
    from sizzle.reel.compose import Composer
    from sizzle.secret import VARIABLE, installation_secret, reel_ids
    from sizzle.state_folder import state_folder
    from sizzle.viewing_source import EventSource, read_member

    known = options.treatments_with(treatment, treatments)
    request = options.member_request(member, at, device_type, locale, country, surface)
    index = Catalog.open(catalog).index(asset)
    about = read_titles(titles) if titles else None
    source = EventSource(database, state, catalog, viewing_policy, histories)
    ranker = Ranker.load(model, read_member(source, member), about)
    secret = installation_secret(state_folder(state), os.environ.get(VARIABLE))
    composer = Composer(ranker, read_cadences(cadences), reel_ids(secret), known)
    reel, why = composer.explain(
        index, member, cadence, seed=seed, request=request, treatment=treatment
    )
    if out is not None:
        write_text(out, reel.model_dump_json(indent=2) + "\n")
        say(f"Wrote {out}.")
    if as_json:
        explanation = {"explanation": why.model_dump(mode="json")} if explain else {}
        print_json({**reel.model_dump(mode="json"), **explanation})
        return
    if out is None:
        _print_reel(reel)
    if explain:
        print_explanation(f"Order for {member}", why)


def _print_reel(reel: TimecodeList) -> None:
    columns = ("segment", "rank", "title", "clip", "source", "record", "frames")
    rows = (
        (
            cut.segment,
            cut.rank,
            cut.title,
            cut.clip_key,
            f"{cut.source.start.timecode} - {cut.source.stop.timecode}",
            cut.record.start.timecode,
            cut.source.stop.frame - cut.source.start.frame,
        )
        for cut in reel.cuts
    )
    print_table(f"Reel {reel.reel_id} for {reel.member_id}", columns, rows)
