"""A ranker that has reasons for what everybody can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ranker import (
    NO_CONTEXT,
    ExplainedTitle,
    Explanation,
    Intent,
    MemberIntents,
    Ranking,
    RequestContext,
)
from tests.api.sample_service import Alphabetical

INTENTS = (
    Intent("genres", 0.75, {"Drama": 0.9, "Comedy": 0.095, "War": 0.005}),
    Intent("kind", 0.25, {"movie": 1.0}),
)


@dataclass(frozen=True)
class Reasonable(Alphabetical):
    """Has a reason for the alphabet."""

    def explain(
        self, member_id: str, title_ids: Sequence[str], request: RequestContext = NO_CONTEXT
    ) -> Explanation:
        """Each title is moved by its taste for early letters."""
        ranking: Ranking = self.rank(member_id, title_ids)
        count = len(ranking.titles)
        titles = [
            ExplainedTitle(title.title_id, title.score, count - number, {"taste": 0.5 - number})
            for number, title in enumerate(ranking.titles)
        ]
        return Explanation(ranking, INTENTS, tuple(titles))

    def intents(self, member_id: str, request: RequestContext = NO_CONTEXT) -> MemberIntents:
        """The same for all."""
        return MemberIntents(member_id, INTENTS, self.version, member_id != "member-ada")

    def known(self, request: RequestContext) -> RequestContext:
        """Of contexts only the device matters."""
        return RequestContext(device=request.device)
