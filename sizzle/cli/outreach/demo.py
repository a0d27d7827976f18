"""`sizzle outreach demo`: from a title to members who watch it, with real parts throughout."""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from sizzle.cli.demo import DemoFolder, make_asset, publish_asset, train_ranker
from sizzle.cli.demo_service import serving
from sizzle.cli.output import say
from sizzle.cli.outreach import outreach_app
from sizzle.cli.outreach.demo_reader import open_and_play, reel_order
from sizzle.errors import SizzleError

if TYPE_CHECKING:
    from fixtures.mail_server import MailServer

TITLE: Final = "nocturne"
CAMPAIGN: Final = "nocturne-premiere"

_ASSET = "demo"
_MEMBERS = 60  # of the segment
_READERS = 3  # of them open their mails
_NEWCOMER = "member-cleo"  # who has watched nothing yet
_STEPS = 10
_FOLLOW_SECONDS = 10.0
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
    server of this machine, their links opened, a reel played, what was sent shown again, and the
    next reel of who watched. Nobody is mailed.

    Example: `sizzle outreach demo --out outreach-demo`
    """
    started = time.perf_counter()
    out.mkdir(parents=True, exist_ok=True)
    folder = DemoFolder(out.absolute())
    _make_installation(folder)
    with _environment(folder), _mail_server(folder) as server:
        _import_members(folder)
        snapshots = _segments(folder)
        _lines(folder)
        with _service() as address:
            os.environ["SIZZLE_OUTREACH_PUBLIC_URL"] = address
            if server is not None:
                os.environ["SIZZLE_OUTREACH_SMTP_PORT"] = str(server.port)
            readers = [*_likeliest(folder)[:_READERS], _NEWCOMER]
            _preview(folder, readers[0])
            _send(folder, snapshots, server)
            _watch(folder, address, readers)
    say(f"Done in {time.perf_counter() - started:.0f} s; all files are in {out}/.")


def _make_installation(folder: DemoFolder) -> None:
    """The Mega Asset, its index, the ranker, and packages with stills; kept from an earlier run."""
    step = _numbered(1)
    if not folder.model.exists():
        make_asset(folder, step)
        publish_asset(folder, step)
        train_ranker(folder, step)
    for name in ("state", "mails", "preview", "shown"):  # what was sent is not sent again
        _remove(folder / name)
    _step(2, "Package it: the stills of its clips are the pictures of all members' mails")
    with redirect_stdout(StringIO()):
        _command("package", _ASSET, "--out", folder / "packages", "--ladder", "240",
                 "--preset", "ultrafast", "--catalog", folder.catalog)  # fmt: skip


def _import_members(folder: DemoFolder) -> None:
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
    _outreach("import", path)


def _segments(folder: DemoFolder) -> dict[str, str]:
    """An affinity segment, and one of ids, seen and frozen. Returns snapshots by campaign."""
    _step(4, f"Find the {_MEMBERS} members who are likeliest to watch {TITLE}, without who has")
    found = _json("affinity", TITLE, "--count", _MEMBERS, "--model", folder.model,
                  "--histories", folder.histories, "--out", folder / "audience.jsonl")  # fmt: skip
    segment = found["segments"][TITLE]
    path = folder / "newcomers.csv"
    path.write_text(f"member_id\n{_NEWCOMER}\n")
    newcomers = _json("segment", "create", "newcomers", "--members", path)["id"]
    return {CAMPAIGN: _snapshot(segment), f"{CAMPAIGN}-newcomers": _snapshot(newcomers)}


def _snapshot(segment: str) -> str:
    seen = _json("segment", "preview", segment, "--limit", 2)
    say(f"  {seen['count']} members")
    taken = _json("segment", "snapshot", segment, "--expect", seen["count"],
                  "--promoted", f"title:{TITLE}")  # fmt: skip
    snapshot = str(taken["snapshot_id"])
    _outreach("segment", "approve", snapshot, "--by", "ben")
    return snapshot


def _lines(folder: DemoFolder) -> None:
    _step(5, "Draft lines in four languages, check them, and have somebody else approve them")
    (folder / "promoted.toml").write_text(_PROMOTED, encoding="utf-8")
    _outreach("promoted", "add", folder / "promoted.toml")
    languages = [part for language in _LANGUAGES for part in ("--language", language)]
    drafts = _json("draft", f"title:{TITLE}", *languages, "--channel", "email", "--by", "ada")
    for each in drafts:
        line = each.get("line", each)
        say(f"  {line['language']}: {line['subject']}")
    digests = [each.get("line", each)["digest"] for each in drafts]
    _outreach("approve", *digests, "--by", "ben")
    bad = _outreach_code(
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
    shown = _json("preview", member, "--asset", _ASSET, "--promoted", f"title:{TITLE}",
                  "--channels", "EMAIL", "--packages", folder / "packages",
                  "--out", folder / "preview", *_reel_options(folder))  # fmt: skip
    say(f"  reason that may be told: {shown['reason'] or 'none'}; {folder.root}/preview/EMAIL.html")


def _send(folder: DemoFolder, snapshots: Mapping[str, str], server: MailServer | None) -> None:
    how = "a real SMTP server of this machine" if server is not None else "a folder"
    _step(7, f"Approve and start the campaigns, and send them to {how}")
    for campaign_id, snapshot in snapshots.items():
        campaign = {
            "campaign_id": campaign_id, "kind": "title", "promoted_id": TITLE,
            "snapshot_id": snapshot, "reel": {"asset_id": _ASSET},
        }  # fmt: skip
        path = folder / f"{campaign_id}.json"
        path.write_text(json.dumps(campaign, indent=2))
        _outreach("campaign", "create", path, "--by", "ada")
        _outreach("campaign", "approve", campaign_id, "--by", "ben")
        _outreach("campaign", "start", campaign_id, "--by", "ben")
    command = ("send", "--packages", folder / "packages", *_reel_options(folder))
    ended, again = (_json(*command)["ended"] for _ in range(2))
    states = {one["campaign"]: one["state"] for one in _json("campaign", "status")}
    say(f"  {ended}; the campaigns are {', '.join(states.values())}; sent again: {again}")
    if set(states.values()) != {"finished"} or again or not ended.get("handed over"):
        raise SizzleError(f"The campaigns were not sent once: {states}.")
    if server is not None and len(server.mails) != ended["handed over"]:
        raise SizzleError(f"{len(server.mails)} mails arrived.")


def _watch(folder: DemoFolder, address: str, members: Sequence[str]) -> None:
    """Some members open their mails and play; the next reel of one has another order."""
    _step(8, f"{len(members)} members open their mails, play the reels, and then {TITLE}")
    mails = _mails(folder)
    before = {member: reel_order(address, member, _ASSET) for member in members}
    for member in members:
        say(f"  {member}: {open_and_play(address, mails[member], TITLE)}")
    _step(9, "Show again what was sent, byte for byte, with its reel")
    send = mails[members[0]].partition(b"Message-ID: <")[2].partition(b"@")[0].decode()
    shown = _json("show", send, "--catalog", folder.catalog, "--out", folder / "shown")
    say(f"  {shown['to']}: {shown['subject']}; {folder.root}/shown")
    _step(10, "Request their next reels")
    member, after = _changed_order(address, before)
    say(f"  {member} before: {', '.join(before[member])}")
    say(f"  {member} after:  {', '.join(after)}")


def _mails(folder: DemoFolder) -> dict[str, bytes]:
    """The mails that arrived, by member."""
    found = {}
    for path in (folder / "mails").glob("*.eml"):
        data = path.read_bytes()
        address = data.partition(b"\nTo: ")[2].partition(b"\n")[0].strip().decode()
        found[address.partition("@")[0]] = data
    return found


def _changed_order(address: str, before: Mapping[str, list[str]]) -> tuple[str, list[str]]:
    """A member whose next reel has another order, once the service has read what they did.

    Raises:
        SizzleError: no member's order has changed in time.
    """
    end = time.monotonic() + _FOLLOW_SECONDS
    while time.monotonic() < end:
        for member, order in before.items():
            if (after := reel_order(address, member, _ASSET)) != order:
                return member, after
        time.sleep(0.2)
    raise SizzleError("The next reels have the same order.")


@contextmanager
def _service() -> Iterator[str]:
    from sizzle.api.server.settings import Settings
    from sizzle.api.wiring import build

    with serving(build(Settings.read(log_requests=False, refresh_seconds=0.5))) as address:
        yield address


@contextmanager
def _environment(folder: DemoFolder) -> Iterator[None]:
    """The demo's own settings, whatever those of this machine are."""
    given = {
        "SIZZLE_STATE": folder.state,
        "SIZZLE_DATABASE": f"sqlite:///{folder.state}/sizzle.db",
        "SIZZLE_CATALOG": folder.catalog,
        "SIZZLE_MODEL": folder.model,
        "SIZZLE_HISTORIES": folder.histories,
        "SIZZLE_PACKAGES": folder / "packages",
        "SIZZLE_OUTREACH_EMAIL": "folder",
        "SIZZLE_OUTREACH_FOLDER": folder / "mails",
        "SIZZLE_OUTREACH_SMTP_SECURITY": "none",
        "SIZZLE_OUTREACH_SMTP_HOST": "127.0.0.1",
        "SIZZLE_OUTREACH_SENDER_NAME": "Dynamic Sizzles",
        "SIZZLE_OUTREACH_SENDER_MAIL": "sizzle@example.org",
        "SIZZLE_OUTREACH_POSTAL_ADDRESS": "1 Example Street, Example",
        "SIZZLE_OUTREACH_QUIET_HOURS": "",  # whenever the demo is run
    }
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("SIZZLE_")]:
        del os.environ[name]
    os.environ.update({name: str(value) for name, value in given.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _mail_server(folder: DemoFolder) -> Iterator[MailServer | None]:
    """A server, where what it needs is installed; what is absent is said."""
    try:
        import aiosmtplib as _  # noqa: F401 - an extra
        import dkim as __  # noqa: F401 - an extra

        from fixtures.mail_server import mail_server
    except ImportError as error:
        say(f"NOT SHOWN: sending by SMTP needs `{error.name}`; mails are written to a folder.")
        with nullcontext():
            yield None
        return
    os.environ["SIZZLE_OUTREACH_EMAIL"] = "smtp"
    with mail_server(folder / "mails") as server:
        yield server


def _reel_options(folder: DemoFolder) -> tuple[object, ...]:
    return (
        *("--catalog", folder.catalog), *("--model", folder.model),
        *("--histories", folder.histories),
    )  # fmt: skip


def _outreach(*arguments: object) -> None:
    """Run `sizzle outreach`; its tables are left out."""
    with redirect_stdout(StringIO()):
        code = _outreach_code(*arguments)
    if code:
        raise SizzleError(f"sizzle outreach {' '.join(map(str, arguments))} ended with {code}.")


def _outreach_code(*arguments: object) -> int:
    with redirect_stdout(StringIO()):
        return _command("outreach", *arguments)


def _json(*arguments: object) -> Any:  # noqa: ANN401 - any JSON
    """What `sizzle outreach` prints for programs."""
    printed = StringIO()
    with redirect_stdout(printed):
        code = _command("outreach", *arguments, "--json")
    if code:
        raise SizzleError(f"sizzle outreach {' '.join(map(str, arguments))} ended with {code}.")
    return json.loads(printed.getvalue())


def _command(*arguments: object) -> int:
    """Run a command of `sizzle` as the terminal would. Returns its exit code."""
    from typer.main import get_command

    from sizzle.cli.app import app

    say(f"  $ sizzle {' '.join(_shown(arguments))}")
    try:
        result = get_command(app).main([*map(str, arguments)], standalone_mode=False)
    except SystemExit as end:
        return int(end.code or 0)
    return result if isinstance(result, int) else 0


def _shown(arguments: Sequence[object]) -> Iterator[str]:
    for each in arguments:
        text = each.name if isinstance(each, Path) else str(each)
        yield f"'{text}'" if " " in text or "{" in text else text


def _numbered(number: int) -> Callable[[str], None]:
    return lambda what: _step(number, what)


def _step(number: int, what: str) -> None:
    say(f"[{number}/{_STEPS}] {what}")


def _remove(path: Path) -> None:
    import shutil

    shutil.rmtree(path, ignore_errors=True)
