"""The policies, each by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from player_stub.streaming.policies.bola import Bola
from player_stub.streaming.policies.throughput import Throughput
from player_stub.streaming.policies.whole_reel import WholeReel
from player_stub.streaming.policy import Policy

POLICIES: Mapping[str, Callable[[], Policy]] = MappingProxyType(
    {
        "naive": Throughput.by_cut,
        "throughput": Throughput.by_fragment,
        "bola": Bola,
        "whole-reel": WholeReel,
    }
)
"""`naive` asks cut by cut and knows only throughput; `whole-reel` is ours."""

__all__ = ["POLICIES", "Bola", "Throughput", "WholeReel"]
