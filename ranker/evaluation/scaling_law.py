"""How loss falls with the size of a model, its data and its context: a law, and what it predicts.

    loss = floor + sum over sizes of factor * size ** -exponent

Names of arrays end in their shape: P points, S sizes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, Self

import numpy as np

from ranker.data.arrays import Floats

_EXPONENTS: Final = tuple(np.round(np.arange(0.05, 1.525, 0.05), 3).tolist())


@dataclass(frozen=True, slots=True)
class ScalingLaw:
    """A law that was fitted to losses.

    Args:
        floor: the loss that no size goes below.
        factors: by the name of a size.
        exponents: by the name of a size.
    """

    floor: float
    factors: Mapping[str, float]
    exponents: Mapping[str, float]

    @classmethod
    def fit(cls, sizes: Mapping[str, Sequence[float]], losses: Sequence[float]) -> Self:
        """The law of the least squares, of all with exponents in steps of 0.05.

        A size of which there is one value only is left out.

        Args:
            sizes: by their names, of each model, more than 0.
            losses: of each model.
        """
        kept = {name: np.array(of) for name, of in sizes.items() if len(set(of)) > 1}
        loss_P = np.array(losses, np.float64)
        best = (np.inf, np.zeros(0), ())
        for exponents in product(_EXPONENTS, repeat=len(kept)):
            found = _least_squares(list(kept.values()), exponents, loss_P)
            if found[0] < best[0]:
                best = (*found, exponents)
        _, weight_S, chosen = best
        return cls(
            float(weight_S[0]),
            dict(zip(kept, weight_S[1:].tolist(), strict=True)),
            dict(zip(kept, chosen, strict=True)),
        )

    def predict(self, sizes: Mapping[str, float]) -> float:
        """The loss of a model of these sizes."""
        parts = [
            factor * sizes[name] ** -self.exponents[name] for name, factor in self.factors.items()
        ]
        return float(self.floor + sum(parts))

    def __str__(self) -> str:
        """The law as a formula."""
        parts = [
            f"{factor:.3g} {name}^-{self.exponents[name]:.2f}"
            for name, factor in self.factors.items()
        ]
        return f"loss = {' + '.join([f'{self.floor:.3f}', *parts])}"


def _least_squares(
    sizes: Sequence[Floats], exponents: Sequence[float], loss_P: Floats
) -> tuple[float, Floats]:
    """The sum of squares, and floor and factors, none of which is negative."""
    columns = [size_P**-exponent for size_P, exponent in zip(sizes, exponents, strict=True)]
    terms_PS = np.column_stack([np.ones(len(loss_P)), *columns])
    used = list(range(terms_PS.shape[1]))
    while True:
        weights, *_ = np.linalg.lstsq(terms_PS[:, used], loss_P, rcond=None)
        if len(used) == 1 or weights.min() >= 0:
            break
        del used[int(weights.argmin())]
    weight_S = np.zeros(terms_PS.shape[1])
    weight_S[used] = weights
    return float(np.square(terms_PS @ weight_S - loss_P).sum()), weight_S
