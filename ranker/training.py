"""Training: from histories to a model, with the same result each time it is run.

The last title of each member is held out; when the model stops getting better at predicting
those, training stops, and the best weights are kept.
"""
# ruff: noqa: N806, N812 - a tensor's name shows its shape, and F is torch's own short name

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ranker.errors import ConfigError, TrainingError
from ranker.histories import Histories
from ranker.model import ModelConfig, TitleTransformer
from ranker.vocabulary import PAD, Vocabulary
from ranker.windows import Batch, Windows, last_titles


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How a model is trained; the model's own sizes are as in `ModelConfig`.

    Args:
        seed: the same seed, histories and number of threads give the same weights.
        steps: optimiser steps at most; the default suits some ten thousand events.
        batch: windows in a step.
        learning_rate: at its peak; it warms up, then falls along a cosine.
        weight_decay: of matrices, none of biases and norms.
        evaluate_every: steps between two looks at the held-out titles.
        patience: looks in a row without a better loss after which training stops.

    Raises:
        ConfigError: a value that no training can have.
    """

    seed: int = 0
    steps: int = 300
    batch: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 0.1
    evaluate_every: int = 25
    patience: int = 6
    context: int = 32
    width: int = 32
    heads: int = 2
    blocks: int = 2
    dropout: float = 0.1

    def __post_init__(self) -> None:
        """Refuse what no training can have."""
        for name in ("steps", "batch", "evaluate_every", "patience", "learning_rate"):
            value = getattr(self, name)
            if not 0 < value < math.inf:
                raise ConfigError(f"Training's `{name}` is {value}.", "make it more than 0.")

    def model(self, vocabulary: Vocabulary) -> ModelConfig:
        """The sizes of the model for a vocabulary."""
        return ModelConfig(
            vocabulary_size=len(vocabulary),
            context=self.context,
            width=self.width,
            heads=self.heads,
            blocks=self.blocks,
            dropout=self.dropout,
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """Where training stands after a step; losses are nats a title.

    Args:
        step: steps done, from 1.
        steps: steps there will be at most.
        loss: of this step's batch.
        held_out_loss: of the held-out titles at the last look; None before the first.
    """

    step: int
    steps: int
    loss: float
    held_out_loss: float | None


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the held-out titles; losses are nats a title.

    Args:
        step: steps done.
        loss: mean over the batches since the look before.
        held_out_loss: of the held-out titles, with dropout off.
    """

    step: int
    loss: float
    held_out_loss: float


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A model with the vocabulary it speaks, and how it came about.

    Args:
        network: the best weights that training came by, ready to rank.
        vocabulary: its titles.
        looks: the course of training, for a report.
        best: the look that the weights are of.
    """

    network: TitleTransformer
    vocabulary: Vocabulary
    looks: tuple[Look, ...]
    best: Look


def train(
    histories: Histories,
    config: TrainingConfig = TrainingConfig(),
    on_step: Callable[[Progress], None] = lambda progress: None,
) -> TrainedModel:
    """Train a model on histories.

    How many threads work is left to the caller (`torch.set_num_threads`), and the caller's random
    numbers are left alone.

    Args:
        histories: at least one member has watched two titles.
        config: sizes, rates and the seed.
        on_step: told after each step.

    Raises:
        TrainingError: too little to learn from, or the loss is no longer a number.
        ConfigError: the model's sizes do not fit together.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return _Training(histories, config).run(on_step)


