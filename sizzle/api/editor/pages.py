"""The pages, rendered here; they work without a script, and better with one."""

from __future__ import annotations

from fastapi import FastAPI

from sizzle.api.ingests.desk import Allow, Desk, anyone
from sizzle.api.ingests.routes import add_ingests


def add_editor(app: FastAPI, desk: Desk, allow: Allow = anyone) -> None:
    """Have an application serve editors, over HTTP and at /editor."""
    add_ingests(app, desk, allow)
