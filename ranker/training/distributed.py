"""Data-parallel training in processes that `torchrun` starts: each takes a share of the data."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final, TypeVar

import numpy as np
import torch
import torch.distributed as dist
from torch import nn

_PATIENCE: Final = timedelta(hours=6)
"""How long processes wait for the one that prepares a log of any size."""

_Result = TypeVar("_Result")


@contextmanager
def process_group() -> Iterator[bool]:
    """Join the process group that `torchrun` started this process in, if any.

    Yields:
        Whether this process is the one that writes files.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield True
        return
    dist.init_process_group(_backend(), timeout=_PATIENCE)
    try:
        yield dist.get_rank() == 0
    finally:
        dist.destroy_process_group()


def average_gradients(network: nn.Module) -> None:
    """Average the gradients over all processes, so that they stay equal."""
    if world_size() == 1:
        return
    for weight in network.parameters():
        if weight.grad is None:
            weight.grad = torch.zeros_like(weight)
    grads = [weight.grad for weight in network.parameters() if weight.grad is not None]
    # At once, since each call waits for all processes.
    flat = torch.cat([grad.flatten() for grad in grads])
    dist.all_reduce(flat)
    flat /= world_size()
    parts = torch.split(flat, [grad.numel() for grad in grads])
    for grad, part in zip(grads, parts, strict=True):
        grad.copy_(part.view_as(grad))


def sum_in_group(values: list[float]) -> list[float]:
    """The sums over all processes, of as many values in each."""
    if world_size() == 1:
        return values
    sums = torch.tensor(values, dtype=torch.float64)
    dist.all_reduce(sums)
    return [float(value) for value in sums]


def map_in_group(work: Callable[[int], _Result], count: int) -> list[_Result]:
    """The results for all numbers below `count`: each is of one process, and known to all."""
    own = [work(number) for number in range(rank(), count, world_size())]
    if world_size() == 1:
        return own
    parts: list[list[_Result]] = [[] for _ in range(world_size())]
    dist.all_gather_object(parts, own)
    return [parts[number % world_size()][number // world_size()] for number in range(count)]


def own_part(rows: np.ndarray) -> np.ndarray:
    """This process's share of some rows, which are next to one another."""
    part: np.ndarray = np.array_split(rows, world_size())[rank()]
    return part


def wait_for_group() -> None:
    """Return once all processes are here."""
    if world_size() > 1:
        dist.barrier()


def _backend() -> str:
    """NCCL between GPUs, where each process on this machine has one; gloo between CPUs."""
    if torch.cuda.device_count() < int(os.environ.get("LOCAL_WORLD_SIZE", "1")):
        return "gloo"
    return "cpu:gloo,cuda:nccl"


def world_size() -> int:
    """The number of processes in the group; 1 without a group."""
    in_group = dist.is_available() and dist.is_initialized()
    return dist.get_world_size() if in_group else 1


def rank() -> int:
    """The number of this process in its group, from 0."""
    return dist.get_rank() if world_size() > 1 else 0
