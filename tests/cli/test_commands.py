"""The command line as people and programs use it: exit codes, tables, JSON, help."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fixtures.defects import DEFECTS, clean_xml
from sizzle.cli.app import app
from tests.command_line import SIZZLE, sizzle

COMMANDS = (
    "ingest",
    "validate",
    "titles",
    "compose",
    "render",
    "verify",
    "serve",
    "config",
    "keys create",
    "keys list",
    "keys revoke",
    "demo",
    "mega build",
    "package",
    "play",
    "premiere-panel",
    "train",
    "rank",
    "rank-batch",
    "evaluate",
    "embed",
    "clusters",
)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A timeline with a clip of 79 frames."""
    path = tmp_path / "broken.xml"
    path.write_bytes(next(defect for defect in DEFECTS if defect.name == "79 frames").xml())
    return path


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """A timeline without a defect."""
    path = tmp_path / "clean.xml"
    path.write_text(clean_xml())
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    """An example to copy says more than a list of options."""
    answer = CliRunner().invoke(app, [*command.split(), "--help"])
    assert answer.exit_code == 0
    assert f"Example: sizzle {command}" in answer.stdout


def test_help_loads_nothing_heavy() -> None:
    """torch, OTIO, PyAV and the web framework are imported only by commands that need them."""
    program = (
        "import sys\n"
        "sys.argv = ['sizzle', 'validate', '--help']\n"
        "from sizzle.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'opentimelineio', 'av', 'fastapi', 'numpy', 'PIL'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr


def test_validate_without_findings(clean: Path) -> None:
    """Started as a shell would, it exits with 0 and says how many clips keep their layout."""
    command = [*SIZZLE, "validate", str(clean)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout) == (0, "")
    assert "28 clips keep their layout" in answer.stderr


def test_validate_with_findings(broken: Path) -> None:
    """Exits with 1; JSON has every finding with where it is and how to mend it."""
    answer = sizzle("validate", broken, "--json")
    assert answer.returncode == 1
    (finding,) = json.loads(answer.stdout)["findings"]
    assert (finding["rule"], finding["timecode"]) == ("wrong-length", "01:00:13:08")
    assert finding["fix"] == "extend its tail by 1 frame, over the gap behind it."
    (edit,) = finding["edits"]
    assert (edit["operation"], edit["from"], edit["to"]) == ("trim-tail", 399, 400)


def test_validate_prints_a_table(broken: Path) -> None:
    """For people: the same, in rows."""
    answer = sizzle("validate", broken)
    assert answer.returncode == 1
    assert "1 finding" in answer.stdout
    assert "01:00:13:08" in answer.stdout


def test_findings_in_every_form(broken: Path, tmp_path: Path) -> None:
    """SARIF for programs, markers for Premiere, a picture for people; all of the same findings."""
    sarif, markers, picture = (tmp_path / name for name in ("a.sarif", "b.xml", "c.png"))
    answer = sizzle(
        "validate", broken, "--sarif", sarif, "--markers", markers, "--picture", picture
    )
    assert answer.returncode == 1
    results = json.loads(sarif.read_text())["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["wrong-length"]
    assert markers.read_text().count("wrong-length (aurora-clip-3)") == 1
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_validate_fixes_what_a_program_can(clean: Path, tmp_path: Path) -> None:
    """Each change is told, the input stays, and the exit code says what is left for an editor."""
    late, out = tmp_path / "late.xml", tmp_path / "fixed.xml"
    late.write_text(
        clean.read_text().replace("<in>160</in>\n\t\t\t<out>-1", "<in>161</in>\n\t\t\t<out>-1")
    )
    before = late.read_bytes()
    answer = sizzle("validate", late, "--fix", out, "--json")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["fixed"] == [
        "moved aurora-clip-2 from 01:00:06:17 to 01:00:06:16"
    ]
    assert (late.read_bytes(), out.read_bytes()) == (before, clean.read_bytes())
    assert sizzle("validate", late, "--fix", late).returncode == 2
    assert late.read_bytes() == before


def test_a_layout_policy_can_be_given(clean: Path, tmp_path: Path) -> None:
    """Against another layout the same timeline has findings."""
    layout = tmp_path / "layout.toml"
    layout.write_text(
        'name = "short"\nrate = "25"\nstart_timecode = "00:00:00:00"\nclips = ["1x40"]'
    )
    answer = sizzle("validate", clean, "--layout", layout, "--json")
    rules = {finding["rule"] for finding in json.loads(answer.stdout)["findings"]}
    assert rules == {"rate", "wrong-length", "extra-clip"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("validate", "nowhere.xml"), "cannot be read"),
        (("validate", "."), "The file is a folder"),
        (("validate", "text.xml"), "is not a timeline"),
        (("validate", "clean.xml", "--layout", "text.xml"), "not valid TOML"),
        (("validate", "clean.xml", "--layout", "nowhere.toml"), "nowhere.toml"),
        (("validate",), "Missing argument"),
        (("titles", "nowhere"), "nowhere"),
        (("titles", "demo", "--catalog", "text.xml"), "text.xml"),
        (("train", "nowhere.jsonl"), "nowhere.jsonl"),
        (("train", "text.xml"), "line 1"),
        (("verify", "nowhere.mp4", "text.xml"), "Not a timecode list"),
        (("render", "nowhere.json", "--out", "x.mp4"), "cannot be read"),
        (("fly",), "No such command"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else "",
)
def test_bad_input_exits_with_2_and_no_traceback(
    arguments: tuple[str, ...], says: str, clean: Path, tmp_path: Path
) -> None:
    """What is wrong stands on standard error, and standard output stays empty."""
    (tmp_path / "text.xml").write_text("just a text\n")
    answer = sizzle(*arguments, cwd=tmp_path)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr


def test_ingest_of_a_broken_timeline_publishes_nothing(broken: Path, tmp_path: Path) -> None:
    """Exits with 1, prints the findings, and leaves no catalog behind."""
    catalog = tmp_path / "catalog"
    answer = sizzle("ingest", broken, "--video", "no.mp4", "--asset", "demo", "--catalog", catalog)
    assert answer.returncode == 1
    assert "wrong-length" in answer.stdout
    assert "Nothing was published" in answer.stderr
    assert not catalog.exists()


def test_ingest_without_its_media_publishes_nothing(clean: Path, tmp_path: Path) -> None:
    """A timeline alone makes no Mega Asset."""
    catalog = tmp_path / "catalog"
    answer = sizzle(
        "ingest", clean, "--video", tmp_path / "no.mp4", "--asset", "demo", "--catalog", catalog
    )
    assert answer.returncode == 2
    assert "does not exist" in answer.stderr
    assert not catalog.exists()
