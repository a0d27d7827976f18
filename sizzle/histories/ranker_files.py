"""The ranker over the log of events, as the service and those who send both load it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ranker import HistoriesUnavailableError, Ranker, read_titles
from sizzle.database import DatabaseUnavailableError
from sizzle.events.viewing_policy import ViewingPolicy
from sizzle.events.watches import CutFinder
from sizzle.histories.history_file import read_history_file
from sizzle.histories.stored_histories import StoredHistories
from sizzle.histories.viewing_store import ViewingStore
from sizzle.viewing_policy_file import read_viewing_policy


@dataclass(frozen=True, slots=True)
class LoadedRanker:
    """A ranker, and what it ranks by.

    Attributes:
        histories: of members: the log and the file as they are whenever somebody is ranked.
        policy: says what counts as viewing.
        members: the ids of those whom the file knows.
    """

    ranker: Ranker
    histories: StoredHistories
    policy: ViewingPolicy
    members: Sequence[str]

    def counts(self) -> dict[str, int]:
        """How many members and titles are known."""
        return {"members": len(self.members), "titles": self.ranker.trained_titles}

    def watched(self, member_id: str) -> frozenset[str]:
        """The titles that a member has watched or judged; not those only shown or broken off.

        Raises:
            DatabaseUnavailableError: the log cannot be read.
        """
        try:
            events = self.histories.log_of([member_id]).events()
        except HistoriesUnavailableError as error:
            raise DatabaseUnavailableError(str(error)) from error
        unwatched = self.policy.unwatched_actions
        return frozenset(event.title_id for event in events if event.action not in unwatched)


@dataclass(frozen=True, slots=True)
class RankerFiles:
    """Files from which members are ranked, beside the log of events.

    Attributes:
        model: the ranker's.
        histories: from before the log.
        titles: what is known of titles.
        viewing_policy: what counts as viewing.
        optional: whether there need be no file of histories.
    """

    model: Path
    histories: Path
    titles: Path | None = None
    viewing_policy: Path | None = None
    optional: bool = False

    @property
    def paths(self) -> list[Path]:
        """All of them: a change of one changes rankings."""
        named = filter(None, [self.titles, self.viewing_policy])
        return [self.model, self.histories, *named]

    def load(
        self, store: ViewingStore, cut: CutFinder, cache_bytes: int | None = None
    ) -> LoadedRanker:
        """Read them.

        Args:
            store: of the log's records.
            cut: finds what a reel showed.
            cache_bytes: the memory that members' histories may take; by default the ranker's.

        Raises:
            RankerError, InputError: a file that cannot be used.
        """
        policy = read_viewing_policy(self.viewing_policy)
        file = read_history_file(self.histories, optional=self.optional)
        about = read_titles(self.titles) if self.titles else None
        histories = StoredHistories(store, policy, cut, file)
        options = {} if cache_bytes is None else {"cache_bytes": cache_bytes}
        ranker = Ranker.load(self.model, histories, about, **options)
        return LoadedRanker(ranker, histories, policy, file.members)
