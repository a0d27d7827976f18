"""Errors of packaged assets."""

from __future__ import annotations

from sizzle.errors import SizzleError


class PackageError(SizzleError):
    """A package that is incomplete, or cannot be read or written."""

    status = 503
    slug = "bad-package"
    title = "Unusable package"
