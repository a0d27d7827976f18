"""After an event only the newest of a history is read, and ranked as if all of it had been."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import URL

from ranker import Checkpoint, Histories, NewestEvents, Ranker, RequestContext, ViewingEvent
from sizzle.database import Database, DatabaseUnavailableError
from sizzle.eventlog import EventLog
from sizzle.events import Event
from sizzle.events.viewing_policy import ViewingPolicy
from sizzle.histories import Follower, MemberChanges, StoredHistories, ViewingStore
from tests.databases import new_database
from tests.events.sample_events import NOW, event
from tests.histories.no_reels import no_cut
from tests.ranker.untrained_networks import NETWORKS

NETWORK = NETWORKS["hierarchical"]
CONTEXT = NETWORK.config.context
AT = RequestContext(at=NOW // 1000 + 400 * 86_400)
HOUR = 3_600_000
_numbers = count()


class Counting(StoredHistories):
    """Histories that count how often all of one was read, and how often only its end."""

    whole = 0
    ends = 0

    def log_of(self, member_ids: Sequence[str]):  # type: ignore[no-untyped-def]  # noqa: ANN201
        """All of it."""
        self.whole += 1
        return super().log_of(member_ids)

    def newest_of(self, member_id: str, since: int) -> NewestEvents | None:
        """Its end."""
        newest = super().newest_of(member_id, since)
        self.ends += newest is not None
        return newest


@dataclass(frozen=True, slots=True)
class Following:
    """A ranker that follows a log, one that reads all of a history again, and a forgetful one."""

    histories: Counting
    ranker: Ranker
    reading_all: Ranker
    forgetful: Ranker

    def check(self, member_id: str) -> None:
        """The first two rank alike bit for bit, from the steps that the last one reads anew."""
        ranking = self.ranker.rank(member_id, "abcde", AT)
        assert ranking == self.reading_all.rank(member_id, "abcde", AT)
        self.forgetful.forget([member_id])
        states = [ranker.state(member_id, AT) for ranker in (self.ranker, self.forgetful)]
        assert states[0].first_token == states[1].first_token
        assert states[0].last_at == states[1].last_at
        assert all(map(torch.equal, states[0].steps, states[1].steps))


def _outdate(following: Following, changes: MemberChanges) -> None:
    changed = None if changes.all else changes.members
    following.ranker.outdate(changed, changes.members)
    following.reading_all.outdate(changed)


def follow(log: EventLog, file: Histories) -> Iterator[Following]:
    """Rankers that know of each event once it is appended."""
    store = ViewingStore(log)
    histories = Counting(store, ViewingPolicy(), no_cut, file)
    rankers = (Ranker(Checkpoint(NETWORK, "v"), histories) for _ in range(3))
    following = Following(histories, *rankers)
    with Follower(store, partial(_outdate, following)):
        yield following


@pytest.fixture
def log(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventLog]:
    """An empty log."""
    log = EventLog(Database(new_database("sqlite", tmp_path, tmp_path_factory)), b"k" * 32)
    yield log
    log.close()


@pytest.fixture
def following(log: EventLog) -> Iterator[Following]:
    """Rankers over the log alone."""
    yield from follow(log, Histories())


def watch(log: EventLog, hours: Sequence[float], member: str = "member-ada") -> None:
    """Append plays of titles in turn, so many hours after now."""
    log.append([_play(member, hour, "abcde"[int(hour) % 5]) for hour in hours])


def _play(member: str, hour: float, title: str, seconds: float = 90) -> Event:
    return event(
        f"e-{next(_numbers)}",
        type="title_played",
        member_id=member,
        time=NOW + int(hour * HOUR),
        attributes={"title_id": title},
        metrics={"seconds": seconds},
    )


def test_only_the_newest_is_read(url: URL) -> None:
    """After a pause, in the same sitting, and where the model's window moves on."""
    log = EventLog(Database(url), b"k" * 32)
    for following in follow(log, Histories()):
        _check_what_is_read(log, following)
    log.close()


def _check_what_is_read(log: EventLog, following: Following) -> None:
    histories = following.histories
    watch(log, [12 * number for number in range(CONTEXT - 2)])
    following.check("member-ada")
    for number, hour in enumerate([500, 501, 502, 600, 700, 700.5, 800], start=1):
        histories.whole = 0
        watch(log, [hour])
        following.ranker.rank("member-ada", "abcde", AT)
        assert (histories.ends, histories.whole) == (number, 0)
        following.check("member-ada")


