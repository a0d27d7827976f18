"""Why titles are in an order: what the model expects of the member, and what moved each title."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ranker.ranking import Ranking
from ranker.request import NO_CONTEXT, RequestContext


@dataclass(frozen=True, slots=True)
class Intent:
    """What the member is likely to want, of one kind.

    Args:
        intent: the kind, such as "genres" or "engagement".
        weight: of the kind in the order; the weights of all kinds add up to 1.
        chances: by class, such as "Drama", likeliest first; they add up to 1.
    """

    intent: str
    weight: float
    chances: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class MemberIntents:
    """A member's intents at one moment.

    Args:
        member_id: the member.
        intents: by falling weight; empty for a model without intents.
        model_version: of the model that predicts them.
        cold_start: the member has no history, so they are those of any new member.
    """

    member_id: str
    intents: tuple[Intent, ...]
    model_version: str
    cold_start: bool


@dataclass(frozen=True, slots=True)
class ExplainedTitle:
    """What moved a title to its rank.

    Args:
        title_id: the title.
        score: as in the ranking.
        rank_without_request: its rank, from 1, if nothing were known of the request.
        moved_by: by part of the score, how far it moves the title up (above 0) or down among these
            titles, in logarithms of odds: 0.69 doubles them. `taste` is the match of the title with
            the member's state, `disliked` what a dislike takes away; others are the matches with
            likely genres and so on. The parts add up to the logarithm of the score, less its
            average over these titles.
    """

    title_id: str
    score: float
    rank_without_request: int
    moved_by: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A ranking, and why the titles are in this order.

    Args:
        ranking: the titles in their order.
        intents: the member's, which the order is based on.
        titles: in the order of the ranking.
    """

    ranking: Ranking
    intents: tuple[Intent, ...]
    titles: tuple[ExplainedTitle, ...]


@runtime_checkable
class ExplainingRanker(Protocol):
    """Says why it ranks titles as it does."""

    def explain(
        self, member_id: str, title_ids: Sequence[str], request: RequestContext = NO_CONTEXT
    ) -> Explanation:
        """The ranking of these titles, and why."""

    def intents(self, member_id: str, request: RequestContext = NO_CONTEXT) -> MemberIntents:
        """What the member is likely to want at a request."""
