"""How weights are stepped: which of them decay, how fast they move when, and what is kept of them.

Names of tensors as in `ranker.network.model`; N counts titles that are new to a warm start.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import torch
from torch import Tensor, nn

from ranker.network.config import TrainingConfig
from ranker.network.model import RankerModel
from ranker.training.distributed import average_gradients

_FUSED: Final = ("cpu", "cuda")
"""Devices on which one call steps all weights."""


class Descent:
    """The way of a network's weights from where they begin.

    Args:
        network: whose weights are stepped.
        config: rates, and what the weights are held to.
        new: how many of its titles, the last ones, are new to a warm start.
    """

    def __init__(self, network: RankerModel, config: TrainingConfig, new: int = 0) -> None:
        self._network = network
        self._config = config
        self._old = len(network.titles.ids.weight) - new
        self._begin_VD = network.titles.ids.weight.detach().clone()
        way = sum(learning_rate_at(step, config) for step in range(1, config.steps + 1))
        self._pull = config.anchor / way
        self._optimizer = _optimizer_of(network, config)
        self._first_averaged = config.steps - round(config.averaged * config.steps) + 1
        self._averaged = 0
        self._mean: dict[str, Tensor] = {}

    def step(self, step: int, loss: Tensor) -> None:
        """Move all weights a step down a loss; `step` counts from 1."""
        rate = learning_rate_at(step, self._config)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        average_gradients(self._network)
        nn.utils.clip_grad_norm_(self._network.parameters(), max_norm=1.0)
        self._move(rate)
        if step >= self._first_averaged:
            self._count_in()

    @contextmanager
    def settled(self) -> Iterator[None]:
        """Inside, the network has the mean of its last weights, once that is begun."""
        if not self._averaged:
            yield
            return
        last = {name: weight.clone() for name, weight in self._network.state_dict().items()}
        self._network.load_state_dict(self._mean)
        try:
            yield
        finally:
            self._network.load_state_dict(last)

    def state(self) -> dict[str, Any]:
        """All that decides how it goes on, beside the weights."""
        return {
            "optimizer": self._optimizer.state_dict(),
            "begin": self._begin_VD,
            "mean": self._mean,
            "averaged": self._averaged,
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state` gave."""
        self._optimizer.load_state_dict(state["optimizer"])
        device = self._begin_VD.device
        self._begin_VD = state["begin"].to(device)
        self._mean = {name: weight.to(device) for name, weight in state["mean"].items()}
        self._averaged = state["averaged"]

    def _move(self, rate: float) -> None:
        """Step all weights; the ids of new titles go farther, those of others are held back."""
        ids_VD = self._network.titles.ids.weight.detach()
        new_ND, old_VD = ids_VD[self._old :], ids_VD[: self._old]
        before_ND = new_ND.clone()
        self._optimizer.step()
        new_ND += (self._config.catch_up - 1) * (new_ND - before_ND)
        old_VD.lerp_(self._begin_VD[: self._old], -math.expm1(-rate * self._pull))

    def _count_in(self) -> None:
        """Take the weights into the mean of the last ones."""
        self._averaged += 1
        for name, weight in self._network.state_dict().items():
            mean = self._mean.setdefault(name, torch.zeros_like(weight))
            mean.lerp_(weight, 1 / self._averaged)


def learning_rate_at(step: int, config: TrainingConfig) -> float:
    """Up a line for the first twentieth of the steps, then down a cosine to `final_rate`."""
    warm_up = max(1, config.steps // 20)
    if step <= warm_up:
        return config.learning_rate * step / warm_up
    way = (step - warm_up) / (config.steps - warm_up)
    above = (1 - config.final_rate) * (0.5 + 0.5 * math.cos(math.pi * way))
    return config.learning_rate * (config.final_rate + above)


def _optimizer_of(network: RankerModel, config: TrainingConfig) -> torch.optim.Optimizer:
    """AdamW; only matrices decay, since a bias or a norm near zero is no simpler model."""
    matrices = [weight for weight in network.parameters() if weight.dim() > 1]
    vectors = [weight for weight in network.parameters() if weight.dim() == 1]
    return torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": config.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=config.learning_rate,
        fused=network.titles.ids.weight.device.type in _FUSED,
    )
