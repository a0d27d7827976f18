"""The stub player: renders reels, proves them and shows them, from their timecode lists alone."""

from player_stub.render.film import Rendered, render
from player_stub.render.settings import ReelMedia, Settings
from player_stub.sheet.contact_sheet import contact_sheet
from player_stub.verify.faults import FrameFault
from player_stub.verify.html import write_html
from player_stub.verify.proof import verify
from player_stub.verify.report import AudioWindow, Check, Verification

__all__ = [
    "AudioWindow",
    "Check",
    "FrameFault",
    "ReelMedia",
    "Rendered",
    "Settings",
    "Verification",
    "contact_sheet",
    "render",
    "verify",
    "write_html",
]
