"""`sizzle outreach draft`, `check` and `lines`: texts, and what the checks say of them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.cli.outreach import content_options, outreach_app
from sizzle.cli.outreach.content_options import (
    Thing,
    findings_json,
    now_ms,
    open_stores,
    parse_channel,
    parse_language,
    parse_thing,
)
from sizzle.errors import SizzleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sizzle.drafting import Drafted, DraftRequest, Stores
    from sizzle.outreach.content.lines import Line
    from sizzle.outreach.policy import Finding
    from sizzle.outreach.vocabulary import Channel, MemberProfile, Promoted

Languages = Annotated[
    list[str], typer.Option("--language", help="A language's tag; several make several drafts.")
]
Channels = Annotated[
    list[str], typer.Option("--channel", help="email, sms, web_push, fcm or apns; several too.")
]
ReasonName = Annotated[
    str, typer.Option("--reason", help="The intent that the text names, such as genres:Crime.")
]
Country = Annotated[
    str, typer.Option("--country", help="Where it is sent, for claims that it bans: JP.")
]
Subject = Annotated[str, typer.Option("--subject", help="Of a mail, or the title of a push.")]


@outreach_app.command()
def draft(
    thing: Thing,
    language: Languages,
    channel: Channels,
    reason: ReasonName = "",
    country: Country = "",
    subject: Subject = "",
    text: Annotated[
        str | None, typer.Option("--text", help="Your own text, in place of a writer's.")
    ] = None,
    member: Annotated[
        str, typer.Option("--member", help="For this member alone; no writer is told of them.")
    ] = "",
    prompt: content_options.PromptName = "invite",
    prompt_version: content_options.PromptVersion = None,
    seed: Annotated[int, typer.Option(min=0, help="For writers that take one.")] = 0,
    writer: content_options.WriterName = "catalogue",
    writer_url: content_options.WriterUrl = "",
    writer_model: content_options.WriterModel = "",
    policy: content_options.PolicyFile = None,
    by: content_options.By = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Draft lines about something, check them, and keep them for approval.

    A writer whose text does not pass is asked once more with what is wrong, then the catalogue is
    asked. Of several drafts, one that fails is named, and the others are made. Exits with 1 where
    a draft fails or has errors, or a member may not be told of this.

    Example: `sizzle outreach draft title:nocturne --language en --language fr --channel email`
    """
    from sizzle import drafting

    stores = open_stores(database, state)
    promoted = stores.promoted.get(*parse_thing(thing))
    chosen = stores.prompts.get(prompt, prompt_version)
    rules = content_options.guard_policy(policy)
    who = content_options.make_writer(writer, writer_url, writer_model)
    today = datetime.now(UTC).date()
    wanted = [*product(map(parse_language, language), map(parse_channel, channel))]
    made: list[dict[str, Any]] = []
    failed: list[tuple[str, Channel, SizzleError]] = []
    for tag, name in wanted:
        try:
            request = drafting.DraftRequest(
                promoted, name, tag, reason, country, content_options.person(by), seed,
                member=_member(database, state, member),
            )  # fmt: skip
            drafted = (
                drafting.draft(request, who, chosen, today, rules)
                if text is None
                else drafting.written_by_person(request, subject, text, today, rules)
            )
            made.append(_kept(stores, drafted, request))
        except SizzleError as error:
            if len(wanted) == 1:
                raise
            failed.append((tag, name, error))
    _print_drafts(made, failed, as_json=as_json)
    if failed or not all(each["passes"] for each in made):
        raise typer.Exit(1)


