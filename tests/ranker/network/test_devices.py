"""Finding devices by name."""

import pytest
import torch

from ranker import ConfigError, find_device


@pytest.mark.parametrize("name", ["nowhere", "cuda:977", "meta", "meta:-5"])
def test_a_missing_device_is_refused(name: str) -> None:
    """The message names it, and what to use instead."""
    with pytest.raises(ConfigError, match=rf"device '{name}' cannot be used.*`auto`"):
        find_device(name)


def test_auto_is_a_device_that_works() -> None:
    """A GPU where there is one, else the CPU."""
    device = find_device("auto")
    assert device.type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert float(torch.ones(2, device=device).sum()) == 2.0
