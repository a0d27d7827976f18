"""The whole model: what a member did, as a causal transformer reads it, says what comes next.

    titles      id and metadata of each title, mixed into one vector by its age and popularity
    steps       title + what happened + what is known of the next request; BOS begins
    blocks      pointwise attention with biases for time and place, or its low-rank form
    intents     genre, kind, engagement and so on of the next step, predicted before its title
    query       the state, informed by the intents; a title's score is one product with it

Names of tensors end in their shape, a letter a dimension:

    B   batch: sequences            V   vocabulary: titles and special tokens
    L   length: positions           A   values of metadata
    Q   positions that ask          F   columns of what happened
    P   positions to predict from   R   columns of what is known of a request
    D   width of the model          G   attention heads of all blocks
    H   heads of a block            I   intents
    K   width of a head, D / H      C   classes of an intent
    E   width of a query: D, and the classes that narrow the choice
    N   cells of the table of biases: a place and a time each
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ranker.data.encoding import Shelf
from ranker.data.schema import ATTRIBUTES, Schema
from ranker.data.windows import Steps
from ranker.network.config import ModelConfig
from ranker.network.seeded_init import begin

_NEVER: Final = -1e4
"""Shuts a position out; the exponential of a much larger number takes five times as long."""
_TIMES: Final = 32
"""Powers of two of seconds between what happened and the question."""

_EXPONENT: Final = 127
"""What a float of 1 has as its exponent."""

Memory = tuple[Tensor, ...]
"""What a block keeps of the positions so far, so that later ones need not read them again."""


class BiasTable(NamedTuple):
    """Biases of attention by place and time, laid out to be looked up.

    Args:
        bias_GN: of each place the times one after another; the last place shuts positions out.
        row_LL: where the times of each position's place begin, as seen from another; later ones
            are shut out.
    """

    bias_GN: Tensor
    row_LL: Tensor

    def cells(self, asked_BQ: Tensor, at_BL: Tensor) -> Tensor:
        """Which bias each of L positions has, as seen from the last Q; BQL.

        Args:
            asked_BQ: when each of those asks, in seconds.
            at_BL: when each position ended.
        """
        asking, length = asked_BQ.shape[1], at_BL.shape[1]
        # Seconds of a lifetime fit in 32 bits, and half as wide is twice as fast.
        since_BL = (at_BL - at_BL[:, :1]).int()
        until_BQ = (asked_BQ - at_BL[:, :1]).int()
        ago_BQL = (until_BQ[:, :, None] - since_BL[:, None, :]).clamp_(min=0)
        # The exponent, which a float begins with, is the power of two: no logarithm is needed.
        power_BQL = ago_BQL.float().add_(1).view(torch.int32).bitwise_right_shift_(23)
        return power_BQL.add_(self.row_LL[length - asking : length, :length])

    def of(self, heads: slice, cell_BQL: Tensor) -> Tensor:
        """The biases of some heads, HBQL."""
        # One gather of a flat table a head: several times faster than one that is then transposed.
        flat = cell_BQL.flatten()
        biases = [bias_N.index_select(0, flat) for bias_N in self.bias_GN[heads]]
        return torch.stack(biases).view(-1, *cell_BQL.shape)


class Tables(NamedTuple):
    """All that a model looks up, worked out once for many steps.

    Args:
        vectors_VD: each title's vector.
        targets_VE: what queries are multiplied with: the vectors, and what narrows the choice.
        read_VD: what a title adds to a position, as large as what blocks add to it.
        told_TD: what each value of what happened, and then of a request, adds to it.
        biases: of full attention.
    """

    vectors_VD: Tensor
    targets_VE: Tensor
    read_VD: Tensor
    told_TD: Tensor
    biases: BiasTable | None


class Answer(NamedTuple):
    """What the model says at some positions.

    Args:
        state_PD: what is known of the next step, intents included.
        query_PE: a title's score is its product with the title's row of the targets.
        logits: of each intent's classes, PC.
        weights_PI: how much each intent counted; the explanation of the order.
        intent_PD: the intents as one vector.
    """

    state_PD: Tensor
    query_PE: Tensor
    logits: dict[str, Tensor]
    weights_PI: Tensor
    intent_PD: Tensor


class TitleEncoder(nn.Module):
    """A title's vector: its id's, mixed with its metadata's by its age and popularity."""

    def __init__(self, config: ModelConfig, schema: Schema) -> None:
        super().__init__()
        self.id_dropout = config.id_dropout
        self.metadata = config.metadata
        self.ids = _table(len(schema.vocabulary), config.width)
        self.sections = schema.sections()
        fields = {name: part.stop - part.start for name, part in self.sections.items()}
        self.fields = nn.ModuleDict(
            {name: nn.Linear(size, config.field_width, bias=False) for name, size in fields.items()}
        )
        # Without any metadata it has nothing to join, and only its bias speaks.
        self.together = nn.Linear(config.field_width * len(fields) or 1, config.width)
        self.mix = nn.Sequential(nn.Linear(2, 16), nn.GELU(), nn.Linear(16, 2))

    def forward(self, shelf: Shelf) -> Tensor:
        """The vectors of all titles on a shelf, VD; in training some go without their id."""
        ids_VD = F.pad(self.ids.weight, (0, 0, 0, len(shelf.trained_V) - len(self.ids.weight)))
        if not self.metadata:
            return ids_VD * shelf.trained_V[:, None]
        has_id_V = shelf.trained_V
        if self.training and self.id_dropout:
            has_id_V = has_id_V & (
                torch.rand(len(has_id_V), device=has_id_V.device) >= self.id_dropout
            )
        choice_V2 = self.mix(shelf.facts_V2)
        choice_V2 = choice_V2.masked_fill(F.pad(~has_id_V[:, None], (0, 1)), _NEVER).softmax(dim=1)
        mixed_VD: Tensor = ids_VD * choice_V2[:, :1] + self._about(shelf) * choice_V2[:, 1:]
        return mixed_VD

    def _about(self, shelf: Shelf) -> Tensor:
        """What the metadata alone says of each title, VD: averaged in a field, then joined."""
        about_VA = shelf.about_VA
        parts = [self.fields[name](about_VA[:, part]) for name, part in self.sections.items()]
        joined = torch.cat(parts, dim=1) if parts else about_VA.new_zeros(len(about_VA), 1)
        about_VD: Tensor = self.together(joined)
        return about_VD


