"""The stub player: renders reels, proves them and shows them, from their timecode lists alone."""

from player_stub.contact_sheet.draw import contact_sheet
from player_stub.render.render_reel import Rendered, render
from player_stub.render.settings import ReelMedia, Settings
from player_stub.verify.faults import FrameFault
from player_stub.verify.html_report import write_html
from player_stub.verify.report import AudioWindow, Check, Verification
from player_stub.verify.verify_film import verify

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
