"""Whether a member may be told of something at all: decided before any writer is asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sizzle.outreach.policy.maturity import maturity_age
from sizzle.outreach.vocabulary import MemberProfile, Promoted, PromotedKind

UNKNOWN_AGE: Final = 12
"""The age that a member of unknown age counts as: a minor, whom nothing from 13 on is told of."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a member may not be told of something.

    Attributes:
        rule: its id, such as `not-for-minors`.
        reason: for people.
    """

    rule: str
    reason: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"


@dataclass(frozen=True, slots=True)
class _Case:
    member: MemberProfile
    promoted: Promoted
    today: date
    watched: Collection[str]
    refused_topics: Collection[str]
    not_recommended: Collection[str]

    @property
    def age(self) -> int | None:
        born = self.member.birth_date
        return None if born is None else _years(born, self.today)

    @property
    def named(self) -> str:
        """What is promoted, as "the loan" where the facts have a noun, else by its title."""
        noun = self.promoted.facts.get("noun")
        return f"the {noun}" if noun else f"{self.promoted.kind} {self.promoted.title!r}"


def eligibility(
    member: MemberProfile,
    promoted: Promoted,
    today: date,
    watched: Collection[str] = (),
    *,
    refused_topics: Collection[str] = (),
    not_recommended: Collection[str] = (),
) -> Refusal | None:
    """Why a member may not be told of this, or None.

    What is not known of a member counts as what forbids it: an unknown age is 12, and an unknown
    country is outside of every licence.

    Args:
        member: what is known of the member.
        promoted: what would be promoted.
        today: in the member's zone.
        watched: ids of titles that the member has watched.
        refused_topics: topics of which the member wants to hear nothing.
        not_recommended: ids of what may not be recommended, to this member or to anyone.
    """
    case = _Case(member, promoted, today, watched, refused_topics, not_recommended)
    return next((refusal for rule in _RULES for refusal in rule(case)), None)


def _for_age(case: _Case) -> Iterator[Refusal]:
    promoted = case.promoted
    rated = maturity_age(promoted.maturity) if promoted.maturity else 0
    if rated is None:
        yield Refusal(
            "unknown-rating", f"{case.named} has the rating {promoted.maturity!r}, of no known age"
        )
        return
    least = max(promoted.least_age, rated)
    age = case.age
    if (UNKNOWN_AGE if age is None else age) < least:
        member = "member's age is unknown" if age is None else f"member is {age}"
        yield Refusal("not-for-minors", f"{member}, {case.named} is for {least} and over")


def _for_maturity(case: _Case) -> Iterator[Refusal]:
    """The profile's own limit, which a parent may have set."""
    limit, rating = case.member.maturity, case.promoted.maturity
    if not limit or not (rating or case.promoted.least_age):
        return
    allowed, needed = maturity_age(limit), maturity_age(rating) if rating else 0
    least = max(needed or 0, case.promoted.least_age)
    if allowed is None or least > allowed:
        yield Refusal(
            "above-maturity",
            f"the profile allows up to {limit!r}, {case.named} is {rating or f'for {least}+'}",
        )


def _for_country(case: _Case) -> Iterator[Refusal]:
    countries = case.promoted.countries
    if countries and case.member.country not in countries:
        yield Refusal("not-in-country", f"{_where(case)}, {case.named} is not offered there")


def _for_window(case: _Case) -> Iterator[Refusal]:
    windows = case.promoted.windows
    window = windows.get(case.member.country) or windows.get("*")
    if windows and (window is None or not window.contains(case.today)):
        days = "no days" if window is None else f"{window.start or ''} to {window.end or ''}"
        yield Refusal(
            "outside-window", f"{_where(case)}, {case.named} has {days}, today is {case.today}"
        )


def _for_topic(case: _Case) -> Iterator[Refusal]:
    if case.promoted.topic in case.refused_topics and case.promoted.topic:
        yield Refusal("topic-refused", f"member wants nothing of topic {case.promoted.topic!r}")


def _for_recommendation(case: _Case) -> Iterator[Refusal]:
    if case.promoted.id in case.not_recommended:
        yield Refusal("do-not-recommend", f"{case.named} may not be recommended")


def _for_watched(case: _Case) -> Iterator[Refusal]:
    if case.promoted.kind is PromotedKind.TITLE and case.promoted.id in case.watched:
        yield Refusal("already-watched", f"member has watched {case.named}")


_RULES: Final[tuple[Callable[[_Case], Iterator[Refusal]], ...]] = (
    _for_age,
    _for_maturity,
    _for_country,
    _for_window,
    _for_topic,
    _for_recommendation,
    _for_watched,
)


def _where(case: _Case) -> str:
    country = case.member.country
    return f"member is in {country}" if country else "member's country is unknown"


def _years(born: date, today: date) -> int:
    """Whole years; born on February 29, a year is over on March 1."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