class TimeAndPlace(nn.Module):
    """Biases of attention: how long ago something happened, and how many steps ago."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        # From 1 on, so that a position counts from the start: a strength of 0 has hardly a slope.
        self.times_GT = nn.Parameter(torch.ones(config.blocks * config.heads, _TIMES))
        self.places_GL = nn.Parameter(torch.zeros(config.blocks * config.heads, config.context))

    def forward(self) -> BiasTable:
        """All sums of a place's bias and a time's."""
        bias_GLT = self.places_GL[:, :, None] + self.times_GT[:, None]
        step_L = torch.arange(bias_GLT.shape[1], dtype=torch.int32, device=bias_GLT.device)
        place_LL = step_L[:, None] - step_L
        place_LL = place_LL.masked_fill(place_LL < 0, len(step_L))
        return BiasTable(
            F.pad(bias_GLT.flatten(1), (0, _TIMES), value=_NEVER), place_LL * _TIMES - _EXPONENT
        )


class FullAttention(nn.Module):
    """Pointwise attention, as HSTU has it: how strongly a position matters, not only its share."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.scale = (config.width // config.heads) ** -0.5

    def remember(self, key_BLD: Tensor, value_BLD: Tensor, memory: Memory | None) -> Memory:
        """The keys and values of all positions so far, HBLK each."""
        new = (_split(key_BLD, self.heads), _split(value_BLD, self.heads))
        if memory is None:
            return new
        return tuple(torch.cat(pair, dim=2) for pair in zip(memory, new, strict=True))

    def recall(self, query_BQD: Tensor, memory: Memory, bias_HBQL: Tensor | None) -> Tensor:
        """What the last Q positions gather, BQD."""
        assert bias_HBQL is not None, "without biases it would look at later positions"
        key_HBLK, value_HBLK = memory
        query_HBQK = _split(query_BQD, self.heads)
        bias_HBQL = bias_HBQL.to(query_HBQK.dtype)
        # One call for product, scale and bias: in a cached step a call costs as much as its work.
        strength_HBQL = (
            bias_HBQL.flatten(0, 1)
            .baddbmm_(
                query_HBQK.flatten(0, 1),
                key_HBLK.flatten(0, 1).transpose(1, 2),
                alpha=self.scale,
            )
            .view_as(bias_HBQL)
        )
        return _join(_silu(strength_HBQL) @ value_HBLK)


