"""What is wrong with fragments and with the map of them."""

from __future__ import annotations

from sizzle.errors import SizzleError


class FragmentError(SizzleError):
    """Bytes that are not the fragments they should be: damaged, cut short or of another kind."""

    status = 503
    slug = "bad-fragments"
    title = "Packaged media that cannot be used"


class SegmentMapError(SizzleError):
    """A segment map that cannot be read: damaged, or of another version of the format."""

    status = 503
    slug = "bad-segment-map"
    title = "Segment map that cannot be used"
