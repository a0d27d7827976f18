"""Plans the renditions of a reel's next fragments by dynamic programming over their known sizes.

From the last fragment backwards, for every state (seconds buffered, previous rendition), the plan
finds the rendition of the greatest value: quality less the costs of switches and stalls. The
bandwidth to come is uncertain, so a few are played through to the end, each with its own best
future, and the next rendition is the best in expectation over them. Shapes: fragments F, without
and with an outage X, renditions R, bandwidths S, buffer levels B.
"""

# ruff: noqa: N803, N806 - an array's name shows its shape

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEP = 0.5  # seconds between levels of the buffer
_DEVIATIONS = np.array([-1.6, -0.7, 0.0, 0.7, 1.6])  # bandwidths, in standard deviations
_CHANCES = np.array([0.1, 0.2, 0.4, 0.2, 0.1])  # and how likely each is
_MIDDLE = len(_DEVIATIONS) // 2
_OUTAGES = np.array([0.0, 7.0])  # seconds that the link is down while a fragment arrives
_OUTAGE_CHANCES = np.array([0.95, 0.05])  # and how likely each is


@dataclass(frozen=True, slots=True)
class PlanWeights:
    """What is traded against quality, in seconds of the highest one.

    Attributes:
        stall: the cost of each stall.
        stalled_second: the cost of each second of a stall.
        switch: the cost of a switch from the lowest to the highest rendition, or back.
    """

    stall: float = 4.0
    stalled_second: float = 4.0
    switch: float = 0.4


@dataclass(frozen=True, slots=True)
class PlanInput:
    """What a plan is made from.

    Attributes:
        bits: of each fragment in each rendition, with its music: shape (F, R).
        qualities: of each rendition.
        fragment: seconds that each lasts.
        limit: seconds that may be buffered.
        buffered: seconds that are buffered now.
        rendition: of the previous fragment, by its index.
        bandwidth: expected bits per second.
        spread: standard deviation of the bandwidth's logarithm.
    """

    bits: Floats
    qualities: Sequence[float]
    fragment: float
    limit: float
    buffered: float
    rendition: int
    bandwidth: float
    spread: float


def plan_renditions(state: PlanInput, weights: PlanWeights) -> list[int]:
    """The rendition of each fragment, by its index, if the bandwidth is as expected."""
    seconds_FRS = state.bits[:, :, None] / _bandwidths(state)
    levels_B = np.arange(0.0, state.limit + state.fragment + _STEP, _STEP)
    left_FXRSB = (levels_B - seconds_FRS[..., None])[:, None] - _OUTAGES[:, None, None, None]
    gains_FXRSB = _gains(state)[:, None, None] - _stall_costs(left_FXRSB, weights)
    then_FXRSB = np.minimum(np.maximum(left_FXRSB, 0.0) + state.fragment, state.limit)
    next_FXRSB = np.rint(then_FXRSB / _STEP).astype(np.intp)
    switches_RR = _switch_costs(state.qualities, weights)
    values = _values(gains_FXRSB, next_FXRSB, switches_RR)
    return _follow(state, values, switches_RR, seconds_FRS[:, :, _MIDDLE])


def _bandwidths(state: PlanInput) -> Floats:
    """Bits per second, (S)."""
    bandwidths: Floats = state.bandwidth * np.exp(state.spread * _DEVIATIONS)
    return bandwidths


def _gains(state: PlanInput) -> Floats:
    """The value of a fragment of each rendition, (R)."""
    return state.fragment * np.asarray(state.qualities)


def _stall_costs(left_FXRSB: Floats, weights: PlanWeights) -> Floats:
    short_FXRSB = np.maximum(-left_FXRSB, 0.0)
    costs_FXRSB: Floats = weights.stalled_second * short_FXRSB + weights.stall * (short_FXRSB > 0)
    return costs_FXRSB


def _switch_costs(qualities: Sequence[float], weights: PlanWeights) -> Floats:
    """From each rendition (rows) to each other."""
    each = np.asarray(qualities)
    costs: Floats = weights.switch * np.abs(each[:, None] - each)
    return costs


def _values(gains_FXRSB: Floats, next_FXRSB: NDArray[np.intp], switches_RR: Floats) -> list[Floats]:
    """The value of each fragment in each rendition with all that follow it, (R, S, B).

    The switch to it is not counted. A link is assumed to keep its bandwidth, so each one has a
    future of its own; but it can go down at any fragment.
    """
    _, _, renditions, bandwidths, levels = gains_FXRSB.shape
    best_RSB = np.zeros((renditions, bandwidths, levels))
    rows, lanes = np.arange(renditions)[:, None, None], np.arange(bandwidths)[:, None]
    values = []
    for gains_XRSB, next_XRSB in zip(gains_FXRSB[::-1], next_FXRSB[::-1], strict=True):
        values_XRSB = gains_XRSB + best_RSB[rows, lanes, next_XRSB]
        values_RSB = np.tensordot(_OUTAGE_CHANCES, values_XRSB, axes=1)
        values.append(values_RSB)
        best_RSB = (values_RSB[None] - switches_RR[:, :, None, None]).max(axis=1)
    return values[::-1]


def _follow(
    state: PlanInput, values: Sequence[Floats], switches_RR: Floats, seconds_FR: Floats
) -> list[int]:
    """The best rendition in expectation at each state that the expected bandwidth leads to."""
    buffered, rendition, followed = state.buffered, state.rendition, []
    for fragment, values_RSB in enumerate(values):
        level = min(round(buffered / _STEP), values_RSB.shape[2] - 1)
        expected_R = values_RSB[:, :, level] @ _CHANCES - switches_RR[rendition]
        rendition = int(expected_R.argmax())
        followed.append(rendition)
        left = max(0.0, buffered - float(seconds_FR[fragment, rendition]))
        buffered = min(left + state.fragment, state.limit)
    return followed
