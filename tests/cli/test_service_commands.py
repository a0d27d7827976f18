"""The commands around the service: keys, settings, and what cannot be served."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sizzle.api.auth.api_keys import ApiKeys
from sizzle.cli.app import app
from sizzle.errors import InputError, NotFoundError
from sizzle.state_folder import default_state_folder

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, without settings of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("SIZZLE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def said(*arguments: str) -> Any:  # noqa: ANN401
    """What a command prints as JSON."""
    return json.loads(RUNNER.invoke(app, [*arguments, "--json"], catch_exceptions=False).stdout)


def test_keys_are_created_listed_and_revoked() -> None:
    """The key is printed once; the list has all but what is secret."""
    made = said("keys", "create", "living-room", "--scope", "reels:read", "--rate", "5")
    found = ApiKeys.read(default_state_folder()).find(made["key"])
    assert found is not None
    assert (found.name, found.rate) == ("living-room", 5)
    (listed,) = said("keys", "list")
    assert (listed["key_id"], listed["revoked"]) == (made["key_id"], None)
    assert "sha256" not in listed
    RUNNER.invoke(app, ["keys", "revoke", made["key_id"]], catch_exceptions=False)
    assert ApiKeys.read(default_state_folder()).find(made["key"]) is None
    assert said("keys", "list")[0]["revoked"]
    assert "living-room" in RUNNER.invoke(app, ["keys", "list"]).stdout


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["keys", "create", "x", "--scope", "everything"], InputError),
        (["keys", "create", "x", "--scope", "admin", "--rate", "0"], InputError),
        (["keys", "revoke", "nobody"], NotFoundError),
        (["serve", "--model", "nowhere.pt"], Exception),
    ],
    ids=["scope", "rate", "revoke", "model"],
)
def test_what_cannot_be_done_is_said(arguments: list[str], error: type[Exception]) -> None:
    """As an error of ours, which the command line prints with its fix."""
    result = RUNNER.invoke(app, arguments)
    assert isinstance(result.exception, error)
    assert getattr(result.exception, "fix", "")


def test_config_prints_what_is_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting; secrets masked."""
    monkeypatch.setenv("SIZZLE_SECRET", "swordfish" * 8)
    monkeypatch.setenv("SIZZLE_BODY_BYTES", "5000")
    settings = said("config")
    assert settings["SIZZLE_BODY_BYTES"] == 5000
    assert settings["SIZZLE_PORT"] == 8000
    for words in ([], ["--json"]):
        printed = RUNNER.invoke(app, ["config", *words]).stdout
        assert "swordfish" not in printed
        assert "SIZZLE_SECRET" in printed


@pytest.mark.parametrize(
    ("name", "value"),
    [("SIZZLE_WORKERS", "0"), ("SIZZLE_SECRET", "short"), ("SIZZLE_RATE", "many")],
)
def test_a_setting_that_cannot_be_used_is_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what is wrong with it."""
    monkeypatch.setenv(name, value)
    result = RUNNER.invoke(app, ["config"])
    assert isinstance(result.exception, InputError)
    assert name in result.exception.what


def test_an_address_that_is_taken_is_said_to_be() -> None:
    """Not a traceback."""
    from sizzle.api.server.settings import Settings
    from sizzle.api.server.workers import listen

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match="Cannot listen"):
            listen(Settings.read(port=taken.getsockname()[1]))
