"""What a check found, for people and programs: SARIF, markers for Premiere, a picture, the rules.

Rules of the timeline and of its media meet here; everything is written whole or not at all.
"""

from sizzle.reports.fixed_timeline import FixedTimeline, fix_timeline, write_fixed
from sizzle.reports.markers import read_export, write_markers
from sizzle.reports.picture import write_picture
from sizzle.reports.rules import ALL_RULES
from sizzle.reports.rules_page import rules_page
from sizzle.reports.sarif import write_sarif

__all__ = [
    "ALL_RULES",
    "FixedTimeline",
    "fix_timeline",
    "read_export",
    "rules_page",
    "write_fixed",
    "write_markers",
    "write_picture",
    "write_sarif",
]
