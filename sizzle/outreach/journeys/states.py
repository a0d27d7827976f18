"""The states that a journey goes through."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sizzle.errors import InputError
from sizzle.outreach.transitions import Transition


class JourneyState(StrEnum):
    """States of a journey, whichever version is in force."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    CLOSED = "closed"


class JourneyAction(StrEnum):
    """What a person does to a journey."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"


_TRANSITIONS: Final[Mapping[JourneyAction, Transition[JourneyState]]] = {
    JourneyAction.START: Transition(JourneyState.RUNNING, (JourneyState.DRAFT,)),
    JourneyAction.PAUSE: Transition(JourneyState.PAUSED, (JourneyState.RUNNING,)),
    JourneyAction.RESUME: Transition(JourneyState.RUNNING, (JourneyState.PAUSED,)),
    JourneyAction.CLOSE: Transition(
        JourneyState.CLOSED, (JourneyState.DRAFT, JourneyState.RUNNING, JourneyState.PAUSED)
    ),
}


class JourneyStateError(InputError):
    """An action that a journey's state does not allow."""

    status = 409
    slug = "journey-state"
    title = "The journey's state does not allow this"


def next_state(journey_id: str, state: JourneyState, action: JourneyAction) -> JourneyState:
    """The state after an action; the same one where it was done before.

    Raises:
        JourneyStateError: the state does not allow it.
    """
    transition = _TRANSITIONS[action]
    if not transition.allows(state):
        raise JourneyStateError(
            f"The journey is {state.value}.",
            where=f"journey {journey_id}",
            fix=f"`{action.value}` is for journeys that are {transition.wanted}.",
        )
    return transition.target
