"""Batch scoring gives what single rankings give."""

from fixtures.members import World
from ranker import (
    BatchScorer,
    Checkpoint,
    Histories,
    Ranker,
    TrainedModel,
    ViewingLog,
)


def test_a_batch_gives_the_order_of_single_rankings(world: World, planted: TrainedModel) -> None:
    """For each member."""
    checkpoint = Checkpoint(planted.network, "v")
    events = [event for event in world.events if event.member_id < "member-0020"]
    ranker = Ranker(checkpoint, Histories(events))
    titles = planted.network.schema.vocabulary.titles
    for scored in BatchScorer(checkpoint).top(ViewingLog.from_events(events), 10):
        alone = ranker.rank(scored.member_id, titles)
        assert list(scored.titles) == list(alone.title_ids[:10])