class _Training:
    """One run: the network, what it learns from, what judges it, and the best so far."""

    def __init__(self, histories: Histories, config: TrainingConfig) -> None:
        seen = [titles[:-1] or titles for titles in histories]
        held_out = [titles for titles in histories if len(titles) > 1]
        _refuse_too_few(held_out)
        self.config = config
        self.vocabulary = Vocabulary.of(seen)
        self.windows = Windows(
            [self.vocabulary.encode(titles) for titles in seen],
            config.context,
            # UNK comes as often as the average title, so a new title ranks like one.
            unknown_share=1 / (len(self.vocabulary.titles) + 1),
        )
        judges = [self.vocabulary.encode(titles) for titles in held_out]
        # Judged after the history and after nothing, since a new member is to be served as well.
        judges += [tokens[-1:] for tokens in judges]
        self.held_out = last_titles(judges, config.context)
        self.random = torch.Generator().manual_seed(config.seed)
        self.network = TitleTransformer(config.model(self.vocabulary))
        self.optimizer = _optimizer(self.network, config)
        self.looks: list[Look] = []
        self.best = Look(step=0, loss=math.inf, held_out_loss=math.inf)
        self.best_weights: dict[str, Tensor] = {}

    def run(self, on_step: Callable[[Progress], None]) -> TrainedModel:
        """Step until the steps are done, or the held-out titles are predicted no better."""
        losses: list[float] = []
        for step in range(1, self.config.steps + 1):
            losses.append(self._step(step))
            if step % self.config.evaluate_every == 0 or step == self.config.steps:
                self._look(step, fmean(losses[self._last_step() :]))
            held_out_loss = self.looks[-1].held_out_loss if self.looks else None
            on_step(Progress(step, self.config.steps, losses[-1], held_out_loss))
            if self._is_over():
                break
        self.network.load_state_dict(self.best_weights)
        return TrainedModel(self.network.eval(), self.vocabulary, tuple(self.looks), self.best)

    def _step(self, step: int) -> float:
        """Learn from one batch; its loss before that."""
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = _learning_rate(step, self.config)
        loss = _loss(self.network, self.windows.draw(self.config.batch, self.random))
        _refuse_divergence(loss.item(), step)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), max_norm=1.0)
        self.optimizer.step()
        return loss.item()

    def _look(self, step: int, loss: float) -> None:
        """Judge the network by the held-out titles, and keep its weights if they are the best."""
        held_out_loss = _held_out_loss(self.network.eval(), self.held_out, self.config.batch)
        _refuse_divergence(held_out_loss, step)
        self.looks.append(Look(step, loss, held_out_loss))
        if held_out_loss < self.best.held_out_loss:
            self.best = self.looks[-1]
            self.best_weights = copy.deepcopy(self.network.state_dict())

    def _last_step(self) -> int:
        return self.looks[-1].step if self.looks else 0

    def _is_over(self) -> bool:
        recent = self.looks[-self.config.patience :]
        return len(recent) == self.config.patience and self.best.step < recent[0].step


def _loss(network: TitleTransformer, batch: Batch, reduction: str = "mean") -> Tensor:
    """Cross-entropy of the next titles, in nats, over the targets that there are."""
    inputs_BL, targets_BL = batch
    logits_BLV = network.logits(network(inputs_BL))
    return F.cross_entropy(
        logits_BLV.flatten(0, 1), targets_BL.flatten(), ignore_index=PAD, reduction=reduction
    )


@torch.inference_mode()
def _held_out_loss(network: TitleTransformer, held_out: Batch, size: int) -> float:
    """The mean loss over held-out titles, a batch at a time, so that memory stays bounded."""
    inputs_BL, targets_BL = held_out
    batches = zip(torch.split(inputs_BL, size), torch.split(targets_BL, size), strict=True)
    total = sum(_loss(network, batch, reduction="sum").item() for batch in batches)
    return total / len(targets_BL)


def _optimizer(network: TitleTransformer, config: TrainingConfig) -> torch.optim.Optimizer:
    """AdamW; only matrices decay, since a bias or a norm near zero is no simpler model."""
    matrices = [weight for weight in network.parameters() if weight.dim() > 1]
    vectors = [weight for weight in network.parameters() if weight.dim() == 1]
    return torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": config.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=config.learning_rate,
    )


def _learning_rate(step: int, config: TrainingConfig) -> float:
    """Up a line for the first twentieth of the steps, then down a cosine to a tenth."""
    warm_up = max(1, config.steps // 20)
    if step <= warm_up:
        return config.learning_rate * step / warm_up
    way = (step - warm_up) / (config.steps - warm_up)
    return config.learning_rate * (0.55 + 0.45 * math.cos(math.pi * way))


def _refuse_too_few(held_out: list[tuple[str, ...]]) -> None:
    if not held_out:
        raise TrainingError(
            "No member has watched two titles, so there is no order to learn.",
            "give viewing histories in which members watch several titles each.",
        )


def _refuse_divergence(loss: float, step: int) -> None:
    if not math.isfinite(loss):
        raise TrainingError(
            f"The loss became {loss} at step {step}.", "train with a lower learning_rate."
        )
