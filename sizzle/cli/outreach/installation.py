"""What commands of outreach open: the database, the secret, the settings, members' reels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sizzle.cli import options

if TYPE_CHECKING:
    from sizzle.sending.inbound import InboundRecorder
    from sizzle.sending.open_worker import Installation


def open_installation(database: str | None, state: Path | None) -> Installation:
    """The installation that the options and the environment name.

    Raises:
        InputError: settings that cannot be used.
        DatabaseUnavailableError: the database cannot be reached.
    """
    from sizzle.sending.open_worker import Installation
    from sizzle.sending.settings import SendingSettings
    from sizzle.state_folder import state_folder

    settings, secret = SendingSettings.read(), options.secret_of(state)
    store = options.open_database(database, state)
    return Installation(store, state_folder(state), secret, settings)


def open_recorder(database: str | None, state: Path | None) -> InboundRecorder:
    """What records what came back. Raises as `open_installation`."""
    from sizzle.sending.clock import Clock
    from sizzle.sending.inbound import InboundRecorder

    log = options.open_event_log(database, state)
    store = options.open_database(database, state)
    return InboundRecorder(store, log, options.address_hash(state), Clock())


def with_histories(
    installation: Installation,
    catalog: str,
    model: Path,
    histories: Path | None,
    titles: Path | None,
    packages: Path | None,
) -> Installation:
    """The installation with members' reels, and what they have watched.

    Without a model no message shows a reel, and nobody is known to have watched anything.

    Raises:
        InputError, CatalogError, RankerError: files that cannot be used.
    """
    if not model.exists():
        return installation
    from ranker import HistoriesUnavailableError, Ranker, read_titles
    from sizzle.cadence import STANDARD
    from sizzle.catalog import Catalog
    from sizzle.database import DatabaseUnavailableError
    from sizzle.eventlog import MEMBER_KEY, EventLog
    from sizzle.events.viewing_policy import ViewingPolicy
    from sizzle.histories import Follower, StoredHistories, ViewingStore, read_history_file
    from sizzle.packager import Packages
    from sizzle.reel.compose import Composer
    from sizzle.reel.reel_cuts import ReelCuts
    from sizzle.secret import derived, reel_ids
    from sizzle.sending.reels import RankedReels

    ids, reader = reel_ids(installation.secret), Catalog.open(catalog).reader()
    log = EventLog(installation.database, derived(installation.secret, MEMBER_KEY))
    path = histories or options.DEFAULT_HISTORIES
    file = read_history_file(path, optional=histories is None)
    store = ViewingStore(log)
    Follower(store, lambda _: None).poll()
    stored = StoredHistories(store, ViewingPolicy(), ReelCuts(ids, reader), file)
    ranker = Ranker.load(model, stored, read_titles(titles) if titles else None)
    composer = Composer(ranker, STANDARD, ids)
    reels = RankedReels(
        reader,
        lambda: composer,
        Packages(packages, reader) if packages else None,
        installation.settings.public_url.rstrip("/"),
    )

    def watched(member_id: str) -> frozenset[str]:
        # What was seen of a reel is no viewing of the title.
        try:
            events = stored.log_of([member_id]).events()
        except HistoriesUnavailableError as error:
            raise DatabaseUnavailableError(str(error)) from error
        return frozenset(event.title_id for event in events if event.action != shown)

    shown = ViewingPolicy().reels.action
    return installation.with_histories(reels, watched)
