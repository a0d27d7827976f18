"""The stub player: renders reels, proves them and shows them, from their timecode lists alone."""

from player_stub.contact_sheet import contact_sheet
from player_stub.faults import FrameFault
from player_stub.render import ReelMedia, Rendered, render
from player_stub.report import AudioWindow, Check, Verification
from player_stub.verify import verify

__all__ = [
    "AudioWindow",
    "Check",
    "FrameFault",
    "ReelMedia",
    "Rendered",
    "Verification",
    "contact_sheet",
    "render",
    "verify",
]
