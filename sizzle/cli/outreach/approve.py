"""`sizzle outreach approve` and `disagree`: a person's verdict on lines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, say
from sizzle.cli.outreach import content_options, outreach_app
from sizzle.cli.outreach.content_options import now_ms, open_stores, person, two_people
from sizzle.cli.outreach.draft import line_json, print_findings

Digest = Annotated[str, typer.Argument(help="The line's digest, or how it begins.")]


@outreach_app.command()
def approve(
    digests: Annotated[list[str], typer.Argument(help="Lines' digests, or how they begin.")],
    policy: content_options.PolicyFile = None,
    by: content_options.By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Approve lines: exactly these bytes, for the facts as they are now.

    Checks run again first. Where the service has two keys, authors do not approve their own lines.

    Example: `sizzle outreach approve 3f2a91c0 --by bo`
    """
    from sizzle.drafting import Review, agree

    stores = open_stores(database, state)
    rules = content_options.guard_policy(policy)
    approved = []
    for beginning in digests:
        digest = stores.lines.resolve(beginning)
        review = Review(digest, person(by), two_people(database, state), now_ms())
        approved.append(line_json(agree(stores, review, rules)))
        if not as_json:
            say(f"{digest[:12]} approved by {review.by}.")
    if as_json:
        print_json(approved)


@outreach_app.command()
def disagree(
    digest: Digest,
    reason: Annotated[str, typer.Option("--reason", help="Why not: the next try is told.")],
    again: Annotated[
        bool, typer.Option("--again", help="Have another text written at once.")
    ] = False,
    prompt: content_options.PromptName = "invite",
    prompt_version: content_options.PromptVersion = None,
    writer: content_options.WriterName = "catalogue",
    writer_url: content_options.WriterUrl = "",
    writer_model: content_options.WriterModel = "",
    policy: content_options.PolicyFile = None,
    by: content_options.By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Refuse a line; with --again, have another one written that is told this text and why.

    Example: `sizzle outreach disagree 3f2a91c0 --reason "too cold" --again`
    """
    from sizzle import drafting

    stores = open_stores(database, state)
    who = content_options.make_writer(writer, writer_url, writer_model)
    chosen = stores.prompts.get(prompt, prompt_version)
    rules = content_options.guard_policy(policy)
    found = stores.lines.resolve(digest)
    now = now_ms()
    line, tries = drafting.disagree(
        stores, drafting.Review(found, person(by), two_people=False, now=now), reason
    )
    if not again:
        say(f"{found[:12]} refused.")
        return
    drafted = drafting.draft_again(
        stores, line, tries, person(by), who, chosen, datetime.now(UTC).date(), rules
    )
    if drafted.line is None:
        say(f"No other text was written: {' '.join(drafted.problems)}")
        raise typer.Exit(1)
    drafting.keep(stores, drafted, now, found)
    made = drafted.line
    if as_json:
        print_json({**line_json(made), "previous": found, "passes": drafted.passes})
    else:
        for problem in drafted.problems:
            say(f"before: {problem}")
        say(f"{made.digest[:12]} | {made.subject} | {made.text}")
        print_findings("Findings", drafted.findings)
    if not drafted.passes:
        raise typer.Exit(1)
