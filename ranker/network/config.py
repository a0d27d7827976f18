"""The sizes of a model, and the settings of its training."""

import math
from dataclasses import dataclass
from typing import Final

from ranker.errors import ConfigError

ATTENTIONS: Final = ("full", "low_rank")
INTENTS: Final = ("none", "flat", "hierarchical", "oracle")
INITS: Final = ("names", "seed")
PRECISIONS: Final = ("float32", "bfloat16")

_POSITIVE: Final = ("steps", "batch_positions", "evaluate_every", "patience", "learning_rate")
_NOT_NEGATIVE: Final = (
    *("seed", "negatives", "new_title_lr_factor", "weight_decay", "intent_loss"),
    *("ppmi_init", "anchor"),
)
_SHARES: Final = ("request_dropout", "final_rate", "averaged_share")


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The sizes and choices of a model.

    Args:
        context: positions that the model can read, BOS included.
        width: of the state at each position; a multiple of `heads`.
        heads: attention heads of a block.
        blocks: number of blocks.
        dropout: of activations in training, from 0 to below 1.
        attention: "full", or "low_rank" for long histories.
        rank: of the low-rank attention.
        metadata: whether titles are read by their metadata as well as by their ids.
        field_width: of the embedding of one metadata field.
        id_dropout: share of titles that a training step reads by their metadata alone.
        intent: "none"; "flat", predicted beside the title; "hierarchical", predicted before the
            title, which is conditioned on it; or "oracle", hierarchical with the true intents, as
            an upper bound.
        horizon: how many of the next titles are predicted in training.

    Raises:
        ConfigError: a size is out of range.
    """

    context: int = 32
    width: int = 32
    heads: int = 2
    blocks: int = 2
    dropout: float = 0.1
    attention: str = "full"
    rank: int = 16
    metadata: bool = True
    field_width: int = 16
    id_dropout: float = 0.1
    intent: str = "hierarchical"
    horizon: int = 2

    def __post_init__(self) -> None:
        """Validate the fields."""
        for name in ("context", "width", "heads", "blocks", "rank", "field_width", "horizon"):
            self._refuse_unless(_is_size(getattr(self, name)), name, "a positive integer")
        self._refuse_unless(self.width % self.heads == 0, "width", f"a multiple of {self.heads}")
        for name in ("dropout", "id_dropout"):
            self._refuse_unless(_is_share(getattr(self, name)), name, "from 0 to below 1")
        for name, choices in (("attention", ATTENTIONS), ("intent", INTENTS)):
            valid = getattr(self, name) in choices
            self._refuse_unless(valid, name, f"one of {', '.join(choices)}")

    def _refuse_unless(self, valid: bool, name: str, expected: str) -> None:
        if not valid:
            raise ConfigError(
                f"The model's `{name}` is {getattr(self, name)!r}.", f"make it {expected}."
            )


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How a model is trained; the defaults suit some ten thousand events.

    Args:
        seed: the same seed, events and number of threads give the same weights.
        steps: optimizer steps at most.
        batch_positions: about how many positions a step learns from.
        negatives: sampled negatives, shared by all targets of a step; 0 is full softmax.
        learning_rate: the peak, reached by a linear warm-up and followed by a cosine decay.
        final_rate: the last learning rate, as a share of the peak.
        averaged_share: the share of the steps, at the end, whose weights are averaged.
        init: "names", so that retrains start alike; or "seed", so that each seed starts elsewhere.
        ppmi_init: how strongly the initial ids of co-watched titles are alike: the root mean square
            length of what is added; 0 for catalogues of a few dozen titles.
        anchor: how strongly ids are held to their initial values over the whole training: a move
            at the first step is down to a share of exp(-anchor) at the last. The new titles of a
            warm start are free.
        new_title_lr_factor: multiplies the updates of the ids of titles that are new in a warm
            start.
        weight_decay: of matrices; biases and norms do not decay.
        request_dropout: share of positions at which request-time features are withheld, so that the
            model can rank without them.
        intent_loss: weight of an intent's loss beside the title's.
        co_watching: whether what soon follows a member's last titles in other histories adds to the
            network's scores, as much as is best on the validation split.
        precision: "float32"; or "bfloat16", in which a GPU computes the blocks.
        evaluate_every: steps between two evaluations of the validation split.
        patience: evaluations without improvement after which training stops.

    Raises:
        ConfigError: a setting is out of range.
    """

    seed: int = 0
    steps: int = 300
    batch_positions: int = 1024
    negatives: int = 0
    learning_rate: float = 4e-3
    final_rate: float = 0.3
    averaged_share: float = 0.2
    init: str = "names"
    ppmi_init: float = 0.0
    anchor: float = 0.0
    new_title_lr_factor: float = 1.0
    weight_decay: float = 0.01
    request_dropout: float = 0.5
    intent_loss: float = 0.1
    co_watching: bool = True
    precision: str = "float32"
    evaluate_every: int = 25
    patience: int = 6

    def __post_init__(self) -> None:
        """Validate the fields."""
        for name in _POSITIVE:
            self._refuse_unless(0 < getattr(self, name) < math.inf, name, "more than 0")
        for name in _NOT_NEGATIVE:
            self._refuse_unless(0 <= getattr(self, name) < math.inf, name, "0 or more")
        for name in _SHARES:
            self._refuse_unless(0 <= getattr(self, name) <= 1, name, "from 0 to 1")
        for name, choices in (("init", INITS), ("precision", PRECISIONS)):
            valid = getattr(self, name) in choices
            self._refuse_unless(valid, name, f"one of {', '.join(choices)}")

    def _refuse_unless(self, valid: bool, name: str, expected: str) -> None:
        if not valid:
            raise ConfigError(
                f"Training's `{name}` is {getattr(self, name)!r}.", f"make it {expected}."
            )


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < 1


DEFAULT_MODEL: Final = ModelConfig()
DEFAULT_TRAINING: Final = TrainingConfig()
