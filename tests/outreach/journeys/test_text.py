"""Journeys as people write them."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sizzle.outreach.journeys.reading import read_journey
from sizzle.outreach.journeys.text import EXAMPLE, changed_lines, journey_text
from tests.outreach.journeys.sample_journeys import journey, send

DOCUMENTED = Path(__file__).parents[3] / "docs" / "journeys.md"


def test_what_is_written_reads_as_the_same_journey() -> None:
    """With a step on each line, and without what is as by default."""
    found = re.search(r"```json\n(.*?)```", DOCUMENTED.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    for text in (EXAMPLE, found[1]):
        assert journey_text(read_journey(text)) == text


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.floats(0, 0.9),
    st.floats(1e-9, 1e6),
)
@settings(max_examples=30, deadline=None)
def test_any_value_is_read_as_it_was(value: str, holdout: float, weight: float) -> None:
    """Whatever characters and figures a journey has."""
    goal = {"type": "played", "attributes": {"title_id": [value]}}
    split = {"id": "split", "type": "split", "branches": [{"name": "a", "weight": weight}]}
    made = journey(send(next="split"), split, goal=goal, holdout=holdout)
    assert read_journey(journey_text(made)) == made


def test_changes_are_the_lines_that_differ() -> None:
    """A step is one line."""
    old, new = journey(send(), send("second")), journey(send(), send("third"))
    assert [line[0] for line in changed_lines(old, new)] == ["-", "+"]
    assert '"third"' in changed_lines(old, new)[1]
    assert changed_lines(old, old) == []
