"""Training: from viewing events to a model, with the same result each time it is run.

The tokens that a split holds back say when to stop: when the model stops getting better at
predicting them, training stops, and the best weights are kept.
"""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import torch
from torch import Tensor

from ranker.data.encoding import Encoded, Shelf, encode, shelve
from ranker.data.events import EventLog
from ranker.data.schema import Schema
from ranker.data.splits import Split, by_time
from ranker.data.titles import Titles
from ranker.data.tokens import Tokens, merge
from ranker.data.vocabulary import UNK
from ranker.data.windows import Spans, cases_before
from ranker.errors import TrainingError
from ranker.network.config import DEFAULT_MODEL, DEFAULT_TRAINING, ModelConfig, TrainingConfig
from ranker.network.devices import CPU, drawing_on, moved
from ranker.network.model import RankerModel
from ranker.training import resume
from ranker.training.distributed import rank
from ranker.training.objective import held_out_loss, training_loss
from ranker.training.optimizer import Descent
from ranker.training.ppmi_init import begin_ids
from ranker.training.step_batches import Lesson, Lessons


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
    """A model, and how it came about.

    Args:
        network: the best weights that training came by, ready to rank.
        looks: the course of training, for a report.
        best: the look that the weights are of.
    """

    network: RankerModel
    looks: tuple[Look, ...]
    best: Look


def train(
    log: EventLog,
    titles: Titles | None = None,
    model: ModelConfig = DEFAULT_MODEL,
    config: TrainingConfig = DEFAULT_TRAINING,
    *,
    split: Callable[[Tokens], Split] = lambda tokens: by_time(tokens, test=0.0),
    base: RankerModel | None = None,
    new: int = 0,
    run: Path | None = None,
    device: torch.device = CPU,
    on_step: Callable[[Progress], None] = lambda progress: None,
) -> TrainedModel:
    """Train a model on viewing events.

    How many threads work is left to the caller (`torch.set_num_threads`), and the caller's random
    numbers are left alone. In a group of processes (`torch.distributed`) each learns from its share
    of the batches, and all end with the same model.

    Args:
        log: at least one member has watched two titles.
        titles: their metadata.
        model: sizes and choices; those of `base` where one is given.
        config: steps, rates and the seed.
        split: what is held back, and from what is learnt.
        base: a model to begin with, as `ranker.training.warm_start` makes them.
        new: how many of its titles, the last ones, are new to it.
        run: a file that keeps where training stands; where it exists, training goes on from there.
        device: where it learns; the model ends on the CPU.
        on_step: told after each step.

    Raises:
        TrainingError: too little to learn from, or the loss is no longer a number.
        ConfigError: the model's sizes do not fit together.
        ModelFileError: `run` is no file of this training.
    """
    with drawing_on(device):
        torch.manual_seed(config.seed)
        training = _Training(log, titles or {}, model, config, split, base, new, device)
        if run is not None and run.exists():
            training.restore(resume.read(run))
        return training.run(on_step, run)


