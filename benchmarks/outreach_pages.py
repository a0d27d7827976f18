"""The pages of the marketer's desk among 100,000 members: processor time of each.

    python -m benchmarks.outreach_pages [MEMBERS [EVENTS]]

Members have a profile and an address; all are in a segment, its snapshot and a campaign, whose
sends have events, and each has a run of a journey that waits. A packaged asset is drawn, whose
reels pages show; their order is the titles' own, as rankings are measured elsewhere. Each page is
asked for by somebody who has signed in, ten times; the time of PostgreSQL's own processes
counts too. Exits with 1 if a target is missed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import URL, insert, make_url, text

from benchmarks.outreach_report import NOW, example_campaign, fill_campaign, fill_events
from benchmarks.postgresql import processor_seconds, server
from benchmarks.tables import Row, print_table
from sizzle.api.auth.api_keys import ApiScope
from sizzle.database import Database
from sizzle.database.member_tables import SNAPSHOT_MEMBERS
from sizzle.drafting import Stores
from sizzle.outbox.drafts import Origin
from sizzle.outbox.endpoint import EndpointFields
from sizzle.outbox.endpoints import Endpoint, write_endpoints
from sizzle.outbox.journey_runs import insert_runs
from sizzle.outbox.journeys import Journeys
from sizzle.outbox.member_rows import write_members
from sizzle.outbox.outreach_reports import OutreachReports
from sizzle.outbox.segments import Segments
from sizzle.outreach.content.lines import Line
from sizzle.outreach.journeys.durations import DAY
from sizzle.outreach.journeys.reading import read_journey
from sizzle.outreach.journeys.run import new_run
from sizzle.outreach.journeys.states import JourneyAction
from sizzle.outreach.journeys.text import EXAMPLE
from sizzle.outreach.members.profile import ProfileFields
from sizzle.outreach.segments.rule import Rule
from sizzle.outreach.vocabulary import Channel, Promoted, PromotedKind
from tests.api.portal.desk_service import DeskService, Visitor, desk_service
from tests.packager import packaged_asset
from tests.packager.packaged_asset import Made

_MEMBERS: Final = 100_000
_EVENTS: Final = 300_000
_TARGET: Final = 0.1  # seconds
_ROUNDS: Final = 10
_PAGE: Final = 10_000
_COUNTRIES: Final = ("FR", "ES", "GB", "JP")
_ADA: Final = "ada@example.com"
_FRENCH: Final = {"Dimensions": {"UserAttributes": {"country": {"Values": ["FR"]}}}}
_ONE: Final = "/outreach/one-to-one?promoted=title:t-1"
_PATHS: Final = (
    ("the overview", "/outreach"),
    ("members", "/outreach/members"),
    ("members, the last page", "/outreach/members?after=member-99950"),
    ("members by the beginning of an id", "/outreach/members?q=member-77"),
    ("members by an address", "/outreach/members?q=member-500@example.com"),
    ("a member's history", "/outreach/members/one?id=member-501"),
    ("imports", "/outreach/imports"),
    ("segments", "/outreach/segments"),
    ("a segment of all", "/outreach/segments/all"),
    ("a segment of all, by channel", "/outreach/segments/all?counted=true"),
    ("a segment of a quarter, by channel", "/outreach/segments/french?counted=true"),
    ("a segment of a quarter", "/outreach/segments/french"),
    ("its last page", "/outreach/segments/french?after=member-9990"),
    ("the live count of all", "/outreach/segments/count?segment=all"),
    ("the live count of a quarter", "/outreach/segments/count?segment=french"),
    ("affinity", "/outreach/affinity"),
    ("promoted", "/outreach/promoted"),
    ("lines to judge", "/outreach/lines"),
    ("a prompt", "/outreach/prompts/invite"),
    ("1:1, a segment of all", f"{_ONE}&segment=all&member=member-50000"),
    ("1:1, a segment of a quarter", f"{_ONE}&segment=french&member=member-50000"),
    ("1:1, a snapshot", f"{_ONE}&snapshot=s-1&member=member-50000"),
    ("a snapshot", "/outreach/snapshots/s-1"),
    ("a snapshot, the last page", "/outreach/snapshots/s-1?after=99900"),
    ("journeys", "/outreach/journeys"),
    ("a journey with who stands where", "/outreach/journeys/one/welcome"),
    ("the runs at a step", "/outreach/journeys/one/welcome/runs?step=pause"),
    ("campaigns", "/outreach/campaigns"),
    ("a campaign with its progress", "/outreach/campaigns/one/c-1"),
    ("the draft of a campaign", "/outreach/campaigns/new"),
    ("sends", "/outreach/campaigns/one/c-1/sends"),
    ("sends that were skipped", "/outreach/campaigns/one/c-1/sends?state=skipped"),
    ("the report of a campaign", "/outreach/reports/c-1"),
    ("the report of a journey", "/outreach/reports/welcome"),
)


def main() -> None:
    """Measure, and print the table."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else _MEMBERS
    events = int(sys.argv[2]) if len(sys.argv) > 2 else _EVENTS
    with TemporaryDirectory() as name, server(Path(name) / "postgresql") as url:
        folder = Path(name)
        made = packaged_asset.make(_new(folder / "media"))
        found = [
            _seconds(_new(folder / kind), made, address, members, events)
            for kind, address in (("SQLite", None), ("PostgreSQL", make_url(url)))
        ]
    rows = [Row(label, [f"{1000 * each[label]:.1f}" for each in found]) for label, _ in _PATHS]
    title = f"{members:,} members, {events:,} events: ms of a processor"
    print_table((title, "SQLite", "PostgreSQL"), rows)
    slow = [label for label, _ in _PATHS if max(each[label] for each in found) > _TARGET]
    sys.stdout.write(f"\nAbove {1000 * _TARGET:.0f} ms: {', '.join(slow) or 'none'}.\n")
    sys.exit(1 if slow else 0)


