"""Members' reels for a worker: those that the service composes from the same files and events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sizzle.cadence import STANDARD, Cadences
from sizzle.cadence_file import read_cadences
from sizzle.catalog import Catalog
from sizzle.eventlog import MEMBER_KEY, EventLog
from sizzle.histories import Follower, MemberChanges, ViewingStore
from sizzle.histories.ranker_files import LoadedRanker, RankerFiles
from sizzle.packager import open_packages
from sizzle.reel.compose import Composer
from sizzle.reel.reel_cuts import ReelCuts
from sizzle.reel.treatments import NO_TREATMENTS, Treatments
from sizzle.reloading import FileReloader, PeriodicRefresh, Reloadable
from sizzle.secret import derived, reel_ids
from sizzle.sending.open_worker import Installation
from sizzle.sending.reels import RankedReels
from sizzle.treatments_file import read_treatments

_REFRESH_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class ReelFiles:
    """What reels are made from.

    Attributes:
        catalog: of the assets.
        ranker: the model, and what histories are made from beside the log of events.
        cadences: additional ones, and sets of them.
        treatments: what those of an experiment change in reels.
        packages: the folder of packaged assets, for stills.
    """

    catalog: str
    ranker: RankerFiles
    cadences: Path | None = None
    treatments: Path | None = None
    packages: str | Path | None = None


@contextmanager
def with_reels(installation: Installation, files: ReelFiles) -> Iterator[Installation]:
    """The installation with members' reels, and with what they have watched.

    Until the block ends the log of events is followed, and files that change are read again, as in
    the service: a reel has what its member watched up to the moment of sending.

    Raises:
        InputError, CatalogError, RankerError: files that cannot be used.
    """
    reader = Catalog.open(files.catalog).reader()
    ids = reel_ids(installation.secret)
    store = ViewingStore(EventLog(installation.database, derived(installation.secret, MEMBER_KEY)))
    cuts = ReelCuts(ids, reader)
    ranker = FileReloader(
        files.ranker.paths, lambda: files.ranker.load(store, cuts), counts=LoadedRanker.counts
    )
    cadences, treatments = _cadences(files.cadences), _treatments(files.treatments)
    packages = open_packages(files.packages, reader) if files.packages else None
    if packages is not None:
        packages.fetch((asset_id, index.version) for asset_id, index in reader.indexes.items())
    reels = RankedReels(
        reader,
        lambda: Composer(ranker.current.ranker, cadences.current, ids, treatments.current),
        packages,
        installation.settings.public_url.rstrip("/"),
    )

    def refresh() -> None:
        for each in (reader, ranker, cadences, treatments):
            each.refresh()

    with (
        Follower(store, lambda changes: _outdate(ranker.current, store.log, changes)),
        PeriodicRefresh(_REFRESH_SECONDS, refresh),
    ):
        yield installation.with_histories(reels, lambda member: ranker.current.watched(member))


def _cadences(path: Path | None) -> Reloadable[Cadences]:
    if path is None:
        return Reloadable(STANDARD)
    return FileReloader([path], lambda: read_cadences(path))


def _treatments(path: Path | None) -> Reloadable[Treatments]:
    if path is None:
        return Reloadable(NO_TREATMENTS)
    return FileReloader([path], lambda: read_treatments(path))


def _outdate(loaded: LoadedRanker, log: EventLog, changes: MemberChanges) -> None:
    """Have the histories of members read again who have done something since."""
    ranker = loaded.ranker
    ranker.outdate(None if changes.all else changes.members, changes.members)
    if changes.erased:
        ranker.forget([m for m in ranker.cached_members if log.member_hash(m) in changes.erased])
