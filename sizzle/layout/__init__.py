"""Layouts and findings: what a Mega Asset's timeline must look like, and where one does not."""

from sizzle.layout.check import Checked, check
from sizzle.layout.findings import Finding, Severity, failed, in_order
from sizzle.layout.policy import DEFAULT, Layout
from sizzle.layout.rules import RULES, Rule
from sizzle.layout.timeline import Item, ItemKind, Marker, Picture, Timeline

__all__ = [
    "DEFAULT",
    "RULES",
    "Checked",
    "Finding",
    "Item",
    "ItemKind",
    "Layout",
    "Marker",
    "Picture",
    "Rule",
    "Severity",
    "Timeline",
    "check",
    "failed",
    "in_order",
]
