"""`sizzle outreach demo`: from a title to members who watch it, with real parts throughout."""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Annotated, Final
from urllib.request import Request

import typer

from sizzle.cli.demo import DemoFolder, make_asset, publish_asset, train_ranker
from sizzle.cli.demo_service import read_json, serving
from sizzle.cli.output import say
from sizzle.cli.outreach import outreach_app
from sizzle.cli.outreach.demo_commands import command, outreach, outreach_code, outreach_json
from sizzle.cli.outreach.demo_openers import open_by_boto3, play_in_browser
from sizzle.cli.outreach.demo_reader import link_of, open_and_play, title_order
from sizzle.cli.outreach.demo_servers import Servers, environment, servers
from sizzle.errors import SizzleError

if TYPE_CHECKING:
    from fixtures.push_service import PushService

TITLE: Final = "nocturne"
CAMPAIGN: Final = "nocturne-premiere"

_ASSET = "demo"
_APP = "outreach"  # that imported endpoints belong to
_MEMBERS = 60  # of the segment
_READERS = 3  # of them open their mails
_NEWCOMER = "member-cleo"  # who has watched nothing yet
_BROWSER = "browser-cleo"  # an endpoint of hers
_STEPS = 10
_FOLLOW_SECONDS = 5.0
_LANGUAGES = ("en", "fr", "es", "ja")
_COUNTRIES = {"en": "GB", "fr": "FR", "es": "ES", "ja": "JP"}
_NAMES = {"en": "Ada", "fr": "Zoé", "es": "Inés", "ja": "花子"}
_PROMOTED = """\
[[title]]
id = "nocturne"
title = "Nocturne City"
"title.fr" = "Nocturne City"
"title.es" = "Nocturne City"
"title.ja" = "Nocturne City"
genres = ["Crime"]
"""


@outreach_app.command()
def demo(
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("outreach-demo"),
) -> None:
    """Promote a title to the members who are likeliest to watch it, and have one of them watch it.

    An affinity segment, lines in four languages, checks, approvals, a preview, mails to a real SMTP
    server of this machine and a notification to a real push service, opened by boto3 and by a
    browser, a reel played, what was sent shown again, and the next reel of who watched, in which
    the title's kin is higher. Nobody is mailed. What is not installed is said.

    Example: `sizzle outreach demo --out outreach-demo`
    """
    started = time.perf_counter()
    out.mkdir(parents=True, exist_ok=True)
    folder = DemoFolder(out.absolute())
    _make_installation(folder)
    with environment(folder), servers(folder) as to:
        _import_members(folder, to.push)
        snapshots = _segments(folder)
        _lines(folder)
        with _service() as address:
            os.environ["SIZZLE_OUTREACH_PUBLIC_URL"] = address
            readers = [*_likeliest(folder)[:_READERS], _NEWCOMER]
            _preview(folder, readers[0])
            _send(folder, snapshots, to)
            _watch(folder, address, readers, to.push)
    say(f"Done in {time.perf_counter() - started:.0f} s; all files are in {out}/.")


def _make_installation(folder: DemoFolder) -> None:
    """The Mega Asset, its index, the ranker, and packages with stills; kept from an earlier run."""
    step = _numbered(1)
    if not folder.model.exists():
        make_asset(folder, step)
        publish_asset(folder, step)
        train_ranker(folder, step)
    for name in ("state", "mails", "push", "preview", "shown"):  # what was sent is not sent again
        _remove(folder / name)
    _step(2, "Package it: the stills of its clips are the pictures of all members' mails")
    with redirect_stdout(StringIO()):
        command("package", _ASSET, "--out", folder / "packages", "--ladder", "240",
                 "--preset", "ultrafast", "--catalog", folder.catalog)  # fmt: skip


def _import_members(folder: DemoFolder, push: PushService | None) -> None:
    from ranker import read_histories

    path = folder / "members.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("member_id", "name", "email", "language", "country", "birth_date"))
        members = [*sorted(read_histories(folder.histories).members), _NEWCOMER]
        for number, member in enumerate(members):
            language = _LANGUAGES[number % 4]
            address = f"{member}@example.com"
            country = _COUNTRIES[language]
            writer.writerow((member, _NAMES[language], address, language, country, "1980-05-17"))
    _step(3, f"Import {len(members)} members, who speak four languages")
    outreach("import", path)
    if push is not None:
        browsers = folder / "browsers.jsonl"
        row = {
            "Id": _BROWSER, "ChannelType": "PUSH", "Address": push.subscription(_BROWSER),
            "User": {"UserId": _NEWCOMER},
        }  # fmt: skip
        browsers.write_text(json.dumps(row) + "\n")
        outreach("import", browsers)


