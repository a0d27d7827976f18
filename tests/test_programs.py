"""A program that is missing is never a silent pass."""

from __future__ import annotations

import pytest

from tests.programs import find_program

_MISSING = "no-such-program"


def test_without_a_program_the_test_is_skipped_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The reason names what is missing."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=_MISSING):
        find_program(_MISSING)


def test_where_ci_is_true_the_test_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build machine without the program is not a proof."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=_MISSING):
        find_program(_MISSING)


def test_the_first_that_is_there_is_taken() -> None:
    """Browsers have several names."""
    assert find_program(_MISSING, "sh").endswith("/sh")
