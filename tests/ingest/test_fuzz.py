"""A short run of the fuzzing that `python -m benchmarks.fuzz_ingest` does at length."""

from __future__ import annotations

import pytest

from fixtures.exports import exports
from fixtures.fuzz import fuzz, fuzz_fixes

EXPORTS = dict(exports())


@pytest.mark.parametrize("name", EXPORTS)
def test_no_mutation_gives_a_traceback_or_a_wrong_index(name: str) -> None:
    """Each is refused, has findings, or still reads as its text says."""
    outcomes, wrong = fuzz(name, EXPORTS[name], range(8))
    assert wrong == []
    assert outcomes.total() == 8
    assert outcomes["right"] < 8


@pytest.mark.full
@pytest.mark.parametrize("name", EXPORTS)
def test_many_mutations_give_neither(name: str) -> None:
    """The same, longer."""
    outcomes, wrong = fuzz(name, EXPORTS[name], range(8, 100))
    assert wrong == []
    assert outcomes.total() == 92


@pytest.mark.parametrize("name", ["late marker", "mistyped marker", "clean, OTIO", "clean, EDL"])
def test_no_mutation_breaks_what_mends_markers(name: str) -> None:
    """What is written is read again, with fewer findings than before."""
    outcomes, wrong = fuzz_fixes(name, EXPORTS[name], range(12))
    assert wrong == []
    assert outcomes.total() == 12
