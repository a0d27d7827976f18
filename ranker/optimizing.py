"""How weights are stepped: which of them decay, and how fast they move when."""

import math

import torch

from ranker.config import TrainingConfig
from ranker.model import RankerModel


def optimizer_of(network: RankerModel, config: TrainingConfig) -> torch.optim.Optimizer:
    """AdamW; only matrices decay, since a bias or a norm near zero is no simpler model."""
    matrices = [weight for weight in network.parameters() if weight.dim() > 1]
    vectors = [weight for weight in network.parameters() if weight.dim() == 1]
    return torch.optim.AdamW(
        [
            {"params": matrices, "weight_decay": config.weight_decay},
            {"params": vectors, "weight_decay": 0.0},
        ],
        lr=config.learning_rate,
        fused=True,
    )


def learning_rate_at(step: int, config: TrainingConfig) -> float:
    """Up a line for the first twentieth of the steps, then down a cosine to a hundredth."""
    warm_up = max(1, config.steps // 20)
    if step <= warm_up:
        return config.learning_rate * step / warm_up
    way = (step - warm_up) / (config.steps - warm_up)
    return config.learning_rate * (0.505 + 0.495 * math.cos(math.pi * way))
