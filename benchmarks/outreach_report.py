"""The report of a campaign of 100,000 members among a million events: processor time.

    python -m benchmarks.outreach_report [MEMBERS [EVENTS]]

Members are assigned as the planner does it, and each send has the events of a mail that was opened,
clicked, and whose reel and title were watched. The report is compared with a loop over all events
and assignments that counts the same. Exports are of all sends, as CSV. The time of PostgreSQL's own
processes counts too. Exits with 1 if a target is missed.
"""

from __future__ import annotations

import random
import resource
import sys
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import insert, make_url, select, text

from benchmarks.metrics import _rounds, _seconds
from benchmarks.postgresql import server
from benchmarks.tables import Row, print_table
from sizzle.database import Database
from sizzle.database.member_tables import SNAPSHOTS
from sizzle.database.outcome_tables import ASSIGNMENTS
from sizzle.database.schema import EVENTS
from sizzle.database.send_tables import SENDS
from sizzle.eventlog.rows import COLUMNS, to_event, to_row
from sizzle.events import Event
from sizzle.events.attribution import attribute
from sizzle.experiments import HOLDOUT
from sizzle.outbox.campaigns import Campaigns
from sizzle.outbox.experiments import enrol
from sizzle.outbox.outreach_exports import export_csv
from sizzle.outbox.outreach_reports import OutreachReports
from sizzle.outbox.sends import Send, _row, send_id_of
from sizzle.outreach.campaign import Action, Campaign, Treatment
from sizzle.outreach.results.experiment import campaign_treatments, experiment_of
from sizzle.outreach.vocabulary import Channel, MessageClass, PromotedKind, SendState
from sizzle.outreach_charts import report_charts

_MEMBERS: Final = 100_000
_EVENTS: Final = 1_000_000
_TARGET: Final = 0.1  # seconds
_PAGE: Final = 50_000
NOW: Final = 1_780_000_000_000
_HOUR: Final = 3_600_000
_LANGUAGES: Final = ("en", "fr", "es", "ja")
_REASONS: Final = ("", "genres:Crime", "genres:Drama")