@outreach_app.command()
def check(
    thing: Thing,
    language: Annotated[str, typer.Option("--language", help="The language's tag.")],
    channel: Annotated[str, typer.Option("--channel", help="email, sms, web_push, fcm or apns.")],
    text: Annotated[str, typer.Option("--text", help="The text.")],
    subject: Subject = "",
    reason: ReasonName = "",
    country: Country = "",
    policy: content_options.PolicyFile = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Check a text about something, and keep nothing. Exits with 1 where it has errors.

    Example: `sizzle outreach check title:nocturne --language es --channel sms --text "..."`
    """
    from sizzle.outreach.content.lines import Line
    from sizzle.outreach.policy import check as check_line
    from sizzle.outreach.policy import refused

    promoted = open_stores(database, state).promoted.get(*parse_thing(thing))
    line = Line(
        promoted.kind, promoted.id, reason, parse_language(language), parse_channel(channel),
        subject, text,
    )  # fmt: skip
    findings = check_line(
        line, promoted, policy=content_options.guard_policy(policy), country=country
    )
    if as_json:
        print_json({"findings": findings_json(findings), **_segments(line, promoted)})
    else:
        print_findings("Findings", findings)
        for name, value in _segments(line, promoted).items():
            say(f"{name}: {value}")
    if refused(findings):
        raise typer.Exit(1)


@outreach_app.command()
def lines(
    thing: Annotated[str | None, typer.Argument(help="Only those of title:ID and so on.")] = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """List lines, the newest first, and whether each is approved as it is now.

    Example: `sizzle outreach lines title:nocturne`
    """
    from sizzle.outbox.judged_lines import judged_lines

    wanted = parse_thing(thing) if thing else (None, None)
    found = judged_lines(options.open_database(database, state), *wanted)
    rows = [{**line_json(line.line), "state": str(line.state)} for line in found]
    if as_json:
        print_json(rows)
        return
    print_table(
        f"{len(rows)} lines",
        ("line", "what", "language", "channel", "reason", "state", "text"),
        (
            (row["digest"][:12], f"{row['kind']}:{row['id']}", row["language"], row["channel"],
             row["reason"], row["state"], f"{row['subject']} | {row['text']}".strip(" |"))
            for row in rows
        ),
    )  # fmt: skip


def line_json(line: Line) -> dict[str, Any]:
    """A line as JSON values."""
    return {
        "digest": line.digest,
        "kind": str(line.kind),
        "id": line.promoted_id,
        "reason": line.reason,
        "language": line.language,
        "channel": str(line.channel),
        "subject": line.subject,
        "text": line.text,
    }


def print_findings(title: str, findings: Sequence[Finding]) -> None:
    """Print findings as a table, or that there are none."""
    if not findings:
        say(f"{title}: none.")
        return
    print_table(
        title,
        ("rule", "severity", "where", "what", "fix"),
        (
            (finding.rule, finding.severity, finding.where, finding.message, finding.fix)
            for finding in findings
        ),
    )


def _kept(stores: Stores, drafted: Drafted, request: DraftRequest) -> dict[str, Any]:
    from sizzle.drafting import NothingWrittenError, keep

    if drafted.line is None:
        raise NothingWrittenError(drafted.problems)
    keep(stores, drafted, now_ms(), request.previous)
    return {
        **line_json(drafted.line),
        "passes": drafted.passes,
        "writer": drafted.origin.writer,
        "model": drafted.origin.model,
        "findings": drafted.findings,
        "problems": list(drafted.problems),
    }


def _print_drafts(
    made: Iterable[dict[str, Any]],
    failed: Iterable[tuple[str, Channel, SizzleError]],
    *,
    as_json: bool,
) -> None:
    if as_json:
        drafts = [{**each, "findings": findings_json(each["findings"])} for each in made]
        errors = [
            {"language": tag, "channel": str(name), "error": str(error)}
            for tag, name, error in failed
        ]
        print_json([*drafts, *errors])
        return
    for each in made:
        for problem in each["problems"]:
            say(f"before: {problem}")
        print_table(
            f"{each['digest'][:12]}, {each['language']}, {each['channel']}, by {each['writer']}"
            f" {each['model']}".rstrip(),
            ("subject", "text"),
            [(each["subject"], each["text"])],
        )
        print_findings("Findings", each["findings"])
    for tag, name, error in failed:
        say(f"{tag}, {name}: {error}")


def _member(database: str | None, state: Path | None, member_id: str) -> MemberProfile | None:
    """The member's profile, or None. Raises NotFoundError."""
    if not member_id:
        return None
    from sizzle.errors import NotFoundError
    from sizzle.outbox.members import Members

    members = Members(options.open_database(database, state), options.address_hash(state))
    profile = members.profile(member_id)
    if profile is None:
        raise NotFoundError(f"There is no member {member_id[:100]!r}.", fix="import members first.")
    return profile


def _segments(line: Line, promoted: Promoted) -> dict[str, Any]:
    """How an SMS is sent; nothing for other channels."""
    from sizzle.outreach.content.sms_segments import segments_of
    from sizzle.outreach.policy.guard_policy import STANDARD_POLICY
    from sizzle.outreach.policy.reading import Reading
    from sizzle.outreach.vocabulary import Channel

    if line.channel is not Channel.SMS:
        return {}
    found = segments_of(Reading(line, promoted, STANDARD_POLICY).filled(line.text))
    return {"encoding": str(found.encoding), "letters": found.units, "segments": found.count}
