"""What its member's treatment changes in a request."""

from __future__ import annotations

import msgspec

from sizzle.api.reels.request import ReelRequest
from sizzle.reel.treatments import Treatments


def treated(request: ReelRequest, treatments: Treatments) -> ReelRequest:
    """The request with its member's treatment, and with that treatment's cadence.

    What the request says itself stays; the default cadence counts as none.
    """
    treatment = treatments.of(request.member_id, request.treatment)
    cadence = treatments.cadence(treatment, request.cadence)
    if treatment == request.treatment and cadence == request.cadence:
        return request
    changed: ReelRequest = msgspec.structs.replace(request, treatment=treatment, cadence=cadence)
    return changed
