"""The model: a causal transformer that predicts the next title from a member's history.

    titles      id and metadata of each title, mixed into one vector by its age and popularity
    steps       title + post-action features + request-time features of the next step; BOS first
    blocks      pointwise attention with relative biases for time and position, or low-rank
    intents     genre, kind, engagement and so on of the next step, predicted before its title
    query       the state, conditioned on the intents; its products with titles are their scores

Names of tensors end in their shape, a letter a dimension:

    B   batch: sequences            V   vocabulary: titles and special tokens
    L   length: positions           A   values of metadata
    Q   query positions             F   post-action features
    P   positions to predict from   R   request-time features
    D   width of the model          G   attention heads of all blocks
    H   heads of a block            I   intents
    K   width of a head, D / H      C   classes of an intent
    E   width of a query: D, and the classes of metadata intents
    T   time buckets; rows of the table of features
    N   entries of the bias table: position buckets by time buckets
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ranker.data.encoding import ItemFeatures
from ranker.data.schema import METADATA_INTENTS, Schema
from ranker.data.windows import Steps
from ranker.network.attention import (
    MASKED,
    Block,
    LayerCache,
    RelativeAttentionBias,
    RelativeBiasTable,
)
from ranker.network.co_watching import CoWatching
from ranker.network.config import ModelConfig
from ranker.network.reference_space import ReferenceSpace
from ranker.network.seeded_init import initialize


class LookupTables(NamedTuple):
    """All that a model looks up, computed once for many steps.

    Args:
        title_VD: the titles' vectors.
        target_VE: what queries are multiplied by: title vectors, and metadata of intents.
        input_VD: what a title adds to a position; scaled to the size of the blocks' outputs.
        feature_TD: what each value of the post-action and then the request-time features adds.
        biases: of full attention.
    """

    title_VD: Tensor
    target_VE: Tensor
    input_VD: Tensor
    feature_TD: Tensor
    biases: RelativeBiasTable | None


class Prediction(NamedTuple):
    """What the model predicts at some positions.

    Args:
        state_PD: the state, conditioned on the intents.
        query_PE: a title's score is its product with the title's row of the targets.
        logits: by intent, of its classes, PC.
        intent_weight_PI: the attention weight of each intent, which explains the order.
        intent_PD: the intents as one vector.
    """

    state_PD: Tensor
    query_PE: Tensor
    logits: dict[str, Tensor]
    intent_weight_PI: Tensor
    intent_PD: Tensor

    def row(self, index: int) -> "Prediction":
        """A copy of the prediction at one position; P = 1."""
        one = slice(index, index + 1)
        return Prediction(
            self.state_PD[one].clone(),
            self.query_PE[one].clone(),
            {name: logit_PC[one].clone() for name, logit_PC in self.logits.items()},
            self.intent_weight_PI[one].clone(),
            self.intent_PD[one].clone(),
        )


class TitleEncoder(nn.Module):
    """A title's vector: its id embedding and its metadata, mixed by its age and popularity."""

    def __init__(self, config: ModelConfig, schema: Schema) -> None:
        super().__init__()
        self.id_dropout = config.id_dropout
        self.metadata = config.metadata
        self.ids = _embedding(len(schema.vocabulary), config.width)
        self.slices = schema.metadata_slices()
        sizes = {name: part.stop - part.start for name, part in self.slices.items()}
        self.fields = nn.ModuleDict(
            {name: nn.Linear(size, config.field_width, bias=False) for name, size in sizes.items()}
        )
        # Without any metadata its input is a single zero, and only its bias counts.
        self.join_fields = nn.Linear(config.field_width * len(sizes) or 1, config.width)
        self.mix = nn.Sequential(nn.Linear(2, 16), nn.GELU(), nn.Linear(16, 2))

    def forward(self, items: ItemFeatures) -> Tensor:
        """The vectors of all titles, VD; in training some of them without their id."""
        ids_VD = F.pad(self.ids.weight, (0, 0, 0, len(items.has_id_V) - len(self.ids.weight)))
        if not self.metadata:
            return ids_VD * items.has_id_V[:, None]
        has_id_V = items.has_id_V
        if self.training and self.id_dropout:
            has_id_V = has_id_V & (
                torch.rand(len(has_id_V), device=has_id_V.device) >= self.id_dropout
            )
        share_V2 = self.mix(items.age_popularity_V2)
        share_V2 = share_V2.masked_fill(F.pad(~has_id_V[:, None], (0, 1)), MASKED).softmax(dim=1)
        metadata_VD = self.of_metadata(items.metadata_VA)
        mixed_VD: Tensor = ids_VD * share_V2[:, :1] + metadata_VD * share_V2[:, 1:]
        return mixed_VD

    def of_metadata(self, metadata_VA: Tensor) -> Tensor:
        """The metadata of each title as a vector, VD: averaged in a field, then joined."""
        parts = [self.fields[name](metadata_VA[:, part]) for name, part in self.slices.items()]
        joined = torch.cat(parts, dim=1) if parts else metadata_VA.new_zeros(len(metadata_VA), 1)
        metadata_VD: Tensor = self.join_fields(joined)
        return metadata_VD


