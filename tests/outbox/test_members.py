"""Members, what they consented to, and what is left when they are erased, in both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, text

from sizzle.database import Database
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.members import ErasedProfile, Members
from sizzle.outbox.suppressions import Suppression
from sizzle.outreach.members.consent import Consent, Verdict, decided
from sizzle.outreach.members.profile import ProfileFields
from sizzle.outreach.vocabulary import MemberProfile
from tests.outbox.sample_members import put

HASH = AddressHash(b"k" * 32)
ADA = {
    "Address": "Ada@Example.com",
    "ChannelType": "EMAIL",
    "User": {"UserId": "ada", "UserAttributes": {"role": ["manager"]}},
}


@pytest.fixture
def database(url: URL) -> Iterator[Database]:
    """An empty database of each kind."""
    found = Database(url)
    found.upgrade()
    yield found
    found.close()


@pytest.fixture
def members(database: Database) -> Members:
    """Its members: none."""
    return Members(database, HASH)


def opted(verdict: Verdict, at: int, topic: str = "") -> Consent:
    """Something that was said."""
    return Consent(topic, verdict, "test", at)


def test_what_an_endpoint_says_of_its_member_is_known_of_the_member(
    database: Database, members: Members
) -> None:
    """Name by name: attributes of another endpoint stay; nobody is known by an endpoint alone."""
    assert members.profile("ada") is None
    put(database, "e1", ADA)
    put(database, "e2", {"User": {"UserId": "ada", "UserAttributes": {"age": ["36", "37"]}}})
    put(database, "e3", {"Address": "nobody@example.com"})
    expected = {"role": ("manager",), "age": ("36", "37")}
    assert members.profile("ada") == MemberProfile("ada", attributes=expected)
    assert members.count() == 1


def test_a_profile_is_replaced_and_nobody_is_taken_for_older(members: Members) -> None:
    """Of a year alone, its last day is the date of birth."""
    assert members.replace("ben", ProfileFields(name="Ben", birth_date="2008", language="fr"), 1)
    found = members.profile("ben")
    assert found is not None
    assert (found.name, found.birth_date) == ("Ben", date(2008, 12, 31))
    assert not members.replace("ben", ProfileFields(birth_date="2008-02-29"), 2)
    assert members.profile("ben") == MemberProfile("ben", birth_date=date(2008, 2, 29))
    stored = members.find("ben")
    assert stored is not None
    assert (stored.created, stored.updated) == (1, 2)


def test_what_was_said_last_of_a_topic_or_of_all_holds(
    database: Database, members: Members
) -> None:
    """However the address is written; it is recorded once, and never changed."""
    consents = members.consents
    said = [opted(Verdict.OPTED_IN, 1), opted(Verdict.OPTED_OUT, 2, "news")]
    with database.writing() as connection:
        assert consents.add(connection, "EMAIL", "Ada@Example.com", said) == 2
        assert consents.add(connection, "EMAIL", "ada@example.com", said) == 0
        verdicts = [
            consents.allowed(connection, channel, "ADA@EXAMPLE.COM", topic)
            for channel, topic in (("EMAIL", ""), ("EMAIL", "news"), ("SMS", ""))
        ]
        assert verdicts == [Verdict.OPTED_IN, Verdict.OPTED_OUT, Verdict.UNKNOWN]
        assert consents.history(connection, "EMAIL", "ada@example.com") == said
        consents.add(connection, "EMAIL", "ada@example.com", [opted(Verdict.OPTED_OUT, 3)])
        verdict = consents.allowed(connection, "EMAIL", "ada@example.com", "other")
        assert verdict is Verdict.OPTED_OUT


_consents = st.builds(
    opted, st.sampled_from([Verdict.OPTED_IN, Verdict.OPTED_OUT]), st.integers(0, 3),
    st.sampled_from(["", "a", "b"]),
)  # fmt: skip


@given(st.lists(_consents, max_size=5), st.integers(4, 5))
def test_an_opt_out_of_all_holds_for_all_topics(said: list[Consent], at: int) -> None:
    """Until something is said later; and what is said of one topic changes no other."""
    out = [*said, opted(Verdict.OPTED_OUT, at)]
    assert {decided(out, topic) for topic in ("", "a", "b")} == {Verdict.OPTED_OUT}
    again = [*out, opted(Verdict.OPTED_IN, 6, "a")]
    assert [decided(again, topic) for topic in ("a", "b")] == [Verdict.OPTED_IN, Verdict.OPTED_OUT]


def test_of_an_erased_member_only_the_suppression_is_left(
    database: Database, members: Members
) -> None:
    """By a hash: neither name nor address nor attribute is in any table."""
    put(database, "e1", ADA)
    put(database, "e2", {**ADA, "ChannelType": "SMS", "Address": "+12065550182", "OptOut": "ALL"})
    put(database, "e3", {**ADA, "ChannelType": "GCM", "Address": "token"})
    members.replace("ada", ProfileFields(name="Ada Lovelace"), 5)
    with database.writing() as connection:
        said = [opted(Verdict.OPTED_OUT, 1, "news")]
        members.consents.add(connection, "EMAIL", "ada@example.com", said)
        members.consents.add(connection, "GCM", "token", [opted(Verdict.OPTED_IN, 1)])
        connection.execute(text("INSERT INTO snapshot_members VALUES ('s', 1, 'ada', '[]')"))
    assert members.erase("ada", 9) == ErasedProfile(1, 3, 1, 0, 2)
    assert members.erase("ada", 9) == ErasedProfile(0, 0, 0, 0, 0)
    assert members.find("ada") is None
    with database.reading() as connection:
        of = members.suppressions.of
        assert of(connection, "EMAIL", "ada@example.com") == Suppression("opted out", 9)
        assert of(connection, "SMS", "+12065550182") == Suppression("opted out", 9)
        assert of(connection, "GCM", "token") is None
        assert members.consents.history(connection, "EMAIL", "ada@example.com") == []
    if database.is_sqlite:
        left = b"".join(path.read_bytes() for path in _files(database))
        for trace in (b"xample.com", b"2065550182", b"Lovelace", b"manager"):
            assert trace not in left


def _files(database: Database) -> Iterator[Path]:
    main = Path(database.name.removeprefix("sqlite:///"))
    return main.parent.glob(main.name + "*")


def test_an_address_that_another_member_has_keeps_what_was_said_of_it(
    database: Database, members: Members
) -> None:
    """A family's address is still opted out when one of them is erased."""
    put(database, "e1", ADA)
    put(database, "e2", {**ADA, "User": {"UserId": "ben"}})
    with database.writing() as connection:
        said = [opted(Verdict.OPTED_IN, 1)]
        members.consents.add(connection, "EMAIL", "ada@example.com", said)
    members.erase("ada", 9)
    with database.reading() as connection:
        verdict = members.consents.allowed(connection, "EMAIL", "ada@example.com", "")
        assert verdict is Verdict.OPTED_IN
        found = [e.endpoint_id for e in members.endpoints(connection, ["ada", "ben"])]
        assert found == ["e2"]


def test_suppressing_keeps_the_first_reason_until_a_person_ends_it(
    database: Database, members: Members
) -> None:
    """A second reason changes nothing."""
    with database.writing() as connection:
        suppressions = members.suppressions
        assert suppressions.add(connection, "EMAIL", "A@x.org", "bounced", 1)
        assert not suppressions.add(connection, "EMAIL", "a@x.org", "complained", 2)
        assert suppressions.of(connection, "EMAIL", "a@X.org") == Suppression("bounced", 1)
        assert suppressions.remove(connection, "EMAIL", "a@x.org")
        assert suppressions.of(connection, "EMAIL", "a@x.org") is None


def test_only_endpoints_that_can_be_written_to_are_given(
    database: Database, members: Members
) -> None:
    """Neither inactive ones nor those of another channel."""
    put(database, "e1", ADA)
    put(database, "e2", {**ADA, "EndpointStatus": "INACTIVE"})
    put(database, "e3", {**ADA, "ChannelType": "GCM"})
    with database.reading() as connection:
        found = [e.endpoint_id for e in members.endpoints(connection, ["ada"], "EMAIL")]
    assert found == ["e1"]
