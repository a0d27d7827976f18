"""The states that a journey goes through."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sizzle.errors import InputError


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


_TARGETS: Final[Mapping[JourneyAction, JourneyState]] = {
    JourneyAction.START: JourneyState.RUNNING,
    JourneyAction.PAUSE: JourneyState.PAUSED,
    JourneyAction.RESUME: JourneyState.RUNNING,
    JourneyAction.CLOSE: JourneyState.CLOSED,
}
_SOURCES: Final[Mapping[JourneyAction, frozenset[JourneyState]]] = {
    JourneyAction.START: frozenset({JourneyState.DRAFT}),
    JourneyAction.PAUSE: frozenset({JourneyState.RUNNING}),
    JourneyAction.RESUME: frozenset({JourneyState.PAUSED}),
    JourneyAction.CLOSE: frozenset({JourneyState.DRAFT, JourneyState.RUNNING, JourneyState.PAUSED}),
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
    target = _TARGETS[action]
    if state is not target and state not in _SOURCES[action]:
        wanted = " or ".join(sorted(_SOURCES[action]))
        raise JourneyStateError(
            f"The journey is {state.value}.",
            where=f"journey {journey_id}",
            fix=f"`{action.value}` is for journeys that are {wanted}.",
        )
    return target
