"""Members' histories for commands and jobs: the log of events and a file as one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ranker import LoggedHistories, TitleMetadata, ViewingLog
    from sizzle.eventlog import EventLog
    from sizzle.events.viewing_record import ViewingRecord
    from sizzle.events.watches import CutFinder
    from sizzle.histories import ViewingStore

DEFAULT_HISTORIES: Final = Path("histories.jsonl")

_AT_ONCE = 20_000  # records


@dataclass(frozen=True, slots=True)
class EventSource:
    """Where viewing events are read from.

    Args:
        database: the database of events, as `--database`.
        state: the state folder.
        catalog: which says what reels showed.
        policy: what counts as viewing, a file.
        histories: events from before, or None.
    """

    database: str | None
    state: Path | None
    catalog: str
    policy: Path | None
    histories: Path | None = None


def read_member(source: EventSource, member_id: str) -> LoggedHistories:
    """A member's history, as a service with the same state ranks from it.

    Raises:
        HistoryError: there is neither a log nor a file, or the file cannot be read.
        DatabaseUnavailableError: the log cannot be read.
        InputError: a newer version of the program has made its tables.
    """
    from ranker import HistoriesUnavailableError, LoggedHistories
    from sizzle.database import DatabaseUnavailableError
    from sizzle.histories import StoredHistories, read_history_file
    from sizzle.viewing_policy_file import read_viewing_policy

    path, has_log = source.histories or DEFAULT_HISTORIES, _has_log(source)
    file = read_history_file(path, optional=has_log and path == DEFAULT_HISTORIES)
    if not has_log:
        return file
    policy = read_viewing_policy(source.policy)
    with _opened(source) as store:
        histories = StoredHistories(store, policy, cut_finder(source), file)
        try:
            return LoggedHistories(histories.log_of([member_id]))
        except HistoriesUnavailableError:
            raise DatabaseUnavailableError(store.problem) from None


def read_all(
    source: EventSource, titles: Path | None
) -> tuple[ViewingLog, dict[str, TitleMetadata]]:
    """The histories of all members, and what is known of titles.

    Args:
        source: of the events; its histories may be a MovieLens folder.
        titles: a file of titles.

    Raises:
        HistoryError: a file cannot be read.
        DatabaseUnavailableError: the log cannot be read.
        InputError: a newer version of the program has made its tables.
    """
    from ranker import ViewingLog, read_log, read_titles
    from sizzle.events.viewing_record import ViewingColumns
    from sizzle.histories import without_erased
    from sizzle.viewing_policy_file import read_viewing_policy

    policy, cuts = read_viewing_policy(source.policy), cut_finder(source)
    with _opened(source) as store:
        stored = ViewingLog.concatenate(
            [
                policy.log(ViewingColumns.of(some), cuts)
                for some in _whole_members(store.log.all_viewing_records())
            ]
        )
        if source.histories is None:
            return stored, dict(read_titles(titles)) if titles else {}
        before, metadata = read_log(source.histories, titles)
        before = without_erased(before, store)
    return ViewingLog.from_events(chain(before.events(), stored.events())), dict(metadata)


def _has_log(source: EventSource) -> bool:
    """Whether one is named or exists: a command that only reads creates none."""
    from sizzle.database import database_url
    from sizzle.state_folder import state_folder

    if source.database:
        return True
    file = database_url(state_folder(source.state)).database
    return file is not None and Path(file).exists()


@contextmanager
def _opened(source: EventSource) -> Iterator[ViewingStore]:
    """The log's records, and who was erased."""
    from sizzle.database import DatabaseUnavailableError
    from sizzle.histories import Follower, ViewingStore

    log = _event_log(source)
    try:
        store = ViewingStore(log)
        Follower(store, lambda _: None).poll()
        if store.problem:
            raise DatabaseUnavailableError(store.problem)
        yield store
    finally:
        log.close()


def _event_log(source: EventSource) -> EventLog:
    from sizzle.database import Database, database_url
    from sizzle.eventlog import MEMBER_KEY, EventLog
    from sizzle.secret import VARIABLE, derived, installation_secret
    from sizzle.state_folder import state_folder

    state = state_folder(source.state)
    database = Database(database_url(state, source.database))
    database.upgrade()
    secret = installation_secret(state, os.environ.get(VARIABLE))
    return EventLog(database, derived(secret, MEMBER_KEY))


def cut_finder(source: EventSource) -> CutFinder:
    """What finds the cuts of reels that events name."""
    from sizzle.catalog import Catalog
    from sizzle.reel.reel_cuts import ReelCuts
    from sizzle.secret import VARIABLE, installation_secret, reel_ids
    from sizzle.state_folder import state_folder

    secret = installation_secret(state_folder(source.state), os.environ.get(VARIABLE))
    return ReelCuts(reel_ids(secret), Catalog.open(source.catalog))


def _whole_members(records: Iterable[ViewingRecord]) -> Iterator[list[ViewingRecord]]:
    """Some thousands of records at a time, with all of each member."""
    some: list[ViewingRecord] = []
    for _, own in groupby(records, key=lambda record: record[0]):
        some += own
        if len(some) >= _AT_ONCE:
            yield some
            some = []
    yield some
