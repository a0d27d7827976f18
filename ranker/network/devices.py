"""Where numbers are worked out: the processor, or a GPU where there is one.

Models and data are made on the processor and moved as a whole; what a process draws at random, and
what it writes, stays there, so that a run begun on one machine goes on at another.
"""

import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import fields, is_dataclass, replace
from textwrap import shorten
from typing import Final, TypeVar

import torch
from torch import Tensor

from ranker.errors import ConfigError

AUTO: Final = "auto"
CPU: Final = torch.device("cpu")

_Parts = TypeVar("_Parts")


def device_named(name: str) -> torch.device:
    """A device by its name, such as "cpu" or "cuda:1".

    "auto" is a GPU where there is one. Of the processes that `torchrun` starts on one machine, each
    takes a GPU of its own, unless the name says which.

    Raises:
        ConfigError: there is none of that name here.
    """
    if name == AUTO:
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        if device.type == "cuda" and device.index is None:
            own = int(os.environ.get("LOCAL_RANK", "0")) % max(1, torch.cuda.device_count())
            device = torch.device("cuda", own)
        torch.zeros(1, device=device).item()  # some take numbers, and give none back
    except (RuntimeError, AssertionError) as error:
        reason = shorten(str(error) or type(error).__name__, width=120)
        raise ConfigError(
            f"The device {name!r} cannot be used here ({reason}).",
            "take `cpu`, or `auto` for a GPU where there is one.",
        ) from error
    return device


def moved(parts: _Parts, device: torch.device) -> _Parts:
    """A dataclass with all its tensors on a device; the same one where they are there already."""
    assert is_dataclass(parts)
    assert not isinstance(parts, type)
    tensors = {
        field.name: value.to(device)
        for field in fields(parts)
        if isinstance(value := getattr(parts, field.name), Tensor) and value.device != device
    }
    return replace(parts, **tensors) if tensors else parts


def drawing_on(device: torch.device) -> AbstractContextManager[None]:
    """Inside, random numbers may be seeded and drawn; the caller's go on afterwards as before."""
    return torch.random.fork_rng(devices=[device] if device.type == "cuda" else [])


def in_halves(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """Inside, with precision "bfloat16", products are worked out in half as many bits."""
    if precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16)
