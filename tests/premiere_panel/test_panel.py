"""The panel as it ships: a plug-in that Premiere can load, and the command that writes it out."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from sizzle.cli.premiere_panel import register
from sizzle.errors import InputError
from sizzle.premiere_panel import PANEL, PANEL_ID, write_panel
from tests.node_project import SOURCE


def _manifest(folder: Path = PANEL) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def _names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_the_manifest_is_one_that_premiere_takes() -> None:
    """Version 5, all fields that it requires, and Premiere 26.3, whose API the panel uses."""
    manifest = _manifest()
    required = {"manifestVersion", "id", "name", "version", "host", "entrypoints"}
    assert required <= set(manifest)
    assert manifest["manifestVersion"] == 5
    assert manifest["id"] == PANEL_ID
    assert manifest["host"] == {"app": "premierepro", "minVersion": "26.3.0"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    package = json.loads((SOURCE / "package.json").read_text())
    assert manifest["version"] == package["version"]


def test_the_panel_asks_for_no_more_than_pickers() -> None:
    """As it is written without a service: no network, no clipboard, no disk but what is chosen."""
    assert _manifest()["requiredPermissions"] == {"localFileSystem": "request"}


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("https://sizzles.example.com", "https://sizzles.example.com"),
        # A rule with a port fits no address at all.
        ("https://Cut.example.com:8443/sizzles/", "https://cut.example.com"),
        ("http://localhost:8000", "http://localhost"),
    ],
)
@pytest.mark.parametrize("name", ["panel", "panel.ccx"])
def test_a_panel_for_a_service_asks_for_that_one_domain_as_well(
    tmp_path: Path, name: str, address: str, domain: str
) -> None:
    """Its page has the address entered; all else is the same."""
    write_panel(tmp_path / name, address)
    folder = tmp_path / name
    if folder.suffix:
        shutil.unpack_archive(folder, tmp_path / "unpacked", "zip")
        folder = tmp_path / "unpacked" / PANEL_ID
    wanted = {"localFileSystem": "request", "network": {"domains": [domain]}}
    assert _manifest(folder) == {**_manifest(), "requiredPermissions": wanted}
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert f'<input id="service" type="text" value="{address.rstrip("/")}"' in page
    for path in (each for each in PANEL.rglob("*") if each.suffix in {".js", ".css", ".png"}):
        assert (folder / path.relative_to(PANEL)).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "sizzles.example.com",
        "http://sizzles.example.com",
        "https://10.0.0.5:8000",
        "http://127.0.0.1:8000",
        "https://*.example.com",
        "https://me:secret@sizzles.example.com",
        'https://sizzles.example.com/"><script>',
        "https://sizzles.example.com/?key=1",
    ],
)
def test_a_service_that_a_panel_cannot_reach_safely_is_refused(
    tmp_path: Path, address: str
) -> None:
    """Before anything is written: addresses in numbers, plain HTTP, patterns, anything else."""
    with pytest.raises(InputError) as raised:
        write_panel(tmp_path / "panel", address)
    assert "localhost" in raised.value.fix
    assert list(tmp_path.iterdir()) == []


def test_there_is_one_panel_and_its_page_is_there() -> None:
    """The page is the manifest's, and all that it loads is beside it."""
    manifest = _manifest()
    [entry] = manifest["entrypoints"]
    assert (entry["type"], entry["label"]) == ("panel", {"default": "Dynamic Sizzles"})
    page = (PANEL / manifest["main"]).read_text(encoding="utf-8")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert loaded == ["styles.css", "index.js"]
    assert all((PANEL / name).is_file() for name in loaded)
    assert not re.search(r"\bon\w+=|https?:", page), "inline handlers need a permission"
    assert "<title>" not in page, "a panel has its title from Premiere"


def test_icons_have_the_sizes_that_the_manifest_says() -> None:
    """In colour: UXP does not show images in shades of grey."""
    manifest = _manifest()
    for icon in [*manifest["icons"], *manifest["entrypoints"][0]["icons"]]:
        path = PANEL / icon["path"]
        for scale in icon["scale"]:
            suffix = "" if scale == 1 else f"@{scale}x"
            with Image.open(path.with_stem(path.stem + suffix)) as image:
                assert image.size == (icon["width"] * scale, icon["height"] * scale)
                assert image.mode == "RGBA"


