"""What an action does to the state of something that people start, pause and end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

_State = TypeVar("_State", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Transition(Generic[_State]):
    """One action.

    Attributes:
        target: the state after it.
        sources: the states that it is for.
    """

    target: _State
    sources: tuple[_State, ...]

    def allows(self, state: _State) -> bool:
        """Whether it may be done in a state; where it was done before, it changes nothing."""
        return state is self.target or state in self.sources

    @property
    def wanted(self) -> str:
        """The states that it is for, for messages."""
        return " or ".join(sorted(self.sources))