class IntentHead(nn.Module):
    """Predicts the intents of the next step, and conditions the prediction of its title on them."""

    def __init__(self, config: ModelConfig, schema: Schema) -> None:
        super().__init__()
        sizes = {} if config.intent == "none" else schema.intent_sizes()
        width = config.width
        self.conditions_titles = bool(sizes) and config.intent != "flat"
        self.heads = nn.ModuleDict({name: nn.Linear(width, size) for name, size in sizes.items()})
        if self.conditions_titles:
            self.embeddings = nn.ParameterDict(
                {name: nn.Parameter(torch.empty(size, width)) for name, size in sizes.items()}
            )
            self.attention = nn.Linear(width, width)
            self.mlp = nn.Sequential(
                nn.Linear(2 * width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
            )
            self.matched = [name for name in METADATA_INTENTS if name in sizes]
            self.match_weight = nn.Parameter(torch.full((len(self.matched),), 0.1))

    def forward(self, state_PD: Tensor, truth: Mapping[str, Tensor] | None) -> Prediction:
        """The prediction from these states.

        Args:
            state_PD: of the positions.
            truth: by intent its true classes, PC, to use in place of the predicted ones.
        """
        logits = {name: head(state_PD) for name, head in self.heads.items()}
        if not self.conditions_titles:
            none_P0 = state_PD.new_zeros(len(state_PD), 0)
            return Prediction(state_PD, state_PD, logits, none_P0, torch.zeros_like(state_PD))
        chances = truth or {name: logit.softmax(dim=1) for name, logit in logits.items()}
        embedding_PID = torch.stack(
            [chances[name] @ self.embeddings[name] for name in logits], dim=1
        )
        query_PD = self.attention(state_PD) * state_PD.shape[1] ** -0.5
        weight_PI = (embedding_PID @ query_PD[:, :, None])[:, :, 0].softmax(dim=1)
        intent_PD = (weight_PI[:, None] @ embedding_PID)[:, 0]
        conditioned_PD = state_PD + self.mlp(torch.cat([state_PD, intent_PD], dim=1))
        log_chances = [chances[name].clamp(min=1e-4).log() for name in self.matched]
        matches = [
            weight * part for weight, part in zip(self.match_weight, log_chances, strict=True)
        ]
        query_PE = torch.cat([conditioned_PD, *matches], dim=1)
        return Prediction(conditioned_PD, query_PE, logits, weight_PI, intent_PD)


class RankerModel(nn.Module):
    """Steps in, and at each position a state from which the next title is predicted."""

    def __init__(self, config: ModelConfig, schema: Schema, salt: str = "") -> None:
        """Build an untrained model.

        Args:
            config: its sizes and choices.
            schema: what it reads and ranks.
            salt: models with equal salts have equal initial weights on every machine.
        """
        super().__init__()
        self.config = config
        self.schema = schema
        self.reference_space: ReferenceSpace | None = None  # of exported embeddings
        # Added to a trained network; its training does not know it.
        self.co_watching: CoWatching | None = None
        self.titles = TitleEncoder(config, schema)
        post_action_rows = 1 + sum(schema.post_action_columns.values())
        request_rows = 1 + sum(schema.request_columns.values())
        self.post_action = _embedding(post_action_rows, config.width)
        self.request = _embedding(request_rows, config.width)
        self.relative_bias = RelativeAttentionBias(config) if config.attention == "full" else None
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(config.width)
        self.intents = IntentHead(config, schema)
        self.horizon_heads = nn.ModuleList(
            nn.Linear(config.width, config.width) for _ in range(config.horizon - 1)
        )
        if not self.norm.weight.is_meta:
            initialize(self, schema, salt)

    def forward(
        self,
        steps: Steps,
        tables: LookupTables,
        *,
        last: bool = False,
        caches: list[LayerCache] | None = None,
    ) -> tuple[Tensor, list[LayerCache]]:
        """The state at each position, BLD, which depends only on it and those before it.

        Args:
            steps: at most `context` positions; with caches, `time_BL` has all positions and the
                other fields only the new ones.
            tables: of the titles, from `self.tables`.
            last: return the state of the last position only, which takes less time.
            caches: of the blocks, for the positions before these.
        """
        assert steps.time_BL.shape[1] <= self.config.context, "the steps exceed the context"
        x_BLD = self._embed(steps, tables)
        earlier: Sequence[LayerCache | None] = caches or [None] * len(self.blocks)
        biases = tables.biases
        index_BQL = biases.indexes(steps.request_time_BL, steps.time_BL) if biases else None
        extended: list[LayerCache] = []
        for number, block in enumerate(self.blocks):
            queries = 1 if last and number == len(self.blocks) - 1 else x_BLD.shape[1]
            bias_HBQL = None
            if biases is not None and index_BQL is not None:
                heads = slice(number * self.config.heads, (number + 1) * self.config.heads)
                bias_HBQL = biases.look_up(heads, index_BQL[:, -queries:])
            x_BLD, cache = block(x_BLD, queries, bias_HBQL, earlier[number])
            extended.append(cache)
        return self.norm(x_BLD), extended

    def tables(self, items: ItemFeatures) -> LookupTables:
        """All that is looked up for these titles; in training some titles go without their id."""
        title_VD = self.titles(items)
        # Titles' vectors are small at first.
        input_VD = title_VD * self.config.width**0.5
        target_VE = self._targets(title_VD, items)
        biases = self.relative_bias() if self.relative_bias else None
        return LookupTables(title_VD, target_VE, input_VD, self._features(), biases)

    def score(self, query_PE: Tensor, tables: LookupTables, last_PK: Tensor) -> Tensor:
        """The scores of all tokens, PV.

        Args:
            query_PE: the predictions.
            tables: of the titles.
            last_PK: each position's last titles, as `last_titles` has them.
        """
        score_PV = query_PE @ tables.target_VE.T
        if self.co_watching is not None:
            score_PV += self.co_watching(last_PK, len(tables.target_VE))
        return score_PV

    def _targets(self, title_VD: Tensor, items: ItemFeatures) -> Tensor:
        target_VE = title_VD
        if self.intents.conditions_titles:
            slices = self.schema.metadata_slices()
            parts = [items.metadata_VA[:, slices[name]] for name in self.intents.matched]
            target_VE = torch.cat([title_VD, *parts], dim=1)
        return target_VE if self.sharpness == 1 else target_VE * self.sharpness

    @property
    def sharpness(self) -> float:
        """The factor of the network's scores beside co-watching."""
        return 1.0 if self.co_watching is None else self.co_watching.settings.sharpness

    def _features(self) -> Tensor:
        post_action, request = self.post_action.weight, self.request.weight
        # Rows of zeros for unknown values: `embedding_bag` with padding_idx is four times slower.
        zero_1D = post_action.new_zeros(1, post_action.shape[1])
        return torch.cat([zero_1D, post_action[1:], zero_1D, request[1:]])

    def _embed(self, steps: Steps, tables: LookupTables) -> Tensor:
        """The title, the post-action features and the next request of each position, BLD."""
        title_BLD = F.embedding(steps.titles_BL, tables.input_VD)
        row_BLT = torch.cat(
            [steps.post_action_BLF, steps.request_BLR + len(self.post_action.weight)], dim=2
        )
        feature_PD = F.embedding_bag(row_BLT.flatten(0, 1), tables.feature_TD, mode="sum")
        x_BLD = title_BLD + feature_PD.view_as(title_BLD)
        return F.dropout(x_BLD, self.config.dropout) if self.training else x_BLD


def _embedding(rows: int, width: int) -> nn.Embedding:
    """An embedding that is not initialised yet.

    `nn.Embedding` would draw it at once, for which torch loads its compiler: a second, even where
    a model is only read from a file.
    """
    empty = torch.empty(rows, width)
    embedding: nn.Embedding = nn.Embedding.from_pretrained(empty, freeze=False)  # type: ignore[no-untyped-call]
    return embedding
