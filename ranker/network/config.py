"""How large a model is, and how it is trained."""

import math
from dataclasses import dataclass
from typing import Final

from ranker.errors import ConfigError

ATTENTIONS: Final = ("full", "low_rank")
INTENTS: Final = ("none", "flat", "hierarchical", "oracle")
BEGINNINGS: Final = ("names", "seed")
PRECISIONS: Final = ("float32", "bfloat16")

_HOLDS: Final = ("spectral", "anchor")


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The sizes and choices of a model.

    Args:
        context: positions the model can look at, BOS included.
        width: numbers that stand for one position; a multiple of `heads`.
        heads: attention heads in a block.
        blocks: blocks, one after another.
        dropout: share of activations dropped in training, from 0 to below 1.
        attention: "full", or "low_rank" for long histories.
        rank: of the low-rank attention.
        metadata: whether titles have metadata beside their ids.
        field_width: numbers that stand for one field of a title's metadata.
        id_dropout: share of titles that a step of training knows by their metadata alone.
        intent: "none"; "flat", predicted beside the title; "hierarchical", predicted before it and
            told to it; or "oracle", told the truth, as the bound of what that can bring.
        horizon: how many of the next titles are predicted in training.

    Raises:
        ConfigError: a size that no model can have.
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
        """Refuse what no model can have."""
        for name in ("context", "width", "heads", "blocks", "rank", "field_width", "horizon"):
            self._refuse_unless(_is_size(getattr(self, name)), name, "a whole number from 1 up")
        self._refuse_unless(self.width % self.heads == 0, "width", f"a multiple of {self.heads}")
        for name in ("dropout", "id_dropout"):
            self._refuse_unless(_is_share(getattr(self, name)), name, "from 0 to below 1")
        for name, choices in (("attention", ATTENTIONS), ("intent", INTENTS)):
            fine = getattr(self, name) in choices
            self._refuse_unless(fine, name, f"one of {', '.join(choices)}")

    def _refuse_unless(self, fine: bool, name: str, expected: str) -> None:
        if not fine:
            raise ConfigError(
                f"The model's `{name}` is {getattr(self, name)!r}.", f"make it {expected}."
            )


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How a model is trained; the defaults suit some ten thousand events.

    Args:
        seed: the same seed, events and number of threads give the same weights.
        steps: optimiser steps at most.
        batch: positions in a step, about.
        negatives: titles that each step's targets are told from; 0 takes all titles.
        learning_rate: at its peak; it warms up, then falls along a cosine.
        final_rate: what it falls to, as a share of its peak.
        averaged: share of the steps, the last ones, whose weights' mean is the result.
        begin: "names", where weights follow from what they stand for, so that retrains begin alike;
            or "seed", where another seed begins elsewhere.
        spectral: how far titles that the same members watch begin together: the mean length of an
            id; 0 where a catalogue of some dozen titles says little of that.
        anchor: how strongly ids are held to where they began, over all steps together, however
            many: what moves one at the first step is down to a share of exp(-anchor) at the last.
            Titles that are new to a warm start are free.
        catch_up: how many times as far as all else the ids of titles that are new to a warm start
            move; for titles that begin nowhere near where they belong.
        weight_decay: of matrices, none of biases and norms.
        unasked: share of positions at which what is known of the request is withheld, so that the
            model can rank without it.
        intent_loss: how much an intent's loss counts beside the title's.
        precision: "float32"; or "bfloat16", where a GPU works the blocks out in half as many bits.
        evaluate_every: steps between two looks at the held-out titles.
        patience: looks in a row without a better loss after which training stops.

    Raises:
        ConfigError: a value that no training can have.
    """

    seed: int = 0
    steps: int = 300
    batch: int = 1024
    negatives: int = 0
    learning_rate: float = 4e-3
    final_rate: float = 0.3
    averaged: float = 0.2
    begin: str = "names"
    spectral: float = 0.0
    anchor: float = 0.0
    catch_up: float = 1.0
    weight_decay: float = 0.01
    unasked: float = 0.5
    intent_loss: float = 0.1
    precision: str = "float32"
    evaluate_every: int = 25
    patience: int = 6

    def __post_init__(self) -> None:
        """Refuse what no training can have."""
        for name in ("steps", "batch", "evaluate_every", "patience", "learning_rate"):
            self._refuse_unless(0 < getattr(self, name) < math.inf, name, "more than 0")
        for name in ("seed", "negatives", "catch_up", "weight_decay", "intent_loss", *_HOLDS):
            self._refuse_unless(0 <= getattr(self, name) < math.inf, name, "0 or more")
        for name in ("unasked", "final_rate", "averaged"):
            self._refuse_unless(0 <= getattr(self, name) <= 1, name, "from 0 to 1")
        for name, choices in (("begin", BEGINNINGS), ("precision", PRECISIONS)):
            fine = getattr(self, name) in choices
            self._refuse_unless(fine, name, f"one of {', '.join(choices)}")

    def _refuse_unless(self, fine: bool, name: str, expected: str) -> None:
        if not fine:
            raise ConfigError(
                f"Training's `{name}` is {getattr(self, name)!r}.", f"make it {expected}."
            )


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and 0 <= value < 1


DEFAULT_MODEL: Final = ModelConfig()
DEFAULT_TRAINING: Final = TrainingConfig()
