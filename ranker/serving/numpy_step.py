"""One position in numpy: the step after a history that was read, as the model would take it.

A step's arithmetic takes microseconds, and each call of eager torch costs as much again; numpy's
calls cost a third. So the weights are laid out once, with each norm's scale and shift in the map
that reads it. Tests hold this to the model itself; what it does not cover is left to the model.

Names of arrays end in their shape, as in `ranker.network.model`; here T counts rows of the joined
tables of what happened and what is known, C all intents' classes one after another, and W those of
them that narrow the choice.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F

from ranker.data.windows import Steps
from ranker.network.model import Block, FullAttention, Intents, Memory, RankerModel, Tables

Floats = NDArray[np.float32]

_NOTHING: Final = np.zeros(0, np.float32)
_LEAST: Final = -80.0
"""The least number whose exponential still is one; far below it a gate is shut anyhow."""


class OneStep:
    """A model's last position, where all before it have been read.

    Args:
        network: in evaluation mode, with full attention; its weights are copied.
        tables: of the titles.
    """

    def __init__(self, network: RankerModel, tables: Tables) -> None:
        assert tables.biases is not None, "low-rank attention is left to the model"
        width, heads = network.config.width, network.config.heads
        self._titles_VD = _array(tables.read_VD)
        self._told_TD = _array(tables.told_TD)
        self._requests_from = len(network.happened.weight)
        self._bias_GN = _array(tables.biases.bias_GN)
        self._row_L = tables.biases.row_LL[-1].numpy().copy()
        self._blocks = [_BlockStep(block, heads) for block in network.blocks]
        self._norm_2D = np.stack([_array(network.norm.weight), _array(network.norm.bias)])
        self._heads = heads
        none = torch.zeros(heads, 1, 0, width // heads)
        self._nothing: list[Memory] = [(none, none)] * len(self._blocks)

    @classmethod
    def of(cls, network: RankerModel, tables: Tables) -> Self | None:
        """The step of a model, or None where only the model itself can take it."""
        return cls(network, tables) if network.config.attention == "full" else None

    def state(
        self, steps: Steps, request_1R: torch.Tensor, asked_at: int, memories: list[Memory] | None
    ) -> Floats:
        """The state at one member's last step, D.

        Args:
            steps: all so far; the request of the last one is still open.
            request_1R: that request.
            asked_at: when it is made, in seconds.
            memories: of the positions before the last; None where there are none.
        """
        x_D = self._read(steps, request_1R)
        bias_GL = self._biases(steps.at_BL.numpy()[0], asked_at)
        kept = memories or self._nothing
        for number, (block, memory) in enumerate(zip(self._blocks, kept, strict=True)):
            x_D = block(x_D, memory, bias_GL[number * self._heads : (number + 1) * self._heads])
        state_D: Floats = _normed(x_D) * self._norm_2D[0] + self._norm_2D[1]
        return state_D

    def _read(self, steps: Steps, request_1R: torch.Tensor) -> Floats:
        """What the position says: its title, what happened, and what the request is."""
        happened_F = steps.happened_BLF.numpy()[0, -1]
        request_R = request_1R.numpy()[0] + self._requests_from
        told_TD = self._told_TD.take(np.concatenate([happened_F, request_R]), axis=0)
        read_D: Floats = self._titles_VD[steps.titles_BL.numpy()[0, -1]] + np.add.reduce(told_TD)
        return read_D

    def _biases(self, at_L: NDArray[np.int64], asked_at: int) -> Floats:
        """How much each position so far counts by its time and place, for all blocks; GL."""
        # In 32 bits and from the first position on, as the model has it.
        since_L = (at_L - at_L[0]).astype(np.int32)
        ago_L = np.maximum((asked_at - at_L[:1]).astype(np.int32) - since_L, 0)
        cell_L = (ago_L.astype(np.float32) + 1).view(np.int32) >> 23
        cell_L += self._row_L[-len(at_L) :]
        bias_GL: Floats = self._bias_GN.take(cell_L, axis=1)
        return bias_GL


class _BlockStep:
    """A block at the last position."""

    def __init__(self, block: nn.Module, heads: int) -> None:
        assert isinstance(block, Block)
        assert isinstance(block.attention, FullAttention)
        self._key_value = _Map.after(block.norm, block.key_value)
        self._query_gate = _Map.after(block.norm, block.query_gate)
        norm = block.gathered_norm
        self._norm_2D = np.stack([_array(norm.weight), _array(norm.bias)])
        self._output = _Map.of(block.output)
        self._heads = heads
        self._scale = np.float32(block.attention.scale)

    def __call__(self, x_D: Floats, memory: Memory, bias_HL: Floats) -> Floats:
        """The stream after this block; the memory is of the positions before this one."""
        normed_D = _normed(x_D)
        key_HK, value_HK = _silu(self._key_value(normed_D)).reshape(2, self._heads, -1)
        query_HK, gate_HK = _silu(self._query_gate(normed_D)).reshape(2, self._heads, -1)
        keys_HLK, values_HLK = (kept.numpy()[:, 0] for kept in memory)
        query_HK1 = (query_HK * self._scale)[:, :, None]
        # Not joined with what is kept, which would copy all of it.
        strength_HL = bias_HL
        strength_HL[:, :-1] += (keys_HLK @ query_HK1)[:, :, 0]
        strength_HL[:, -1] += (key_HK[:, None] @ query_HK1)[:, 0, 0]
        strength_HL = _silu(strength_HL)
        gathered_HK = (strength_HL[:, None, :-1] @ values_HLK)[:, 0]
        gathered_HK += strength_HL[:, -1:] * value_HK
        gathered_D = _normed(gathered_HK.reshape(-1)) * self._norm_2D[0] + self._norm_2D[1]
        return x_D + self._output(gathered_D * gate_HK.reshape(-1))


class Said(NamedTuple):
    """What is said of one position.

    Args:
        query_E: a title's score is its product with the title's row of the targets.
        chance_C: of each intent's classes, one intent after another.
        weight_I: how much each intent counted; none where intents tell nothing.
    """

    query_E: Floats
    chance_C: Floats
    weight_I: Floats


class OneAnswer:
    """The intents at one position, and the answer that comes of them.

    Args:
        intents: of the model.
        width: of the model.

    Attributes:
        parts: where each intent's classes are among all.
    """

    def __init__(self, intents: Intents, width: int) -> None:
        names = list(intents.heads)
        heads = [head for head in intents.heads.values() if isinstance(head, nn.Linear)]
        sizes = [head.out_features for head in heads]
        ends = np.cumsum([0, *sizes])
        self.parts = {name: slice(*ends[number : number + 2]) for number, name in enumerate(names)}
        self._starts_I, self._intent_C = ends[:-1], np.repeat(np.arange(len(sizes)), sizes)
        maps = [_Map.of(head) for head in heads]
        self._tells = intents.tells
        if intents.tells:
            first, _, second = intents.inform
            assert isinstance(first, nn.Linear)
            assert isinstance(second, nn.Linear)
            scale = np.float32(width**-0.5)
            maps.append(_Map(*(scale * part for part in _Map.of(intents.attention))))
            maps.append(_Map(_array(first.weight[:, :width]), _array(first.bias)))
            self._meanings_CD = np.concatenate([_array(intents.meanings[name]) for name in names])
            self._inform_intent = _array(first.weight[:, width:])
            self._inform = _Map.of(second)
            places = [np.arange(ends[-1])[self.parts[name]] for name in intents.narrows]
            self._narrows_W = np.concatenate([*places, np.zeros(0, np.int64)])
            self._narrowing_W = np.repeat(_array(intents.narrowing), [*map(len, places)])
        # All that is asked of the state itself, at once.
        self._asked = _Map.joined(maps) if maps else None
        self._classes, self._hidden = int(ends[-1]), int(ends[-1]) + width

    def __call__(self, state_D: Floats) -> Said:
        """What the model's own intents say of the state at one position."""
        if self._asked is None:
            return Said(state_D, _NOTHING, _NOTHING)
        asked = self._asked(state_D)
        chance_C = self._chances(asked[: self._classes])
        if not self._tells:
            return Said(state_D, chance_C, _NOTHING)
        meanings_ID = np.add.reduceat(chance_C[:, None] * self._meanings_CD, self._starts_I)
        weight_I = _softmax(meanings_ID @ asked[self._classes : self._hidden])
        hidden = asked[self._hidden :] + self._inform_intent @ (weight_I @ meanings_ID)
        # Numpy has no error function.
        informed_D = state_D + self._inform(F.gelu(torch.from_numpy(hidden)).numpy())
        likely_W = np.log(np.maximum(chance_C.take(self._narrows_W), 1e-4)) * self._narrowing_W
        return Said(np.concatenate([informed_D, likely_W]), chance_C, weight_I)

    def _chances(self, logit_C: Floats) -> Floats:
        """Each class's chance within its intent."""
        most_I = np.maximum.reduceat(logit_C, self._starts_I)
        chance_C: Floats = np.exp(logit_C - most_I[self._intent_C])
        chance_C /= np.add.reduceat(chance_C, self._starts_I)[self._intent_C]
        return chance_C