def _segments(folder: DemoFolder) -> dict[str, str]:
    """An affinity segment, and one of ids, seen and frozen. Returns snapshots by campaign."""
    _step(4, f"Find the {_MEMBERS} members who are likeliest to watch {TITLE}, without who has")
    found = outreach_json("affinity", TITLE, "--count", _MEMBERS, "--model", folder.model,
                  "--histories", folder.histories, "--out", folder / "audience.jsonl")  # fmt: skip
    segment = found["segments"][TITLE]
    path = folder / "newcomers.csv"
    path.write_text(f"member_id\n{_NEWCOMER}\n")
    newcomers = outreach_json("segment", "create", "newcomers", "--members", path)["id"]
    return {CAMPAIGN: _snapshot(segment), f"{CAMPAIGN}-newcomers": _snapshot(newcomers)}


def _snapshot(segment: str) -> str:
    seen = outreach_json("segment", "preview", segment, "--limit", 2)
    say(f"  {seen['count']} members")
    taken = outreach_json("segment", "snapshot", segment, "--expect", seen["count"],
                  "--promoted", f"title:{TITLE}")  # fmt: skip
    snapshot = str(taken["snapshot_id"])
    outreach("segment", "approve", snapshot, "--by", "ben")
    return snapshot


def _lines(folder: DemoFolder) -> None:
    _step(5, "Draft lines in four languages, check them, and have somebody else approve them")
    (folder / "promoted.toml").write_text(_PROMOTED, encoding="utf-8")
    outreach("promoted", "add", folder / "promoted.toml")
    languages = [part for language in _LANGUAGES for part in ("--language", language)]
    channels = ("--channel", "email", "--channel", "web_push")
    drafts = outreach_json("draft", f"title:{TITLE}", *languages, *channels, "--by", "ada")
    for draft in drafts:
        line = draft.get("line", draft)
        say(f"  {line['language']} {line['channel']}: {line['subject']}")
    digests = [draft.get("line", draft)["digest"] for draft in drafts]
    outreach("approve", *digests, "--by", "ben")
    bad = outreach_code(
        "check", f"title:{TITLE}", "--language", "en", "--channel", "email",
        "--subject", "Win 9 awards", "--text", "Only 5 EUR until Friday! {link}",
    )  # fmt: skip
    if bad == 0:
        raise SizzleError("A line that invents a price passed the checks.")
    say("  a line that invents a price and a date is refused")


def _likeliest(folder: DemoFolder) -> list[str]:
    """The members of the segment who are likeliest to watch, in this order."""
    with (folder / "audience.jsonl").open(encoding="utf-8") as file:
        return [str(member) for member in json.loads(next(file))["output"]["recommendedUsers"]]


def _preview(folder: DemoFolder, member: str) -> None:
    _step(6, f"Preview what {member} would get, of this moment's reel")
    shown = outreach_json("preview", member, "--asset", _ASSET, "--promoted", f"title:{TITLE}",
                  "--channels", "EMAIL", "--packages", folder / "packages",
                  "--out", folder / "preview", *_reel_options(folder))  # fmt: skip
    say(f"  reason that may be told: {shown['reason'] or 'none'}; {folder.root}/preview/EMAIL.html")


def _send(folder: DemoFolder, snapshots: Mapping[str, str], to: Servers) -> None:
    names = {"a real SMTP server": to.mail, "a real push service": to.push}
    how = " and ".join(name for name, server in names.items() if server is not None)
    _step(7, f"Approve and start the campaigns, and send them to {how or 'a folder'}")
    for campaign_id, snapshot in snapshots.items():
        campaign = {
            "campaign_id": campaign_id, "kind": "title", "promoted_id": TITLE,
            "snapshot_id": snapshot, "reel": {"asset_id": _ASSET}, "reach": "all",
            "treatments": [{"channels": ["EMAIL", "PUSH"]}],
        }  # fmt: skip
        path = folder / f"{campaign_id}.json"
        path.write_text(json.dumps(campaign, indent=2))
        outreach("campaign", "create", path, "--by", "ada")
        outreach("campaign", "approve", campaign_id, "--by", "ben")
        outreach("campaign", "start", campaign_id, "--by", "ben")
    command = ("send", "--packages", folder / "packages", *_reel_options(folder))
    ended, again = (outreach_json(*command)["ended"] for _ in range(2))
    states = {one["campaign"]: one["state"] for one in outreach_json("campaign", "status")}
    say(f"  {ended}; the campaigns are {', '.join(states.values())}; sent again: {again}")
    if set(states.values()) != {"finished"} or again or not ended.get("handed over"):
        raise SizzleError(f"The campaigns were not sent once: {states}.")
    pushed = len(to.push.pushed) if to.push is not None else 0
    if to.mail is not None and len(to.mail.mails) + pushed != ended["handed over"]:
        raise SizzleError(f"{len(to.mail.mails)} mails and {pushed} notifications arrived.")


