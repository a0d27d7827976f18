"""`sizzle outreach preview`: what a member would get, before anything is sent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.cli.outreach import outreach_app
from sizzle.cli.outreach.content_options import parse_thing
from sizzle.errors import InputError

if TYPE_CHECKING:
    from ranker import Ranking
    from sizzle.outbox.lines import Lines
    from sizzle.outreach.content.lines import Line
    from sizzle.outreach.content.messages import Message
    from sizzle.outreach.content.parts import MessageReel
    from sizzle.outreach.vocabulary import Channel, MemberProfile, Promoted
    from sizzle.reel import TimecodeList
    from sizzle.sending.previews import Previews
    from sizzle.viewing_source import EventSource

_ADDRESS = "preview@example.com"
_CHANNELS = ("EMAIL", "SMS", "GCM", "APNS", "PUSH")


@outreach_app.command()
def preview(
    member: options.MemberId,
    asset: options.AssetId,
    promoted: Annotated[
        str, typer.Option(help="What is promoted: a kind and an id, such as title:nocturne-city.")
    ],
    line: Annotated[
        str,
        typer.Option(
            help="The digest of a line, approved or not; by default the approved one in the "
            "member's language."
        ),
    ] = "",
    language: Annotated[
        str, typer.Option(help="In place of the member's, such as `fr` or `es-MX`.")
    ] = "",
    channels: Annotated[
        str, typer.Option("--channels", help="Pinpoint's names of them, separated by commas.")
    ] = "EMAIL,SMS,PUSH",
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("preview"),
    url: Annotated[
        str,
        typer.Option(
            envvar="SIZZLE_OUTREACH_PUBLIC_URL",
            help="The address under which members reach the service.",
        ),
    ] = "http://127.0.0.1:8000",
    sender: Annotated[
        str, typer.Option(envvar="SIZZLE_OUTREACH_SENDER_NAME", help="Who sends.")
    ] = "Preview",
    sender_mail: Annotated[
        str, typer.Option(envvar="SIZZLE_OUTREACH_SENDER_MAIL", help="Its address.")
    ] = _ADDRESS,
    postal_address: Annotated[
        str, typer.Option(envvar="SIZZLE_OUTREACH_POSTAL_ADDRESS", help="Its postal address.")
    ] = "(the sender's postal address)",
    open_mail: Annotated[
        bool, typer.Option("--open", help="Open the mail in the browser.")
    ] = False,
    cadence: Annotated[str, typer.Option(help="As of `sizzle compose`.")] = options.DEFAULT_CADENCE,
    packages: Annotated[
        str | None, typer.Option(envvar="SIZZLE_PACKAGES", help="The packages.")
    ] = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    model: options.ModelFile = options.DEFAULT_MODEL,
    histories: options.OptionalHistories = None,
    viewing_policy: options.ViewingPolicyFile = None,
    titles: options.TitlesFile = None,
    cadences: options.CadencesFile = None,
    treatments: options.TreatmentsFile = None,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Write what a member would get: the mail as .eml and .html, other messages as .json.

    Nothing is sent or recorded. The reel is the member's at this moment, and a reason is given only
    where the ranker has one that may be told. Exits with 1 where there is no message for a channel.

    Example: `sizzle outreach preview member-ada --asset demo --promoted title:nocturne-city --open`
    """
    from sizzle.outbox.lines import Lines
    from sizzle.outbox.promoted import PromotedThings
    from sizzle.outreach.policy import eligibility
    from sizzle.outreach.vocabulary import MemberProfile
    from sizzle.secret import outreach_tokens
    from sizzle.sending.previews import Previews
    from sizzle.sending.settings import SendingSettings
    from sizzle.viewing_source import EventSource

    store = options.open_database(database, state)
    thing = PromotedThings(store).get(*parse_thing(promoted))
    profile = options.open_members(database, state).profile(member) or MemberProfile(member)
    refusal = eligibility(profile, thing, datetime.now(UTC).date())
    source = EventSource(database, state, catalog, viewing_policy, histories)
    made = _Reels(source, model, titles, cadences, treatments)
    timecodes, ranking = made.of(member, asset, cadence)
    lines = Lines(store)
    if line:
        channels = lines.get(line).channel.value
    shown = _Preview(
        profile=profile,
        promoted=thing,
        reel=made.shown(timecodes, packages, url),
        ranking=ranking,
        previews=Previews(
            outreach_tokens(options.secret_of(state)),
            SendingSettings.read(
                sender_name=sender,
                sender_mail=sender_mail,
                postal_address=postal_address,
                public_url=url,
            ).sender,
            url,
        ),
    )
    rows, missing = shown.write(lines, line, language, channels, out)
    if as_json:
        facts = {"eligible": refusal is None, "refusal": str(refusal or ""), "reason": shown.reason}
        print_json({**facts, "reel_id": timecodes.reel_id, "messages": rows, "missing": missing})
    else:
        _print(member, shown.reason, "" if refusal is None else str(refusal), rows, missing)
    if open_mail and (mail := out / "EMAIL.html").exists():
        typer.launch(str(mail))
    if missing:
        raise typer.Exit(1)


