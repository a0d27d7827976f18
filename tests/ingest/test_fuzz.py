"""A short run of the fuzzing that `python -m benchmarks.fuzz_ingest` does at length."""

from __future__ import annotations

import pytest

from fixtures.exports import exports
from fixtures.fuzz import fuzz, fuzz_fixes

EXPORTS = dict(exports())


@pytest.mark.parametrize("name", EXPORTS)
def test_no_mutation_gives_a_traceback_or_a_wrong_index(name: str) -> None:
    """Each is refused, has findings, or still reads as its text says."""
    outcomes, wrong = fuzz(name, EXPORTS[name], range(25))
    assert wrong == []
    assert outcomes.total() == 25
    assert outcomes["right"] < 25


@pytest.mark.parametrize("name", ["late marker", "mistyped marker", "clean, OTIO", "clean, EDL"])
def test_no_mutation_breaks_what_mends_markers(name: str) -> None:
    """What is written is read again, with fewer findings than before."""
    outcomes, wrong = fuzz_fixes(name, EXPORTS[name], range(12))
    assert wrong == []
    assert outcomes.total() == 12
