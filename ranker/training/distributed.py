"""Training in several processes that `torchrun` starts: each learns from its share of batches."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import nn


@contextmanager
def joined() -> Iterator[bool]:
    """Join the group of processes that this one was started in, if any.

    Yields:
        Whether this process is the one that writes files.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield True
        return
    dist.init_process_group("gloo")
    try:
        yield dist.get_rank() == 0
    finally:
        dist.destroy_process_group()


def average_gradients(network: nn.Module) -> None:
    """Make all processes of a group step alike, by the mean of what each has found."""
    if processes() == 1:
        return
    for weight in network.parameters():
        grad = torch.zeros_like(weight) if weight.grad is None else weight.grad
        dist.all_reduce(grad)
        weight.grad = grad / processes()


def processes() -> int:
    """How many processes there are in this one's group; 1 without one."""
    in_group = dist.is_available() and dist.is_initialized()
    return dist.get_world_size() if in_group else 1


def rank() -> int:
    """This process's number in its group, from 0."""
    return dist.get_rank() if processes() > 1 else 0
