"""Layouts and findings: what a Mega Asset's timeline must look like, and where one does not."""

from sizzle.layout.check import Checked, check
from sizzle.layout.findings import Finding, Severity, count_frames, failed, in_order
from sizzle.layout.policy import DEFAULT, Layout
from sizzle.layout.rules import RULES, Rule
from sizzle.layout.timeline import FrameSize, Item, ItemKind, Marker, Timeline

__all__ = [
    "DEFAULT",
    "RULES",
    "Checked",
    "Finding",
    "FrameSize",
    "Item",
    "ItemKind",
    "Layout",
    "Marker",
    "Rule",
    "Severity",
    "Timeline",
    "check",
    "count_frames",
    "failed",
    "in_order",
]
