"""What a sheet becomes: a timeline that validates, and reads back as it was laid out."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest

from sizzle.errors import InputError
from sizzle.ingest import read_timeline, read_titles
from sizzle.layout import FrameSize, Layout, check
from sizzle.layout.naming import NamedBy, Naming
from sizzle.mega import MegaPlan, Options, check_overwrites_no_source, plan, write
from sizzle.timecode import FrameRate
from tests.mega.numbered_films import H264, LAYOUT, a_title, film, write_sheet

NAMED = "title_id,source,in,length,name,clip"


def built(sheet: Path, layout: Layout = LAYOUT, options: Options | None = None) -> MegaPlan:
    """The plan of a sheet without errors, written to its folder."""
    made = plan(sheet, layout, options)
    assert made.timeline, made.findings
    write(made, sheet.parent)
    return made


@pytest.fixture
def sheet(footage: Path, tmp_path: Path) -> Path:
    """Two titles of one film, whose name and folder need encoding."""
    folder = tmp_path / "Füße & #1"
    folder.mkdir()
    (folder / "a b%.mov").write_bytes(footage.read_bytes())
    names = ['One & <"Only">', ""]
    rows = [f"{row},{name}," for row, name in zip(a_title("a", "a b%.mov"), names * 2, strict=True)]
    others = [f"{row},," for row in a_title("b", "a b%.mov", 50)]
    return write_sheet(folder / "sheet.csv", *others, *rows, header=NAMED)


@pytest.mark.parametrize("name", ["mega.xml", "mega.otio"])
def test_what_is_written_reads_back_and_validates(sheet: Path, name: str) -> None:
    """The very timeline that was laid out, from either file, and no findings."""
    made = built(sheet)
    reading = read_timeline(sheet.parent / name)
    assert made.timeline
    # OTIO has no place for the size of the picture.
    picture = reading.timeline.picture or made.timeline.picture
    assert replace(reading.timeline, picture=picture) == made.timeline
    assert reading.findings == ()
    assert check(reading.timeline, LAYOUT).findings == ()


def test_clips_are_arranged_numbered_and_named(sheet: Path) -> None:
    """Titles as listed, lengths as the layout wants them; markers say keys and titles' names."""
    timeline = built(sheet).timeline
    assert timeline
    assert [item.source_in for item in timeline.items] == [58, 82, 50, 74, 8, 32, 0, 24]
    assert [item.record.duration for item in timeline.items] == [*LAYOUT.run] * 2
    assert [marker.name for marker in timeline.markers][3:6] == [
        "b-clip-4",
        "a-clip-1",
        "a-clip-2",
    ]
    assert {marker.comment for marker in timeline.markers} == {"b", 'One & <"Only">'}
    assert timeline.picture == FrameSize(128, 64)


def test_titles_are_written_for_ingest(sheet: Path) -> None:
    """A title is called by its id where no row says its name."""
    built(sheet)
    titles = read_titles(sheet.parent / "titles.csv")
    assert [(title.title_id, title.name) for title in titles.values()] == [
        ("b", "b"),
        ("a", 'One & <"Only">'),
    ]


def test_premiere_finds_the_media(sheet: Path) -> None:
    """One file in full, with its address, length, size and own timecode; then by its id."""
    built(sheet)
    files = parse(sheet.parent / "mega.xml").findall(".//clipitem/file")
    assert len({file.get("id") for file in files}) == 1
    first, *others = files
    url = first.findtext("pathurl") or ""
    assert url.startswith("file://localhost/")
    assert url.endswith("F%C3%BC%C3%9Fe%20%26%20%231/a%20b%25.mov")
    said = [first.findtext(path) for path in ("name", "duration", "timecode/string", ".//width")]
    assert said == ["a b%.mov", "120", "10:00:00:00", "128"]
    assert all(len(other) == 0 for other in others)


def test_smaller_sources_are_scaled_to_the_sequence(sheet: Path) -> None:
    """In Premiere as in the rendered media; at the sequence's own size nothing is added."""
    path = "//filter/effect/parameter/value"
    built(sheet, options=Options(picture=FrameSize(512, 128)))
    values = [element.text for element in parse(sheet.parent / "mega.xml").findall(f".{path}")]
    assert values == ["200"] * 8
    built(sheet)
    assert parse(sheet.parent / "mega.xml").findall(f".{path}") == []


