"""Batch scoring gives what single rankings give."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from pyarrow import parquet

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
from ranker.embeddings.export import Embeddings, write_parquet


@pytest.mark.parametrize("request_", [NO_CONTEXT, RequestContext(at=1_900_000_000)])
def test_a_batch_gives_the_order_of_single_rankings(
    world: World, planted: TrainedModel, request_: RequestContext
) -> None:
    """For each member and the request; watched titles are left out unless they are asked for."""
    checkpoint = Checkpoint(planted.network, "v")
    events = [event for event in world.events if event.member_id < "member-0020"]
    ranker = Ranker(checkpoint, Histories(events))
    titles = planted.network.schema.vocabulary.titles
    log, scorer = ViewingLog.from_events(events), BatchScorer(checkpoint)
    again = list(scorer.top(log, 10, request_, include_watched=True))
    new = list(scorer.top(log, len(titles), request_))
    assert len(again) == len(new) == 20
    for all_titles, new_titles in zip(again, new, strict=True):
        alone = ranker.rank(all_titles.member_id, titles, request_).title_ids
        watched = {event.title_id for event in events if event.member_id == all_titles.member_id}
        assert list(all_titles.titles) == list(alone[:10])
        assert list(new_titles.titles) == [title for title in alone if title not in watched]


def test_exported_embeddings_give_the_best_lists_of_the_network(
    world: World, planted: TrainedModel, tmp_path: Path
) -> None:
    """Products of the columns of the two files are the scores by which a batch is ranked.

    Co-watching aside, which is no product of two vectors.
    """
    network = deepcopy(planted.network)
    network.co_watching = None
    log = ViewingLog.from_events(event for event in world.events if event.member_id < "member-0020")
    scorer = BatchScorer(Checkpoint(network, "v"))
    ids, rows_VD, match_VA = scorer.title_vectors()
    vectors = scorer.member_vectors(log)
    write_parquet(tmp_path / "titles", Embeddings(ids, rows_VD, "v", match_VA))
    members = Embeddings(vectors.members, vectors.state_MD, "v", vectors.match_MA)
    write_parquet(tmp_path / "members", members)
    titles, of_members = (parquet.read_table(tmp_path / name) for name in ("titles", "members"))
    score_MV = sum(
        np.stack(of_members[name].to_numpy()) @ np.stack(titles[name].to_numpy()).T
        for name in ("embedding", "match")
    )
    for scored, score_V in zip(scorer.top(log, 10, include_watched=True), score_MV, strict=True):
        best = np.argsort(-score_V, kind="stable")[:10]
        assert [ids[number] for number in best] == list(scored.titles)
        np.testing.assert_allclose(score_V[best], scored.scores, rtol=1e-4)
