"""An experiment: the service gives each member one of its treatments, always the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from typing import Any, Final, Self

from sizzle.clips import checked_id
from sizzle.errors import InputError
from sizzle.experiments import assign

HELD_OUT: Final = "holdout"
"""The treatment of members who are held out: nothing is changed for them."""

_FIELDS: Final = {"name", "holdout", "salt"}


@dataclass(frozen=True, slots=True)
class Experiment:
    """Who gets which treatment.

    Attributes:
        name: another one draws anew.
        weights: of the treatments.
        holdout: the share of members who get none.
        salt: another one draws anew too.
    """

    name: str
    weights: Mapping[str, float]
    holdout: float = 0.0
    salt: str = ""

    @classmethod
    def of_table(cls, table: object, weights: Mapping[str, float]) -> Self:
        """An experiment as a file has it. Raises InputError: it is malformed."""
        if not isinstance(table, dict):
            raise InputError("experiment is not a table.", fix="write [experiment] above its name.")
        if unknown := set(table) - _FIELDS:
            raise InputError(
                f"The experiment has an unknown field {min(unknown)!r}.",
                fix=f"use {', '.join(sorted(_FIELDS))}.",
            )
        holdout = table.get("holdout", 0.0)
        if isinstance(holdout, bool) or not isinstance(holdout, int | float):
            raise InputError(f"The holdout is {holdout!r}.", fix="write a share from 0 to 1.")
        if HELD_OUT in weights:
            raise InputError(
                f"A treatment of the experiment is called {HELD_OUT!r}.",
                fix="rename it: that is what members are called who get none.",
            )
        name = checked_id(_text(table, "name"), "name of an experiment")
        experiment = cls(name, weights, float(holdout), _text(table, "salt", ""))
        experiment.treatment("")  # refuses what cannot be assigned
        return experiment

    def treatment(self, member_id: str) -> str:
        """A member's treatment, or `HELD_OUT`."""
        return assign(self.salt, self.name, member_id, self.weights, self.holdout) or HELD_OUT

    def planned(self) -> dict[str, float]:
        """The planned shares of members, also of those who are held out."""
        whole = fsum(self.weights.values())
        kept = 1 - self.holdout
        shares = {name: kept * weight / whole for name, weight in self.weights.items()}
        shares[HELD_OUT] = self.holdout
        return {name: share for name, share in shares.items() if share > 0}


def weight_of(name: str, table: Mapping[str, Any]) -> float:
    """The weight of a treatment. Raises InputError: not a number above 0."""
    weight = table["weight"]
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not weight > 0:
        raise InputError(f"Treatment {name} has the weight {weight!r}.", fix="write one above 0.")
    return float(weight)


def _text(table: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = table.get(name, default)
    if not isinstance(value, str):
        raise InputError(f"The experiment has the {name} {value!r}.", fix=f"give its {name}.")
    return value
