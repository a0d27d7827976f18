"""Attention with relative biases, and the blocks around it.

Names of tensors as in `ranker.network.model`.
"""

from typing import Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ranker.network.config import ModelConfig

MASKED: Final = -1e4
"""Logit of a masked position. SiLU of -1e9 takes four times as long: 78 and 18 us for 2x200x200."""

_TIME_BUCKETS: Final = 32
"""Powers of two of seconds between a step and the request."""

_FLOAT_EXPONENT_OF_1: Final = 127
"""The exponent bits of the float 1.0."""

_LIFETIME: Final = 2**31 - 1
"""Seconds, 68 years: a longer time counts as this one."""

LayerCache = tuple[Tensor, ...]
"""What a block keeps of the positions so far, so that later ones need not read them again."""


class RelativeBiasTable(NamedTuple):
    """All relative attention biases, laid out for look-up.

    Args:
        biases_N: of each head, for each relative position all time buckets; the last position
            bucket is masked. Apart, since one gather per head from a flat table is several times
            faster than one that is transposed.
        row_LL: the first entry of the relative position between a query and a key; for later keys
            that of the masked bucket. Exponent bits of floats are added to it, so that of 1.0 is
            subtracted beforehand.
    """

    biases_N: tuple[Tensor, ...]
    row_LL: Tensor

    def indexes(self, request_time_BQ: Tensor, time_BL: Tensor) -> Tensor:
        """The entries for the last Q positions as queries and all L as keys; BQL.

        Args:
            request_time_BQ: the request times of the queries, in seconds.
            time_BL: when the steps of the keys ended.
        """
        queries, length = request_time_BQ.shape[1], time_BL.shape[1]
        # Seconds of a lifetime fit in 32 bits, which take half the time of 64.
        first_time_B1 = time_BL[:, :1]
        key_time_BL = (time_BL - first_time_B1).clamp_(max=_LIFETIME).int()
        query_time_BQ = (request_time_BQ - first_time_B1).clamp_(max=_LIFETIME).int()
        age_BQL = (query_time_BQ[:, :, None] - key_time_BL[:, None, :]).clamp_(min=0)
        # The exponent bits of a float, above its 23 bits of mantissa, are its power of two. Reading
        # them takes 10 us for 200 by 200 positions, where a logarithm takes 44 us.
        bucket_BQL = age_BQL.float().add_(1).view(torch.int32).bitwise_right_shift_(23)
        return bucket_BQL.add_(self.row_LL[length - queries : length, :length])

    def look_up(self, heads: slice, index_BQL: Tensor) -> Tensor:
        """The biases of some heads, HBQL."""
        flat = index_BQL.flatten()
        biases = [bias_N.index_select(0, flat) for bias_N in self.biases_N[heads]]
        return torch.cat(biases).view(-1, *index_BQL.shape)


class RelativeAttentionBias(nn.Module):
    """Attention biases for how long ago a step was, and how many steps ago."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        # 1 at first, so that a position counts from the start: SiLU has hardly a slope at 0.
        self.time_GT = nn.Parameter(torch.ones(config.blocks * config.heads, _TIME_BUCKETS))
        self.position_GL = nn.Parameter(torch.zeros(config.blocks * config.heads, config.context))

    def forward(self) -> RelativeBiasTable:
        """The sums of all position and time biases."""
        bias_GLT = self.position_GL[:, :, None] + self.time_GT[:, None]
        step_L = torch.arange(bias_GLT.shape[1], dtype=torch.int32, device=bias_GLT.device)
        position_LL = step_L[:, None] - step_L
        position_LL = position_LL.masked_fill(position_LL < 0, len(step_L))
        return RelativeBiasTable(
            F.pad(bias_GLT.flatten(1), (0, _TIME_BUCKETS), value=MASKED).unbind(),
            position_LL * _TIME_BUCKETS - _FLOAT_EXPONENT_OF_1,
        )


class FullAttention(nn.Module):
    """Pointwise attention as in HSTU: weights are not normalised, so that intensity counts."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.scale = (config.width // config.heads) ** -0.5

    def extend_cache(
        self, key_BLD: Tensor, value_BLD: Tensor, cache: LayerCache | None
    ) -> LayerCache:
        """The keys and values of all positions so far, HBLK each."""
        new = (_split_heads(key_BLD, self.heads), _split_heads(value_BLD, self.heads))
        if cache is None:
            return new
        return tuple(torch.cat(pair, dim=2) for pair in zip(cache, new, strict=True))

    def attend(self, query_BQD: Tensor, cache: LayerCache, bias_HBQL: Tensor | None) -> Tensor:
        """The attention output of the last Q positions, BQD."""
        assert bias_HBQL is not None, "without biases it would attend to later positions"
        key_HBLK, value_HBLK = cache
        query_HBQK = _split_heads(query_BQD, self.heads)
        bias_HBQL = bias_HBQL.to(query_HBQK.dtype)
        # One call for product, scale and bias: in a cached step a call costs as much as its work.
        score_HBQL = (
            bias_HBQL.flatten(0, 1)
            .baddbmm_(
                query_HBQK.flatten(0, 1),
                key_HBLK.flatten(0, 1).transpose(1, 2),
                alpha=self.scale,
            )
            .view_as(bias_HBQL)
        )
        return _join_heads(_silu(score_HBQL) @ value_HBLK)


