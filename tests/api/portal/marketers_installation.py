"""An installation as a marketer's day needs it: the programs as people start them, on made media.

A service and a worker run, each a process of `sizzle`; mails go to a real SMTP server.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import fromstring, tostring

from fixtures.defects import DEFECTS
from fixtures.histories import demo_histories
from sizzle.cli.demo import DemoFolder, make_asset, publish_asset
from tests.api.server_process import service
from tests.command_line import SIZZLE
from tests.smtp_sink import Sink, smtp_sink

ADA: Final = "ada@example.com"
"""Writes, and asks for lines and campaigns."""

BEN: Final = "ben@example.com"
"""Approves and sends."""

PASSWORD: Final = "correct horse battery"
LONG_NAME: Final = "Wolfeschlegelsteinhausenbergerdorff-Zeppelin von und zu Hohenlohe"
NEWCOMER: Final = "member-cleo"
BROKEN_TIMELINE: Final = "autumn-slate.xml"
"""An editor's export with findings, in the folder."""

_SCOPES: Final = {
    ADA: ("outreach:read", "outreach:write", "outreach:approve", "assets:write", "metrics:read"),
    BEN: ("outreach:read", "outreach:write", "outreach:approve", "outreach:send"),
}
_NAMES: Final = (
    "Ada Lovelace",
    "Zoé Durand",
    "Inés García",
    "Yamada Hanako",
    "محمد عبد الله",
    LONG_NAME,
)
_LANGUAGES: Final = ("en", "fr", "es", "ja", "en", "fr")
_COUNTRIES: Final = ("GB", "FR", "ES", "JP", "GB", "FR")
_MEMBERS: Final = 90


@dataclass(frozen=True)
class Installation:
    """What runs.

    Attributes:
        address: of the service.
        sink: takes the mails.
        key: an API key of back ends, which send events.
    """

    folder: Path
    address: str
    sink: Sink
    key: str


def prepare(folder: Path) -> Path:
    """Make the media, its packages, the ranker, and the file of members. Returns the folder."""
    demo = DemoFolder(folder)
    make_asset(demo, _quiet)
    publish_asset(demo, _quiet)
    _run(folder, {}, "train", "histories.jsonl")
    _run(folder, {}, "package", "demo", "--ladder", "240", "--preset", "ultrafast")
    (folder / "members.csv").write_text(_members(), encoding="utf-8")
    (folder / BROKEN_TIMELINE).write_bytes(_broken(demo.timeline.read_bytes()))
    return folder


@contextmanager
def running(folder: Path) -> Iterator[Installation]:
    """The service and a worker, in a folder that was prepared, until the block ends."""
    with smtp_sink() as sink:
        environment = _environment(folder, sink.port)
        for address, scopes in _SCOPES.items():
            options = [part for scope in scopes for part in ("--scope", scope)]
            name = address.partition("@")[0].capitalize()
            create = ("users", "create", address, "--name", name, "--password-stdin", *options)
            _run(folder, environment, *create, given=PASSWORD)
        key = json.loads(
            _run(folder, environment, "keys", "create", "back end", "--scope", "events:write",
                 "--scope", "reels:read", "--json")
        )["key"]  # fmt: skip
        with service(folder, 1, **environment) as server:
            address = f"http://127.0.0.1:{server.port}"
            with _worker(folder, {**environment, "SIZZLE_OUTREACH_PUBLIC_URL": address}):
                yield Installation(folder, address, sink, key)


@contextmanager
def _worker(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """`sizzle outreach run`."""
    with (folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [*SIZZLE, "outreach", "run"],
            cwd=folder,
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def _environment(folder: Path, port: int) -> dict[str, str]:
    return {
        "SIZZLE_STATE": str(folder / "state"),
        "SIZZLE_PACKAGES": "packages",
        "SIZZLE_INGESTS": "ingests",
        "SIZZLE_MEDIA": str(folder),
        "SIZZLE_OUTREACH_EMAIL": "smtp",
        "SIZZLE_OUTREACH_SMTP_SECURITY": "none",
        "SIZZLE_OUTREACH_SMTP_HOST": "127.0.0.1",
        "SIZZLE_OUTREACH_SMTP_PORT": str(port),
        "SIZZLE_OUTREACH_SENDER_NAME": "Sizzle Films",
        "SIZZLE_OUTREACH_SENDER_MAIL": "films@example.com",
        "SIZZLE_OUTREACH_POSTAL_ADDRESS": "1 Film Row, Lille",
        "SIZZLE_OUTREACH_QUIET_HOURS": "",  # whenever the test is run
    }


def _run(folder: Path, environment: Mapping[str, str], *arguments: str, given: str = "") -> str:
    done = subprocess.run(
        [*SIZZLE, *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def _members() -> str:
    """Some who have histories, with long names and names in other scripts; a wrong row; one new."""
    rows = ["member_id,name,birth_date,language,country,email,phone,consent"]
    known = sorted({event.member_id for event in demo_histories()})[:_MEMBERS]
    for number, member in enumerate([*known, NEWCOMER]):
        kind = number % len(_NAMES)
        rows.append(
            f"{member},{_NAMES[kind]},1980-05-17,{_LANGUAGES[kind]},{_COUNTRIES[kind]},"
            f"{member}@example.com,,"
        )
    rows.append("member-wrong,Wrong,1980-05-17,xx-yy-zz,Atlantis,not an address,12,")
    return "\n".join(rows) + "\n"


def _broken(timeline: bytes) -> bytes:
    root = fromstring(timeline)
    sequence = root.find("./sequence")
    assert sequence is not None
    for name in ("79 frames", "misnumbered", "disabled", "dissolve", "title card"):
        next(defect for defect in DEFECTS if defect.name == name).breaks(sequence)
    return tostring(root)


def _quiet(_: str) -> None:
    """The demo's steps are not shown."""
