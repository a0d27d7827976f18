"""Builds the service from its settings.

Each worker calls `app`, whose settings come from the environment: so the parent passes them on.
"""

from sizzle.api.wiring.service import app, build

__all__ = ["app", "build"]