class LowRankAttention(nn.Module):
    """Linear attention: its cost grows with the length, and its cache has a fixed size.

    The weight of a position is the product of two positive vectors of `rank` numbers, so the sum
    over all earlier positions can be kept in their place.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        width = config.width // config.heads
        self.query = nn.Linear(width, config.rank)
        self.key = nn.Linear(width, config.rank)

    def extend_cache(
        self, key_BLD: Tensor, value_BLD: Tensor, cache: LayerCache | None
    ) -> LayerCache:
        """At each new position the sum over all so far: HBL, then a matrix of rank by K."""
        key_HBLr = F.elu(self.key(_split_heads(key_BLD, self.heads))) + 1
        value_HBLK = _split_heads(value_BLD, self.heads)
        sums = (key_HBLr[..., None] * value_HBLK[..., None, :]).cumsum(dim=2)
        return (sums if cache is None else sums + cache[0][:, :, -1:],)

    def attend(self, query_BQD: Tensor, cache: LayerCache, bias_HBQL: Tensor | None) -> Tensor:
        """The attention output of the last Q positions, BQD; biases are not used."""
        query_HBQr = F.elu(self.query(_split_heads(query_BQD, self.heads))) + 1
        sums = cache[0][:, :, -query_BQD.shape[1] :]
        return _join_heads((query_HBQr[..., None, :] @ sums).squeeze(3))


class Block(nn.Module):
    """Gated attention with a residual connection."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.dropout = config.dropout
        self.norm = nn.LayerNorm(config.width)
        self.key_value = nn.Linear(config.width, 2 * config.width)
        self.query_gate = nn.Linear(config.width, 2 * config.width)
        kind = FullAttention if config.attention == "full" else LowRankAttention
        self.attention = kind(config)
        self.attended_norm = nn.LayerNorm(config.width)
        self.output = nn.Linear(config.width, config.width)

    def forward(
        self, x_BLD: Tensor, queries: int, bias_HBQL: Tensor | None, cache: LayerCache | None
    ) -> tuple[Tensor, LayerCache]:
        """The last `queries` positions after this block, BQD, and the extended cache."""
        normed_BLD = self.norm(x_BLD)
        key_BLD, value_BLD = _silu(self.key_value(normed_BLD)).chunk(2, dim=-1)
        cache = self.attention.extend_cache(key_BLD, value_BLD, cache)
        query_BQD, gate_BQD = _silu(self.query_gate(normed_BLD[:, -queries:])).chunk(2, dim=-1)
        attended_BQD = self.attention.attend(query_BQD, cache, bias_HBQL)
        gated_BQD = self.attended_norm(attended_BQD) * gate_BQD
        if self.training:
            gated_BQD = F.dropout(gated_BQD, self.dropout)
        return x_BLD[:, -queries:] + self.output(gated_BQD), cache


def _silu(x: Tensor) -> Tensor:
    """SiLU of an intermediate result; in place, unless gradients need it."""
    return F.silu(x, inplace=not torch.is_grad_enabled())


def _split_heads(x_BLD: Tensor, heads: int) -> Tensor:
    """BLD to HBLK."""
    batch, length, _ = x_BLD.shape
    return x_BLD.view(batch, length, heads, -1).permute(2, 0, 1, 3)


def _join_heads(x_HBLK: Tensor) -> Tensor:
    """HBLK to BLD."""
    return x_HBLK.permute(1, 2, 0, 3).flatten(start_dim=2)
