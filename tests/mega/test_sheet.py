"""Reading a sheet: what can be used, and everything that cannot, line by line."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.errors import InputError
from sizzle.mega.sheet import SheetRow, read_sheet
from tests.mega.numbered_films import write_sheet

HEADER = "title_id,name,source,in,length,clip,notes"


def test_a_row_is_read(tmp_path: Path) -> None:
    """Cells are tidied; columns that mean nothing to us are left alone."""
    row = 'a1 ,"One,  of ""us""",one.mov,01:00:00:00, 160 ,opening,mind the logo'
    sheet = write_sheet(tmp_path / "sheet.csv", row, header=HEADER)
    expected = SheetRow(2, "a1", "one.mov", "01:00:00:00", 160, 'One, of "us"', "opening")
    assert read_sheet(sheet) == ([expected], [])


def test_every_bad_cell_is_found_at_once(tmp_path: Path) -> None:
    """All of them, with their lines; the rows without fault are still read."""
    sheet = write_sheet(
        tmp_path / "sheet.csv",
        "a,one.mov,0,160",
        "a b,one.mov,0,80",
        "a,,0,80",
        "a,one.mov,,0",
        "a,one.mov,0,8.5",
        "a,one.mov,0,80,Tears, of Steel",
        "a,one.mov",
    )
    rows, found = read_sheet(sheet)
    assert [row.line for row in rows] == [2]
    assert {finding.rule for finding in found} == {"bad-cell"}
    assert [(finding.lines, finding.found) for finding in found] == [
        ((3,), "'a b'"),
        ((4,), "an empty cell"),
        ((5,), "an empty cell"),
        ((5,), "'0'"),
        ((6,), "'8.5'"),
        ((7,), "extra cells: Tears, of Steel"),
        ((8,), "an empty cell"),
        ((8,), "''"),
    ]
    assert all(finding.fix for finding in found)


def test_a_control_character_is_found(tmp_path: Path) -> None:
    """A timeline's XML could not hold it."""
    sheet = write_sheet(tmp_path / "s.csv", "a,One\x02,one.mov,0,160,,", header=HEADER)
    assert read_sheet(sheet)[1][0].found == "a control character in name"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_what_spreadsheets_write_is_read(tmp_path: Path, separator: str) -> None:
    """A byte order mark, their country's separator, CRLF, and rows of nothing."""
    lines = ["title_id,source,in,length", 'a,one.mov,"0",160', ",,,", ""]
    text = "\r\n".join(lines).replace(",", separator)
    (tmp_path / "sheet.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    rows, found = read_sheet(tmp_path / "sheet.csv")
    assert ([row.length for row in rows], found) == ([160], [])


def test_spaces_after_the_separator_are_nothing(tmp_path: Path) -> None:
    """As people type tables by hand, in the header and before quotes too."""
    header = "title_id, source, in, length"
    sheet = write_sheet(tmp_path / "sheet.csv", 'a, "one, two.mov", 0, 160', header=header)
    assert read_sheet(sheet) == ([SheetRow(2, "a", "one, two.mov", "0", 160)], [])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"title,source,in,length\na,b,0,1\n", "no column title_id"),
        (b"title_id,source,in,in,length\na,b,0,0,1\n", "two columns"),
        (b"title_id,source,in,length\n,,,\n", "no rows"),
        (b"", "no column"),
        ("title_id,source,in,length\n".encode("utf-16"), "not CSV"),
        (b'title_id,source,in,length\n"a"b,c,0,1\n', "not CSV"),
    ],
)
def test_what_is_no_sheet_is_said_to_be_none(tmp_path: Path, content: bytes, says: str) -> None:
    """One error with the file and a fix, as for any input that cannot be used at all."""
    path = tmp_path / "sheet.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says) as raised:
        read_sheet(path)
    assert raised.value.where == str(path)
    assert raised.value.fix


CELLS = st.text(st.sampled_from('a1.;:,\t\n\r"\0\x01 é'), max_size=12)
SHEETS = st.lists(st.lists(CELLS, max_size=6).map(",".join), max_size=6).map("\n".join)


@given(SHEETS.map(str.encode) | st.binary(max_size=60))
def test_any_file_at_all_is_read_or_refused(content: bytes) -> None:
    """Rows with everything they need, findings with lines, or one error; never a traceback."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.csv"
        path.write_bytes(b"title_id,source,in,length\n" + content)
        try:
            rows, found = read_sheet(path)
        except InputError:
            return
    assert all(row.title_id and row.source and row.in_point and row.length for row in rows)
    assert all(finding.lines for finding in found)


def test_a_file_name_keeps_its_spaces(tmp_path: Path) -> None:
    """Only those around it are taken off."""
    rows, _ = read_sheet(write_sheet(tmp_path / "sheet.csv", "a, my  film.mov ,0,160"))
    assert rows[0].source == "my  film.mov"


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    """The system's reason is passed on."""
    with pytest.raises(InputError, match="No such file"):
        read_sheet(tmp_path / "sheet.csv")
