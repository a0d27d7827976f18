"""What orders titles, and the reels that are composed from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from ranker import Ranking, RequestContext
from sizzle import cadence
from sizzle.api.http.metrics import StateGauges
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.api.server.settings import Settings
from sizzle.cadence import STANDARD, Cadences
from sizzle.cadence_file import read_cadences
from sizzle.clips import Index, Indexes
from sizzle.eventlog import EventLog
from sizzle.histories import MemberChanges, ViewingStore
from sizzle.histories.ranker_files import RankerFiles
from sizzle.reel import TimecodeList
from sizzle.reel.compose import Composer
from sizzle.reel.ids import ReelIds
from sizzle.reel.ranking_time import ranking_time
from sizzle.reel.reel_cuts import ReelCuts
from sizzle.reel.treatments import NO_TREATMENTS, Treatments
from sizzle.reloading import FileReloader, Reloadable
from sizzle.treatments_file import read_treatments
from sizzle.viewing_source import DEFAULT_HISTORIES

if TYPE_CHECKING:
    pass


def rankings_of(
    settings: Settings, store: ViewingStore, cut: ReelCuts, clock: Callable[[], float]
) -> Reloadable[Rankings]:
    """Rankings that are made anew where the model changes, or a file that histories depend on."""
    # Rankings are made one at a time in each worker: a second thread for one history costs a fifth
    # more of the processor, and takes the core of another worker.
    torch.set_num_threads(1)

    files = RankerFiles(
        settings.model,
        settings.histories,
        settings.titles,
        settings.viewing_policy,
        optional=settings.histories == DEFAULT_HISTORIES,
    )

    def load() -> Rankings:
        loaded = files.load(store, cut, settings.cache_bytes)
        ranker = loaded.ranker
        return Rankings(
            ranker, loaded.members, ranker.trained_titles, clock=clock, watched=loaded.watched
        )

    return FileReloader(files.paths, load, counts=Rankings.counts)


def outdate(rankings: Reloadable[Rankings], log: EventLog, changes: MemberChanges) -> None:
    """Have the rankings of members made anew whose histories have changed."""
    current = rankings.current
    if changes.all:
        current.outdate()
    else:
        current.outdate(changes.members, changes.members)
    if changes.erased:
        current.forget(lambda member_id: log.member_hash(member_id) in changes.erased)


def observe(rankings: Reloadable[Rankings], gauges: StateGauges) -> None:
    """Set how many members are known, and of how many the history is in memory."""
    gauges.members.set(len(rankings.current.members))
    gauges.states.set(rankings.current.states)


def cadences_of(path: Path | None) -> Reloadable[Cadences]:
    """Those that come with the program, or those of a file."""
    if path is None:
        return Reloadable(STANDARD)
    return FileReloader([path], lambda: read_cadences(path))


def treatments_of(path: Path | None) -> Reloadable[Treatments]:
    """None, or those of a file."""
    if path is None:
        return Reloadable(NO_TREATMENTS)
    return FileReloader([path], lambda: read_treatments(path))


@dataclass(frozen=True, slots=True)
class ReelComposer:
    """Composes members' reels of this moment, from what is in use at this moment."""

    indexes: Indexes
    rankings: Reloadable[Rankings]
    cadences: Reloadable[Cadences]
    treatments: Reloadable[Treatments]
    ids: ReelIds
    clock: Callable[[], float]

    def ranked(self, member_id: str, asset_id: str) -> tuple[TimecodeList, Ranking]:
        """A member's reel in the default cadence, and why so.

        Raises:
            SizzleError: there can be none.
        """
        index = self.indexes.index(asset_id or next(iter(self.indexes.assets()), ""))
        name, request = cadence.DEFAULT.name, self._request(member_id)
        return self._composer().compose_ranked(index, member_id, name, request=request)

    def newest(self, member_id: str, asset_id: str) -> TimecodeList:
        """A member's reel in the default cadence. Raises as `ranked`."""
        return self.ranked(member_id, asset_id)[0]

    def preview(self, index: Index, member_id: str, cadence: str, seed: int) -> TimecodeList:
        """A member's reel of an index that may not be published. Raises as `ranked`."""
        request = self._request(member_id)
        return self._composer().compose(index, member_id, cadence, seed=seed, request=request)

    def _composer(self) -> Composer:
        ranker = self.rankings.current.ranker
        return Composer(ranker, self.cadences.current, self.ids, self.treatments.current)

    def _request(self, member_id: str) -> RequestContext:
        return RequestContext(at=ranking_time(member_id, self.clock()))
