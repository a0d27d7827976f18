"""`sizzle mega build` as editors and programs use it."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest
import typer
from typer.testing import CliRunner, Result

from sizzle.cli import mega
from sizzle.errors import InputError
from sizzle.ingest import MediaFiles, build_index, read_timeline, read_titles
from sizzle.layout import check
from sizzle.mega import SHEET_RULES, spell_lines
from tests.mega.numbered_films import LAYOUT, a_title, write_sheet

DOCS = Path(__file__).parents[2] / "docs" / "mega-build.md"
POLICY = """
name = "small"
rate = "24000/1001"
start_timecode = "01:00:00:00"
clips = ["2x16", "2x8"]
"""


@pytest.fixture
def folder(footage: Path, tmp_path: Path) -> Path:
    """A sheet of two titles, their film, and the layout that they keep."""
    (tmp_path / "one.mov").write_bytes(footage.read_bytes())
    (tmp_path / "layout.toml").write_text(POLICY)
    write_sheet(tmp_path / "sheet.csv", *a_title("a", "one.mov"), *a_title("b", "one.mov", 60))
    return tmp_path


def run(*arguments: object) -> Result:
    """Run the command, in an application that marks its help up as ours does."""
    app = typer.Typer(rich_markup_mode="markdown")
    mega.register(app)
    return CliRunner().invoke(app, ["mega", "build", *map(str, arguments)])


def build(folder: Path, *options: str) -> Result:
    """Build a folder's sheet."""
    places = ("--layout", folder / "layout.toml", "--out", folder / "out")
    return run(folder / "sheet.csv", *places, *options)


def test_what_is_built_can_be_ingested(folder: Path) -> None:
    """Timeline, media and titles belong together: checked and indexed without a finding."""
    answer = build(folder, "--render", "--size", "64x32", "--json")
    assert answer.exit_code == 0, answer.output
    said = json.loads(answer.stdout)
    out = folder / "out"
    names = ["mega.xml", "mega.otio", "titles.csv", "mega.mp4"]
    assert said["written"] == [str(out / name) for name in names]
    assert (said["titles"], said["clips"], said["frames"], said["findings"]) == (2, 8, 96, [])
    reading = read_timeline(out / "mega.xml")
    checked = check(reading.timeline, LAYOUT)
    titles = read_titles(out / "titles.csv")
    index = build_index("m", reading.timeline, checked, MediaFiles(out / "mega.mp4"), titles)
    assert [clip.key for clip in index.clips][::5] == ["a-clip-1", "b-clip-2"]


def test_without_render_nothing_is_encoded(folder: Path) -> None:
    """The timeline is a matter of moments; the media is asked for."""
    answer = build(folder, "--name", "Autumn")
    assert answer.exit_code == 0, answer.output
    assert "2 titles, 8 clips, 96 frames." in answer.stderr
    names = {path.name for path in (folder / "out").iterdir()}
    assert names == {"mega.xml", "mega.otio", "titles.csv"}
    assert read_timeline(folder / "out" / "mega.xml").timeline.name == "Autumn"


def test_the_container_can_be_chosen(folder: Path) -> None:
    """QuickTime for those who edit on."""
    answer = build(folder, "--render", "--container", "mov", "--size", "64x32")
    assert answer.exit_code == 0, answer.output
    with av.open(str(folder / "out" / "mega.mov")) as container:
        assert container.metadata["major_brand"] == "qt  "


def test_errors_are_printed_and_nothing_is_written(folder: Path) -> None:
    """Exit code 1, a line for each finding, and no folder even."""
    write_sheet(folder / "sheet.csv", *a_title("a", "one.mov")[:3], "a,one.mov,110,16")
    answer = build(folder, "--render")
    assert answer.exit_code == 1
    assert "past-end (error)" in answer.stdout
    assert "Nothing was written." in answer.stderr
    assert not (folder / "out").exists()
    (finding,) = json.loads(build(folder, "--json").stdout)["findings"]
    assert (finding["rule"], finding["lines"], finding["title_id"]) == ("past-end", [5], "a")


def test_warnings_are_printed_and_do_not_stop(folder: Path) -> None:
    """Clips that share frames may be meant: one rule here and in `sizzle validate`."""
    rows = [*a_title("a", "one.mov")[:3], "a,one.mov,12,16"]
    write_sheet(folder / "sheet.csv", *rows)
    answer = build(folder)
    assert answer.exit_code == 0
    assert "overlap (warning)" in answer.stdout


def test_what_cannot_be_used_at_all_is_an_error(folder: Path) -> None:
    """Which the command line turns into exit code 2."""
    (folder / "sheet.csv").write_bytes(b"\xff\xfe\x00")
    answer = build(folder)
    assert isinstance(answer.exception, InputError)
    assert answer.exception.exit_code == 2
    assert build(folder, "--size", "big").exit_code == 2


def test_help_has_an_example() -> None:
    """An example to copy says more than a list of options."""
    assert "Example: sizzle mega build" in run("--help").stdout


def test_every_rule_is_explained_to_editors() -> None:
    """In docs/mega-build.md, with its severity."""
    page = DOCS.read_text(encoding="utf-8")
    for rule in SHEET_RULES.values():
        assert f"| `{rule.rule_id}` | {rule.severity} |" in page


def test_lines_are_spelt_as_people_write_them() -> None:
    """Runs are drawn together."""
    assert spell_lines([2, 3, 4, 9, 11, 12]) == "2-4, 9, 11-12"
    assert spell_lines([]) == ""