def main() -> None:
    """Measure both databases, and print the tables."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else _MEMBERS
    events = int(sys.argv[2]) if len(sys.argv) > 2 else _EVENTS
    met = True
    with TemporaryDirectory() as folder:
        met &= _measure("SQLite", f"sqlite:///{folder}/sizzle.db", members, events)
        with server(Path(folder) / "postgresql") as url:
            met &= _measure("PostgreSQL", url, members, events)
    sys.exit(0 if met else 1)


def _measure(name: str, url: str, members: int, events: int) -> bool:
    database = Database(make_url(url), patience=60)
    campaign = example_campaign()
    enrolled = _seconds(lambda: fill_campaign(database, campaign, members))
    fill_events(database, campaign, events)
    reports = OutreachReports(database)
    followed = _seconds(reports.follow)
    asked = NOW + 20 * 24 * _HOUR
    report = reports.of("c-1", asked)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    exported = _seconds(lambda: deque(export_csv(database, "c-1", "sends"), maxlen=0))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    seconds = {
        "the report": median(_rounds(lambda: reports.of("c-1", asked))),
        "its charts": median(_rounds(lambda: report_charts(report))),
        "a loop over all events and assignments": _seconds(lambda: _loop(database)),
        "following all events, once": followed,
        "assigning and keeping all members and sends, once": enrolled,
        f"exporting {report.total.sends:,} sends as CSV": exported,
    }
    sys.stdout.write(f"### {name}\n\n")
    rows = [Row(label, [f"{each:.3f}"]) for label, each in seconds.items()]
    print_table((f"{members:,} members, {events:,} events", "seconds"), rows)
    met = seconds["the report"] <= _TARGET
    sys.stdout.write(
        f"\nThe report: {seconds['the report']:.3f} s (target {_TARGET}): "
        f"{'met' if met else 'missed'}; the loop takes "
        f"{seconds['a loop over all events and assignments'] / seconds['the report']:.0f} times as "
        f"long. Following takes {followed / events * 1e6:.0f} us an event. The export took "
        f"{grown:.0f} MB.\n\n"
    )
    database.close()
    return met


def example_campaign() -> Campaign:
    """Of two treatments, with a tenth held out."""
    treatments = (Treatment(name="reel", channels=(Channel.EMAIL,)), Treatment(name="plain"))
    return Campaign(
        campaign_id="c-1", kind=PromotedKind.TITLE, promoted_id="t-1", snapshot_id="s-1",
        treatments=treatments, holdout=0.1,
    )  # fmt: skip


def fill_campaign(database: Database, campaign: Campaign, members: int) -> None:
    """Start it, assign members, and keep their sends as sent, one in twenty skipped."""
    database.upgrade()
    snapshot = {
        "snapshot_id": "s-1", "segment_id": "g", "segment_version": 1, "promoted": "",
        "count": members, "digest": "d", "created": 1, "approved": 1, "approved_by": "ben",
    }  # fmt: skip
    with database.writing() as connection:
        connection.execute(insert(SNAPSHOTS), snapshot)
    campaigns = Campaigns(database)
    campaigns.create(campaign, "ada", NOW)
    for action in (Action.APPROVE, Action.START):
        campaigns.act("c-1", action, "ben", NOW)
    for start in range(0, members, 500):
        ids = [f"member-{n}" for n in range(start, min(members, start + 500))]
        treatments = campaign_treatments(campaign, ids, 0.0)
        rows = [
            _row(_send(campaign.activity_id(name), one, int(one.partition("-")[2])))
            for one, name in treatments.items()
            if name != HOLDOUT
        ]
        with database.writing() as connection:
            enrol(connection, experiment_of(campaign, NOW, frozenset({"t-1"})), treatments, NOW)
            connection.execute(insert(SENDS), rows)


def _send(activity_id: str, member_id: str, number: int) -> Send:
    endpoint_id = f"mail-{member_id}"
    skipped = number % 20 == 0
    return Send(
        send_id=send_id_of(activity_id, "app", endpoint_id), campaign_id="c-1",
        activity_id=activity_id, app="app", endpoint_id=endpoint_id, member_id=member_id,
        channel=Channel.EMAIL, message_class=MessageClass.MARKETING, topic="marketing",
        state=SendState.SKIPPED if skipped else SendState.HANDED_OVER,
        reason="opted out" if skipped else "", due=NOW, created=NOW, updated=NOW,
        counted=None if skipped else NOW, reel_id=f"r-{number}" * 10,
        language=_LANGUAGES[number % 4], line_reason=_REASONS[number % 3],
        slots={"language": "en", "text": "Tonight: Nocturne City. " * 20},
    )  # fmt: skip


def fill_events(database: Database, campaign: Campaign, size: int) -> None:
    """Have members open, click, play their reel and watch the title."""
    chance = random.Random(5)  # noqa: S311 - nothing is secret
    items = _events(database, campaign, chance, size)
    while page := list(islice(items, _PAGE)):
        with database.writing() as connection:
            connection.execute(insert(EVENTS), [to_row(event) for event in page])
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))


def _events(
    database: Database, campaign: Campaign, chance: random.Random, size: int
) -> Iterator[Event]:
    """Ten of each send, and plays of those held out, until there are enough."""
    query = select(SENDS.c.member_id, SENDS.c.endpoint_id, SENDS.c.activity_id, SENDS.c.reel_id)
    with database.reading() as connection:
        sends = connection.execute(query).all()
    for number in range(size // 10):
        member_id, endpoint_id, activity_id, reel_id = sends[number % len(sends)]
        at = NOW + chance.randrange(1, 18 * 24) * _HOUR
        about = {"campaign_id": "c-1", "campaign_activity_id": activity_id}
        of_send = {"app": "app", "member_id": member_id, "endpoint_id": endpoint_id}
        for kind, label in (
            *(("delivered", ""), ("open", "proxy"), ("open", "human"), ("click", "human")),
        ):
            attributes = about | ({"label": label} if label else {})
            yield _event(f"_email.{kind}", f"{number}-{kind}-{label}", at, attributes, **of_send)
        of_reel = {"member_id": member_id, "reel_id": reel_id}
        for cut in range(1, 5):
            metrics = {"cut": float(cut), "frames": 80.0, "seconds": 3.3}
            yield _event("reel_progress", f"{number}-{cut}", at, {}, metrics, **of_reel)
        yield _event("reel_completed", f"{number}-end", at, {}, **of_reel)
        played = {"seconds": chance.choice((30.0, 600.0, 2400.0))}
        yield _event(
            "title_played", f"{number}-p", at + _HOUR, {"title_id": "t-1"}, played,
            member_id=member_id,
        )  # fmt: skip


def _event(
    kind: str, name: str, at: int, attributes: dict[str, str],
    metrics: dict[str, float] | None = None, **others: Any,  # noqa: ANN401 - an event's fields
) -> Event:  # fmt: skip
    return Event(
        type=kind, event_id=name, time=at, received=at, attributes=attributes,
        metrics=metrics or {}, **others,
    )  # fmt: skip


def _loop(database: Database) -> None:
    """Count what became of sends, and what members of each treatment watched."""
    counts: Counter[tuple[str, str]] = Counter()
    seconds: Counter[str] = Counter()
    with database.reading() as connection:
        assigned = dict(
            connection.execute(select(ASSIGNMENTS.c.member_id, ASSIGNMENTS.c.treatment)).all()
        )
        rows = connection.execution_options(yield_per=_PAGE).execute(select(*COLUMNS))
        for event in map(to_event, rows):
            found = attribute(event.type, event.attributes)
            if found is not None:
                counts[found.activity_id, found.action] += 1
            elif event.type == "title_played":
                seconds[assigned.get(event.member_id, "")] += int(event.metrics["seconds"])


if __name__ == "__main__":
    main()