def test_what_comes_late_changes_what_is_after_it(log: EventLog, following: Following) -> None:
    """One among the newest, and one that is older than the last hundred."""
    watch(log, [12 * number for number in range(120)])
    following.check("member-ada")
    for hour in (12 * 118 + 1, 12 * 3 + 1):
        watch(log, [hour])
        following.check("member-ada")
    assert following.histories.ends == 1


def test_changes_that_were_not_read_yet_count_too(log: EventLog, following: Following) -> None:
    """The earliest of them says from where on the history is read."""
    watch(log, [12 * number for number in range(10)])
    following.check("member-ada")
    watch(log, [12 * 7 + 1])
    watch(log, [200])
    following.check("member-ada")
    following.ranker.outdate(["member-ada"])  # anything may have changed
    watch(log, [300])
    following.check("member-ada")
    assert following.histories.ends == 1


def test_of_more_records_than_are_read_all_are_read_again(
    log: EventLog, following: Following, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For with each the first is left out."""
    monkeypatch.setattr("sizzle.histories.viewing_store._MOST", 6)
    for number in range(8):
        watch(log, [12 * number])
        following.check("member-ada")
    assert following.histories.ends == 5  # of the second to the sixth


def test_events_of_a_file_are_before_the_newest(log: EventLog) -> None:
    """Else all of the history is read."""
    at = [NOW // 1000 + hour * 3600 for hour in (-40, -20, 99)]
    file = Histories([ViewingEvent("member-ada", "abcde"[n], time) for n, time in enumerate(at)])
    for following in follow(log, file):
        watch(log, [0, 20])
        following.check("member-ada")
        watch(log, [40])
        following.check("member-ada")
        assert following.histories.ends == 0
        watch(log, [200])
        following.check("member-ada")
        assert following.histories.ends == 1


def test_while_the_log_is_away_the_former_state_counts(log: EventLog, following: Following) -> None:
    """And what came meanwhile once it is back."""
    watch(log, [0, 20, 40])
    following.check("member-ada")
    before = following.ranker.rank("member-ada", "abcde", AT)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("read", "read_newest"):
            patch.setattr(log._viewing_records, name, _away)
        watch(log, [60])
        assert following.ranker.rank("member-ada", "abcde", AT) == before
    watch(log, [80])  # after which the log is looked at
    following.check("member-ada")
    assert following.ranker.rank("member-ada", "abcde", AT) != before


def _away(*_: object) -> None:
    raise DatabaseUnavailableError("The database is away.")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[EventLog, Following]]:
    """One log for all examples, each of a member of its own."""
    folder: Path = tmp_path_factory.mktemp("log")
    log = EventLog(Database(new_database("sqlite", folder, tmp_path_factory)), b"k" * 32)
    for following in follow(log, Histories()):
        yield log, following
    log.close()


records = st.tuples(
    st.sampled_from(["title_played", "title_played", "title_rated", "reel_progress"]),
    st.integers(0, 120).map(lambda half_hours: half_hours * HOUR // 2)
    | st.integers(-1500, 1500).map(lambda ms: 4 * HOUR + ms),
    st.sampled_from("abf"),
    st.sampled_from([1.0, 4.0, 40.0, 90.0]),
    st.sampled_from(["r-1", "r-2"]),
)


def _any_event(member: str, record: tuple[str, int, str, float, str]) -> Event:
    kind, time, title, amount, reel = record
    metrics = {"title_rated": {"rating": amount}, "reel_progress": {"cut": 1.0, "frames": 9.0}}
    return event(
        f"e-{next(_numbers)}",
        type=kind,
        member_id=member,
        time=NOW + time,
        reel_id=reel if kind == "reel_progress" else "",
        attributes={"title_id": title},
        metrics={"seconds": amount, **metrics.get(kind, {})},
    )


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(records, min_size=1, max_size=12), min_size=2, max_size=4))
def test_any_events_rank_as_if_all_were_read(
    shared: tuple[EventLog, Following], batches: list[list[tuple[str, int, str, float, str]]]
) -> None:
    """Of any kind, early or late, also such as count only together with others."""
    log, following = shared
    member = f"member-{next(_numbers)}"
    for batch in batches:
        log.append([_any_event(member, record) for record in batch])
        following.check(member)
