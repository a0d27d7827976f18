"""What its member's treatment changes in a reel."""

from __future__ import annotations

import msgspec

from ranker import Ranking
from sizzle.api.reels.request import ReelRequest
from sizzle.cadence import DEFAULT
from sizzle.clips import Index
from sizzle.reel.randomised_order import TitleOrder, title_order
from sizzle.reel.treatments import Treatments


def treated(request: ReelRequest, treatments: Treatments) -> ReelRequest:
    """The request with its member's treatment, and with that treatment's cadence.

    What the request says itself stays; the default cadence counts as none.
    """
    treatment = request.treatment or treatments.assigned(request.member_id)
    cadence = treatments.cadence(treatment) if request.cadence == DEFAULT.name else None
    if treatment == request.treatment and cadence is None:
        return request
    changed: ReelRequest = msgspec.structs.replace(
        request, treatment=treatment, cadence=cadence or request.cadence
    )
    return changed


def order_of(
    request: ReelRequest, treatments: Treatments, index: Index, ranking: Ranking
) -> TitleOrder:
    """The order in which the reel shows the titles: the ranking's, or one that is drawn.

    Requests for the same in the same interval of time get the same order, from every worker.
    """
    randomisation = treatments.randomisation(request.treatment)
    if randomisation is None:
        return TitleOrder(ranking.title_ids)
    parts = (request.treatment, request.member_id, index.asset.asset_id, index.version)
    key = "\0".join(map(str, (*parts, request.seed, ranking.request.at)))
    return title_order(ranking, randomisation, key)