class _Map(NamedTuple):
    """A linear map of one vector."""

    weight: Floats
    bias: Floats

    @classmethod
    def of(cls, linear: nn.Linear) -> Self:
        """Of a layer."""
        return cls(_array(linear.weight), _array(linear.bias))

    @classmethod
    def after(cls, norm: nn.LayerNorm, linear: nn.Linear) -> Self:
        """Of a layer whose input a norm has scaled and shifted: that becomes part of the map."""
        weight = linear.weight.double()
        bias = linear.bias.double() + weight @ norm.bias.double()
        return cls(_array(weight * norm.weight.double()), _array(bias))

    @classmethod
    def joined(cls, maps: Sequence[Self]) -> Self:
        """Of several maps of one input, their outputs one after another."""
        weights, biases = zip(*maps, strict=True)
        return cls(np.concatenate(weights), np.concatenate(biases))

    def __call__(self, x: Floats) -> Floats:
        """The map's output."""
        output: Floats = self.weight @ x + self.bias
        return output


def _normed(x_D: Floats) -> Floats:
    """Of mean 0 and variance 1, as a norm has it before its scale and shift."""
    centred_D: Floats = x_D - np.add.reduce(x_D) / len(x_D)
    normed_D: Floats = centred_D * (1 / math.sqrt(centred_D @ centred_D / len(x_D) + 1e-5))
    return normed_D


def _silu(x: Floats) -> Floats:
    gated: Floats = x / (1 + np.exp(-np.maximum(x, _LEAST)))
    return gated


def _softmax(x: Floats) -> Floats:
    share: Floats = np.exp(x - x.max())
    share /= share.sum()
    return share


def _array(tensor: torch.Tensor) -> Floats:
    """A copy, laid out in one piece."""
    array: Floats = np.ascontiguousarray(tensor.detach().float().numpy()).copy()
    return array