def _watch(
    folder: DemoFolder, address: str, members: Sequence[str], push: PushService | None
) -> None:
    """Some members open their messages and play; the next reel of one has another order."""
    _step(8, f"{len(members)} members open their mails, choose {TITLE} in their reels, and play it")
    mails = _mails(folder)
    before = {member: title_order(address, member, _ASSET) for member in members}
    for member in members:
        say(f"  {member}: {open_and_play(address, mails[member], TITLE)}")
    _show_openers(address, mails[members[0]], push)
    _say_events(address)
    _step(9, "Show again what was sent, byte for byte, with its reel")
    send = mails[members[0]].partition(b"Message-ID: <")[2].partition(b"@")[0].decode()
    shown = outreach_json("show", send, "--catalog", folder.catalog, "--out", folder / "shown")
    say(f"  {shown['to']}: {shown['subject']}; {folder.root}/shown")
    _step(10, f"Request the next reels: what is akin to {TITLE} is higher for who watched it")
    _show_next(address, before)


def _show_openers(address: str, mail: bytes, push: PushService | None) -> None:
    """A notification that is opened by an app, and a link that is opened by a browser."""
    if push is not None:
        notification = push.pushed[_BROWSER]
        say(f"  {_NEWCOMER}'s browser decrypts: {notification['title']}")
        try:
            data = notification["data"]
            say(f"  {_NEWCOMER}: {open_by_boto3(address, _APP, _BROWSER, data)}")
        except ImportError as error:
            say(f"NOT SHOWN: opening by boto3 needs `{error.name}`.")
    try:
        say(f"  {play_in_browser(link_of(address, mail))}")
    except ImportError as error:
        say(f"NOT SHOWN: opening by a browser needs `{error.name}`.")
    except FileNotFoundError as error:
        say(f"NOT SHOWN: opening by a browser needs {error} on PATH.")


def _say_events(address: str) -> None:
    """What the service has recorded of the campaigns' messages."""
    messages = read_json(Request(f"{address}/v1/metrics"))["messages"]  # noqa: S310
    counts: dict[str, int] = {}
    for row in messages:
        counts[row["action"]] = counts.get(row["action"], 0) + row["events"]
    say(f"  recorded: {', '.join(f'{count} {action}' for action, count in counts.items())}")


def _mails(folder: DemoFolder) -> dict[str, bytes]:
    """The mails that arrived, by member."""
    found = {}
    for path in (folder / "mails").glob("*.eml"):
        data = path.read_bytes()
        address = data.partition(b"\nTo: ")[2].partition(b"\n")[0].strip().decode()
        found[address.partition("@")[0]] = data
    return found


def _show_next(address: str, before: Mapping[str, list[str]]) -> None:
    """What has risen for whom, once the service has read what they did.

    Raises:
        SizzleError: for the newcomer, the title's kin has not risen.
    """
    from fixtures.histories import taste_groups

    (kin,) = (set(group) - {TITLE} for group in taste_groups() if TITLE in group)
    after = {member: _changed_order(address, member, order) for member, order in before.items()}
    for member, order in before.items():
        places = {title: (order.index(title) + 1, after[member].index(title) + 1) for title in kin}
        rose = [f"{title} from {a} to {b}" for title, (a, b) in sorted(places.items()) if b < a]
        old, new = (mean(place[when] for place in places.values()) for when in (0, 1))
        say(f"  {member} before: {', '.join(order)}")
        say(f"  {member} after:  {', '.join(after[member])}")
        what = ", ".join(rose) or "none"
        say(f"    rose: {what}; mean place of the kin {old:.1f}, then {new:.1f} of {len(order)}")
        if member == _NEWCOMER and new >= old:
            raise SizzleError(f"What is akin to {TITLE} has not risen for {member}.")


def _changed_order(address: str, member: str, before: list[str]) -> list[str]:
    """A member's order once it has changed, or after some time."""
    end = time.monotonic() + _FOLLOW_SECONDS
    while (after := title_order(address, member, _ASSET)) == before:
        if time.monotonic() > end:
            break
        time.sleep(0.2)
    return after


@contextmanager
def _service() -> Iterator[str]:
    from sizzle.api.server.settings import Settings
    from sizzle.api.wiring import build

    with serving(build(Settings.read(log_requests=False, refresh_seconds=0.5))) as address:
        yield address


def _reel_options(folder: DemoFolder) -> tuple[object, ...]:
    return (
        *("--catalog", folder.catalog), *("--model", folder.model),
        *("--histories", folder.histories),
    )  # fmt: skip


def _numbered(number: int) -> Callable[[str], None]:
    return lambda what: _step(number, what)


def _step(number: int, what: str) -> None:
    say(f"[{number}/{_STEPS}] {what}")


def _remove(path: Path) -> None:
    import shutil

    shutil.rmtree(path, ignore_errors=True)
