"""The finding of an edit that a track shows, with the edits that mend it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sizzle.layout.causes import Cause, CauseKind
from sizzle.layout.cut_findings import gap, rolled, slid, trimmed, wrong_length
from sizzle.layout.edits import Ripple
from sizzle.layout.extra_findings import extra_finding, replaced
from sizzle.layout.findings import Finding
from sizzle.layout.missing_findings import lifted, missing_finding
from sizzle.layout.range_findings import range_extracted, range_lifted
from sizzle.layout.structure import Structure


def cause_finding(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    """The finding of a cause, without the edits of markers that are off.

    Args:
        of: the track.
        cause: what was done to it.
        mode: what must move along as it is mended.
    """
    return _OF_KIND[cause.kind](of, cause, mode)


_OF_KIND: Mapping[CauseKind, Callable[[Structure, Cause, Ripple], Finding]] = {
    CauseKind.GAP: gap,
    CauseKind.LENGTH: wrong_length,
    CauseKind.MISSING: missing_finding,
    CauseKind.EXTRA: extra_finding,
    CauseKind.TRIMMED: trimmed,
    CauseKind.LIFTED: lifted,
    CauseKind.ROLLED: rolled,
    CauseKind.SLID: slid,
    CauseKind.REPLACED: replaced,
    CauseKind.RANGE_LIFTED: range_lifted,
    CauseKind.RANGE_EXTRACTED: range_extracted,
}
