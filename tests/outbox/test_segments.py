"""Segments: previews say who is in and why, and snapshots keep exactly those."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from sizzle.database import Database
from sizzle.errors import NotFoundError
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.member_rows import write_members
from sizzle.outbox.members import Members
from sizzle.outbox.segments import Preview, Segments
from sizzle.outbox.snapshots import SegmentChangedError, Snapshots
from sizzle.outreach.members.profile import ProfileFields
from sizzle.outreach.segments.rule import InvalidSegmentError, Rule
from tests.outbox.sample_members import put

NOW = 1_796_000_000_000
ROLES = ["Management", "Retired", "Worker", "Retired"]


def one_of(*values: str, how: str = "INCLUSIVE") -> dict[str, Any]:
    """An attribute's dimension."""
    return {"AttributeType": how, "Values": list(values)}


MANAGEMENT_OR_RETIRED = Rule.read(
    {"Dimensions": {"UserAttributes": {"role": one_of("Management", "Retired")}}}
)


@contextmanager
def filled(url: URL) -> Iterator[Database]:
    """A database with four members, m0 to m3, of whom m3 has an address."""
    found = Database(url)
    found.upgrade()
    profiles = {
        f"m{n}": ProfileFields(name=f"Name {n}", attributes={"role": [role]})
        for n, role in enumerate(ROLES)
    }
    with found.writing() as connection:
        write_members(connection, {}, profiles, 1)
    put(found, "e", {"ChannelType": "EMAIL", "Address": "a@x.org", "User": {"UserId": "m3"}})
    yield found
    found.close()


@pytest.fixture
def database(url: URL) -> Iterator[Database]:
    """Of each kind."""
    with filled(url) as found:
        yield found


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """One alone, for what does not depend on its kind."""
    with filled(URL.create("sqlite", database=str(tmp_path / "sizzle.db"))) as found:
        yield found


def preview(database: Database, rule: Rule, limit: int = 20, after: str = "") -> Preview:
    """Of a rule as a new segment."""
    segments = Segments(database)
    return segments.preview(segments.save("test", rule, NOW), NOW, limit=limit, after=after)


def test_a_snapshot_has_exactly_whom_the_preview_showed(database: Database) -> None:
    """The number, the members and why; whatever becomes of the segment later."""
    segments, snapshots = Segments(database), Snapshots(database)
    segment = segments.save("ManagementOrRetired", MANAGEMENT_OR_RETIRED, NOW)
    seen = segments.preview(segment, NOW)
    assert (seen.count, seen.of, seen.reachable) == (3, 4, {"EMAIL": 1})
    assert [(one.member_id, one.name) for one in seen.members] == [
        ("m0", "Name 0"), ("m1", "Name 1"), ("m3", "Name 3"),
    ]  # fmt: skip
    assert {tuple(one.reasons) for one in seen.members} == {
        ("UserAttributes.role is Management or Retired",)
    }
    taken = snapshots.take(segment, NOW, expected=seen.count, promoted="title:t")
    assert (taken.count, taken.segment_version, taken.promoted) == (3, 1, "title:t")
    assert taken.digest == hashlib.sha256(b"m0\nm1\nm3\n").hexdigest()
    with database.writing() as connection:
        changed = {"m2": ProfileFields(attributes={"role": ["Retired"]})}
        write_members(connection, {"m2": object()}, changed, 2)  # type: ignore[dict-item]
    with database.reading() as connection:
        members = snapshots.members(connection, taken.snapshot_id)
        assert [(one.number, one.member_id) for one in members] == [(1, "m0"), (2, "m1"), (3, "m3")]
        assert [tuple(one.reasons) for one in members] == [
            tuple(one.reasons) for one in seen.members
        ]
        assert snapshots.members(connection, taken.snapshot_id, after=2) == members[2:]
    with pytest.raises(SegmentChangedError, match="selects 4 members now, and the preview had 3"):
        snapshots.take(segment, NOW, expected=seen.count)
    assert snapshots.of_segment(segment.segment_id) == [taken]