def _seconds(
    folder: Path, made: Made, url: URL | None, members: int, events: int
) -> dict[str, float]:
    """The seconds of each page, by its label, over a database of its own."""
    with desk_service(folder, made=made, url=url) as desk:
        _fill(desk, members, events)
        desk.user(_ADA, *(scope for scope in ApiScope if scope.value.startswith("outreach")))
        browser = desk.browser(_ADA)
        return {label: _measured(browser, path) for label, path in _PATHS}


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _measured(browser: Visitor, path: str) -> float:
    """Seconds of this process, its client included, and of PostgreSQL's: the mean of rounds."""
    assert browser.get(path).status_code == 200, path  # fills caches, as any but the first finds
    started = time.process_time() + processor_seconds()
    for _ in range(_ROUNDS):
        browser.get(path)
    return (time.process_time() + processor_seconds() - started) / _ROUNDS


def _fill(desk: DeskService, members: int, events: int) -> None:
    database = desk.database
    for start in range(0, members, _PAGE):
        _add_members(database, range(start, min(start + _PAGE, members)))
    for segment_id, rule in (("all", {"Dimensions": {}}), ("french", _FRENCH), ("g", _FRENCH)):
        Segments(database).save(segment_id, Rule.read(rule), NOW, segment_id)
    _add_content(database)
    campaign = example_campaign()
    fill_campaign(database, campaign, members)
    fill_events(database, campaign, events)
    _add_runs(database, members)
    OutreachReports(database).follow()
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))


def _add_members(database: Database, numbers: range) -> None:
    ids = [f"member-{n}" for n in numbers]
    profiles = {
        one: ProfileFields(
            name=f"Member {n}",
            language="en",
            country=_COUNTRIES[n % 4],
            attributes={"country": [_COUNTRIES[n % 4]]},
        )
        for n, one in zip(numbers, ids, strict=True)
    }
    frozen = [
        {"snapshot_id": "s-1", "number": n + 1, "member_id": one, "reasons": '["likely"]'}
        for n, one in zip(numbers, ids, strict=True)
    ]
    database.upgrade_once()
    with database.writing() as connection:
        write_members(connection, {}, profiles, 1)
        write_endpoints(connection, {}, [_endpoint(one) for one in ids])
        connection.execute(insert(SNAPSHOT_MEMBERS), frozen)


def _endpoint(member_id: str) -> Endpoint:
    fields = EndpointFields.read(
        {
            "ChannelType": "EMAIL",
            "Address": f"{member_id}@example.com",
            "User": {"UserId": member_id},
        }
    )
    return Endpoint("app", f"mail-{member_id}", fields, member_id, created=1, updated=1)


def _add_content(database: Database) -> None:
    stores = Stores(database)
    for title in ("t-1", "nocturne"):
        stores.promoted.save(Promoted(PromotedKind.TITLE, title, {"title": "Nocturne City"}), 1)
    for number in range(200):
        words = f"{{title}} is here, {number}"
        line = Line(PromotedKind.TITLE, "t-1", "", "en", Channel.EMAIL, words, "Hello {name}")
        stores.drafts.add(line, Origin(_ADA), [], NOW)


def _add_runs(database: Database, members: int) -> None:
    journey, journeys = read_journey(EXAMPLE), Journeys(database)
    journeys.save(journey, "ada", NOW - 5 * DAY)
    journeys.approve("welcome", 1, "ben", NOW - 5 * DAY)
    journeys.act("welcome", JourneyAction.START, NOW - 5 * DAY)
    for page in _pages(members):
        runs = [new_run("welcome", 1, "pause", f"member-{n}", "e", NOW) for n in page]
        with database.writing() as connection:
            insert_runs(connection, [replace(one, due=NOW + 3 * DAY) for one in runs], NOW)


def _pages(count: int) -> Iterator[range]:
    return (range(start, min(start + _PAGE, count)) for start in range(0, count, _PAGE))


if __name__ == "__main__":
    main()
