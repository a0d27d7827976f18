"""Findings as programs read them, byte for byte: JSON and SARIF."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import fromstring, tostring

import pytest
from typer.testing import CliRunner

from fixtures.defects import DEFECTS, clean_xml, sequence_of
from sizzle import __version__
from sizzle.cli.app import app
from tests.golden import check_golden

BROKEN = ("79 frames", "dissolve", "marker deleted", "disabled")


@pytest.fixture
def printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `sizzle validate` prints of a timeline with four defects, which stands in the folder."""
    monkeypatch.chdir(tmp_path)
    root = fromstring(clean_xml())
    for name in BROKEN:
        next(defect for defect in DEFECTS if defect.name == name).breaks(sequence_of(root))
    Path("mega.xml").write_bytes(tostring(root))
    answer = CliRunner().invoke(app, ["validate", "mega.xml", "--json", "--sarif", "out.sarif"])
    assert answer.exit_code == 1, answer.output
    return answer.stdout


def test_findings_as_json(printed: str) -> None:
    """As the command prints them."""
    check_golden("findings.json", printed.encode())


def test_findings_as_sarif(printed: str) -> None:
    """As the command writes them, but for the program's version."""
    log = Path("out.sarif").read_text()
    check_golden("findings.sarif", log.replace(f'"{__version__}"', '"VERSION"').encode())
