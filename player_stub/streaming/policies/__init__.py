"""The policies, each by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from player_stub.streaming.policies.throughput import Throughput
from player_stub.streaming.policies.whole_reel import WholeReel
from player_stub.streaming.policy import Policy

POLICIES: Mapping[str, Callable[[], Policy]] = MappingProxyType(
    {
        "naive": Throughput.by_cut,
        "throughput": Throughput.by_fragment,
        "whole-reel": WholeReel,
    }
)
"""`naive` requests cut by cut, `throughput` is a long-form player, `whole-reel` is ours."""

__all__ = ["POLICIES", "Throughput", "WholeReel"]
