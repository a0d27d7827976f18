"""Plays reels over a simulated network, to compare policies of fetching them."""

from player_stub.streaming.link import Arrival, Link
from player_stub.streaming.metrics import PlayerSample, PlayMetrics, Stall
from player_stub.streaming.play_chart import write_chart
from player_stub.streaming.player_state import PlayerState
from player_stub.streaming.policies import POLICIES
from player_stub.streaming.policy import (
    Decision,
    PlayerConfig,
    PlayerView,
    Policy,
    RangeRequest,
    Transfer,
)
from player_stub.streaming.reel_file import read_streamed_reel
from player_stub.streaming.simulation import Play, simulate
from player_stub.streaming.streamed_reel import StreamedReel, StreamedTrack
from player_stub.streaming.synthetic import NETWORKS, synthetic_trace
from player_stub.streaming.trace import Period, Trace
from player_stub.streaming.trace_files import read_trace

__all__ = [
    "NETWORKS",
    "POLICIES",
    "Arrival",
    "Decision",
    "Link",
    "Period",
    "Play",
    "PlayMetrics",
    "PlayerConfig",
    "PlayerSample",
    "PlayerState",
    "PlayerView",
    "Policy",
    "RangeRequest",
    "Stall",
    "StreamedReel",
    "StreamedTrack",
    "Trace",
    "Transfer",
    "read_streamed_reel",
    "read_trace",
    "simulate",
    "synthetic_trace",
    "write_chart",
]
