"""Who is held out of a journey, and what is counted of whom, as campaigns count it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from sizzle.experiments import assign
from sizzle.outreach.journeys.model import Journey, SendStep
from sizzle.outreach.results.experiment import (
    EVERYBODY,
    HELD_OUT_OF_ALL,
    Experiment,
    is_held_out_of_all,
    journey_experiment_id,
)
from sizzle.outreach.vocabulary import PromotedKind

MOST_MINUTES: Final = 600
"""Of a member that count as watched; more would be an outlier."""


TitlesCounted = Callable[[PromotedKind, str], frozenset[str]]
"""The titles whose plays are wanted of something that is promoted; empty for any."""


def journey_experiment(journey: Journey, started: int, titles: TitlesCounted) -> Experiment:
    """The experiment of a journey; it goes on for as long as members enter."""
    return Experiment(
        journey_experiment_id(journey.journey_id),
        titles_promoted(journey, titles),
        MOST_MINUTES * 60,
        started,
    )


def titles_promoted(journey: Journey, titles: TitlesCounted) -> frozenset[str]:
    """The titles whose plays are what is wanted of all its messages; empty for any."""
    sends = [step for step in journey.steps if isinstance(step, SendStep)]
    found = [titles(step.kind, step.promoted_id) for step in sends]
    return frozenset().union(*found) if all(found) else frozenset()


def journey_treatments(
    journey: Journey, member_ids: Iterable[str], held_out_of_all: float
) -> dict[str, str]:
    """The treatment of each member: `EVERYBODY` for those who go through it, else held out."""
    return {
        one: HELD_OUT_OF_ALL
        if is_held_out_of_all(one, held_out_of_all)
        else assign("", journey.journey_id, one, {EVERYBODY: 1.0}, journey.holdout)
        for one in member_ids
    }
