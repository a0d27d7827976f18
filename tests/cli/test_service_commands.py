"""The commands of the service: keys, settings, and errors at the start."""

from __future__ import annotations

import json
import os
import re
import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sizzle.api.auth.aws_credentials import AwsCredentials
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.api.server.settings import Settings
from sizzle.cli.app import app
from sizzle.errors import InputError, NotFoundError
from sizzle.secret import installation_secret
from sizzle.state_folder import default_state_folder

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, without the settings of whoever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("SIZZLE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def json_of(*arguments: str) -> Any:  # noqa: ANN401
    """What a command prints as JSON."""
    return json.loads(RUNNER.invoke(app, [*arguments, "--json"], catch_exceptions=False).stdout)


def test_keys_are_created_listed_and_revoked() -> None:
    """The key is printed once; the list does not contain the secret."""
    made = json_of("keys", "create", "living-room", "--scope", "reels:read", "--rate", "5")
    found = KeyStore(KeyFile(default_state_folder())).read().find(made["key"])
    assert found is not None
    assert (found.name, found.rate) == ("living-room", 5)
    (listed,) = json_of("keys", "list")
    assert (listed["key_id"], listed["revoked"]) == (made["key_id"], None)
    assert "sha256" not in listed
    RUNNER.invoke(app, ["keys", "revoke", made["key_id"]], catch_exceptions=False)
    assert KeyStore(KeyFile(default_state_folder())).read().find(made["key"]) is None
    assert json_of("keys", "list")[0]["revoked"]
    assert "living-room" in RUNNER.invoke(app, ["keys", "list"]).stdout


def test_users_are_created_listed_changed_and_disabled() -> None:
    """The first one ends the open mode; a password is read from standard input."""
    state = default_state_folder()
    create = ["users", "create", "Ada@example.com", "--scope", "outreach:read"]
    refused = RUNNER.invoke(app, [*create, "--password-stdin"], input="too short\n")
    assert isinstance(refused.exception, InputError)
    assert isinstance(RUNNER.invoke(app, create, input="x").exception, InputError)  # no terminal
    assert not KeyStore(KeyFile(state)).read().required  # what was refused changes nothing
    made = RUNNER.invoke(app, [*create, "--password-stdin"], input="correct horse battery\n")
    assert made.exit_code == 0, made.exception
    assert KeyStore(KeyFile(state)).read().required
    RUNNER.invoke(app, ["users", "create", "ben@example.com", "--no-password", "--scope", "admin"])
    RUNNER.invoke(app, ["users", "roles", "ada@example.com", "--scope", "outreach:send"])
    RUNNER.invoke(app, ["users", "disable", "ben@example.com"])
    ada, ben = json_of("users", "list")
    assert (ada["address"], ada["scopes"]) == ("ada@example.com", ["outreach:send"])
    assert (ada["password"], ben["password"]) == (True, False)
    assert (ada["disabled"], ben["disabled"] is None) == (None, False)
    unknown = RUNNER.invoke(app, ["users", "roles", "ada@example.com", "--scope", "everything"])
    assert isinstance(unknown.exception, InputError)


def test_a_key_comes_with_credentials_that_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    """By one command, for the scope that they are for; their secret is nowhere in the state."""
    made = json_of("keys", "create", "campaigns", "--aws")
    secret = installation_secret(default_state_folder(), None)
    signing = AwsCredentials(secret).of_key(made["key_id"])
    assert (made["aws_access_key_id"], made["aws_secret_access_key"]) == signing[:2]
    listed = json_of("keys", "list")[-1]
    assert (listed["scopes"], listed["aws"]) == (["events:write"], True)
    for path in default_state_folder().iterdir():
        assert signing.secret.encode() not in path.read_bytes()
    monkeypatch.setenv("SIZZLE_SECRET", "x" * 32)
    printed = RUNNER.invoke(app, ["keys", "create", "campaigns", "--aws"]).stdout.splitlines()
    assert re.fullmatch(r"AWS_ACCESS_KEY_ID=SIZZLE[0-9A-Z]{10}", printed[0])
    assert re.fullmatch(r"AWS_SECRET_ACCESS_KEY=[\w-]{40}", printed[1])


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
def test_errors_name_their_fix(arguments: list[str], error: type[Exception]) -> None:
    """The command line prints it with the error."""
    result = RUNNER.invoke(app, arguments)
    assert isinstance(result.exception, error)
    assert getattr(result.exception, "fix", "")


def test_config_prints_all_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets are masked."""
    monkeypatch.setenv("SIZZLE_SECRET", "swordfish" * 8)
    monkeypatch.setenv("SIZZLE_BODY_BYTES", "5000")
    settings = json_of("config")
    assert settings["SIZZLE_BODY_BYTES"] == 5000
    assert settings["SIZZLE_PORT"] == 8000
    for words in ([], ["--json"]):
        printed = RUNNER.invoke(app, ["config", *words]).stdout
        assert "swordfish" not in printed
        assert "SIZZLE_SECRET" in printed


@pytest.mark.parametrize(
    ("name", "value"),
    [("SIZZLE_WORKERS", "0"), ("SIZZLE_SECRET", "swordfish"), ("SIZZLE_RATE", "many")],
)
def test_an_invalid_setting_is_named_and_explained(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`serve` refuses it; `config`, to which its message sends, shows it among all others."""
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=name):
        Settings.read()
    shown = RUNNER.invoke(app, ["config", "--json"])
    settings = json.loads(shown.stdout)
    assert shown.exit_code == 2
    assert settings[name].startswith("invalid: ")
    assert settings["SIZZLE_PORT"] == 8000
    assert "swordfish" not in shown.stdout


def test_an_address_in_use_is_an_error() -> None:
    """The error has no traceback."""
    from sizzle.api.server.settings import Settings
    from sizzle.api.server.workers import listen

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match="Cannot listen"):
            listen(Settings.read(port=taken.getsockname()[1]))
