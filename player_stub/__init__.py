"""The stub player: renders, verifies and plays reels, knowing only their timecode lists."""

from player_stub.contact_sheet.draw import draw_contact_sheet
from player_stub.render.render_reel import RenderedFilm, render_reel
from player_stub.render.settings import ReelMedia, RenderSettings
from player_stub.verify.faults import FrameFault
from player_stub.verify.html_report import write_html_report
from player_stub.verify.report import AudioWindow, Check, Verification
from player_stub.verify.verify_film import verify_film

__all__ = [
    "AudioWindow",
    "Check",
    "FrameFault",
    "ReelMedia",
    "RenderSettings",
    "RenderedFilm",
    "Verification",
    "draw_contact_sheet",
    "render_reel",
    "verify_film",
    "write_html_report",
]