@dataclass(frozen=True)
class _Reels:
    """Makes a member's reel as the service does."""

    source: EventSource
    model: Path
    titles: Path | None
    cadences: Path | None
    treatments: Path | None

    def of(self, member: str, asset: str, cadence: str) -> tuple[TimecodeList, Ranking]:
        """The reel, and the ranking that it is made from."""
        from ranker import Ranker, read_titles
        from sizzle.cadence_file import read_cadences
        from sizzle.catalog import Catalog
        from sizzle.reel.compose import Composer
        from sizzle.secret import reel_ids
        from sizzle.viewing_source import read_member

        request = options.member_request(member, None, "", "", "", "")
        index = Catalog.open(self.source.catalog).index(asset)
        about = read_titles(self.titles) if self.titles else None
        ranker = Ranker.load(self.model, read_member(self.source, member), about)
        ids = reel_ids(options.secret_of(self.source.state))
        known = options.treatments_with(None, self.treatments)
        composer = Composer(ranker, read_cadences(self.cadences), ids, known)
        return composer.compose_ranked(index, member, cadence, request=request)

    def shown(self, reel: TimecodeList, packages: str | None, url: str) -> MessageReel:
        """The reel as messages show it; without pictures where it is not packaged."""
        from sizzle.outreach.content.reel import message_reel
        from sizzle.packager import open_packages

        package = (
            open_packages(packages).find(reel.asset_id, reel.asset_version) if packages else None
        )
        return message_reel(reel, package.stills if package else None, url.rstrip("/"))


@dataclass(frozen=True)
class _Preview:
    """What messages of a preview are composed from."""

    profile: MemberProfile
    promoted: Promoted
    reel: MessageReel
    ranking: Ranking
    previews: Previews

    @property
    def reason(self) -> str:
        """What may be told of why the titles are in their order; empty for nothing."""
        from sizzle.outreach.content.reason import message_reason

        return message_reason(self.ranking.why)

    def write(
        self, lines: Lines, digest: str, language: str, channels: str, out: Path
    ) -> tuple[list[dict[str, object]], list[str]]:
        """Write a message for each channel. Returns what was written, and channels without a line.

        Raises:
            InputError: an unknown channel.
        """
        from sizzle.cli.outreach.message_files import summary, write_message
        from sizzle.outreach.vocabulary import Channel

        rows: list[dict[str, object]] = []
        missing = []
        for name in filter(None, (part.strip().upper() for part in channels.split(","))):
            if name not in _CHANNELS:
                raise InputError(
                    f"There is no channel {name[:20]!r}.", fix=f"use {', '.join(_CHANNELS)}."
                )
            line = self._line(lines, digest, language, Channel(name))
            if line is None:
                missing.append(name)
                continue
            message = self.previews.message(
                line, self.profile, self.promoted, self.reel, Channel(name)
            )
            files = write_message(out, name, message, datetime.fromtimestamp(time.time(), UTC))
            said = {"channel": name, "line": line.digest, "language": line.language}
            said["checks"] = self._checks(message)
            rows.append({**said, **summary(message), "files": [str(path) for path in files]})
        return rows, missing

    def _checks(self, message: Message) -> str:
        """What is wrong with a mail as a whole; lines are checked before they are approved."""
        return "; ".join(map(str, self.previews.findings(message))) or "passed"

    def _line(self, lines: Lines, digest: str, language: str, channel: Channel) -> Line | None:
        if digest:
            line = lines.get(digest)
            return line if line.channel == channel else None
        wanted = language or self.profile.language
        kind, promoted_id = self.promoted.kind, self.promoted.id
        return lines.approved(kind, promoted_id, self.reason, wanted, channel)


def _print(
    member: str,
    reason: str,
    refusal: str,
    rows: Sequence[dict[str, object]],
    missing: Sequence[str],
) -> None:
    if refusal:
        say(f"{member} would get nothing: {refusal}")
    say(f"Reason that may be told: {reason or 'none'}.")
    for row in rows:
        shown = {name: value for name, value in row.items() if name not in ("files", "channel")}
        files = row["files"]
        assert isinstance(files, list)
        print_table(str(row["channel"]), ("what", "value"), [*shown.items(), *_numbered(files)])
    for channel in missing:
        say(f"No approved line for {channel}; `sizzle outreach approve` approves one.")


def _numbered(files: Sequence[str]) -> list[tuple[str, str]]:
    return [("file", path) for path in files]
