"""What is wrong with a packaged asset."""

from __future__ import annotations

from sizzle.errors import SizzleError


class PackageError(SizzleError):
    """A package's folder that is torn, or cannot be read or written."""

    status = 503
    slug = "bad-package"
    title = "Packaged asset that cannot be used"
