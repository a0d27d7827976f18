"""A second device for machines without a GPU, which refuses what a GPU would.

Its tensors are in the CPU's memory and computed there, but are recognised by their storage: a call
must not take tensors of both devices, and its tensors cannot be read as arrays. So what runs there
gives bit for bit what runs on the CPU, or an error that names the call that mixed devices.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from ranker.network.devices import CPU

SECOND: Final = torch.device("xla:0")
"""Only the name of that device is used, not the device itself."""

_PROPERTIES: Any = torch.Tensor
_TRANSFERS: Final = (Tensor.to, Tensor.cpu)
_MAY_MIX: Final = (
    Tensor.copy_,
    _PROPERTIES.data.__set__,
    torch._has_compatible_shallow_copy_type,
)
"""Calls whose tensors may be on both devices; the result is where the first one is."""


class SecondDevice(TorchFunctionMode):
    """Inside, `SECOND` can be used like any device."""

    def __init__(self) -> None:
        super().__init__()
        # Kept alive, so that no new storage gets the address of an old one.
        self._there: dict[int, torch.UntypedStorage] = {}

    def is_there(self, tensor: Tensor) -> bool:
        """Whether a tensor is on the second device."""
        return tensor.untyped_storage().data_ptr() in self._there

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,  # noqa: ANN401 - torch's
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever `func` gives
        """Check one call, make it on the CPU, and remember the device of the result."""
        kwargs = dict(kwargs or {})
        there = [self.is_there(tensor) for tensor in _tensors((args, kwargs))]
        if func == _PROPERTIES.device.__get__:
            return SECOND if there and there[0] else CPU
        if func in _TRANSFERS:
            return self._transferred(func, args, kwargs)
        if func in _MAY_MIX:
            return func(*args, **kwargs)
        if func == _PROPERTIES.grad.__get__:
            return self._on_device(func(*args), any(there))
        assert all(there) or not any(there), f"{func} mixes tensors of two devices"
        assert not (any(there) and func is Tensor.numpy), "an array of another device's tensor"
        device = kwargs.get("device")
        if device is not None and torch.device(device) == SECOND:
            kwargs["device"] = CPU
            there.append(True)
        return self._on_device(func(*args, **kwargs), any(there))

    def _transferred(self, func: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        """The tensor on the requested device; a copy if it is not there yet."""
        tensor, *asked = args
        if func is Tensor.cpu:
            return self._on_device(tensor.clone() if self.is_there(tensor) else tensor, False)
        places = [value for value in (*asked, *kwargs.values()) if _is_device(value)]
        others = [CPU if _is_device(value) else value for value in asked]
        named = {name: CPU if _is_device(value) else value for name, value in kwargs.items()}
        changed = tensor.to(*others, **named)
        there = torch.device(places[0]) == SECOND if places else self.is_there(tensor)
        moves = there != self.is_there(tensor) and changed is tensor
        return self._on_device(changed.clone() if moves else changed, there)

    def _on_device(self, result: Any, there: bool) -> Any:  # noqa: ANN401
        if there:
            for tensor in tree_leaves(result):
                if isinstance(tensor, Tensor) and tensor.numel():
                    storage = tensor.untyped_storage()
                    self._there[storage.data_ptr()] = storage
        return result


def _tensors(arguments: Any) -> Iterator[Tensor]:  # noqa: ANN401
    """Tensors of a call that must be on one device; scalars may be on any."""
    for value in tree_leaves(arguments):
        if isinstance(value, Tensor) and value.dim() and not value.is_sparse and value.numel():
            yield value


def _is_device(value: object) -> bool:
    return isinstance(value, torch.device | str)
