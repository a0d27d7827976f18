"""The whole model: a small causal transformer over the titles that a member watched.

It reads BOS and then titles, oldest first, and says at each position how likely each title comes
next. Nothing else goes in: what members like is learnt from the order of their viewing alone.

Names of tensors end in their shape, a letter a dimension:

    B   batch: sequences            V   vocabulary: titles and special tokens
    L   length: positions           N   titles asked for
    D   width of the model          H   attention heads
    K   width of a head, D / H      F   width inside a feed-forward, 4 D
"""
# ruff: noqa: N803, N806, N812 - a tensor's name shows its shape, and F is torch's own short name

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ranker.errors import ConfigError


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The sizes of a model.

    Args:
        vocabulary_size: tokens, special ones included.
        context: positions the model can look at, BOS included.
        width: numbers that stand for one position; a multiple of `heads`.
        heads: attention heads in a block.
        blocks: blocks, one after another.
        dropout: share of activations dropped in training, from 0 to below 1.

    Raises:
        ConfigError: a size that no model can have.
    """

    vocabulary_size: int
    context: int = 32
    width: int = 32
    heads: int = 2
    blocks: int = 2
    dropout: float = 0.1

    def __post_init__(self) -> None:
        """Refuse what no model can have."""
        for name in ("vocabulary_size", "context", "width", "heads", "blocks"):
            _refuse_unless(_is_size(getattr(self, name)), name, "a whole number from 1 up", self)
        _refuse_unless(self.width % self.heads == 0, "width", f"a multiple of {self.heads}", self)
        _refuse_unless(_is_share(self.dropout), "dropout", "from 0 to below 1", self)


class Attention(nn.Module):
    """Each position gathers what it needs from itself and the positions before it."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.dropout = config.dropout
        self.query_key_value = nn.Linear(config.width, 3 * config.width)
        self.output = nn.Linear(config.width, config.width)

    def forward(self, x_BLD: Tensor) -> Tensor:
        """What each position gathered, BLD."""
        q_BHLK, k_BHLK, v_BHLK = map(self._split, self.query_key_value(x_BLD).chunk(3, dim=-1))
        gathered_BHLK = F.scaled_dot_product_attention(
            q_BHLK,
            k_BHLK,
            v_BHLK,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=True,
        )
        gathered_BLD = gathered_BHLK.transpose(1, 2).flatten(start_dim=2)
        return F.dropout(self.output(gathered_BLD), self.dropout, self.training)

    def _split(self, x_BLD: Tensor) -> Tensor:
        """The heads side by side: BLD becomes BHLK."""
        batch, length, _ = x_BLD.shape
        return x_BLD.view(batch, length, self.heads, -1).transpose(1, 2)


class FeedForward(nn.Module):
    """Each position thinks for itself about what it gathered."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.dropout = config.dropout
        self.wider = nn.Linear(config.width, 4 * config.width)
        self.output = nn.Linear(4 * config.width, config.width)

    def forward(self, x_BLD: Tensor) -> Tensor:
        """What each position made of it, BLD."""
        h_BLF = F.gelu(self.wider(x_BLD))
        return F.dropout(self.output(h_BLF), self.dropout, self.training)


class Block(nn.Module):
    """Attention, then feed-forward; each normalises its input and adds to the stream."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(config.width)
        self.attention = Attention(config)
        self.feed_forward_norm = nn.LayerNorm(config.width)
        self.feed_forward = FeedForward(config)

    def forward(self, x_BLD: Tensor) -> Tensor:
        """The stream after this block, BLD."""
        x_BLD = x_BLD + self.attention(self.attention_norm(x_BLD))
        out_BLD: Tensor = x_BLD + self.feed_forward(self.feed_forward_norm(x_BLD))
        return out_BLD


class TitleTransformer(nn.Module):
    """Tokens in; at each position, a state that says which title comes next."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        # One table for reading a title and for predicting it: what a title is, is learnt once.
        self.titles = nn.Embedding(config.vocabulary_size, config.width)
        self.positions = nn.Embedding(config.context, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(config.width)
        self.apply(_initialise)

    def forward(self, tokens_BL: Tensor) -> Tensor:
        """The state at each position, BLD; it depends on that position and those before it.

        Args:
            tokens_BL: token numbers, L at most `config.context`.
        """
        length = tokens_BL.shape[1]
        assert length <= self.config.context, f"{length} tokens exceed the context"
        x_BLD = self.titles(tokens_BL) + self.positions.weight[:length]
        x_BLD = F.dropout(x_BLD, self.config.dropout, self.training)
        for block in self.blocks:
            x_BLD = block(x_BLD)
        state_BLD: Tensor = self.norm(x_BLD)
        return state_BLD

    def logits(self, state_BLD: Tensor) -> Tensor:
        """The logit of every token as the next one, BLV."""
        return F.linear(state_BLD, self.titles.weight)

    def score(self, tokens_L: Tensor, asked_N: Tensor) -> Tensor:
        """The logits, N, of the asked tokens alone as the one after the sequence."""
        state_D = self(tokens_L[None])[0, -1]
        return torch.mv(self.titles(asked_N), state_D)


def _initialise(module: nn.Module) -> None:
    """Small weights, as GPT-2 has them, so that all titles begin about equally likely."""
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=0.02)
    if isinstance(module, nn.Linear):
        nn.init.zeros_(module.bias)


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < 1


def _refuse_unless(fine: bool, name: str, expected: str, config: ModelConfig) -> None:
    if not fine:
        raise ConfigError(
            f"The model's `{name}` is {getattr(config, name)!r}.", f"make it {expected}."
        )
