"""Profiles of members as they are kept, and how what is newly known changes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from sizzle.outreach.normalise import last_possible_date
from sizzle.outreach.segments.facts import attribute_facts
from sizzle.outreach.vocabulary import MemberProfile

Attributes = Mapping[str, Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class ProfileFields:
    """What is known of a member, or newly said; empty is unknown, or not said.

    Attributes:
        birth_date: a date, or a year where no more is known.
        attributes: lists of values by names; without values in what is newly said, one is removed.
    """

    name: str = ""
    birth_date: str = ""
    language: str = ""
    zone: str = ""
    country: str = ""
    maturity: str = ""
    attributes: Attributes = field(default_factory=dict)

    def updated(self, said: ProfileFields) -> ProfileFields:
        """These fields after what was newly said: what it does not say stays as it is."""
        given = {one.name: getattr(said, one.name) for one in fields(said)}
        texts = {name: value for name, value in given.items() if value and name != "attributes"}
        merged = {**self.attributes, **said.attributes}
        return replace(self, **texts, attributes={k: list(v) for k, v in merged.items() if v})

    def facts(self) -> Iterator[str]:
        """What segments ask about: attributes, and fields under their own names."""
        yield from attribute_facts("u", self.attributes)
        own = {name: [getattr(self, name)] for name in _FILTERED if getattr(self, name)}
        yield from attribute_facts("u", own)

    def of_member(self, member_id: str) -> MemberProfile:
        """As all of outreach reads it."""
        return MemberProfile(
            member_id,
            name=self.name,
            birth_date=last_possible_date(self.birth_date),
            language=self.language,
            zone=self.zone,
            country=self.country,
            maturity=self.maturity,
            attributes={name: tuple(values or ()) for name, values in self.attributes.items()},
        )


_FILTERED = ("birth_date", "language", "zone", "country", "maturity")
