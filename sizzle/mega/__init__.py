"""A Mega Asset from a sheet: the timeline that an editor would lay out by hand, and its media."""

from sizzle.mega.build import MegaPlan, Options, check_overwrites_no_source, plan, write
from sizzle.mega.findings import SHEET_RULES, SheetFinding, failed, spell_lines
from sizzle.mega.render import render

__all__ = [
    "SHEET_RULES",
    "MegaPlan",
    "Options",
    "SheetFinding",
    "check_overwrites_no_source",
    "failed",
    "plan",
    "render",
    "spell_lines",
    "write",
]
