"""Sheets as spreadsheets of other countries save them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sizzle.ingest.sheet import read_clip_sheet, read_titles


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators(tmp_path: Path, separator: str) -> None:
    """Commas, semicolons and tabs are told apart by the first row."""
    path = tmp_path / "sheet.csv"
    path.write_text("title_id,name\naurora,Aurora Rising\n".replace(",", separator))
    assert read_titles(path)["aurora"].name == "Aurora Rising"
    path.write_text("clip_name,title_id\nA1,aurora\n".replace(",", separator))
    assert read_clip_sheet(path) == {"A1": "aurora"}
