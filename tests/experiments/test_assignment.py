"""Who gets which treatment: always the same, by weight, and with as few moves as possible."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.errors import InputError
from sizzle.experiments import HOLDOUT, assign, check_sample_ratio

MEMBERS = [f"member-{number}" for number in range(4000)]
WEIGHTS = {"a": 3.0, "b": 1.0}


def all_of(
    weights: dict[str, float], holdout: float = 0.0, experiment: str = "autumn", salt: str = "salt"
) -> list[str]:
    """Everybody's treatment."""
    return [assign(salt, experiment, member, weights, holdout) for member in MEMBERS]


def test_an_assignment_does_not_change() -> None:
    """Members keep their treatments over versions of the program: these are written down."""
    found = [assign("salt", "autumn", member, WEIGHTS, 0.1) for member in MEMBERS[:12]]
    assert "".join(each or "-" for each in found) == "aabaabb-aaaa"


def test_shares_are_as_planned() -> None:
    """Of those who are not held out, by weight; of all, those who are."""
    counted = Counter(all_of(WEIGHTS, 0.2))
    held_out = {"held": counted[HOLDOUT], "others": counted["a"] + counted["b"]}
    assert not check_sample_ratio(held_out, {"held": 0.2, "others": 0.8}).is_wrong
    assert not check_sample_ratio(counted, WEIGHTS).is_wrong


def test_experiments_and_salts_draw_anew() -> None:
    """Who gets `a` in one gets it no more often in another, even of names that join to the same."""
    first = all_of({"a": 1, "b": 1})
    for other in (
        all_of({"a": 1, "b": 1}, experiment="winter"),
        all_of({"a": 1, "b": 1}, salt="other"),
        all_of({"a": 1, "b": 1}, salt="salta", experiment="utumn"),
    ):
        pairs = Counter(zip(first, other, strict=True))
        crossed = {"".join(pair): count for pair, count in pairs.items()}
        assert not check_sample_ratio(crossed, {"aa": 1, "ab": 1, "ba": 1, "bb": 1}).is_wrong


def test_few_move_when_the_plan_changes() -> None:
    """A treatment that comes takes from all; a holdout that grows keeps whom it has."""
    before, after = all_of({"a": 1, "b": 1}), all_of({"a": 1, "b": 1, "c": 1})
    assert {new for old, new in zip(before, after, strict=True) if old != new} == {"c"}
    small, large = all_of(WEIGHTS, 0.1), all_of(WEIGHTS, 0.3)
    assert {new for old, new in zip(small, large, strict=True) if old != new} == {HOLDOUT}
    assert set(all_of(WEIGHTS, 1.0)) == {HOLDOUT}


@given(st.text(), st.text(), st.text(), st.dictionaries(st.text(min_size=1), st.floats(1e-6, 1e6)))
def test_any_text_has_a_treatment(
    salt: str, experiment: str, member: str, weights: dict[str, float]
) -> None:
    """Lone surrogates and NULs too."""
    weights = weights or {"a": 1}
    assert assign(salt, experiment, member, weights) in weights
    assert assign(salt, experiment, member, weights, 1) == HOLDOUT


@pytest.mark.parametrize("weight", [0, -1, math.nan, math.inf])
def test_a_plan_that_is_none_is_refused(weight: float) -> None:
    """No treatments, weights that are no shares, a name for the holdout; holdouts beyond all."""
    for weights in ({"a": weight}, {}, {"": 1.0}):
        with pytest.raises(InputError, match=r"[Tt]reatment"):
            assign("s", "e", "m", weights)
    for holdout in (-0.1, 1.1, math.nan):
        with pytest.raises(InputError, match="holdout"):
            assign("s", "e", "m", WEIGHTS, holdout)
