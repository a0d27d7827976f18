"""Plays reels over a simulated network: what viewers would see, and what each policy costs."""

from player_stub.streaming.link import Arrival, Link
from player_stub.streaming.metrics import Measures, Moment, Stall
from player_stub.streaming.play_chart import write_chart
from player_stub.streaming.player_state import Playback
from player_stub.streaming.policies import POLICIES
from player_stub.streaming.policy import Decision, Done, Player, Policy, Request, View
from player_stub.streaming.reel_file import read_streamed
from player_stub.streaming.simulation import Play, simulate
from player_stub.streaming.streamed_reel import StreamedReel, Track
from player_stub.streaming.synthetic import NETWORKS, synthetic
from player_stub.streaming.trace import Period, Trace
from player_stub.streaming.trace_files import read_trace

__all__ = [
    "NETWORKS",
    "POLICIES",
    "Arrival",
    "Decision",
    "Done",
    "Link",
    "Measures",
    "Moment",
    "Period",
    "Play",
    "Playback",
    "Player",
    "Policy",
    "Request",
    "Stall",
    "StreamedReel",
    "Trace",
    "Track",
    "View",
    "read_streamed",
    "read_trace",
    "simulate",
    "synthetic",
    "write_chart",
]
