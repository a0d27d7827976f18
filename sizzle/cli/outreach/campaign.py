"""`sizzle outreach campaign`: what is sent, to whom, and when."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.cli.outreach import outreach_app
from sizzle.cli.outreach.content_options import By, now_ms, person, read_input, two_people
from sizzle.errors import InputError

if TYPE_CHECKING:
    from sizzle.database import Database
    from sizzle.outbox.campaign_rows import SendCount, StoredCampaign
    from sizzle.outreach.campaign import Action

_app = typer.Typer(
    name="campaign",
    help="Create, approve, start, pause, resume, stop and watch campaigns.",
    no_args_is_help=True,
)
outreach_app.add_typer(_app)

_CampaignId = Annotated[str, typer.Argument(help="The campaign's id.")]
_Latest = Annotated[
    str | None,
    typer.Option(
        "--latest",
        help="A new latest start, such as 2026-12-01T20:00:00+01:00, for a campaign that is late.",
    ),
]


@_app.command()
def create(
    file: Annotated[
        Path,
        typer.Argument(help="A campaign, JSON: docs/outreach.md describes it.", dir_okay=False),
    ],
    by: By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Keep a campaign as a draft. The same file again changes nothing.

    Example: `sizzle outreach campaign create premiere.json`
    """
    from sizzle.cli.outreach.content_options import person
    from sizzle.outbox.campaigns import Campaigns
    from sizzle.outreach.campaign_file import read_campaign

    campaign = read_campaign(read_input(file, "campaign"), str(file))
    store = options.open_database(database, state)
    stored = Campaigns(store).create(campaign, person(by), now_ms())
    _show(store, stored, as_json=as_json)


@_app.command()
def approve(
    campaign: _CampaignId,
    by: By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Approve a draft as it is: any change afterwards needs another campaign.

    Example: `sizzle outreach campaign approve premiere --by ben`
    """
    _act(campaign, "approve", by, None, database, state, as_json=as_json)


@_app.command()
def start(
    campaign: _CampaignId,
    latest: _Latest = None,
    by: By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Have an approved campaign sent by the workers that run, from its start on.

    Example: `sizzle outreach campaign start premiere`
    """
    _act(campaign, "start", by, latest, database, state, as_json=as_json)


@_app.command()
def pause(
    campaign: _CampaignId,
    by: By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Send nothing more of a campaign until it is resumed.

    Example: `sizzle outreach campaign pause premiere`
    """
    _act(campaign, "pause", by, None, database, state, as_json=as_json)


@_app.command()
def resume(
    campaign: _CampaignId,
    latest: _Latest = None,
    by: By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Go on with the messages that are left.

    Example: `sizzle outreach campaign resume premiere`
    """
    _act(campaign, "resume", by, latest, database, state, as_json=as_json)


@_app.command()
def stop(
    campaign: _CampaignId,
    by: By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """End a campaign for good: what was not sent is skipped.

    Example: `sizzle outreach campaign stop premiere`
    """
    _act(campaign, "stop", by, None, database, state, as_json=as_json)


@_app.command()
def status(
    campaign: Annotated[
        str | None, typer.Argument(help="The campaign's id; without it, all are listed.")
    ] = None,
    sends: Annotated[
        str | None,
        typer.Option("--sends", help="List the sends in this state, such as `unknown`, too."),
    ] = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Show campaigns, or one with how many of its messages are in which state, and why.

    Example: `sizzle outreach campaign status premiere --sends unknown`
    """
    from sizzle.outbox.campaigns import Campaigns

    store = options.open_database(database, state)
    campaigns = Campaigns(store)
    if campaign is None:
        _list(campaigns.page(limit=1000), as_json=as_json)
        return
    _show(store, campaigns.get(campaign), as_json=as_json, sends=sends)


def _act(
    campaign_id: str,
    action: str,
    by: str | None,
    latest: str | None,
    database: str | None,
    state: Path | None,
    *,
    as_json: bool,
) -> None:
    from sizzle.outbox.campaigns import Campaigns
    from sizzle.outreach.campaign import Action
    from sizzle.outreach.campaign_file import milliseconds_of

    until = None if latest is None else milliseconds_of(latest, "--latest")
    store = options.open_database(database, state)
    chosen: Action = Action(action)
    stored = Campaigns(store).act(
        campaign_id, chosen, person(by), now_ms(), until, two_people=two_people(database, state)
    )
    _show(store, stored, as_json=as_json)


def _show(
    store: Database, stored: StoredCampaign, *, as_json: bool, sends: str | None = None
) -> None:
    from sizzle.outbox.campaigns import Campaigns
    from sizzle.outbox.sends import Sends
    from sizzle.outreach.vocabulary import SendState

    counts = Campaigns(store).counts(stored.campaign.campaign_id)
    listed = []
    if sends is not None:
        if sends not in set(SendState):
            raise InputError(
                f"{sends[:40]!r} is no state of a send.", fix=f"use one of {', '.join(SendState)}."
            )
        listed = Sends(store).page(stored.campaign.campaign_id, SendState(sends), limit=1000)
    store.close()
    if as_json:
        rows = [{"send": send.send_id, "reason": send.reason} for send in listed]
        print_json({**campaign_json(stored, counts), **({"sends": rows} if sends else {})})
        return
    say(f"{stored.campaign.campaign_id}: {_state_text(stored)}.")
    if counts:
        columns = ("activity", "channel", "state", "reason", "sends")
        rows_shown = [(c.activity_id, c.channel, c.state, c.reason, c.count) for c in counts]
        print_table("Sends", columns, rows_shown)
    if listed:
        print_table("Listed", ("send", "reason"), [(one.send_id, one.reason) for one in listed])


def campaign_json(stored: StoredCampaign, counts: list[SendCount]) -> dict[str, Any]:
    """A campaign for programs."""
    return {
        "campaign": stored.campaign.campaign_id,
        "state": stored.state.value,
        "reason": stored.reason,
        "approved_by": stored.approved_by,
        "members_planned": stored.planned,
        "counts": [
            {
                "activity": count.activity_id,
                "channel": count.channel,
                "state": count.state,
                "reason": count.reason,
                "count": count.count,
            }
            for count in counts
        ],
    }


def _list(campaigns: list[StoredCampaign], *, as_json: bool) -> None:
    if as_json:
        print_json([campaign_json(campaign, []) for campaign in campaigns])
        return
    rows = [
        (
            campaign.campaign.campaign_id,
            _state_text(campaign),
            f"{campaign.campaign.kind}:{campaign.campaign.promoted_id}",
            _time_text(campaign.started),
        )
        for campaign in campaigns
    ]
    print_table("Campaigns", ("campaign", "state", "promotes", "started"), rows)


def _state_text(stored: StoredCampaign) -> str:
    return f"{stored.state.value} ({stored.reason})" if stored.reason else stored.state.value


def _time_text(time_ms: int | None) -> str:
    if time_ms is None:
        return ""
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(timespec="seconds")