def test_approving_is_by_somebody_once(sqlite: Database) -> None:
    """The first approval stays; members who were erased since are counted."""
    segments, snapshots = Segments(sqlite), Snapshots(sqlite)
    taken = snapshots.take(segments.save("s", MANAGEMENT_OR_RETIRED, NOW), NOW)
    assert taken.approved is None
    first = snapshots.approve(taken.snapshot_id, "ada", NOW + 1)
    assert (first.approved, first.approved_by) == (NOW + 1, "ada")
    assert snapshots.approve(taken.snapshot_id, "ben", NOW + 2) == first
    assert snapshots.find(taken.snapshot_id) == first
    Members(sqlite, AddressHash(b"k")).erase("m1", NOW)
    with sqlite.reading() as connection:
        assert snapshots.left(connection, taken.snapshot_id) == 1
    with pytest.raises(NotFoundError):
        snapshots.approve("nothing", "ada", NOW)


def test_a_list_of_ids_is_a_segment(database: Database) -> None:
    """In its order, each once, and without those unknown; with the reasons it came with."""
    segments, snapshots = Segments(database), Snapshots(database)
    listed = snapshots.keep_list(
        "friends", [("m3", ["first"]), ("nobody", []), ("m0", []), ("m3", ["again"])], NOW
    )
    assert (listed.snapshot.count, listed.unknown, listed.some_unknown) == (2, 1, ["nobody"])
    rule = Rule.read({"SnapshotId": listed.snapshot.snapshot_id})
    friends = segments.save("friends", rule, NOW, "friends")
    assert [one.member_id for one in segments.preview(friends, NOW).members] == ["m0", "m3"]
    with pytest.raises(SegmentChangedError, match="list of members"):
        snapshots.approve(listed.snapshot.snapshot_id, "ada", NOW)
    within = Rule.read(
        {
            "SegmentGroups": {
                "Groups": [
                    {"SourceSegments": [{"Id": "friends"}],
                     "Dimensions": [{"UserAttributes": {"role": one_of("Retired")}}]},
                    {"Type": "NONE", "Dimensions": [{"UserAttributes": {"role": one_of("x")}}]},
                ]
            }
        }
    )  # fmt: skip
    found = preview(database, within)
    assert [one.member_id for one in found.members] == ["m3"]
    assert found.members[0].reasons == (
        "first", "UserAttributes.role is Retired", "not: UserAttributes.role is x",
    )  # fmt: skip
    taken = snapshots.take(segments.save("within", within, NOW), NOW)
    with database.reading() as connection:
        (member,) = snapshots.members(connection, taken.snapshot_id)
    assert tuple(member.reasons) == found.members[0].reasons


def test_a_changed_rule_is_a_new_version(sqlite: Database) -> None:
    """The same rule again is not; a segment may name an earlier version of another."""
    segments = Segments(sqlite)
    first = segments.save("s", MANAGEMENT_OR_RETIRED, 1, "s")
    assert segments.save("s", MANAGEMENT_OR_RETIRED, 2, "s") == first
    workers = Rule.read({"Dimensions": {"UserAttributes": {"role": one_of("Worker")}}})
    second = segments.save("s", workers, 3, "s")
    assert (first.version, second.version) == (1, 2)
    assert segments.find("s") == second
    assert segments.find("s", 1) == first
    assert segments.newest() == [second]
    for version, count in ((1, 3), (2, 1), (None, 1)):
        source = {"Id": "s"} | ({} if version is None else {"Version": version})
        groups = {"Groups": [{"SourceSegments": [source]}]}
        assert preview(sqlite, Rule.read({"SegmentGroups": groups})).count == count


def test_segments_that_name_each_other_are_refused(sqlite: Database) -> None:
    """And those that name what is not there: nothing is kept."""
    segments = Segments(sqlite)
    segments.save("a", MANAGEMENT_OR_RETIRED, 1, "a")
    groups: dict[str, Any] = {"Groups": [{"SourceSegments": [{"Id": "a"}]}]}
    segments.save("b", Rule.read({"SegmentGroups": groups}), 1, "b")
    groups = {"Groups": [{"SourceSegments": [{"Id": "b"}]}]}
    with pytest.raises(InvalidSegmentError, match="its own source"):
        segments.save("a", Rule.read({"SegmentGroups": groups}), 2, "a")
    assert segments.find("a").version == 1
    groups = {"Groups": [{"SourceSegments": [{"Id": "nothing"}]}]}
    with pytest.raises(NotFoundError):
        segments.save("c", Rule.read({"SegmentGroups": groups}), 2, "c")
    with pytest.raises(NotFoundError):
        segments.find("c")


