"""What treatments of experiments change in reels.

A request names its treatment; a file says what the treatment does. One that is not in the file does
nothing.

    [treatments.autumn-b]
    randomised_share = 0.1
    temperature = 0.5
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Self

from sizzle.clips import checked_id
from sizzle.errors import InputError, PolicyError
from sizzle.reel.randomised_order import Randomisation

_FIELDS: Final = {"randomised_share", "temperature"}


@dataclass(frozen=True, slots=True)
class Treatments:
    """What treatments change, by their names.

    Args:
        randomisations: of those that draw a share of orders.
    """

    randomisations: Mapping[str, Randomisation]

    @classmethod
    def parse(cls, text: str, where: str = "") -> Self:
        """Read a TOML file of treatments.

        Raises:
            PolicyError: not TOML, or a treatment that is malformed.
        """
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise PolicyError(
                f"The treatments are not valid TOML: {error}.", where=where, fix="correct the file."
            ) from error
        try:
            return cls._from(document)
        except InputError as error:
            raise PolicyError(error.what, where=where, fix=error.fix) from error

    @classmethod
    def _from(cls, document: Mapping[str, Any]) -> Self:
        if unknown := set(document) - {"treatments"}:
            raise InputError(
                f"The file has an unknown table {min(unknown)!r}.", fix="use the table treatments."
            )
        tables = document.get("treatments", {})
        if not isinstance(tables, dict):
            raise InputError(
                "treatments is not a table.", fix="write [treatments.NAME] above its lines."
            )
        return cls(
            MappingProxyType(
                {
                    checked_id(name, "name of a treatment"): _randomisation(name, table)
                    for name, table in tables.items()
                }
            )
        )

    def randomisation(self, treatment: str | None) -> Randomisation | None:
        """How orders of a treatment are drawn; None where they never are."""
        return None if treatment is None else self.randomisations.get(treatment)


NO_TREATMENTS: Final = Treatments(MappingProxyType({}))
"""Nothing differs."""


def _randomisation(name: str, table: object) -> Randomisation:
    if not isinstance(table, dict):
        raise InputError(
            f"Treatment {name} is not a table.", fix=f"write [treatments.{name}] above its lines."
        )
    if unknown := set(table) - _FIELDS:
        raise InputError(
            f"Treatment {name} has an unknown field {min(unknown)!r}.",
            fix=f"use {' and '.join(sorted(_FIELDS))}.",
        )
    if "randomised_share" not in table:
        raise InputError(
            f"Treatment {name} does not say what it changes.", fix="give its randomised_share."
        )
    for field, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputError(f"Treatment {name} has the {field} {value!r}.", fix="write a number.")
    try:
        return Randomisation(table["randomised_share"], table.get("temperature", 1.0))
    except InputError as error:
        raise InputError(f"Treatment {name}: {error.what}", fix=error.fix) from error
