"""Rankings: titles in a member's order, with scores and the model's version."""

import math
import operator
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Protocol, runtime_checkable

import msgspec

from ranker.errors import RankingError
from ranker.request import NO_CONTEXT, RequestContext

# Services keep hundreds of thousands of these, which never form cycles. Without `gc=False`, each
# full garbage collection looks at all of them, and stops the process for a third of a second.


class RankedTitle(msgspec.Struct, frozen=True, gc=False):
    """One title and its score: the higher, the likelier the member watches it next."""

    title_id: str
    score: float


class Reason(msgspec.Struct, frozen=True, gc=False):
    """A predicted intent of the member, and its weight in the order.

    Args:
        intent: such as "genres" or "engagement".
        likely: its likeliest class, such as "Drama" or "discover".
        chance: of that class.
        weight: of the intent in the order; the weights of all intents add up to 1.
    """

    intent: str
    likely: str
    chance: float
    weight: float


class Ranking(msgspec.Struct, frozen=True, gc=False):
    """Titles in a member's order, best first.

    Args:
        member_id: the member.
        titles: the requested titles, without duplicates, by falling score.
        model_version: of the model that made the order.
        cold_start: the member has no history, so the order is that of any new member.
        why: the predicted intents, by falling weight; empty for a model without intents.
        request: what it was made for.

    Raises:
        RankingError: a title is there twice, or a score is not finite or rises.
    """

    member_id: str
    titles: tuple[RankedTitle, ...]
    model_version: str
    cold_start: bool
    why: tuple[Reason, ...] = ()
    request: RequestContext = NO_CONTEXT

    def __post_init__(self) -> None:
        """Validate the titles and scores."""
        refuse_duplicates(self.title_ids)
        # Each at once: one by one takes as long as a tenth of the model.
        scores = [title.score for title in self.titles]
        if not all(map(math.isfinite, scores)):
            self._refuse_scores_not_finite()
        if any(map(operator.gt, scores[1:], scores)):
            self._refuse_rising_scores()

    @property
    def title_ids(self) -> tuple[str, ...]:
        """The title ids alone, best first."""
        return tuple([title.title_id for title in self.titles])

    def _refuse_scores_not_finite(self) -> None:
        for title in self.titles:
            if not math.isfinite(title.score):
                raise RankingError(
                    f"The score of title {title.title_id!r} is {title.score}, not a finite number.",
                    "train the model again; its weights are not valid.",
                )

    def _refuse_rising_scores(self) -> None:
        for better, worse in pairwise(self.titles):
            if worse.score > better.score:
                raise RankingError(
                    f"Title {worse.title_id!r} scores {worse.score}, more than {better.score} "
                    f"of {better.title_id!r} before it.",
                    "sort the titles by falling score.",
                )


class TitleRanker(Protocol):
    """Ranks titles for a member, as `Ranker` does."""

    def rank(
        self, member_id: str, title_ids: Sequence[str], request: RequestContext = NO_CONTEXT
    ) -> Ranking:
        """These titles, best first; an unknown member gets a cold-start order."""


@runtime_checkable
class BatchTitleRanker(Protocol):
    """Ranks titles for several members at once, in less time than one after the other."""

    def rank_many(
        self,
        member_ids: Sequence[str],
        title_ids: Sequence[str],
        requests: Sequence[RequestContext] = (),
    ) -> Sequence[Ranking]:
        """These titles for each member, best first."""


@runtime_checkable
class ContextRanker(Protocol):
    """Knows which values of a request's context make a difference."""

    def known(self, request: RequestContext) -> RequestContext:
        """The request without what makes no difference: both are ranked alike."""


def known_request(ranker: TitleRanker, request: RequestContext) -> RequestContext:
    """A request as a ranker sees it: without what makes no difference to it."""
    return ranker.known(request) if isinstance(ranker, ContextRanker) else request


@runtime_checkable
class FollowingRanker(Protocol):
    """Caches what it has read of members, who may watch something meanwhile."""

    @property
    def cached_members(self) -> Sequence[str]:
        """Those of whom anything is cached."""

    def outdate(
        self, member_ids: Iterable[str] | None = None, since: Mapping[str, int] | None = None
    ) -> None:
        """Read the histories of members, or of all, again when they are next asked for.

        Args:
            member_ids: the members; None for all.
            since: of some of them, the earliest time of what is new, in seconds since 1970.
        """

    def forget(self, member_ids: Iterable[str]) -> None:
        """Drop all that is cached of members."""


def refuse_duplicates(title_ids: tuple[str, ...]) -> None:
    """Raise a RankingError that names the titles which are there more than once."""
    if len(set(title_ids)) == len(title_ids):
        return
    repeated = [title for title, count in Counter(title_ids).items() if count > 1]
    raise RankingError(
        f"Some titles are there more than once: {', '.join(map(repr, repeated))}.",
        "give each title once.",
    )
