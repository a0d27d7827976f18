"""One step of the model in numpy: the last position, when all before it are cached.

The arithmetic of a step takes microseconds, and each call of eager torch takes as long again; calls
of numpy take a third of that. So the weights are copied once, with the scale and shift of each norm
folded into the linear layer that reads it. Tests hold the result to that of the model itself;
whatever is not covered here is left to the model.

Names of arrays end in their shape, as in `ranker.network.model`; here T counts rows of the table of
features, C the classes of all intents one after another, and W those of them that add to the scores
of matching titles.
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
from ranker.network.attention import Block, FullAttention, LayerCache
from ranker.network.model import IntentHead, LookupTables, RankerModel

Float32s = NDArray[np.float32]

_EMPTY: Final = np.zeros(0, np.float32)
_LEAST_EXPONENT: Final = -80.0
"""exp(80) is still a finite float; for lower inputs SiLU is 0 anyway."""


class NumpyStep:
    """The model's last position, when all before it are cached.

    Args:
        network: in evaluation mode, with full attention; its weights are copied.
        tables: of the titles.
    """

    def __init__(self, network: RankerModel, tables: LookupTables) -> None:
        assert tables.biases is not None, "low-rank attention is left to the model"
        width, heads = network.config.width, network.config.heads
        self._input_VD = _array(tables.input_VD)
        self._feature_TD = _array(tables.feature_TD)
        self._first_request_row = len(network.post_action.weight)
        self._bias_GN = _array(tables.biases.bias_GN)
        self._row_L = tables.biases.row_LL[-1].numpy().copy()
        self._blocks = [_BlockStep(block, heads) for block in network.blocks]
        self._norm_2D = np.stack([_array(network.norm.weight), _array(network.norm.bias)])
        self._heads = heads
        empty = torch.zeros(heads, 1, 0, width // heads)
        self._no_caches: list[LayerCache] = [(empty, empty)] * len(self._blocks)

    @classmethod
    def of_model(cls, network: RankerModel, tables: LookupTables) -> Self | None:
        """The step of a model, or None for low-rank attention."""
        return cls(network, tables) if network.config.attention == "full" else None

    def state(
        self,
        steps: Steps,
        request_1R: torch.Tensor,
        request_time: int,
        caches: list[LayerCache] | None,
    ) -> Float32s:
        """The state at the last position.

        Args:
            steps: one member's; only the last one is read, and the times of all.
            request_1R: the request-time features of the next step.
            request_time: when it is requested, in seconds.
            caches: of the positions before the last; None if there are none.
        """
        x_D = self._embed(steps, request_1R)
        bias_GL = self._biases(steps.time_BL.numpy()[0], request_time)
        block_caches = caches or self._no_caches
        for number, (block, cache) in enumerate(zip(self._blocks, block_caches, strict=True)):
            x_D = block(x_D, cache, bias_GL[number * self._heads : (number + 1) * self._heads])
        state_D: Float32s = _normalize(x_D) * self._norm_2D[0] + self._norm_2D[1]
        return state_D

    def _embed(self, steps: Steps, request_1R: torch.Tensor) -> Float32s:
        """The title, the post-action features and the next request of the position."""
        post_action_F = steps.post_action_BLF.numpy()[0, -1]
        request_R = request_1R.numpy()[0] + self._first_request_row
        feature_TD = self._feature_TD.take(np.concatenate([post_action_F, request_R]), axis=0)
        title_D = self._input_VD[steps.titles_BL.numpy()[0, -1]]
        x_D: Float32s = title_D + np.add.reduce(feature_TD)
        return x_D

    def _biases(self, time_L: NDArray[np.int64], request_time: int) -> Float32s:
        """The relative biases of all positions so far, for all blocks; GL."""
        # As in `RelativeBiasTable.indexes`: 32 bits, and the exponent bits as powers of two.
        key_time_L = (time_L - time_L[0]).astype(np.int32)
        age_L = np.maximum((request_time - time_L[:1]).astype(np.int32) - key_time_L, 0)
        index_L = (age_L.astype(np.float32) + 1).view(np.int32) >> 23
        index_L += self._row_L[-len(time_L) :]
        bias_GL: Float32s = self._bias_GN.take(index_L, axis=1)
        return bias_GL


class _BlockStep:
    """A block at the last position."""

    def __init__(self, block: nn.Module, heads: int) -> None:
        assert isinstance(block, Block)
        assert isinstance(block.attention, FullAttention)
        self._key_value = _Linear.after_norm(block.norm, block.key_value)
        self._query_gate = _Linear.after_norm(block.norm, block.query_gate)
        norm = block.attended_norm
        self._norm_2D = np.stack([_array(norm.weight), _array(norm.bias)])
        self._output = _Linear.from_layer(block.output)
        self._heads = heads
        self._scale = np.float32(block.attention.scale)

    def __call__(self, x_D: Float32s, cache: LayerCache, bias_HL: Float32s) -> Float32s:
        """The position after this block; the cache holds the positions before it."""
        normed_D = _normalize(x_D)
        key_HK, value_HK = _silu(self._key_value(normed_D)).reshape(2, self._heads, -1)
        query_HK, gate_HK = _silu(self._query_gate(normed_D)).reshape(2, self._heads, -1)
        keys_HLK, values_HLK = (part.numpy()[:, 0] for part in cache)
        query_HK1 = (query_HK * self._scale)[:, :, None]
        # The new key and value are not appended to the cached ones, which would copy all of them.
        score_HL = bias_HL
        score_HL[:, :-1] += (keys_HLK @ query_HK1)[:, :, 0]
        score_HL[:, -1] += (key_HK[:, None] @ query_HK1)[:, 0, 0]
        score_HL = _silu(score_HL)
        attended_HK = (score_HL[:, None, :-1] @ values_HLK)[:, 0]
        attended_HK += score_HL[:, -1:] * value_HK
        attended_D = _normalize(attended_HK.reshape(-1)) * self._norm_2D[0] + self._norm_2D[1]
        return x_D + self._output(attended_D * gate_HK.reshape(-1))


class StepPrediction(NamedTuple):
    """What the model predicts at one position.

    Args:
        query_E: a title's score is its product with the title's row of the targets.
        chance_C: of the classes of all intents, one intent after another.
        intent_weight_I: the attention weight of each intent; empty if titles do not depend on them.
    """

    query_E: Float32s
    chance_C: Float32s
    intent_weight_I: Float32s


class NumpyIntentHead:
    """The intent head at one position.

    Args:
        intents: of the model.
        width: of the model.

    Attributes:
        slices: by intent, its classes among those of all intents.
    """

    def __init__(self, intents: IntentHead, width: int) -> None:
        names = list(intents.heads)
        heads = [head for head in intents.heads.values() if isinstance(head, nn.Linear)]
        sizes = [head.out_features for head in heads]
        ends = np.cumsum([0, *sizes])
        self.slices = {name: slice(*ends[number : number + 2]) for number, name in enumerate(names)}
        self._starts_I, self._intent_C = ends[:-1], np.repeat(np.arange(len(sizes)), sizes)
        layers = [_Linear.from_layer(head) for head in heads]
        self._conditions_titles = intents.conditions_titles
        if intents.conditions_titles:
            first, _, second = intents.mlp
            assert isinstance(first, nn.Linear)
            assert isinstance(second, nn.Linear)
            scale = np.float32(width**-0.5)
            layers.append(
                _Linear(*(scale * part for part in _Linear.from_layer(intents.attention)))
            )
            layers.append(_Linear(_array(first.weight[:, :width]), _array(first.bias)))
            self._embedding_CD = np.concatenate(
                [_array(intents.embeddings[name]) for name in names]
            )
            self._intent_to_hidden = _array(first.weight[:, width:])
            self._hidden_to_state = _Linear.from_layer(second)
            classes = [np.arange(ends[-1])[self.slices[name]] for name in intents.matched]
            self._matched_W = np.concatenate([*classes, np.zeros(0, np.int64)])
            self._match_weight_W = np.repeat(_array(intents.match_weight), [*map(len, classes)])
        # All layers that read the state, as one.
        self._from_state = _Linear.concatenated(layers) if layers else None
        self._classes, self._query_end = int(ends[-1]), int(ends[-1]) + width

    def __call__(self, state_D: Float32s) -> StepPrediction:
        """The prediction from the state at one position."""
        if self._from_state is None:
            return StepPrediction(state_D, _EMPTY, _EMPTY)
        outputs = self._from_state(state_D)
        chance_C = self._chances(outputs[: self._classes])
        if not self._conditions_titles:
            return StepPrediction(state_D, chance_C, _EMPTY)
        embedding_ID = np.add.reduceat(chance_C[:, None] * self._embedding_CD, self._starts_I)
        weight_I = _softmax(embedding_ID @ outputs[self._classes : self._query_end])
        hidden = outputs[self._query_end :] + self._intent_to_hidden @ (weight_I @ embedding_ID)
        # With torch, since numpy has no error function.
        activated = F.gelu(torch.from_numpy(hidden)).numpy()
        conditioned_D = state_D + self._hidden_to_state(activated)
        log_chance_W = np.log(np.maximum(chance_C.take(self._matched_W), 1e-4))
        query_E = np.concatenate([conditioned_D, log_chance_W * self._match_weight_W])
        return StepPrediction(query_E, chance_C, weight_I)

    def _chances(self, logit_C: Float32s) -> Float32s:
        """The softmax within each intent."""
        max_I = np.maximum.reduceat(logit_C, self._starts_I)
        chance_C: Float32s = np.exp(logit_C - max_I[self._intent_C])
        chance_C /= np.add.reduceat(chance_C, self._starts_I)[self._intent_C]
        return chance_C


class _Linear(NamedTuple):
    """A linear layer for one vector."""

    weight: Float32s
    bias: Float32s

    @classmethod
    def from_layer(cls, layer: nn.Linear) -> Self:
        """A copy of a torch layer."""
        return cls(_array(layer.weight), _array(layer.bias))

    @classmethod
    def after_norm(cls, norm: nn.LayerNorm, layer: nn.Linear) -> Self:
        """A copy of a layer, with the scale and shift of the norm before it folded in."""
        weight = layer.weight.double()
        bias = layer.bias.double() + weight @ norm.bias.double()
        return cls(_array(weight * norm.weight.double()), _array(bias))

    @classmethod
    def concatenated(cls, layers: Sequence[Self]) -> Self:
        """Several layers with one input, their outputs one after another."""
        weights, biases = zip(*layers, strict=True)
        return cls(np.concatenate(weights), np.concatenate(biases))

    def __call__(self, x: Float32s) -> Float32s:
        """The layer's output."""
        output: Float32s = self.weight @ x + self.bias
        return output


def _normalize(x_D: Float32s) -> Float32s:
    """To mean 0 and variance 1: a layer norm without its scale and shift."""
    centred_D: Float32s = x_D - np.add.reduce(x_D) / len(x_D)
    normed_D: Float32s = centred_D * (1 / math.sqrt(centred_D @ centred_D / len(x_D) + 1e-5))
    return normed_D


def _silu(x: Float32s) -> Float32s:
    activated: Float32s = x / (1 + np.exp(-np.maximum(x, _LEAST_EXPONENT)))
    return activated


def _softmax(x: Float32s) -> Float32s:
    share: Float32s = np.exp(x - x.max())
    share /= share.sum()
    return share


def _array(tensor: torch.Tensor) -> Float32s:
    """A contiguous copy."""
    array: Float32s = np.ascontiguousarray(tensor.detach().float().numpy()).copy()
    return array
