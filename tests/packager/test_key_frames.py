"""Key frames by number: the expression that ffmpeg evaluates for every frame."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.errors import InputError
from sizzle.packager.key_frames import key_frame_expression


def forced(expression: str, frames: int) -> list[int]:
    """The frames at which an expression is true, worked out as ffmpeg's language defines it."""
    text = expression.removeprefix("expr:").replace("if(", "choose(")
    words = {
        "choose": lambda test, yes, no: yes if test else no,
        "lt": lambda a, b: a < b,
        "eq": lambda a, b: a == b,
        "mod": lambda a, b: a % b,
    }
    code = compile(text, "expression", "eval")
    return [n for n in range(frames) if eval(code, words | {"n": n})]


def test_a_regular_asset_needs_one_term() -> None:
    """However long it is."""
    assert key_frame_expression(range(0, 1_000_000, 40), 40) == "expr:eq(mod(n,40),0)"


@given(gaps=st.lists(st.integers(1, 40), max_size=60), tail=st.integers(1, 40))
def test_exactly_the_planned_frames_are_forced(gaps: list[int], tail: int) -> None:
    """Whatever lies between them, up to the media's end."""
    starts = [0]
    for gap in gaps:
        starts.append(starts[-1] + gap)
    assert all(later - earlier <= 40 for earlier, later in pairwise(starts))
    assert forced(key_frame_expression(starts, 40), starts[-1] + tail) == starts


def test_what_no_program_can_be_given_is_refused() -> None:
    """With how to lay the clips out."""
    with pytest.raises(InputError, match="is not a multiple of 40 frames") as caught:
        key_frame_expression(range(0, 39 * 8_000, 39), 40)
    assert "gaps" in caught.value.fix
