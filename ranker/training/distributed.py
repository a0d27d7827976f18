"""Data-parallel training in processes that `torchrun` starts: each takes a share of the batches."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.distributed as dist
from torch import nn


@contextmanager
def process_group() -> Iterator[bool]:
    """Join the process group that `torchrun` started this process in, if any.

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
    """Average the gradients over all processes, so that they stay equal."""
    if world_size() == 1:
        return
    for weight in network.parameters():
        grad = torch.zeros_like(weight) if weight.grad is None else weight.grad
        dist.all_reduce(grad)
        weight.grad = grad / world_size()


def world_size() -> int:
    """The number of processes in the group; 1 without a group."""
    in_group = dist.is_available() and dist.is_initialized()
    return dist.get_world_size() if in_group else 1


def rank() -> int:
    """The number of this process in its group, from 0."""
    return dist.get_rank() if world_size() > 1 else 0
