"""The command line: the one place that wires the parts together."""

from sizzle.cli.app import main

__all__ = ["main"]
