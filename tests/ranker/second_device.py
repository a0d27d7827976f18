"""A second device for machines that have none, which refuses what a GPU would.

Its tensors lie in the processor's memory and are worked out there, but are known by their storage:
one call must not take tensors of both devices, and none of these can be read as an array. So what
runs there gives bit for bit what runs on the processor, or an error that says which call mixed.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from ranker.network.devices import CPU

ELSEWHERE: Final = torch.device("xla:0")
"""Only its name is borrowed: nothing ever reaches that device."""

_PROPERTIES: Any = torch.Tensor
_CARRIES: Final = (Tensor.to, Tensor.cpu)
_MAY_MIX: Final = (
    Tensor.copy_,
    _PROPERTIES.data.__set__,
    torch._has_compatible_shallow_copy_type,
)
"""Calls whose tensors may be on both devices: what comes of them is where the first one is."""


class SecondDevice(TorchFunctionMode):
    """Inside, `ELSEWHERE` can be used as any device."""

    def __init__(self) -> None:
        super().__init__()
        # Kept as long as this is, so that no new storage takes the place of an old one.
        self._there: dict[int, torch.UntypedStorage] = {}

    def is_there(self, tensor: Tensor) -> bool:
        """Whether a tensor lies on the second device."""
        return tensor.untyped_storage().data_ptr() in self._there

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,  # noqa: ANN401 - torch's
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401 - whatever `func` gives
        """Check one call, make it on the processor, and remember where what came of it lies."""
        kwargs = dict(kwargs or {})
        there = [self.is_there(tensor) for tensor in _tensors((args, kwargs))]
        if func == _PROPERTIES.device.__get__:
            return ELSEWHERE if there and there[0] else CPU
        if func in _CARRIES:
            return self._carried(func, args, kwargs)
        if func in _MAY_MIX:
            return func(*args, **kwargs)
        if func == _PROPERTIES.grad.__get__:
            return self._placed(func(*args), any(there))
        assert all(there) or not any(there), f"{func} mixes tensors of two devices"
        assert not (any(there) and func is Tensor.numpy), "an array of another device's tensor"
        device = kwargs.get("device")
        if device is not None and torch.device(device) == ELSEWHERE:
            kwargs["device"] = CPU
            there.append(True)
        return self._placed(func(*args, **kwargs), any(there))

    def _carried(self, func: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
        """A tensor on the device that it is asked for on; a copy if it is not there yet."""
        tensor, *asked = args
        if func is Tensor.cpu:
            return self._placed(tensor.clone() if self.is_there(tensor) else tensor, False)
        places = [value for value in (*asked, *kwargs.values()) if _is_device(value)]
        others = [CPU if _is_device(value) else value for value in asked]
        named = {name: CPU if _is_device(value) else value for name, value in kwargs.items()}
        changed = tensor.to(*others, **named)
        there = torch.device(places[0]) == ELSEWHERE if places else self.is_there(tensor)
        moves = there != self.is_there(tensor) and changed is tensor
        return self._placed(changed.clone() if moves else changed, there)

    def _placed(self, result: Any, there: bool) -> Any:  # noqa: ANN401
        if there:
            for tensor in tree_leaves(result):
                if isinstance(tensor, Tensor) and tensor.numel():
                    storage = tensor.untyped_storage()
                    self._there[storage.data_ptr()] = storage
        return result


def _tensors(arguments: Any) -> Iterator[Tensor]:  # noqa: ANN401
    """Tensors of a call that must be on one device: single numbers may come from anywhere."""
    for value in tree_leaves(arguments):
        if isinstance(value, Tensor) and value.dim() and not value.is_sparse and value.numel():
            yield value


def _is_device(value: object) -> bool:
    return isinstance(value, torch.device | str)
