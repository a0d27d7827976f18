"""Which rungs to fetch a reel's next fragments in: dynamic programming over their known sizes.

For every fragment from the last one back, and every state (seconds buffered, the rung before), the
plan says which rung is worth the most: quality, less what switches and stalls cost. How fast the
link will be is uncertain: a few speeds are thought through to the end, each with its own best
future, and the next rung is the one that is best in expectation over them. Shapes: fragments F,
with and without a break X, rungs R, speeds S, buffer levels B.
"""

# ruff: noqa: N803, N806 - an array's name shows its shape

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEP = 0.5  # seconds between levels of the buffer
_NORMAL = np.array([-1.6, -0.7, 0.0, 0.7, 1.6])  # standard deviations: the speeds, and
_CHANCES = np.array([0.1, 0.2, 0.4, 0.2, 0.1])  # how likely each is
_MIDDLE = len(_NORMAL) // 2
_BREAKS = np.array([0.0, 7.0])  # seconds that the link breaks down for while a fragment comes, and
_BREAK_CHANCES = np.array([0.95, 0.05])  # how likely that is


@dataclass(frozen=True, slots=True)
class Worth:
    """What matters how much, in seconds of the best quality.

    Attributes:
        stall: each time that the picture stops.
        second: each second that it stands still.
        switch: from the least to the best rung, or back.
    """

    stall: float = 4.0
    second: float = 4.0
    switch: float = 0.4


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known when a plan is made.

    Attributes:
        bits: of each fragment in each rung, with the music beside it: shape (F, R).
        qualities: of each rung.
        fragment: seconds that each lasts.
        most: seconds that may be buffered.
        buffered: seconds that are.
        rung: of the fragment before.
        speed: bits a second, as expected.
        spread: standard deviation of the speed's logarithm.
    """

    bits: Floats
    qualities: Sequence[float]
    fragment: float
    most: float
    buffered: float
    rung: int
    speed: float
    spread: float


def plan(outlook: Outlook, worth: Worth) -> list[int]:
    """The rung of each fragment, should the link be as fast as expected."""
    seconds_FRS = outlook.bits[:, :, None] / _speeds(outlook)
    levels_B = np.arange(0.0, outlook.most + outlook.fragment + _STEP, _STEP)
    left_FXRSB = (levels_B - seconds_FRS[..., None])[:, None] - _BREAKS[:, None, None, None]
    gains_FXRSB = _gains(outlook)[:, None, None] - _stall_costs(left_FXRSB, worth)
    then_FXRSB = np.minimum(np.maximum(left_FXRSB, 0.0) + outlook.fragment, outlook.most)
    next_FXRSB = np.rint(then_FXRSB / _STEP).astype(np.intp)
    switches_RR = _switch_costs(outlook.qualities, worth)
    worths = _worths(gains_FXRSB, next_FXRSB, switches_RR)
    return _follow(outlook, worths, switches_RR, seconds_FRS[:, :, _MIDDLE])


def _speeds(outlook: Outlook) -> Floats:
    """Bits a second, (S)."""
    speeds: Floats = outlook.speed * np.exp(outlook.spread * _NORMAL)
    return speeds


def _gains(outlook: Outlook) -> Floats:
    """What a fragment of each rung is worth, (R)."""
    return outlook.fragment * np.asarray(outlook.qualities)


def _stall_costs(left_FXRSB: Floats, worth: Worth) -> Floats:
    short_FXRSB = np.maximum(-left_FXRSB, 0.0)
    costs_FXRSB: Floats = worth.second * short_FXRSB + worth.stall * (short_FXRSB > 0)
    return costs_FXRSB


def _switch_costs(qualities: Sequence[float], worth: Worth) -> Floats:
    """From a rung (rows) to another."""
    each = np.asarray(qualities)
    costs: Floats = worth.switch * np.abs(each[:, None] - each)
    return costs


def _worths(gains_FXRSB: Floats, next_FXRSB: NDArray[np.intp], switches_RR: Floats) -> list[Floats]:
    """Of each fragment in each rung and all that follows it, (R, S, B), but for the switch to it.

    A link stays as fast or slow as it turns out to be: so each speed has a future of its own. It
    can break down at any fragment, though.
    """
    _, _, rungs, speeds, levels = gains_FXRSB.shape
    value_RSB = np.zeros((rungs, speeds, levels))
    rows, lanes = np.arange(rungs)[:, None, None], np.arange(speeds)[:, None]
    worths = []
    for gains_XRSB, next_XRSB in zip(gains_FXRSB[::-1], next_FXRSB[::-1], strict=True):
        worth_XRSB = gains_XRSB + value_RSB[rows, lanes, next_XRSB]
        worth_RSB = np.tensordot(_BREAK_CHANCES, worth_XRSB, axes=1)
        worths.append(worth_RSB)
        value_RSB = (worth_RSB[None] - switches_RR[:, :, None, None]).max(axis=1)
    return worths[::-1]


def _follow(
    outlook: Outlook, worths: Sequence[Floats], switches_RR: Floats, seconds_FR: Floats
) -> list[int]:
    """The best rung in expectation at each state that an expected link leads to."""
    buffered, rung, followed = outlook.buffered, outlook.rung, []
    for fragment, worth_RSB in enumerate(worths):
        level = min(round(buffered / _STEP), worth_RSB.shape[2] - 1)
        expected_R = worth_RSB[:, :, level] @ _CHANCES - switches_RR[rung]
        rung = int(expected_R.argmax())
        followed.append(rung)
        left = max(0.0, buffered - float(seconds_FR[fragment, rung]))
        buffered = min(left + outlook.fragment, outlook.most)
    return followed
