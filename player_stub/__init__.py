"""The stub player: renders, verifies and plays reels, knowing only their timecode lists."""

from player_stub.contact_sheet.draw import draw_contact_sheet
from player_stub.render.render_reel import RenderedFilm, render_reel
from player_stub.render.settings import ReelMedia, RenderSettings
from player_stub.verify.faults import FrameFault
from player_stub.verify.film_headers import read_settings
from player_stub.verify.html_report import write_html_report
from player_stub.verify.picture_faults import PictureFault
from player_stub.verify.report import AudioWindow, Check, Verification
from player_stub.verify.verify_film import verify_film

__all__ = [
    "AudioWindow",
    "Check",
    "FrameFault",
    "PictureFault",
    "ReelMedia",
    "RenderSettings",
    "RenderedFilm",
    "Verification",
    "draw_contact_sheet",
    "read_settings",
    "render_reel",
    "verify_film",
    "write_html_report",
]