class LowRankAttention(nn.Module):
    """Attention whose cost grows with the length alone: it keeps sums, a state of fixed size.

    The strength of a position is the product of two positive vectors of `rank` numbers, so what all
    earlier positions add up to can be kept instead of them.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads = config.heads
        width = config.width // config.heads
        self.query = nn.Linear(width, config.rank)
        self.key = nn.Linear(width, config.rank)

    def remember(self, key_BLD: Tensor, value_BLD: Tensor, memory: Memory | None) -> Memory:
        """At each new position the sum of all so far, HBL and then a matrix."""
        key_HBLr = F.elu(self.key(_split(key_BLD, self.heads))) + 1
        sums = (key_HBLr[..., None] * _split(value_BLD, self.heads)[..., None, :]).cumsum(dim=2)
        return (sums if memory is None else sums + memory[0][:, :, -1:],)

    def recall(self, query_BQD: Tensor, memory: Memory, bias_HBQL: Tensor | None) -> Tensor:
        """What the last Q positions gather, BQD; time is left to what the positions say."""
        query_HBQr = F.elu(self.query(_split(query_BQD, self.heads))) + 1
        sums = memory[0][:, :, -query_BQD.shape[1] :]
        return _join((query_HBQr[..., None, :] @ sums).squeeze(3))


class Block(nn.Module):
    """Attention whose result passes a gate, and is added to the stream."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.dropout = config.dropout
        self.norm = nn.LayerNorm(config.width)
        self.key_value = nn.Linear(config.width, 2 * config.width)
        self.query_gate = nn.Linear(config.width, 2 * config.width)
        kind = FullAttention if config.attention == "full" else LowRankAttention
        self.attention = kind(config)
        self.gathered_norm = nn.LayerNorm(config.width)
        self.output = nn.Linear(config.width, config.width)

    def forward(
        self, x_BLD: Tensor, asking: int, bias_HBQL: Tensor | None, memory: Memory | None
    ) -> tuple[Tensor, Memory]:
        """The stream of the last `asking` positions after this block, BQD, and its memory."""
        normed_BLD = self.norm(x_BLD)
        key_BLD, value_BLD = _silu(self.key_value(normed_BLD)).chunk(2, dim=-1)
        memory = self.attention.remember(key_BLD, value_BLD, memory)
        query_BQD, gate_BQD = _silu(self.query_gate(normed_BLD[:, -asking:])).chunk(2, dim=-1)
        gathered_BQD = self.attention.recall(query_BQD, memory, bias_HBQL)
        gated_BQD = self.gathered_norm(gathered_BQD) * gate_BQD
        out_BQD = self.output(F.dropout(gated_BQD, self.dropout, self.training))
        return x_BLD[:, -asking:] + out_BQD, memory


