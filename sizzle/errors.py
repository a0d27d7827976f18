"""The error tree. Every error says what is wrong, where, and how to correct it.

    SizzleError                       base; carries `what`, `where`, `fix`
    ├── TimecodeError                 text or arithmetic that gives no exact frame
    ├── InputError                    a file or argument that cannot be used (exit code 2)
    │   ├── UnreadableTimelineError   a file that cannot be read as a timeline
    │   ├── PolicyError               a layout or cadence that is malformed
    │   ├── MediaError                media missing, unprobeable or of the wrong form
    │   ├── TooLargeError             more than is accepted at once
    │   └── ReusedKeyError            an idempotency key that came with another request before
    ├── StructureError                a timeline that was read but breaks its layout
    ├── NotFoundError                 an asset, title, clip, cadence or version that does not exist
    ├── ReelError                     a reel that cannot be assembled
    ├── CatalogError                  a catalog that cannot be read or published to
    ├── BusyError                     too much work at the moment; carries `retry_after`
    └── ProcessError                  an external program that failed

The command line prints `str(error)` and exits with `exit_code`; the service answers an RFC 9457
problem with `slug` as its type and `status` as its status, and sends `Retry-After` where an error
has `retry_after`.
"""

from __future__ import annotations

from typing import ClassVar


class SizzleError(Exception):
    """Base of all errors that are raised on purpose.

    Args:
        what: one sentence that says what is wrong, with the offending value.
        where: file, track, frame or field; empty where the message already says it.
        fix: one sentence that says how to correct it.

    Attributes:
        retry_after: seconds after which the same request may succeed, where that is known.
    """

    exit_code: ClassVar[int] = 2
    status: ClassVar[int] = 400
    slug: ClassVar[str] = "bad-request"
    title: ClassVar[str] = "Bad request"
    retry_after: float | None = None

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        """`where: what Fix: fix`, leaving out what is empty."""
        position = f"{self.where}: " if self.where else ""
        mend = f" Fix: {self.fix}" if self.fix else ""
        return f"{position}{self.what}{mend}"


class TimecodeError(SizzleError):
    """A timecode, rate or range that does not name an exact frame."""

    status = 422
    slug = "bad-timecode"
    title = "Invalid timecode"


class InputError(SizzleError):
    """Input that cannot be used."""

    slug = "unusable-input"
    title = "Unusable input"


class UnreadableTimelineError(InputError):
    """A file that cannot be read as a timeline."""

    status = 422
    slug = "unreadable-timeline"
    title = "Unreadable timeline"


class PolicyError(InputError):
    """A layout or cadence that is malformed."""

    status = 422
    slug = "bad-policy"
    title = "Malformed layout or cadence"


class MediaError(InputError):
    """Media that is missing, cannot be probed, or does not have the expected form."""

    status = 422
    slug = "bad-media"
    title = "Unusable media"


class TooLargeError(InputError):
    """An upload, or a part of it, that is larger than its limit."""

    status = 413
    slug = "too-large"
    title = "Too large"


class ReusedKeyError(InputError):
    """An idempotency key that came with another request before."""

    status = 422
    slug = "idempotency-key-reused"
    title = "Idempotency-Key used before"


class StructureError(SizzleError):
    """A timeline that was read but breaks its layout: see the findings."""

    exit_code = 1
    status = 422
    slug = "broken-layout"
    title = "The timeline breaks its layout"


class NotFoundError(SizzleError):
    """Something that was named and does not exist."""

    status = 404
    slug = "not-found"
    title = "Not found"


class ReelError(SizzleError):
    """A reel that cannot be assembled from this ranking, index and cadence."""

    exit_code = 1
    status = 422
    slug = "reel-impossible"
    title = "Impossible reel"


class CatalogError(SizzleError):
    """A catalog that cannot be read or published to."""

    exit_code = 2
    status = 503
    slug = "catalog-unavailable"
    title = "Catalog unavailable"


class BusyError(SizzleError):
    """Too much work at the moment.

    Args:
        what: one sentence that says what there is too much of.
        retry_after: seconds after which it is worth trying again.
    """

    exit_code = 1
    status = 503
    slug = "busy"
    title = "Too busy"

    def __init__(self, what: str, *, retry_after: float) -> None:
        super().__init__(what, fix=f"try again in {retry_after:g} seconds.")
        self.retry_after = retry_after


class DiskFullError(SizzleError):
    """A file that could not be written since its disk, or what one may use of it, is full."""

    exit_code = 1
    status = 507
    slug = "disk-full"
    title = "The disk is full"


class ProcessError(SizzleError):
    """An external program that could not be started or failed."""

    exit_code = 1
    status = 500
    slug = "process-failed"
    title = "External program failed"
