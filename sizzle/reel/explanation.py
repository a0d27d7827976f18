"""Why a reel shows its titles in their order, in wire form: beside the reel, and no part of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from ranker import (
    NO_CONTEXT,
    ExplainedTitle,
    ExplainingRanker,
    Explanation,
    Intent,
    RequestContext,
    TitleRanker,
)
from sizzle.cadence import MAX_RANKS
from sizzle.clips import Index
from sizzle.reel.randomised_order import TitleOrder

CHANCE_FLOOR: Final = 0.01
"""Classes that are less likely than this are left out."""

_Chance = Annotated[float, Field(ge=0, le=1)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)


class KnownContext(_Wire):
    """What the ranking was made for: the time, and what the model knows of the context.

    A value that the model does not know is empty, as if it had not been given.
    """

    at: str | None = Field(
        description="The time, in steps of a few minutes; as `--at` of `sizzle compose` takes it.",
        json_schema_extra={"format": "date-time"},
    )
    device_type: str = ""
    locale: str = ""
    country: str = ""
    surface: str = ""


class IntentClass(_Wire):
    """One thing that the member may want."""

    name: str = Field(examples=["Drama"])
    chance: _Chance


class IntentChances(_Wire):
    """What the member is likely to want, of one kind.

    Attributes:
        intent: the kind: `genres`, `kind`, `language`, `engagement`, `recency`.
        weight: of the kind in the order; the weights of all kinds add up to 1.
        classes: with a chance of at least 0.01, likeliest first.
    """

    intent: str = Field(examples=["genres"])
    weight: _Chance
    classes: tuple[IntentClass, ...]


class TitleExplanation(_Wire):
    """What moved a title to its rank.

    Attributes:
        rank: in the ranker's order, from 1.
        score: the title's probability among the titles that were ranked.
        rank_without_context: its rank if neither the context nor the time were known.
        moved_by: by part of the score, how far it moves the title up (above 0) or down among the
            titles, in logarithms of odds: 0.69 doubles them. `taste` is the match with the member,
            and others are the matches with likely genres and so on.
    """

    rank: int
    title_id: str
    title: str
    score: _Chance
    rank_without_context: int | None = None
    moved_by: dict[str, float] = {}


class ReelExplanation(_Wire):
    """Why titles are in this order.

    Attributes:
        context: what the ranking was made for.
        randomised: whether the reel shows another order, which was drawn for its treatment.
        probabilities: by rank of the reel, how likely it was to show its title after those before;
            empty where the treatment draws no orders.
        intents: what the member is likely to want, by falling weight.
        titles: the best 26, as many as a cadence can show, in the ranker's order.
    """

    context: KnownContext
    randomised: bool = False
    probabilities: tuple[_Chance, ...] = ()
    intents: tuple[IntentChances, ...]
    titles: tuple[TitleExplanation, ...]


def explain_ranking(
    ranker: TitleRanker,
    member_id: str,
    title_ids: Sequence[str],
    request: RequestContext = NO_CONTEXT,
) -> Explanation:
    """A ranking, and why; without reasons where the ranker gives none.

    Raises:
        RankerError: the titles cannot be ranked.
    """
    if isinstance(ranker, ExplainingRanker):
        return ranker.explain(member_id, title_ids, request)
    ranking = ranker.rank(member_id, title_ids, request)
    titles = (
        ExplainedTitle(title.title_id, title.score, rank, {})
        for rank, title in enumerate(ranking.titles, start=1)
    )
    return Explanation(ranking, (), tuple(titles))


def to_reel_explanation(
    explanation: Explanation,
    request: RequestContext,
    index: Index,
    order: TitleOrder | None = None,
    most: int = MAX_RANKS,
) -> ReelExplanation:
    """An explanation in wire form.

    Args:
        explanation: of the ranking.
        request: what it was made for.
        index: of the titles.
        order: in which the reel shows the titles, where an order can be drawn.
        most: how many titles to explain, the best first; by default what a cadence can show.
    """
    return ReelExplanation(
        context=to_known_context(request),
        randomised=order is not None and order.randomised,
        probabilities=() if order is None else order.probabilities,
        intents=to_intents(explanation.intents),
        titles=tuple(
            TitleExplanation(
                rank=rank,
                title_id=title.title_id,
                title=index.title(title.title_id).name,
                score=title.score,
                rank_without_context=title.rank_without_request,
                moved_by={name: round(moved, 4) for name, moved in title.moved_by.items()},
            )
            for rank, title in enumerate(explanation.titles[:most], start=1)
        ),
    )


def to_known_context(request: RequestContext) -> KnownContext:
    """What a ranking was made for, in wire form."""
    return KnownContext(
        at=None if request.at is None else to_time_text(request.at),
        device_type=request.device,
        locale=request.locale,
        country=request.country,
        surface=request.surface,
    )


def to_intents(intents: Iterable[Intent]) -> tuple[IntentChances, ...]:
    """Intents in wire form."""
    return tuple(
        IntentChances(
            intent=intent.intent,
            weight=round(intent.weight, 4),
            classes=tuple(
                IntentClass(name=name, chance=round(chance, 4))
                for name, chance in intent.chances.items()
                if chance >= CHANCE_FLOOR
            ),
        )
        for intent in intents
    )


def to_time_text(at: int) -> str:
    """Seconds since 1970 as RFC 3339, such as `2026-11-30T18:00:00Z`."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
