"""Training in several processes that `torchrun` starts: each learns from its share of batches."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch.distributed as dist


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
