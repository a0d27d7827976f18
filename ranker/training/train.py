"""Training: from viewing events to a model, reproducibly.

The model is evaluated on the validation split. When it stops improving, training stops, and the
best weights are kept.
"""

import copy
import math
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path
from statistics import fmean
from typing import Final

import torch

from ranker.data.digest import data_digest
from ranker.data.encoding import ItemFeatures, item_features
from ranker.data.events import ViewingLog
from ranker.data.schema import Schema
from ranker.data.shard_files import ShardFiles
from ranker.data.signals import SignalPolicy
from ranker.data.splits import LAST_TENTH, Split
from ranker.data.titles import MetadataByTitle
from ranker.data.tokens import Tokens
from ranker.data.watched import WatchedChoice
from ranker.errors import TrainingError
from ranker.network.config import ModelConfig, TrainingConfig
from ranker.network.devices import CPU, isolated_rng, move_to
from ranker.network.model import RankerModel
from ranker.training import resume
from ranker.training.defaults import DataCounts, fitting_settings
from ranker.training.distributed import rank
from ranker.training.fit_co_watching import ValidationQuality, fit_co_watching
from ranker.training.objective import training_loss, validation_loss
from ranker.training.optimizer import RankerOptimizer
from ranker.training.ppmi_init import init_ids
from ranker.training.step_batches import StepBatch, StepBatches
from ranker.training.training_data import TrainingData, policy_of

_LAST_PART: Final = 0.2
_IMPROVEMENT: Final = 0.02
"""In nats over the last part of a training, from which on more steps are worth a try."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a training after a step; losses are in nats per title.

    Args:
        step: steps done, from 1.
        steps: the most steps there will be.
        loss: of this step's batch.
        validation_loss: at the last evaluation; None before the first.
    """

    step: int
    steps: int
    loss: float
    validation_loss: float | None


