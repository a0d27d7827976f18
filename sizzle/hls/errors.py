"""Errors of fragments and of segment maps."""

from __future__ import annotations

from sizzle.errors import SizzleError


class FragmentError(SizzleError):
    """Bytes that are not the expected fragments: damaged, cut short or of another kind."""

    status = 503
    slug = "bad-fragments"
    title = "Unusable packaged media"


class SegmentMapError(SizzleError):
    """A segment map that cannot be read: damaged, or of another version of the format."""

    status = 503
    slug = "bad-segment-map"
    title = "Unusable segment map"
