"""The state folder is the same from wherever one starts, and none of an earlier version is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.api.server.settings import Settings
from sizzle.errors import InputError
from sizzle.state_folder import default_state_folder, state_folder


@pytest.fixture(autouse=True)
def working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty one, of a user without any state."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_the_default_does_not_depend_on_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that is created in one directory is known to a service that starts in another."""
    key = KeyStore(KeyFile(state_folder())).create("a test", [ApiScope.READ])[1]
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert Settings.read().state == state_folder() == default_state_folder()
    assert state_folder().is_absolute()
    assert KeyStore(KeyFile(Settings.read().state)).read().find(key) is not None


@pytest.mark.parametrize("name", ["keys.json", "secret"])
def test_the_folder_of_an_earlier_version_is_never_ignored(
    name: str, working_directory: Path
) -> None:
    """The error names both folders, and its fix works as it is printed."""
    former = working_directory / "service"
    former.mkdir()
    (former / name).write_text("kept")
    with pytest.raises(InputError, match=name):
        Settings.read()
    with pytest.raises(InputError, match=name) as caught:
        state_folder()
    assert str(default_state_folder()) in caught.value.what
    assert f"SIZZLE_STATE={former}" in caught.value.fix
    shutil.copytree(former, default_state_folder())
    assert state_folder() == default_state_folder()


def test_an_explicit_choice_goes_before_everything(
    working_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option before the environment; both are taken as they are, but absolute."""
    former = working_directory / "service"
    former.mkdir()
    (former / "keys.json").write_text("{}")
    monkeypatch.setenv("SIZZLE_STATE", "service")
    assert state_folder() == former
    assert state_folder(Path("other")) == working_directory / "other"