def test_the_script_runs_where_there_is_only_uxp() -> None:
    """It asks for UXP's two modules and nothing else, and evaluates no text as code."""
    script = (PANEL / "index.js").read_text(encoding="utf-8")
    assert set(re.findall(r"""require\(["'](.+?)["']\)""", script)) == {"premierepro", "uxp"}
    assert not re.search(r"\beval\(|new Function\(|\binnerHTML\b|\bmodule\.exports\b", script)
    assert "console" not in script, "a log might have the key in it"


def test_write_makes_the_folder(tmp_path: Path) -> None:
    """All of the panel, and nothing else, is in it."""
    manifest = write_panel(tmp_path / "panel")
    assert manifest == tmp_path / "panel" / "manifest.json"
    assert _names(tmp_path / "panel") == _names(PANEL)
    assert [path.name for path in tmp_path.iterdir()] == ["panel"]


def test_write_takes_an_empty_folder(tmp_path: Path) -> None:
    """A folder that was made for it will do."""
    write_panel(tmp_path)
    assert _names(tmp_path) == _names(PANEL)


def test_write_replaces_an_earlier_panel(tmp_path: Path) -> None:
    """What an older version had and this one has not is gone."""
    folder = tmp_path / "panel"
    write_panel(folder)
    (folder / "left-over.js").write_text("old")
    (folder / "index.js").write_text("old")
    write_panel(folder)
    assert _names(folder) == _names(PANEL)
    assert (folder / "index.js").read_bytes() == (PANEL / "index.js").read_bytes()


@pytest.mark.parametrize("manifest", ['{"id": "com.example.other"}', "[]", "no json", None])
def test_write_leaves_alone_what_is_not_ours(tmp_path: Path, manifest: str | None) -> None:
    """A folder with anything else in it, another plug-in too, stays as it is."""
    (tmp_path / "notes.txt").write_text("mine")
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    before = _names(tmp_path)
    with pytest.raises(InputError, match="not empty") as raised:
        write_panel(tmp_path)
    assert raised.value.fix
    assert _names(tmp_path) == before


def test_write_refuses_a_file(tmp_path: Path) -> None:
    """A file is no folder, and is not overwritten."""
    file = tmp_path / "panel"
    file.write_text("mine")
    with pytest.raises(InputError, match="is a file"):
        write_panel(file)
    assert file.read_text() == "mine"


def test_write_needs_the_folder_that_it_goes_into(tmp_path: Path) -> None:
    """A mistyped path makes no tree of folders."""
    with pytest.raises(InputError, match="cannot be written") as raised:
        write_panel(tmp_path / "no" / "panel")
    assert "create the parent folder" in raised.value.fix


@pytest.mark.parametrize("earlier", [True, False])
def test_a_write_that_fails_leaves_no_half_panel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, earlier: bool
) -> None:
    """What was there before is there again, and nothing beside it."""
    folder = tmp_path / "panel"
    if earlier:
        write_panel(folder)
        (folder / "index.js").write_text("old")
    rename = Path.rename

    def fail_at_the_last_step(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(28, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_at_the_last_step)
    with pytest.raises(InputError, match="No space left"):
        write_panel(folder)
    assert [path.name for path in tmp_path.iterdir()] == (["panel"] if earlier else [])
    if earlier:
        assert (folder / "index.js").read_text() == "old"


def test_the_command_says_what_to_do_next(tmp_path: Path) -> None:
    """It writes to standard error, as all that is said to people."""
    app = typer.Typer()
    register(app)
    answer = CliRunner().invoke(app, [str(tmp_path / "panel")])
    assert answer.exit_code == 0
    assert answer.stdout == ""
    assert f"Add Plugin > {tmp_path / 'panel' / 'manifest.json'}" in answer.stderr.replace("\n", "")
    assert _names(tmp_path / "panel") == _names(PANEL)
