"""Charts place data where their axes say, and take no text for markup."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring

from sizzle.charts import Axes, svg, text, write_svg
from sizzle.errors import InputError

AXES = Axes(100, 50, 200, 80, x=(0, 10), y=(-1, 1))
SVG = "{http://www.w3.org/2000/svg}"


def drawn(*shapes: str) -> list[Element]:
    """The shapes as a reader of SVG sees them, without the background."""
    return list(fromstring(svg(400, 200, shapes)))[1:]


def test_data_is_placed_by_the_axes() -> None:
    """The ends of the data are at the edges, and larger values are further up."""
    (line,) = drawn(AXES.line([(0, -1), (5, 0), (10, 1)]))
    assert line.attrib["points"] == "100.0,130.0 200.0,90.0 300.0,50.0"
    (dot,) = drawn(AXES.dot(5, 0.5, "red"))
    assert (dot.attrib["cx"], dot.attrib["cy"]) == ("200.0", "70.0")


def test_a_box_is_never_too_thin_to_see() -> None:
    """It covers what it spans, and a pixel at least."""
    wide, thin = drawn(AXES.box((2, 4), (0, 1), "red"), AXES.box((2, 2.001), (0, 1), "red"))
    box = [wide.attrib[name] for name in ("x", "y", "width", "height")]
    assert box == ["140.0", "50.0", "40.0", "40.0"]
    assert thin.attrib["width"] == "1.0"


def test_an_area_ends_at_the_lower_edge() -> None:
    """On both sides."""
    (area,) = drawn(AXES.area([(0, 0), (10, 1)]))
    assert area.attrib["points"] == "100.0,130.0 100.0,90.0 300.0,50.0 300.0,130.0"


def test_data_that_never_changes_is_in_the_middle() -> None:
    """And divides by nothing."""
    flat = Axes(0, 0, 100, 100, x=(0, 1), y=(3, 3))
    assert flat.pixel_y(3) == 50


@pytest.mark.parametrize(("seconds", "step"), [(5, 1), (45, 5), (600, 60), (86_400, 3600)])
def test_seconds_are_labelled_sparsely(seconds: int, step: int) -> None:
    """In steps that people count in; from a day on an hour apart."""
    labels = [each.text for each in drawn(*Axes(0, 0, 900, 50, x=(0, seconds)).second_labels())]
    assert labels == [f"{second} s" for second in range(0, seconds + 1, step)]


def test_words_are_no_markup() -> None:
    """Neither in text nor in what is shown to who points at a shape."""
    label, box = drawn(text(0, 0, "<b> & co"), AXES.box((0, 1), (0, 1), "red", "<i>"))
    assert label.text == "<b> & co"
    assert [each.text for each in box.iter(f"{SVG}title")] == ["<i>"]


def test_only_svg_files_are_written(tmp_path: Path) -> None:
    """Another suffix would be a file that nothing opens."""
    write_svg(tmp_path / "a.SVG", svg(10, 10, []))
    assert fromstring((tmp_path / "a.SVG").read_text()).tag == f"{SVG}svg"
    with pytest.raises(InputError, match="written as SVG"):
        write_svg(tmp_path / "a.png", svg(10, 10, []))
    assert not (tmp_path / "a.png").exists()