NOBODY = {"Dimensions": {"UserAttributes": {"role": one_of("retired"), "age": one_of("3")}}}
CONTRADICTION = {
    "SegmentGroups": {
        "Groups": [
            {"Dimensions": [{"UserAttributes": {"role": one_of("Retired")}}]},
            {"Dimensions": [{"UserAttributes": {"role": one_of("Retired", how="EXCLUSIVE")}}]},
        ]
    }
}
EXCLUDED = {
    "SegmentGroups": {
        "Groups": [
            {"Dimensions": [{"Location": {"Country": {"Values": ["FR"]}}}]},
            {"Type": "NONE", "Dimensions": [{"Location": {"Country": {"Values": ["FR"]}}}]},
        ]
    }
}


@pytest.mark.parametrize(
    ("rule", "findings"),
    [
        (NOBODY, {"selects-nobody"}),
        ({"Dimensions": {}}, {"selects-everybody"}),
        ({"Dimensions": {"UserAttributes": {"role": one_of("x", how="EXCLUSIVE")}}},
         {"selects-everybody"}),
        (CONTRADICTION, {"contradiction", "selects-nobody"}),
        (EXCLUDED, {"contradiction", "selects-nobody"}),
    ],
)  # fmt: skip
def test_rules_that_select_nobody_or_everybody_are_named(
    sqlite: Database, rule: dict[str, Any], findings: set[str]
) -> None:
    """Before anything is sent; and why nobody is selected."""
    found = preview(sqlite, Rule.read(rule))
    assert {one.rule for one in found.findings} == findings
    if rule is NOBODY:
        assert "UserAttributes.role alone: 0" in found.findings[0].what
        segment = Segments(sqlite).save("n", Rule.read(rule), NOW)
        with pytest.raises(SegmentChangedError, match="selects nobody"):
            Snapshots(sqlite).take(segment, NOW)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({}, "exactly one of"),
        ({"Dimensions": {}, "SnapshotId": "x"}, "exactly one of"),
        ({"Dimension": {}}, "Dimension"),
        ({"Dimensions": {"UserAttributes": {"a": one_of()}}}, "length >= 1"),
        ({"Dimensions": {"UserAttributes": {"a": one_of("soon", how="BEFORE")}}}, "no date"),
        ({"Dimensions": {"Attributes": {"a": one_of("2026-01-02", "2026-01-01", how="BETWEEN")}}},
         "in their order"),
        ({"Dimensions": {"Demographic": {"DeviceType": {"Values": ["x"]}}}}, "DeviceType"),
        ({"Dimensions": {"UserAttributes": {str(n): one_of("x") for n in range(101)}}},
         "101 dimensions"),
        ({"Dimensions": {"Metrics": {"m": {"ComparisonOperator": "EQUAL", "Value": 10**400}}}}, ""),
        ({"SegmentGroups": {"Groups": []}}, "length >= 1"),
        ([], "object"),
    ],
)  # fmt: skip
def test_what_no_rule_can_be_is_refused(rule: object, why: str) -> None:
    """With where it is wrong."""
    with pytest.raises(InvalidSegmentError) as caught:
        Rule.read(rule)
    assert why in str(caught.value)


def test_pages_of_a_preview(sqlite: Database) -> None:
    """Each begins after the last one's last member."""
    found = preview(sqlite, MANAGEMENT_OR_RETIRED, limit=2)
    assert [one.member_id for one in found.members] == ["m0", "m1"]
    found = preview(sqlite, MANAGEMENT_OR_RETIRED, limit=2, after="m1")
    assert [one.member_id for one in found.members] == ["m3"]
