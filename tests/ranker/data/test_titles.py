"""Title metadata and its file."""

from pathlib import Path

import pytest

from ranker import (
    HistoryError,
    read_titles,
)
from tests.ranker.small_histories import TITLES, title_lines


def test_titles_come_back_from_their_file(tmp_path: Path) -> None:
    """Every field is read as it was written; a year alone is its January 1."""
    path = tmp_path / "titles.jsonl"
    path.write_text(title_lines(TITLES) + '\n{"title_id": "y", "released": "1999"}\n')
    read = read_titles(path)
    assert {title: read[title] for title in TITLES} == TITLES
    assert str(read["y"].released) == "1999-01-01"


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{torn", "not valid JSON"),
        ("[1]", "not a JSON object with a `title_id`"),
        ('{"genres": ["x"]}', "not a JSON object with a `title_id`"),
        ('{"title_id": 7}', "`title_id` must be a string"),
        ('{"title_id": "x", "genres": "drama"}', "`genres` must be a list"),
        ('{"title_id": "x", "genres": [""]}', "`genres` must hold non-empty strings"),
        ('{"title_id": "x", "tags": [' + '"t",' * 200 + '"t"]}', "`tags` must be a list"),
        ('{"title_id": "x", "released": "soon"}', "`released` is 'soon'"),
        ('{"title_id": "x", "released": 1999}', "`released` is 1999"),
    ],
)
def test_a_bad_title_is_named_with_its_line(tmp_path: Path, line: str, what: str) -> None:
    """The error names file and line, and a valid line."""
    path = tmp_path / "titles.jsonl"
    path.write_text('{"title_id": "a"}\n' + line + "\n")
    with pytest.raises(HistoryError, match=what) as caught:
        read_titles(path)
    assert caught.value.where == f"{path}, line 2"
