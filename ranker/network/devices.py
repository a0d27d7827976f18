"""Devices that models run on: the CPU, or a GPU where there is one.

Models and data are built on the CPU and moved as a whole. Random numbers are drawn on the CPU and
files hold CPU tensors, so that a training begun on one machine can resume on another.
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

_Dataclass = TypeVar("_Dataclass")


def find_device(name: str) -> torch.device:
    """A device by its name, such as "cpu" or "cuda:1".

    "auto" is a GPU where there is one. Each process that `torchrun` starts on a machine takes a GPU
    of its own, unless the name has an index.

    Raises:
        ConfigError: the device is not available on this machine.
    """
    if name == AUTO:
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
        if device.type == "cuda" and device.index is None:
            own = int(os.environ.get("LOCAL_RANK", "0")) % max(1, torch.cuda.device_count())
            device = torch.device("cuda", own)
        torch.zeros(1, device=device).item()  # "meta" takes tensors, but has no values to read
    except (RuntimeError, AssertionError) as error:
        reason = shorten(str(error) or type(error).__name__, width=120)
        raise ConfigError(
            f"The device {name!r} cannot be used here ({reason}).",
            "use `cpu`, or `auto` for a GPU where there is one.",
        ) from error
    return device


def move_to(parts: _Dataclass, device: torch.device) -> _Dataclass:
    """The dataclass with all its tensors on a device, also those of dataclasses in it.

    It is unchanged if they are there already.
    """
    assert is_dataclass(parts)
    assert not isinstance(parts, type)
    moved: dict[str, object] = {}
    for field in fields(parts):
        value = getattr(parts, field.name)
        if isinstance(value, Tensor) and value.device != device:
            moved[field.name] = value.to(device)
        elif is_dataclass(value) and not isinstance(value, type):
            inner = move_to(value, device)
            if inner is not value:
                moved[field.name] = inner
    return replace(parts, **moved) if moved else parts


def isolated_rng(device: torch.device) -> AbstractContextManager[None]:
    """Inside, random numbers can be seeded and drawn without affecting those of the caller."""
    return torch.random.fork_rng(devices=[device] if device.type == "cuda" else [])


def autocast(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """Inside, with precision "bfloat16", matrix products are computed in bfloat16."""
    if precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16)
