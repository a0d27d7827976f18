"""What treatments of experiments change in reels.

A request names its treatment; a file says what the treatment does. One that is not in the file does
nothing. With an experiment, requests that name none get one of those with a weight.

    [experiment]
    name = "autumn"
    holdout = 0.1

    [treatments.autumn-a]
    weight = 1

    [treatments.autumn-b]
    weight = 1
    cadence = "quick"
    randomised_share = 0.1
    temperature = 0.5
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Self, TypeVar

from ranker import Ranking
from sizzle.cadence import DEFAULT
from sizzle.clips import Index, checked_id
from sizzle.errors import InputError, PolicyError
from sizzle.reel.experiment import Experiment, weight_of
from sizzle.reel.randomised_order import Randomisation, TitleOrder, title_order
from sizzle.toml_text import read_toml

T = TypeVar("T")

_NUMBERS: Final = ("randomised_share", "temperature")
_FIELDS: Final = {*_NUMBERS, "cadence", "weight"}
_CHANGES: Final = {"randomised_share", "cadence", "weight"}


@dataclass(frozen=True, slots=True)
class Treatments:
    """What treatments change, by their names.

    Args:
        randomisations: of those that draw a share of orders.
        cadences: of those that show another cadence.
        experiment: gives members treatments; None where only requests name them.
    """

    randomisations: Mapping[str, Randomisation]
    cadences: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    experiment: Experiment | None = None

    @classmethod
    def parse(cls, text: str, where: str = "") -> Self:
        """Read a TOML file of treatments.

        Raises:
            PolicyError: not TOML, or a treatment that is malformed.
        """
        document = read_toml(text, "treatments file", where)
        try:
            return cls._from(document)
        except InputError as error:
            raise PolicyError(error.what, where=where, fix=error.fix) from error

    @classmethod
    def _from(cls, document: Mapping[str, Any]) -> Self:
        if unknown := set(document) - {"treatments", "experiment"}:
            raise InputError(
                f"The file has an unknown table {min(unknown)!r}.",
                fix="use the tables treatments and experiment.",
            )
        tables = document.get("treatments", {})
        if not isinstance(tables, dict):
            raise InputError(
                "treatments is not a table.", fix="write [treatments.NAME] above its lines."
            )
        for name, table in tables.items():
            _check(checked_id(name, "name of a treatment"), table)
        return cls(
            _of_each(tables, "randomised_share", _randomisation),
            _of_each(tables, "cadence", _cadence),
            _experiment(document, _of_each(tables, "weight", weight_of)),
        )

    def assigned(self, member_id: str) -> str | None:
        """The treatment that a member gets whose request names none; None without experiment."""
        return None if self.experiment is None else self.experiment.treatment(member_id)

    def of(self, member_id: str, named: str | None) -> str | None:
        """The treatment of a member whose request names one, or none."""
        return named or self.assigned(member_id)

    @property
    def names(self) -> frozenset[str]:
        """Those that change anything, or that an experiment gives; not the holdout."""
        weights = () if self.experiment is None else self.experiment.weights
        return frozenset({*self.randomisations, *self.cadences, *weights})

    def planned(self) -> dict[str, float] | None:
        """The planned shares of members; None without an experiment."""
        return None if self.experiment is None else self.experiment.planned()

    def cadence(self, treatment: str | None, wanted: str) -> str:
        """The cadence that a treatment shows to a request; the default cadence counts as none."""
        if treatment is None or wanted != DEFAULT.name:
            return wanted
        return self.cadences.get(treatment, wanted)

    def randomisation(self, treatment: str | None) -> Randomisation | None:
        """How orders of a treatment are drawn; None where they never are."""
        return None if treatment is None else self.randomisations.get(treatment)

    def order(self, treatment: str | None, index: Index, seed: int, ranking: Ranking) -> TitleOrder:
        """The order in which a reel shows the titles: the ranking's, or one that is drawn.

        Requests for the same in the same interval of time get the same order, from every worker.

        Args:
            treatment: of the member.
            index: of the titles.
            seed: of the request.
            ranking: of the best titles.
        """
        randomisation = self.randomisation(treatment)
        if randomisation is None:
            return TitleOrder(ranking.title_ids)
        parts = (treatment, ranking.member_id, index.asset.asset_id, index.version)
        key = "\0".join(map(str, (*parts, seed, ranking.request.at)))
        return title_order(ranking, randomisation, key)


NO_TREATMENTS: Final = Treatments(MappingProxyType({}))
"""Nothing differs."""


def _check(name: str, table: object) -> None:
    """Raises InputError: no table, an unknown field, or nothing that changes."""
    if not isinstance(table, dict):
        raise InputError(
            f"Treatment {name} is not a table.", fix=f"write [treatments.{name}] above its lines."
        )
    if unknown := set(table) - _FIELDS:
        raise InputError(
            f"Treatment {name} has an unknown field {min(unknown)!r}.",
            fix=f"use {', '.join(sorted(_FIELDS))}.",
        )
    if not set(table) & _CHANGES:
        raise InputError(
            f"Treatment {name} does not say what it changes.",
            fix="give its randomised_share or cadence, or its weight in the experiment.",
        )


def _of_each(
    tables: Mapping[str, Any], key: str, read: Callable[[str, Mapping[str, Any]], T]
) -> Mapping[str, T]:
    """What is read of the treatments that have a key."""
    return MappingProxyType(
        {name: read(name, table) for name, table in tables.items() if key in table}
    )


def _experiment(document: Mapping[str, Any], weights: Mapping[str, float]) -> Experiment | None:
    if "experiment" in document:
        return Experiment.of_table(document["experiment"], weights)
    if weights:
        raise InputError(
            f"Treatment {min(weights)} has a weight, but there is no experiment.",
            fix="write [experiment] with a name.",
        )
    return None


def _cadence(name: str, table: Mapping[str, Any]) -> str:
    cadence = table["cadence"]
    if not isinstance(cadence, str) or not cadence:
        raise InputError(f"Treatment {name} has the cadence {cadence!r}.", fix="write its name.")
    return cadence


def _randomisation(name: str, table: Mapping[str, Any]) -> Randomisation:
    for number in _NUMBERS:
        value = table.get(number, 1.0)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputError(f"Treatment {name} has the {number} {value!r}.", fix="write a number.")
    try:
        return Randomisation(table["randomised_share"], table.get("temperature", 1.0))
    except InputError as error:
        raise InputError(f"Treatment {name}: {error.what}", fix=error.fix) from error