class Intents(nn.Module):
    """What the next step is for, predicted before its title, and told to the title's prediction."""

    def __init__(self, config: ModelConfig, schema: Schema) -> None:
        super().__init__()
        sizes = {} if config.intent == "none" else schema.intents()
        width = config.width
        self.tells = bool(sizes) and config.intent != "flat"
        self.heads = nn.ModuleDict({name: nn.Linear(width, size) for name, size in sizes.items()})
        if self.tells:
            self.meanings = nn.ParameterDict(
                {name: nn.Parameter(torch.empty(size, width)) for name, size in sizes.items()}
            )
            self.attention = nn.Linear(width, width)
            self.inform = nn.Sequential(
                nn.Linear(2 * width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
            )
            self.narrows = [name for name in ATTRIBUTES if name in sizes]
            self.narrowing = nn.Parameter(torch.full((len(self.narrows),), 0.1))

    def forward(self, state_PD: Tensor, told: Mapping[str, Tensor] | None) -> Answer:
        """The answer from these states, by the intents predicted or, where given, those told."""
        logits = {name: head(state_PD) for name, head in self.heads.items()}
        if not self.tells:
            none_P0 = state_PD.new_zeros(len(state_PD), 0)
            return Answer(state_PD, state_PD, logits, none_P0, torch.zeros_like(state_PD))
        believed = told or {name: logit.softmax(dim=1) for name, logit in logits.items()}
        meanings_PID = torch.stack([believed[name] @ self.meanings[name] for name in logits], dim=1)
        wanted_PD = self.attention(state_PD) * state_PD.shape[1] ** -0.5
        weights_PI = (meanings_PID @ wanted_PD[:, :, None])[:, :, 0].softmax(dim=1)
        intent_PD = (weights_PI[:, None] @ meanings_PID)[:, 0]
        informed_PD = state_PD + self.inform(torch.cat([state_PD, intent_PD], dim=1))
        likely = [believed[name].clamp(min=1e-4).log() for name in self.narrows]
        parts = [weight * part for weight, part in zip(self.narrowing, likely, strict=True)]
        query_PE = torch.cat([informed_PD, *parts], dim=1)
        return Answer(informed_PD, query_PE, logits, weights_PI, intent_PD)


class RankerModel(nn.Module):
    """Steps in; at each position, an answer that says which title comes next."""

    def __init__(self, config: ModelConfig, schema: Schema, salt: str = "") -> None:
        """Lay a model out, untrained.

        Args:
            config: its sizes and choices.
            schema: what it reads and ranks.
            salt: models of one salt begin with equal weights, wherever they are made.
        """
        super().__init__()
        self.config = config
        self.schema = schema
        self.titles = TitleEncoder(config, schema)
        happened = 1 + sum(schema.happened_columns().values())
        request = 1 + sum(schema.request_columns().values())
        self.happened = _table(happened, config.width)
        self.request = _table(request, config.width)
        self.biases = TimeAndPlace(config) if config.attention == "full" else None
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(config.width)
        self.intents = Intents(config, schema)
        self.later = nn.ModuleList(
            nn.Linear(config.width, config.width) for _ in range(config.horizon - 1)
        )
        if not self.norm.weight.is_meta:
            begin(self, schema, salt)

    def forward(
        self,
        steps: Steps,
        tables: Tables,
        *,
        last: bool = False,
        memories: list[Memory] | None = None,
    ) -> tuple[Tensor, list[Memory]]:
        """The state at each position, BLD, which depends on it and those before it alone.

        Args:
            steps: at most `context` positions; beside memories `at` is of all positions, and the
                rest of the new ones.
            tables: of the titles, as `self.tables` gives them.
            last: give the state of the last position only, at less cost.
            memories: what the blocks kept of the positions before these.
        """
        assert steps.at_BL.shape[1] <= self.config.context, "the steps exceed the context"
        x_BLD = self._read(steps, tables)
        known: Sequence[Memory | None] = memories or [None] * len(self.blocks)
        biases = tables.biases
        cell_BQL = biases.cells(steps.asked_BL, steps.at_BL) if biases else None
        kept: list[Memory] = []
        for number, block in enumerate(self.blocks):
            asking = 1 if last and number == len(self.blocks) - 1 else x_BLD.shape[1]
            bias_HBQL = None
            if biases is not None and cell_BQL is not None:
                heads = slice(number * self.config.heads, (number + 1) * self.config.heads)
                bias_HBQL = biases.of(heads, cell_BQL[:, -asking:])
            x_BLD, memory = block(x_BLD, asking, bias_HBQL, known[number])
            kept.append(memory)
        return self.norm(x_BLD), kept

    def tables(self, shelf: Shelf) -> Tables:
        """All that is looked up for the titles of a shelf; in training some go without their id."""
        vectors_VD = self.titles(shelf)
        # Titles' vectors begin small.
        read_VD = vectors_VD * self.config.width**0.5
        targets_VE = self._targets(vectors_VD, shelf)
        biases = self.biases() if self.biases else None
        return Tables(vectors_VD, targets_VE, read_VD, self._told(), biases)

    def _targets(self, vectors_VD: Tensor, shelf: Shelf) -> Tensor:
        if not self.intents.tells:
            return vectors_VD
        sections = self.schema.sections()
        parts = [shelf.about_VA[:, sections[name]] for name in self.intents.narrows]
        return torch.cat([vectors_VD, *parts], dim=1)

    def _told(self) -> Tensor:
        happened, request = self.happened.weight, self.request.weight
        # The first rows stand for nothing. A bag that leaves them out itself is four times slower.
        nothing_1D = happened.new_zeros(1, happened.shape[1])
        return torch.cat([nothing_1D, happened[1:], nothing_1D, request[1:]])

    def _read(self, steps: Steps, tables: Tables) -> Tensor:
        """What each position says: its title, what happened, and what the next request is; BLD."""
        title_BLD = F.embedding(steps.titles_BL, tables.read_VD)
        places_BLT = torch.cat(
            [steps.happened_BLF, steps.request_BLR + len(self.happened.weight)], dim=2
        )
        told_PD = F.embedding_bag(places_BLT.flatten(0, 1), tables.told_TD, mode="sum")
        return F.dropout(title_BLD + told_PD.view_as(title_BLD), self.config.dropout, self.training)


def _table(rows: int, width: int) -> nn.Embedding:
    """A table to look up, not drawn yet.

    Torch would draw it at once, for which it loads its compiler where a model is only laid out.
    """
    undrawn = torch.empty(rows, width)
    table: nn.Embedding = nn.Embedding.from_pretrained(undrawn, freeze=False)  # type: ignore[no-untyped-call]
    return table


def _silu(x: Tensor) -> Tensor:
    """The gate of a tensor that nothing else needs: in its place, unless that is to be learnt."""
    return F.silu(x, inplace=not torch.is_grad_enabled())


def _split(x_BLD: Tensor, heads: int) -> Tensor:
    """The heads side by side: BLD becomes HBLK."""
    batch, length, _ = x_BLD.shape
    return x_BLD.view(batch, length, heads, -1).permute(2, 0, 1, 3)


def _join(x_HBLK: Tensor) -> Tensor:
    """The heads one after another again: HBLK becomes BLD."""
    return x_HBLK.permute(1, 2, 0, 3).flatten(start_dim=2)
