"""`sizzle outreach show`: what a member got, byte for byte, the reel included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner

from sizzle.catalog import Catalog
from sizzle.cli.app import app
from sizzle.clips import ClipIndex, Title
from sizzle.database.send_tables import SENDS
from sizzle.errors import InputError, NotFoundError
from sizzle.outreach.content.mime import to_mime
from sizzle.reel.replay import ReplayedReels
from sizzle.secret import VARIABLE
from tests.api.public_links.messages_app import MessagesApp, Sent
from tests.api.sample_service import KEY
from tests.packager import packaged_asset


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MessagesApp]:
    """A service that the tests here share."""
    folder = tmp_path_factory.mktemp("show")
    made = MessagesApp(packaged_asset.shared(tmp_path_factory), folder)
    yield made
    made.close()


@pytest.fixture
def service(shared: MessagesApp) -> MessagesApp:
    """A service that has sent nothing yet."""
    shared.clear()
    return shared


@pytest.fixture
def sent(service: MessagesApp, tmp_path: Path) -> Sent:
    """A mail with a reel of an asset in the catalog."""
    catalog, made = Catalog.open(tmp_path / "catalog"), service.made.index
    catalog.publish(ClipIndex(made.asset, made.titles, made.clips))
    reel_id = service.reel(0, catalog.index("demo").version).reel_id
    return service.send("dd01", ReplayedReels(service.ids, catalog).get(reel_id))


def show(
    service: MessagesApp, folder: Path, send_id: str, secret: str = KEY.decode()
) -> tuple[int, dict[str, Any]]:
    """What the command exits with, and what it says."""
    options = ["--out", str(folder / "shown"), "--catalog", str(folder / "catalog")]
    options += [
        "--database",
        f"sqlite:///{service.folder / 'sizzle.db'}",
        "--state",
        str(folder / "state"),
    ]
    command = ["outreach", "show", send_id, *options, "--json"]
    result = CliRunner().invoke(app, command, env={VARIABLE: secret}, catch_exceptions=False)
    found: dict[str, Any] = json.loads(result.stdout) if result.stdout.startswith("{") else {}
    return result.exit_code, found


def test_mail_is_shown_byte_for_byte(service: MessagesApp, sent: Sent, tmp_path: Path) -> None:
    """The file is what was handed over, and the cuts are those of the reel."""
    with service.database.reading() as connection:
        counted = connection.execute(select(SENDS.c.counted)).scalar_one()
    code, found = show(service, tmp_path, "dd01")
    assert (code, found["as it was"]) == (0, True)
    assert found["cuts"] == ["aurora-clip-1", "harbor-clip-2"]
    at = datetime.fromtimestamp(counted / 1000, UTC)
    assert (tmp_path / "shown" / "dd01.eml").read_bytes() == to_mime(sent.mail, at)
    assert (tmp_path / "shown" / "dd01.html").read_text("utf-8") == sent.mail.html


def test_what_is_not_as_it_was_is_told(service: MessagesApp, sent: Sent, tmp_path: Path) -> None:
    """Another secret makes other links; a changed word is another text; both exit with 1."""
    code, found = show(service, tmp_path, sent.send_id, "another secret of at least 32 bytes")
    assert (code, found["as it was"], found["reel can be replayed"]) == (1, False, False)
    with service.database.writing() as connection:
        slots = json.loads(connection.execute(select(SENDS.c.slots)).scalar_one())
        changed = json.dumps({**slots, "text": "Something else."})
        connection.execute(update(SENDS).values(slots=changed))
    code, found = show(service, tmp_path, sent.send_id)
    assert (code, found["as it was"], found["reel can be replayed"]) == (1, False, True)


def test_swept_reel_is_told(service: MessagesApp, sent: Sent, tmp_path: Path) -> None:
    """The mail is shown, and that its reel cannot be replayed; the command exits with 1."""
    catalog, made = Catalog.open(tmp_path / "catalog"), service.made.index
    renamed = [Title(title.title_id, f"{title.name} 2") for title in made.titles]
    catalog.publish(ClipIndex(made.asset, renamed, made.clips))
    catalog.gc(keep=1, grace=0)
    code, found = show(service, tmp_path, sent.send_id)
    assert (code, found["as it was"], found["reel can be replayed"]) == (1, True, False)


def test_unknown_and_unsent(service: MessagesApp, sent: Sent, tmp_path: Path) -> None:
    """There is nothing to show of a send that is not there, or was not composed."""
    with pytest.raises(NotFoundError, match="no send"):
        show(service, tmp_path, "none")
    with service.database.writing() as connection:
        connection.execute(update(SENDS).values(slots="{}", state="planned"))
    with pytest.raises(InputError, match="planned"):
        show(service, tmp_path, sent.send_id)
