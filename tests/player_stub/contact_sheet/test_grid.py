"""Cards lie on the sheet, in the order of the reel, and never on one another."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from player_stub.contact_sheet.grid import CAPTION, GAP, HEAD, MARGIN, TIMELINE, WIDTH, SheetLayout
from tests.player_stub import synthetic


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 40), st.integers(1, 5))
def test_cards_have_room(cuts: int, segments: int) -> None:
    """For any number of cuts and segments."""
    layout = SheetLayout.of(
        synthetic.reel_of(*((at, at + 1) for at in range(cuts)), segments=min(cuts, segments))
    )
    width, height = layout.grid.thumbnail
    corners = [corner for segment in layout.segments for corner in segment.corners]
    assert len(corners) == cuts
    for left, top in corners:
        assert MARGIN <= left <= WIDTH - MARGIN - width
        assert HEAD + TIMELINE < top < layout.height - height - CAPTION
    for (left, top), (other_left, other_top) in combinations(corners, 2):
        apart = abs(left - other_left) >= width + GAP
        assert apart or abs(top - other_top) >= height + CAPTION + GAP


def test_segments_are_rows() -> None:
    """The cards of a segment stand side by side, and the next segment below them."""
    layout = SheetLayout.of(synthetic.reel_of(*((at, at + 1) for at in range(15)), segments=3))
    tops = [{top for _, top in segment.corners} for segment in layout.segments]
    assert [len(row) for row in tops] == [1, 1, 1]
    assert [len(segment.cuts) for segment in layout.segments] == [5, 5, 5]
    assert layout.segments[0].bottom <= layout.segments[1].top
