"""The documentation does not promise what the program does not do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from sizzle.cli.app import app
from sizzle.events.viewing_policy import ViewingPolicy
from sizzle.layout import Layout
from sizzle.outreach.content.promoted_file import parse_promoted
from sizzle.outreach.journeys.check import check_journey
from sizzle.outreach.journeys.findings import RULES
from sizzle.outreach.journeys.reading import read_journey
from sizzle.outreach.policy.guard_policy import parse_guard_policy

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
ids = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def commands() -> dict[str, set[str]]:
    """Every command with its options, groups spelt out."""
    found: dict[str, set[str]] = {}

    def collect(name: str, command: object) -> None:
        for child_name, child in getattr(command, "commands", {}).items():
            collect(f"{name} {child_name}".strip(), child)
        parameters = getattr(command, "params", [])
        options = {option for each in parameters for option in (*each.opts, *each.secondary_opts)}
        found[name] = options | {"--help"}

    collect("", get_command(app))
    return found


def test_the_page_of_journeys_has_a_sound_one_and_each_rule() -> None:
    """Its example passes all checks; each rule that finds something is there."""
    text = (ROOT / "docs" / "journeys.md").read_text()
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    assert check_journey(read_journey(example), 1_796_000_000_000) == []
    assert [rule for rule in RULES if f"`{rule}`" not in text] == []


@ids
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link is a file of the project."""
    for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@ids
def test_every_command_line_is_one_that_exists(page: Path) -> None:
    """In console blocks: known commands with known options."""
    known = commands()
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL)
    for line in "\n".join(blocks).replace("\\\n", " ").splitlines():
        words = line.split("#")[0].split()
        if words[:1] != ["sizzle"]:
            continue
        names = (" ".join(words[1:end]) for end in (4, 3, 2))
        name = next((name for name in names if name in known), "")
        assert name, line
        options = {word.split("=")[0] for word in words if word.startswith("--")}
        assert options <= known[name], line


@ids
def test_policies_in_the_documentation_can_be_read(page: Path) -> None:
    """TOML blocks are layouts, what is promoted, a guard, or what counts as viewing by default."""
    for block in re.findall(r"```toml\n(.*?)```", page.read_text(), re.DOTALL):
        if "[plays]" in block:
            assert ViewingPolicy.parse(block) == ViewingPolicy()
        elif "[[title]]" in block:
            assert parse_promoted(block, str(page))
        elif "sms_segments" in block:
            assert parse_guard_policy(block)
        else:
            assert Layout.parse(block).run


@ids
def test_every_file_that_is_named_exists(page: Path) -> None:
    """Paths of our own modules, but in the changelog, which names what is gone."""
    if page.name == "CHANGELOG.md":
        return
    for path in re.findall(
        r"`((?:sizzle|ranker|player_stub|fixtures|tests|benchmarks)/[\w/.-]+)`", page.read_text()
    ):
        assert (ROOT / path).exists(), path