@dataclass(frozen=True, slots=True)
class EvalStep:
    """One evaluation on the validation split; losses are in nats per title.

    Args:
        step: steps done.
        loss: mean training loss since the previous evaluation.
        validation_loss: without dropout.
        calibrated_loss: the same, by which the best weights are chosen, with scores multiplied by
            the best factor; None in resume files from before it was.
    """

    step: int
    loss: float
    validation_loss: float
    calibrated_loss: float | None = None

    @property
    def criterion(self) -> float:
        """The lower, the better."""
        return self.validation_loss if self.calibrated_loss is None else self.calibrated_loss


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A model and the course of its training.

    Args:
        network: the model with its best weights, in evaluation mode.
        eval_steps: all evaluations, in order.
        best: the evaluation of the best weights.
        data: the digest of the events and metadata.
        quality: of the rankings on the validation split; None without co-watching.
    """

    network: RankerModel
    eval_steps: tuple[EvalStep, ...]
    best: EvalStep
    data: str
    quality: ValidationQuality | None = None

    @property
    def still_improving(self) -> bool:
        """Whether the last fifth of the training has helped so much that more steps may, too."""
        earlier = [e for e in self.eval_steps if e.step <= (1 - _LAST_PART) * self.best.step]
        if not earlier or self.best is not self.eval_steps[-1]:
            return False
        before = min(eval_step.criterion for eval_step in earlier)
        return self.best.criterion < before - _IMPROVEMENT


def train(
    log: ViewingLog | ShardFiles,
    titles: MetadataByTitle | None = None,
    model: ModelConfig | None = None,
    config: TrainingConfig | None = None,
    *,
    split: Callable[[Tokens], Split] = LAST_TENTH,
    base: RankerModel | None = None,
    new_titles: int = 0,
    signals: SignalPolicy | None = None,
    resume_file: Path | None = None,
    device: torch.device = CPU,
    on_step: Callable[[Progress], None] = lambda progress: None,
) -> TrainedModel:
    """Train a model on viewing events.

    The caller sets the number of threads (`torch.set_num_threads`); its random state is left
    alone. In a process group (`torch.distributed`) each process learns from its share of the
    windows, and all end with the same model.

    Args:
        log: at least one member has watched two titles; a log in memory is a single shard.
        titles: their metadata.
        model: sizes and choices, by default those that fit the data (`fitting_settings`); ignored
            with `base`, which has its own.
        config: of the training; by default, too, what fits the data.
        split: into training and validation tokens; the times of a `TimeSplit` are those of all
            shards, and any other split is made shard by shard.
        base: a model to start from, made by `warm_start`.
        new_titles: how many of its titles, the last ones, are new.
        signals: what actions say of titles; by default those of `base`, or of the shards.
        resume_file: holds the state of the training; if it exists, training continues from there.
        device: to train on; the returned model is on the CPU.
        on_step: called after each step.

    Raises:
        TrainingError: too little data, or the loss is not finite.
        HistoryError: a shard is missing, torn, or not as it was.
        ConfigError: the model's sizes do not fit together.
        ModelFileError: `resume_file` is not of this training.
    """
    fitting = fitting_settings(DataCounts.of(log), warm=base is not None)
    model, config = model or fitting[0], config or fitting[1]
    with isolated_rng(device):
        torch.manual_seed(config.seed)
        policy = signals or (base.schema.policy if base else policy_of(log))
        trainer = _Trainer(
            log, titles or {}, model, config, split, base, new_titles, policy, device
        )
        if resume_file is not None and resume_file.exists():
            trainer.restore(resume.read_state(resume_file))
        return trainer.run(on_step, resume_file)


class _Trainer:
    """One training: the network, its data, its optimizer, and the best weights so far."""

    def __init__(
        self,
        log: ViewingLog | ShardFiles,
        titles: MetadataByTitle,
        model: ModelConfig,
        config: TrainingConfig,
        split: Callable[[Tokens], Split],
        base: RankerModel | None,
        new_titles: int,
        signals: SignalPolicy,
        device: torch.device,
    ) -> None:
        self.data = (
            data_digest(log, titles) if isinstance(log, ViewingLog) else log.digest_with(titles)
        )
        data = TrainingData.of(log, split, signals)
        self.training_data = data
        self.config = config
        salt = "" if config.init == "names" else str(config.seed)
        self.network = base or RankerModel(
            model, Schema.from_summary(data.summary, titles, signals), salt
        )
        # Its own training does not know the term: it would learn to rely on it.
        term, self.network.co_watching = self.network.co_watching, None
        self.followers = term.followers if term else None
        schema, context = self.network.schema, self.network.config.context
        self.validation = data.validation(schema.vocabulary, context)
        if base is None and config.ppmi_init:
            ids_VD = self.network.titles.ids.weight.detach()
            sequences = data.sequences(schema.vocabulary)
            ids_VD.copy_(init_ids(ids_VD, sequences, config.ppmi_init))
        self.network.to(device)
        self.items: ItemFeatures = move_to(item_features(schema), device)
        self.signals = signals
        self.step_batches = StepBatches(data, self.items, schema, context, config)
        self.optimizer = RankerOptimizer(self.network, config, new_titles)
        self.step = 0
        self.eval_steps: list[EvalStep] = []
        self.losses: list[float] = []
        self.best = EvalStep(step=0, loss=math.inf, validation_loss=math.inf)
        self.best_weights = copy.deepcopy(self.network.state_dict())

    def run(self, on_step: Callable[[Progress], None], resume_file: Path | None) -> TrainedModel:
        """Train until the steps are done, or the validation loss stops improving."""
        step_batches = self.step_batches.after(self.step)
        while self.step < self.config.steps and not self._out_of_patience():
            self.step += 1
            self.losses.append(self._learn(next(step_batches)))
            if self.step % self.config.evaluate_every == 0 or self.step == self.config.steps:
                self._evaluate()
                if resume_file is not None and rank() == 0:
                    resume.write_state(resume_file, self.state())
            validation = self.eval_steps[-1].validation_loss if self.eval_steps else None
            on_step(Progress(self.step, self.config.steps, self.losses[-1], validation))
        self.network.load_state_dict(self.best_weights)
        network = self.network.to(CPU).eval()
        quality = self._add_co_watching() if self.config.co_watching else None
        return TrainedModel(network, tuple(self.eval_steps), self.best, self.data, quality)

    def _add_co_watching(self) -> ValidationQuality:
        """Add what co-watching says to the trained network's scores."""
        self.network.co_watching, quality = fit_co_watching(
            self.network,
            move_to(self.items, CPU),
            self.training_data,
            self.validation,
            include_watched=WatchedChoice.of(self.training_data.shards[0]).include,
            before=self.followers,
        )
        return quality

    def state(self) -> resume.ResumeState:
        """All that determines how training continues."""
        return resume.ResumeState(
            self.config,
            self.network.config,
            self.step,
            [astuple(eval_step) for eval_step in self.eval_steps],
            self.network.state_dict(),
            self.best_weights,
            self.optimizer.state(),
            self.data,
            self.signals.to_json(),
        )

    def restore(self, state: resume.ResumeState) -> None:
        """Continue from the state of an interrupted training."""
        resume.refuse_other_training(
            state, self.config, self.network.config, self.data, self.signals.to_json()
        )
        self.step = state.step
        self.eval_steps = [EvalStep(*values) for values in state.eval_steps]
        self.best = min(
            self.eval_steps, key=lambda eval_step: eval_step.criterion, default=self.best
        )
        self.network.load_state_dict(state.weights)
        self.best_weights = state.best_weights
        self.optimizer.restore(state.optimizer)

    def _learn(self, step_batch: StepBatch) -> float:
        """Take one step, and return the loss before it."""
        loss = training_loss(self.network.train(), self.items, *step_batch, config=self.config)
        value = loss.item()
        _refuse_divergence(value, self.step)
        self.optimizer.step(self.step, loss)
        return value

    def _evaluate(self) -> None:
        """Evaluate the averaged weights on the validation split, and keep them if they are best."""
        since = self.eval_steps[-1].step if self.eval_steps else 0
        loss = fmean(self.losses[since - self.step :])
        with self.optimizer.averaged_weights():
            validation = validation_loss(
                self.network.eval(), self.items, self.validation, self.config.batch_positions
            )
            _refuse_divergence(validation.loss, self.step)
            self.eval_steps.append(EvalStep(self.step, loss, *validation))
            if self.eval_steps[-1].criterion < self.best.criterion:
                self.best = self.eval_steps[-1]
                self.best_weights = copy.deepcopy(self.network.state_dict())

    def _out_of_patience(self) -> bool:
        recent = self.eval_steps[-self.config.patience :]
        return len(recent) == self.config.patience and self.best.step < recent[0].step


def _refuse_divergence(loss: float, step: int) -> None:
    if not math.isfinite(loss):
        raise TrainingError(
            f"The loss became {loss} at step {step}.", "train with a lower learning_rate."
        )
