"""Compiled rules select whom a naive reading of them selects, on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import URL, delete

from sizzle.database import Database
from sizzle.database.member_tables import MEMBERS
from sizzle.database.schema import ENDPOINTS, EVENTS
from sizzle.eventlog import EventLog
from sizzle.outbox.endpoint import EndpointFields
from sizzle.outbox.endpoints import Endpoint, write_endpoints
from sizzle.outbox.member_facts import read_member_facts
from sizzle.outbox.member_rows import write_members
from sizzle.outbox.segments import condition_of, count_members, selected_ids
from sizzle.outreach.members.profile import ProfileFields
from sizzle.outreach.segments.explain import explained
from sizzle.outreach.segments.rule import Rule
from tests.events.sample_events import event
from tests.outreach.segments.naive_segments import selects
from tests.outreach.segments.random_segments import members, rules

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
Populations = st.lists(members, min_size=20, max_size=20)


def fill(database: Database, population: Sequence[dict[str, Any]]) -> None:
    """Have a database hold these members alone; each one's id is their place."""
    profiles, endpoints, events = {}, [], []
    for number, member in enumerate(population):
        member_id = f"m{number:02d}"
        profiles[member_id] = ProfileFields(attributes=member["attributes"])
        for place, given_json in enumerate(member["endpoints"]):
            fields = EndpointFields.read({**given_json, "User": {"UserId": member_id}})
            endpoints.append(Endpoint("app", f"{member_id}-{place}", fields, member_id, 1, 1))
        if member["active"] is not None:
            days, own = member["active"]
            ids = {"member_id": member_id} if own else {"endpoint_id": f"{member_id}-0"}
            time = NOW_MS - int(days * 86_400_000)
            events.append(event(member_id, **{"member_id": "", **ids}, app="app", time=time))
    with database.writing() as connection:
        for table in (MEMBERS, ENDPOINTS, EVENTS):
            connection.execute(delete(table))
        write_members(connection, {}, profiles, 1)
        write_endpoints(connection, {}, endpoints)
    EventLog(database, b"k" * 32).append(events)


def naive(member: dict[str, Any]) -> dict[str, Any]:
    """A member as the naive reading takes one."""
    active = None
    if member["active"] is not None:
        days, own = member["active"]
        if own or member["endpoints"]:  # an event of an endpoint that is nobody's is nobody's
            active = NOW - timedelta(days=days)
    return {**member, "active": active}


def check(database: Database, population: Sequence[dict[str, Any]], asked: dict[str, Any]) -> None:
    """Compare what the database, the explanation and the naive reading say."""
    rule = Rule.read(asked)
    expected = {
        f"m{number:02d}" for number, one in enumerate(population) if selects(asked, naive(one), NOW)
    }
    with database.reading() as connection:
        condition = condition_of(connection, rule, {}, NOW_MS)
        found = list(selected_ids(connection, condition))
        assert found == sorted(expected)
        assert count_members(connection, condition) == len(expected)
        ids = [f"m{number:02d}" for number in range(len(population))]
        facts = read_member_facts(connection, ids)
        explained_ids = {one for one in ids if explained(rule, {}, facts[one][1], NOW_MS).holds}
    assert explained_ids == expected


def compare(database: Database, populations: int, rules_of_each: int) -> None:
    """Compare on random rules and members."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    filled: list[dict[str, Any]] = []

    @settings(max_examples=populations, suppress_health_check=checks)
    @given(Populations, st.lists(rules, min_size=rules_of_each, max_size=rules_of_each))
    def holds(population: list[dict[str, Any]], asked: list[dict[str, Any]]) -> None:
        if population != filled:
            fill(database, population)
            filled[:] = population
        for one in asked:
            check(database, population, one)

    holds()


def test_compiled_rules_select_whom_a_naive_reading_selects(url: URL) -> None:
    """Values and names of SQL, JSON and patterns among them."""
    database = Database(url)
    database.upgrade()
    compare(database, 2, 25)
    database.close()


@pytest.mark.full
def test_many_compiled_rules_select_whom_a_naive_reading_selects(url: URL) -> None:
    """500 of them on 25 populations."""
    database = Database(url)
    database.upgrade()
    compare(database, 25, 20)
    database.close()


def test_names_and_values_are_never_in_the_sql() -> None:
    """The text depends on the shape of a rule alone."""
    from sizzle.outreach.segments.sql import Dialect, compiled

    def rule(name: str, value: str) -> Rule:
        attribute = {"AttributeType": "CONTAINS", "Values": [value]}
        return Rule.read({"Dimensions": {"UserAttributes": {name: attribute}}})

    for dialect in Dialect:
        plain = compiled(rule("a", "b"), {}, dialect, 0)
        hostile = compiled(rule("x'); DROP TABLE members; --", '"; DELETE\\'), {}, dialect, 0)
        assert plain.sql == hostile.sql
