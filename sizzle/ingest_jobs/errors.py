"""What can go wrong with a job beyond the common errors."""

from __future__ import annotations

from sizzle.errors import InputError, SizzleError


class TooLargeError(InputError):
    """An upload, or a part of it, that is larger than its limit."""

    status = 413
    slug = "too-large"
    title = "Too large"


class UnfitStateError(SizzleError):
    """A job that is not in the state that a request needs."""

    exit_code = 1
    status = 409
    slug = "job-state"
    title = "Not in this state"


class ReusedKeyError(InputError):
    """An Idempotency-Key that came with another request before."""

    status = 422
    slug = "idempotency-key-reused"
    title = "Idempotency-Key used before"
