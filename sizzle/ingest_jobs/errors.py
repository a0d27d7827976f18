"""What can go wrong with a job beyond the common errors."""

from __future__ import annotations

from sizzle.errors import SizzleError


class UnfitStateError(SizzleError):
    """A job that is not in the state that a request needs."""

    exit_code = 1
    status = 409
    slug = "job-state"
    title = "Not in this state"
