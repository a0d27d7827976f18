"""Who may be told of what is decided by code, rule by rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.outreach.policy import eligibility
from sizzle.outreach.policy.maturity import maturity_age
from sizzle.outreach.vocabulary import MemberProfile, Promoted, Window
from tests.outreach.samples import ADULT, CHILD, LOAN, SERIES, TODAY


def test_a_child_is_refused_a_loan() -> None:
    """The refusal names its rule, both ages and the offer; a woman of 46 is not refused."""
    refusal = eligibility(CHILD, LOAN, TODAY)
    assert str(refusal) == "not-for-minors: member is 6, the loan is for 18 and over"
    assert eligibility(ADULT, LOAN, TODAY) is None


@pytest.mark.parametrize("promoted", [LOAN, SERIES])
def test_unknown_age_is_a_minor(promoted: Promoted) -> None:
    """Neither credit nor a rated title is for members of unknown age."""
    refusal = eligibility(replace(ADULT, birth_date=None), promoted, TODAY)
    assert refusal is not None
    assert refusal.rule == "not-for-minors"
    assert "unknown" in refusal.reason


@given(st.dates(date(1920, 1, 1), TODAY), st.integers(13, 21))
def test_age_is_exact(born: date, least: int) -> None:
    """A member may be told from the birthday of the least age on, and not a day earlier."""
    offer = replace(LOAN, least_age=least)
    old_enough = (born.year + least, born.month, born.day) <= (TODAY.year, TODAY.month, TODAY.day)
    refusal = eligibility(MemberProfile("m", birth_date=born), offer, TODAY)
    assert (refusal is None) == old_enough


@pytest.mark.parametrize(
    ("member", "promoted", "options", "rule"),
    [
        ({"maturity": "PG-13"}, {"maturity": "TV-MA"}, {}, "above-maturity"),
        ({"maturity": "?"}, {"maturity": "TV-MA"}, {}, "above-maturity"),
        ({}, {"maturity": "BANANA"}, {}, "unknown-rating"),
        ({"country": "FR"}, {"countries": frozenset({"US"})}, {}, "not-in-country"),
        ({"country": ""}, {"countries": frozenset({"US"})}, {}, "not-in-country"),
        ({}, {"windows": {"FR": Window()}}, {}, "outside-window"),
        ({}, {"windows": {"*": Window(end=date(2026, 11, 29))}}, {}, "outside-window"),
        ({}, {"topic": "films"}, {"refused_topics": {"films"}}, "topic-refused"),
        ({}, {}, {"not_recommended": {"nocturne"}}, "do-not-recommend"),
        ({}, {}, {"watched": {"nocturne"}}, "already-watched"),
        ({"maturity": "TV-MA"}, {"countries": frozenset({"US"})}, {"watched": {"a"}}, None),
        ({}, {"windows": {"US": Window(TODAY, TODAY)}}, {"refused_topics": {""}}, None),
    ],
)
def test_each_rule_refuses_by_its_id(
    member: dict[str, Any],
    promoted: dict[str, Any],
    options: dict[str, Any],
    rule: str | None,
) -> None:
    """Each rule refuses what it is for; what breaks none is let through."""
    refusal = eligibility(replace(ADULT, **member), replace(SERIES, **promoted), TODAY, **options)
    assert (refusal.rule if refusal else None) == rule


@pytest.mark.parametrize(
    ("rating", "age"),
    [
        ("TV-MA", 17),
        ("pg-13", 13),
        ("FSK16", 16),
        ("16+", 16),
        ("R15+", 15),
        ("U", 0),
        ("99", None),
    ],
)
def test_ratings_are_ages(rating: str, age: int | None) -> None:
    """Each system's ratings are the ages they allow a title from; unknown ones are no age."""
    assert maturity_age(rating) == age
