"""Batch scoring gives what single rankings give."""

import pytest

from fixtures.members import World
from ranker import (
    NO_CONTEXT,
    BatchScorer,
    Checkpoint,
    Histories,
    Ranker,
    RequestContext,
    TrainedModel,
    ViewingLog,
)


@pytest.mark.parametrize("request_", [NO_CONTEXT, RequestContext(at=1_900_000_000)])
def test_a_batch_gives_the_order_of_single_rankings(
    world: World, planted: TrainedModel, request_: RequestContext
) -> None:
    """For each member and the request."""
    checkpoint = Checkpoint(planted.network, "v")
    events = [event for event in world.events if event.member_id < "member-0020"]
    ranker = Ranker(checkpoint, Histories(events))
    titles = planted.network.schema.vocabulary.titles
    for scored in BatchScorer(checkpoint).top(ViewingLog.from_events(events), 10, request_):
        alone = ranker.rank(scored.member_id, titles, request_)
        assert list(scored.titles) == list(alone.title_ids[:10])
