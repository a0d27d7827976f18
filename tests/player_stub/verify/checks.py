"""Looks up the checks of a verification."""

from __future__ import annotations

from player_stub import Check, Verification


def check_named(proof: Verification, name: str) -> Check:
    """The check of that name."""
    (check,) = (check for check in proof.checks if check.name == name)
    return check