class _Training:
    """One run: the network, what it learns from, what judges it, and the best so far."""

    def __init__(
        self,
        log: EventLog,
        titles: Titles,
        model: ModelConfig,
        config: TrainingConfig,
        split: Callable[[Tokens], Split],
        base: RankerModel | None,
        new: int,
        device: torch.device,
    ) -> None:
        tokens = merge(log)
        parts = split(tokens)
        learnt = tokens.take(parts.training())
        _refuse_too_few(learnt)
        self.config = config
        salt = "" if config.begin == "names" else str(config.seed)
        self.network = base or RankerModel(model, Schema.of(learnt, titles), salt)
        shelf = shelve(self.network.schema)
        encoded = encode(self.network.schema, tokens, shelf)
        runs_2M = torch.from_numpy(parts.starts_M), torch.from_numpy(parts.ends_M)
        self.held_out = self._cases(encoded, torch.from_numpy(parts.valid_T))
        if base is None and config.spectral:
            ids_VD = self.network.titles.ids.weight.detach()
            ids_VD.copy_(begin_ids(ids_VD, encoded.titles_N, *runs_2M, config.spectral))
        self.network.to(device)
        self.shelf: Shelf = moved(shelf, device)
        self.encoded: Encoded = moved(encoded, device)
        self.lessons = Lessons(
            self.encoded,
            self.shelf,
            *runs_2M,
            self.network.config.context,
            config,
            self.network.schema,
        )
        self.descent = Descent(self.network, config, new)
        self.step = 0
        self.looks: list[Look] = []
        self.losses: list[float] = []
        self.best = Look(step=0, loss=math.inf, held_out_loss=math.inf)
        self.best_weights = copy.deepcopy(self.network.state_dict())

    def run(self, on_step: Callable[[Progress], None], run: Path | None) -> TrainedModel:
        """Step until the steps are done, or the held-out titles are predicted no better."""
        lessons = self.lessons.after(self.step)
        while self.step < self.config.steps and not self._is_over():
            self.step += 1
            self.losses.append(self._learn(next(lessons)))
            if self.step % self.config.evaluate_every == 0 or self.step == self.config.steps:
                self._look()
                if run is not None and rank() == 0:
                    resume.write(run, self.state())
            held_out = self.looks[-1].held_out_loss if self.looks else None
            on_step(Progress(self.step, self.config.steps, self.losses[-1], held_out))
        self.network.load_state_dict(self.best_weights)
        return TrainedModel(self.network.to(CPU).eval(), tuple(self.looks), self.best)

    def state(self) -> resume.State:
        """All that decides how training goes on."""
        return resume.State(
            self.config,
            self.network.config,
            self.step,
            [(look.step, look.loss, look.held_out_loss) for look in self.looks],
            self.network.state_dict(),
            self.best_weights,
            self.descent.state(),
        )

    def restore(self, state: resume.State) -> None:
        """Go on where a run stopped."""
        resume.refuse_other(state, self.config, self.network.config)
        self.step = state.step
        self.looks = [Look(*look) for look in state.looks]
        self.best = min(self.looks, key=lambda look: look.held_out_loss, default=self.best)
        self.network.load_state_dict(state.weights)
        self.best_weights = state.best_weights
        self.descent.restore(state.descent)

    def _learn(self, lesson: Lesson) -> float:
        """Learn one lesson; the loss of its batch before that."""
        loss = training_loss(
            self.network.train(), self.shelf, self.encoded, *lesson, config=self.config
        )
        told = loss.item()
        _refuse_divergence(told, self.step)
        self.descent.step(self.step, loss)
        return told

    def _look(self) -> None:
        """Judge the network by the held-out titles, and keep its weights if they are the best."""
        since = self.looks[-1].step if self.looks else 0
        loss = fmean(self.losses[since - self.step :])
        with self.descent.settled():
            held_out = held_out_loss(
                self.network.eval(), self.shelf, self.encoded, self.held_out, self.config.batch
            )
            _refuse_divergence(held_out, self.step)
            self.looks.append(Look(self.step, loss, held_out))
            if held_out < self.best.held_out_loss:
                self.best = self.looks[-1]
                self.best_weights = copy.deepcopy(self.network.state_dict())

    def _is_over(self) -> bool:
        recent = self.looks[-self.config.patience :]
        return len(recent) == self.config.patience and self.best.step < recent[0].step

    def _cases(self, encoded: Encoded, valid_T: Tensor) -> Spans:
        """The held-out titles that the model has a token for, each after its history."""
        known_T = valid_T[encoded.titles_N[valid_T] != UNK]
        _refuse_nothing_held_out(known_T)
        return cases_before(encoded.starts_M, known_T, self.network.config.context)


def _refuse_too_few(learnt: Tokens) -> None:
    if not (learnt.starts()[1:] - learnt.starts()[:-1] > 1).any():
        raise TrainingError(
            "No member has watched two titles, so there is no order to learn.",
            "give viewing histories in which members watch several titles each.",
        )


def _refuse_nothing_held_out(known_T: Tensor) -> None:
    if not len(known_T):
        raise TrainingError(
            "No title is left that says when to stop: all that is held back is unknown.",
            "give histories over a longer time.",
        )


def _refuse_divergence(loss: float, step: int) -> None:
    if not math.isfinite(loss):
        raise TrainingError(
            f"The loss became {loss} at step {step}.", "train with a lower learning_rate."
        )
