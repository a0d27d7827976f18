"""A journey's picture is sound SVG, whatever its steps are called and however they lead around."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, fromstring

from hypothesis import given
from hypothesis import strategies as st

from sizzle.outreach.journeys.model import Journey
from sizzle.outreach.journeys.picture import picture
from sizzle.outreach.journeys.words import step_rows
from tests.outreach.journeys.sample_journeys import journey, send

SVG = "{http://www.w3.org/2000/svg}"
WAIT = {"id": "pause", "type": "wait", "for": "3 days", "next": "second"}
TWO = journey(send(next="pause", name="Hello"), WAIT, send("second"))


def drawn(
    of: Journey, standing: dict[str, int] | None = None, outcomes: dict[str, int] | None = None
) -> Element:
    """The picture, read as XML."""
    return fromstring(picture(of, standing or {}, outcomes or {}))


def texts(root: Element) -> list[str]:
    """What it says."""
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def test_it_says_what_the_steps_do_and_how_many_stand_where() -> None:
    """The label says it to those who do not see it, and the table says the same."""
    root = drawn(TWO, {"pause": 12345}, {"completed": 7, "converted": 2})
    assert {"Hello", "send title aurora by EMAIL", "wait 3 days", "12,345"} <= set(texts(root))
    assert root.get("role") == "img"
    assert "12345 inside" in (root.get("aria-label") or "")
    assert "7 completed, 2 converted" in texts(root)[-1]
    rows = [
        (row.step, row.what, row.leads_to, row.standing) for row in step_rows(TWO, {"pause": 3})
    ]
    assert rows[1] == ("pause", "wait 3 days", "second", 3)
    assert rows[2][2] == "completed"


def test_markup_in_names_is_text_and_there_is_no_style_that_pages_forbid() -> None:
    """A strict policy refuses inline styles, scripts and what comes from elsewhere."""
    evil = '"><script>alert(1)</script>&amp;<a href="x">'
    trigger = {"on": "event", "event": {"type": evil[:60]}}
    svg = picture(journey(send(name=evil, promoted_id=evil[:60]), trigger=trigger), {}, {evil: 2})
    root = fromstring(svg)
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
        "svg", "path", "rect", "text", "g", "title",
    }  # fmt: skip
    assert any(one.startswith('"><script>') for one in texts(root))
    names = {name for one in root.iter() for name in one.attrib}
    assert not names & {"style", "class", "href", "id"}
    assert not [name for name in names if name.startswith("on")]


@given(targets=st.lists(st.integers(0, 12), min_size=24, max_size=24), count=st.integers(1, 12))
def test_any_ways_are_drawn_within_the_picture(targets: list[int], count: int) -> None:
    """Cycles, steps that nobody reaches, and ways that pass many rows."""
    names = [f"s{n}" for n in range(count)]

    def to(number: int) -> str:
        return [*names, ""][targets[number] % (count + 1)]

    steps: list[dict[str, Any]] = [
        {
            "id": name, "type": "condition", "if": {"segment_id": "g"}, "next": to(2 * n),
            "otherwise": to(2 * n + 1),
        }
        for n, name in enumerate(names)
    ]  # fmt: skip
    root = drawn(journey(*steps))
    width, height = float(root.get("width") or 0), float(root.get("height") or 0)
    boxes = list(root.iter(f"{SVG}rect"))
    assert len(boxes) == count + 2  # the start and the end
    places = [tuple(float(box.get(name) or 0) for name in ("x", "y")) for box in boxes]
    assert len(set(places)) == len(places)
    assert all(0 <= x <= width - 224 and 0 <= y <= height - 58 for x, y in places)
    titles = [one.text or "" for one in root.iter(f"{SVG}title")]
    assert {title.partition(":")[0] for title in titles} >= set(names)