def test_as_listed_the_order_is_the_sheets(footage: Path) -> None:
    """Where the layout allows it; where not, the rows are said."""
    rows = [
        f"a,one.mov,{start},{length}" for start, length in ((0, 16), (60, 16), (30, 8), (20, 8))
    ]
    listed = write_sheet(footage.parent / "listed.csv", *rows)
    made = plan(listed, LAYOUT, Options(as_listed=True))
    assert [cut.frames.start for cut in made.cuts] == [0, 60, 30, 20]
    wrong = plan(
        write_sheet(footage.parent / "wrong.csv", *rows[::-1]), LAYOUT, Options(as_listed=True)
    )
    assert [(finding.rule, finding.lines) for finding in wrong.findings] == [
        ("wrong-order", (2, 3, 4, 5))
    ]


def test_everything_wrong_is_found_in_one_run(footage: Path) -> None:
    """Of cells, counts, names, sources and in points; sorted by line, and no timeline."""
    rows = [f"{row},A," for row in a_title("a", "one.mov")]
    rows[1] = "a,one.mov,110,16,B,"
    rows += ["b,two.mov,0,16,,", "b c,one.mov,0,16,,", "b,one.mov,0,17,,"]
    made = plan(write_sheet(footage.parent / "bad.csv", *rows, header=NAMED), LAYOUT)
    assert [(finding.rule, finding.lines) for finding in made.findings] == [
        ("name-differs", (2, 3)),
        ("past-end", (3,)),
        ("unreadable-source", (6,)),
        ("missing-clip", (6, 8)),
        ("bad-cell", (7,)),
        ("wrong-length", (8,)),
    ]
    assert made.timeline is None


def test_names_follow_the_layouts_pattern(footage: Path) -> None:
    """The clip column says them; one that does not match is found at its line."""
    pattern = Naming(NamedBy.PATTERN, re.compile(r"(?P<title_id>[a-z]+)_(?P<number>\d+)"))
    layout = replace(LAYOUT, naming=pattern)
    rows = [f"{row},,a_{n}" for row, n in zip(a_title("a", "one.mov"), (3, 1, 4, 2), strict=True)]
    sheet = write_sheet(footage.parent / "named.csv", *rows, header=NAMED)
    made = plan(sheet, layout)
    assert made.timeline
    assert [item.name for item in made.timeline.items] == ["a_1", "a_2", "a_3", "a_4"]
    rows[2] = rows[2].replace("a_4", "opening")
    broken = plan(write_sheet(sheet, *rows, header=NAMED), layout)
    assert broken.timeline is None
    assert {(finding.rule, finding.lines, finding.title_id) for finding in broken.findings} == {
        ("breaks-layout", (4,), "a")
    }
    assert "title-unknown: opening" in [finding.found for finding in broken.findings]


def test_a_drop_frame_layout_reads_back(tmp_path: Path) -> None:
    """From OTIO too, whose rates do not say it."""
    rate = FrameRate(30000, 1001, drop_frame=True)
    layout = replace(LAYOUT, rate=rate, start=rate.parse_timecode("00:59:59;20"))
    film(tmp_path / "one.mp4", 60, "30000/1001", coding=H264)
    made = built(write_sheet(tmp_path / "sheet.csv", *a_title("a", "one.mp4")), layout)
    for name in ("mega.xml", "mega.otio"):
        reading = read_timeline(tmp_path / name)
        assert replace(reading.timeline, picture=FrameSize(128, 64)) == made.timeline
        assert (*reading.findings, *check(reading.timeline, layout).findings) == ()


def test_a_source_is_never_overwritten(footage: Path) -> None:
    """Were it rendered to, the next build would cut from the wrong film."""
    sheet = write_sheet(footage.parent / "sheet.csv", *a_title("a", "one.mov"))
    made = plan(sheet, LAYOUT)
    check_overwrites_no_source(made, footage.with_name("mega.mov"))
    with pytest.raises(InputError, match="overwrite"):
        check_overwrites_no_source(made, footage)


def test_a_size_that_cannot_be_encoded_is_refused(footage: Path) -> None:
    """Before anything is read."""
    with pytest.raises(InputError, match="641x360"):
        plan(footage, LAYOUT, Options(picture=FrameSize(641, 360)))


def test_a_rate_that_xml_cannot_say_is_refused(footage: Path) -> None:
    """A timebase is whole, or a thousandth slower."""
    with pytest.raises(InputError, match="5/2"):
        plan(footage, replace(LAYOUT, rate=FrameRate(5, 2)))
