"""What commands of outreach open: the database, the secret, the settings, members' reels."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def with_histories(
    installation: Installation,
    catalog: str,
    model: Path,
    histories: Path | None,
    titles: Path | None,
    cadences: Path | None,
    treatments: Path | None,
    viewing_policy: Path | None,
    packages: str | Path | None,
) -> Iterator[Installation]:
    """The installation with members' reels, and what they have watched, up to date in the block.

    Without a model no message shows a reel, and nobody is known to have watched anything.

    Raises:
        InputError, CatalogError, RankerError: files that cannot be used.
    """
    if not model.exists():
        yield installation
        return
    from sizzle.histories.ranker_files import RankerFiles
    from sizzle.sending.open_reels import ReelFiles, with_reels

    path, optional = histories or options.DEFAULT_HISTORIES, histories is None
    ranker = RankerFiles(model, path, titles, viewing_policy, optional)
    files = ReelFiles(catalog, ranker, cadences, treatments, packages)
    with with_reels(installation, files) as filled:
        yield filled
