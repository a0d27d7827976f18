"""In points, ends and sources: each row that cannot be cut is found, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sizzle.media.facts import Colours, VideoFacts
from sizzle.media.gate import video_problems
from sizzle.mega.cuts import SourceCut, find_cuts
from sizzle.mega.findings import SheetFinding
from sizzle.mega.sheet import SheetRow
from sizzle.mega.source import Source
from sizzle.mega.source_checks import check_sources
from sizzle.timecode import FrameRate
from tests.mega.numbered_films import LAYOUT, NTSC, film

FACTS = VideoFacts(NTSC, 120, (128, 64))
SOURCE = Source(Path("/f/one.mov"), NTSC, 120, None, FACTS)


def row(line: int, in_point: str, length: int = 8, source: str = "one.mov") -> SheetRow:
    """A row of title `a`."""
    return SheetRow(line, "a", source, in_point, length)


def cut(
    footage: Path, *rows: SheetRow, conform: bool = False
) -> tuple[list[SourceCut], list[SheetFinding]]:
    """Cut rows from the footage's folder."""
    return find_cuts(rows, footage.parent, LAYOUT, conform=conform)


def checked(conform: bool = False, **facts: object) -> list[SheetFinding]:
    """What is wrong with a source of those facts."""
    source = replace(SOURCE, **facts)  # type: ignore[arg-type]
    return list(check_sources([(source, [row(2, "0"), row(3, "8")])], LAYOUT, conform))


def test_in_points_are_frames_or_the_sources_own_timecode(footage: Path) -> None:
    """Its timecode starts at 10:00:00:00, and frame 0 is shown there."""
    rows = [row(2, "30"), row(3, "10:00:01:06"), row(4, "10:00:00:00"), row(5, "112")]
    cuts, found = cut(footage, *rows)
    assert [each.frames.start for each in cuts] == [30, 30, 0, 112]
    assert [finding.rule for finding in found] == ["duplicate-row"]


def test_a_source_without_timecode_counts_from_zero(tmp_path: Path) -> None:
    """As its screen does; at 29.97 as drop-frame or not, as the sheet writes it."""
    path = film(tmp_path / "one.mp4", 40, "30000/1001")
    rows = [row(2, "00:00:01:02", source=path.name), row(3, "00:00:00;20", source=path.name)]
    cuts, _ = find_cuts(rows, tmp_path, LAYOUT, conform=True)
    assert [each.frames.start for each in cuts] == [32, 20]


@pytest.mark.parametrize(
    ("in_point", "rule", "found"),
    [
        ("113", "past-end", "8 frames from frame 113 (10:00:04:17)"),
        ("10:01:00:00", "past-end", "8 frames from frame 1440 (10:01:00:00)"),
        ("00:00:01:00", "in-point", "00:00:01:00, before its start at frame 0 (10:00:00:00)"),
        ("10:00:00;10", "in-point", "'10:00:00;10' contradicts the rate, which counts non-drop."),
        ("10:00:00:24", "in-point", "'10:00:00:24' has a field out of range at 24000/1001."),
        ("0.5 s", "in-point", "'0.5 s' is not a timecode."),
        ("-1", "in-point", "'-1' is not a timecode."),
    ],
)
def test_an_in_point_that_names_no_frame(
    footage: Path, in_point: str, rule: str, found: str
) -> None:
    """Each in the words that help to find it."""
    cuts, (finding,) = cut(footage, row(7, in_point))
    assert cuts == []
    assert (finding.rule, finding.lines, finding.found) == (rule, (7,), found)
    assert finding.fix


def test_how_far_back_an_in_point_must_move_is_said(footage: Path) -> None:
    """The last one that fits, or that none does."""
    _, found = cut(footage, row(2, "113"), row(3, "0", 121))
    fixes = {finding.lines[0]: finding.fix for finding in found}
    assert fixes == {2: "start at frame 112 (10:00:04:16) or earlier.", 3: "use a longer file."}


def test_a_source_that_is_not_there_is_one_finding(footage: Path) -> None:
    """For all its rows; those of other sources are still cut."""
    rows = [row(2, "0", source="two.mov"), row(3, "0"), row(4, "9", source="./x/../two.mov")]
    cuts, (finding,) = cut(footage, *rows)
    assert [each.row.line for each in cuts] == [3]
    assert (finding.rule, finding.lines) == ("unreadable-source", (2, 4))
    assert finding.found == "two.mov: The file does not exist."


def test_frames_used_twice_in_a_title(footage: Path) -> None:
    """The same row again is an error; clips that share most of their frames are a warning."""
    rows = [row(2, "0", 16), row(3, "4", 16), row(4, "40"), row(5, "40"), row(6, "2"), row(7, "48")]
    rows += [row(8, "42")]
    _, found = cut(footage, *rows)
    assert sorted((finding.rule, str(finding.severity), finding.lines) for finding in found) == [
        ("duplicate-row", "error", (4, 5)),
        ("overlap", "warning", (2, 3)),
        ("overlap", "warning", (4, 8)),
    ]


def test_other_titles_may_use_the_same_frames(footage: Path) -> None:
    """A shared logo is nobody's fault."""
    assert cut(footage, row(2, "0"), replace(row(3, "0"), title_id="b"))[1] == []


def test_a_rate_that_is_not_the_layouts() -> None:
    """An error unless conformed; then a warning only where it is seen."""
    film24, pal, video = FrameRate(24), FrameRate(25), FrameRate(30000, 1001)
    assert [(finding.rule, finding.lines) for finding in checked(rate=film24)] == [
        ("source-rate", (2, 3))
    ]
    assert checked(conform=True, rate=film24) == []
    assert checked(conform=True, rate=pal) == []
    (slow,) = checked(conform=True, rate=video)
    assert (slow.rule, slow.severity, slow.found) == ("conform-speed", "warning", "80 %: one.mov")


def test_what_else_is_wrong_with_a_source() -> None:
    """Each is said by its own rule."""
    pq = Colours(transfer=16)
    facts = replace(FACTS, irregular=37, interlaced=True, edits=3, colours=pq)
    found = checked(facts=facts, problems=tuple(video_problems(facts)))
    assert [(finding.rule, str(finding.severity)) for finding in found] == [
        ("variable-rate", "error"),
        ("source-format", "error"),
        ("interlaced", "error"),
        ("hdr", "error"),
    ]
    assert found[0].found == "a variable frame rate, from frame 37 on: one.mov"


def test_what_many_sources_share_is_said_once() -> None:
    """With the lines of all of them."""
    others = [replace(SOURCE, path=Path(f"/f/{n}.mov"), rate=FrameRate(24)) for n in range(3)]
    used = [(source, [row(line, "0")]) for line, source in enumerate(others, 2)]
    (finding,) = check_sources(used, LAYOUT, conform=False)
    assert (finding.lines, finding.found) == ((2, 3, 4), "24: 0.mov and 2 more")
