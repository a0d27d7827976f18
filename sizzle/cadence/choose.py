"""Which cadence a reel gets. The command line, the service and previews all choose here.

A request names a cadence, a set of cadences, or `random`, or writes out a plan: `A:160 B:80 | A:80`
with `|` between segments. A file may define more cadences, and sets for A/B tests:

    [cadences]
    trio = ["A:160 B:80 C:40", "A:80 B:40 C:40"]

    [sets.autumn]
    three-act = 3
    trio = 1

Of the set `autumn` three in four members get `three-act`, each member always the same cadence.
`random` is one that the asset can fill, chosen by the seed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, Self

from sizzle.cadence.plan import CADENCES, Cadence
from sizzle.clips import Index, checked_id
from sizzle.errors import InputError, NotFoundError, PolicyError, ReelError
from sizzle.experiments import weighted_choice
from sizzle.toml_text import read_toml

RANDOM: Final = "random"
"""The name that stands for any cadence that the asset can fill."""

MAX_LENGTH: Final = 2000
"""Characters of a cadence in a request: of a name, or of a plan written out."""

MAX_SEED: Final = 2**31 - 1

_MAX_SLOTS = 1000
_MAX_WEIGHT = 1e6


@dataclass(frozen=True)
class Cadences:
    """Cadences by name, and sets of them with weights.

    Args:
        plans: by name.
        sets: by name; each is the names of cadences with their weights, above 0.
    """

    plans: Mapping[str, Cadence]
    sets: Mapping[str, Mapping[str, float]]

    @classmethod
    def parse(cls, text: str, where: str = "") -> Self:
        """Read a TOML file of cadences and sets; the built-in cadences are kept.

        Raises:
            PolicyError: not TOML, or a cadence or set that is malformed.
        """
        document = read_toml(text, "cadence file", where)
        try:
            return cls._from(document)
        except InputError as error:
            raise PolicyError(error.what, where=where, fix=error.fix) from error

    @classmethod
    def _from(cls, document: Mapping[str, Any]) -> Self:
        unknown = set(document) - {"cadences", "sets"}
        if unknown:
            raise _malformed(
                f"The file has an unknown table {min(unknown)!r}",
                "use the tables cadences and sets",
            )
        plans = {**CADENCES}
        for name, lines in _table(document, "cadences").items():
            plans[_name(name)] = _plan(name, lines)
        sets = {}
        for name, weights in _table(document, "sets").items():
            sets[_name(name)] = _weights(name, weights, plans)
        if both := set(plans) & set(sets):
            raise _malformed(f"{min(both)!r} is both a cadence and a set", "rename one of them")
        return cls(MappingProxyType(plans), MappingProxyType(sets))

    def choose(
        self, name: str, member_id: str, seed: int, title_ids: Sequence[str], index: Index
    ) -> Cadence:
        """The cadence of a reel: always the same for the same arguments.

        Args:
            name: of a cadence or a set, or `random`, or a plan written out.
            member_id: decides within a set, whatever the seed.
            seed: decides what is random.
            title_ids: best first, from which the reel will be cut.
            index: of the asset.

        Raises:
            NotFoundError: no such name.
            PolicyError: a written plan that is malformed.
            ReelError: no cadence can be filled from these titles.
        """
        if ":" in name:
            return _written(name)
        plan = self.plans.get(name)
        if plan is not None:
            return plan
        if name in self.sets:
            return self.plans[weighted_choice(self.sets[name], f"{name}\0{member_id}")]
        if name != RANDOM:
            known = ", ".join([*self.plans, *self.sets, RANDOM])
            raise NotFoundError(
                f"There is no cadence {name[:120]!r}.",
                fix=f"choose one of: {known}; or write a plan such as 'A:160 B:80 | A:80'.",
            )
        return self._any(seed, title_ids, index)

    def chance(self, name: str, plan: Cadence, title_ids: Sequence[str], index: Index) -> float:
        """How likely `choose` is to give a plan, over all seeds and members.

        Args:
            name: as given to `choose`.
            plan: what it gave.
            title_ids: as given to `choose`.
            index: as given to `choose`.
        """
        if name in self.plans or ":" in name:
            return 1.0
        if name in self.sets:
            weights = self.sets[name]
            return weights.get(plan.name, 0.0) / sum(weights.values())
        valid = self._valid(title_ids, index)
        return 1 / len(valid) if plan.name in valid else 0.0

    def _any(self, seed: int, title_ids: Sequence[str], index: Index) -> Cadence:
        valid = self._valid(title_ids, index)
        if not valid:
            raise ReelError(
                f"Asset {index.asset.asset_id} can fill none of the {len(self.plans)} cadences "
                f"from {len(title_ids)} titles.",
                fix="ask for more titles, or publish more clips.",
            )
        return self.plans[weighted_choice(valid, str(seed))]

    def _valid(self, title_ids: Sequence[str], index: Index) -> dict[str, float]:
        """The cadences that can be filled, alike in weight."""
        return {name: 1.0 for name, plan in self.plans.items() if can_fill(plan, title_ids, index)}


STANDARD: Final = Cadences(CADENCES, MappingProxyType({}))
"""The built-in cadences, and no sets."""


def can_fill(plan: Cadence, title_ids: Sequence[str], index: Index) -> bool:
    """Whether these titles, best first, have all the clips that a cadence asks for."""
    if len(title_ids) < plan.ranks:
        return False
    return all(
        len(index.clips_of(title_ids[rank - 1], length)) >= needed
        for (rank, length), needed in plan.demand().items()
    )


@lru_cache(256)  # the same object for the same text, so that what is built from a plan is reused
def _written(text: str) -> Cadence:
    """A plan that is written out, named by its own text."""
    lines = [" ".join(line.split()) for line in text.split("|")]
    return _within_limit(Cadence.parse(" | ".join(lines), lines))


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise _malformed(f"{name} is not a table", f"write [{name}] above its lines")
    return table


def _name(text: str) -> str:
    if text == RANDOM:
        raise _malformed(f"{RANDOM!r} stands for any cadence", "choose another name")
    return checked_id(text, "name of a cadence or set")


def _plan(name: str, lines: object) -> Cadence:
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise _malformed(f"Cadence {name} is not a list of strings", "write one string per segment")
    return _within_limit(Cadence.parse(name, lines))


def _within_limit(plan: Cadence) -> Cadence:
    if (slots := sum(1 for _ in plan.slots)) > _MAX_SLOTS:
        raise _malformed(
            f"Cadence {plan.name[:120]} has {slots} slots", f"use at most {_MAX_SLOTS}"
        )
    return plan


def _weights(name: str, table: object, plans: Mapping[str, Cadence]) -> Mapping[str, float]:
    if not isinstance(table, dict) or not table:
        raise _malformed(
            f"Set {name} is empty", "write a cadence's name and its weight on each line"
        )
    for cadence, weight in table.items():
        if cadence not in plans:
            raise _malformed(
                f"Set {name} names an unknown cadence {cadence!r}", "define it under [cadences]"
            )
        if isinstance(weight, bool) or not isinstance(weight, int | float):
            raise _malformed(f"Set {name} gives {cadence} the weight {weight!r}", "write a number")
        if not 0 < weight <= _MAX_WEIGHT:
            raise _malformed(
                f"Set {name} gives {cadence} the weight {weight}",
                f"use a weight above 0 and at most {_MAX_WEIGHT:g}",
            )
    return MappingProxyType({cadence: float(weight) for cadence, weight in table.items()})


def _malformed(what: str, fix: str) -> PolicyError:
    return PolicyError(f"{what}.", fix=f"{fix}.")
