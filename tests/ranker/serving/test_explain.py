"""What is said of a ranking is what made it."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from ranker import (
    NO_CONTEXT,
    Checkpoint,
    Explanation,
    Histories,
    Ranker,
    RequestContext,
    known_request,
)
from tests.ranker.small_histories import DAY
from tests.ranker.untrained_networks import CONFIGS, EVENTS, NETWORKS

TITLES = list("abcde")
TONIGHT = RequestContext(EVENTS[11].at + DAY // 2, "tv")


def ranker_of(name: str) -> Ranker:
    """A ranker with one of the networks."""
    return Ranker(Checkpoint(NETWORKS[name], "v"), Histories(EVENTS[:12]))


@pytest.fixture(scope="module")
def explained() -> Explanation:
    """A ranking with its reasons."""
    return ranker_of("hierarchical").explain("member-0", TITLES, TONIGHT)


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("member", ["member-0", "nobody"])
def test_the_parts_of_a_score_add_up(name: str, member: str) -> None:
    """To the logarithm of the score, less its average over the titles; whatever the model."""
    titles = ranker_of(name).explain(member, TITLES, TONIGHT).titles
    logarithms = [math.log(title.score) for title in titles]
    average = sum(logarithms) / len(logarithms)
    for title, logarithm in zip(titles, logarithms, strict=True):
        assert sum(title.moved_by.values()) == pytest.approx(logarithm - average, abs=1e-4)


def test_an_explanation_is_of_the_ranking(explained: Explanation) -> None:
    """The titles and scores are those of `rank`, and so is the order without the request."""
    ranker = ranker_of("hierarchical")
    assert explained.ranking == ranker.rank("member-0", TITLES, TONIGHT)
    shown = [(title.title_id, title.score) for title in explained.titles]
    assert shown == [(title.title_id, title.score) for title in explained.ranking.titles]
    without = ranker.rank("member-0", TITLES, NO_CONTEXT).title_ids
    for title in explained.titles:
        assert without[title.rank_without_request - 1] == title.title_id


def test_intents_have_the_chances_of_all_classes(explained: Explanation) -> None:
    """They add up to 1, the likeliest first; the ranking's own reasons are the first of each."""
    assert explained.intents
    for intent, reason in zip(explained.intents, explained.ranking.why, strict=True):
        chances = list(intent.chances.values())
        assert sum(chances) == pytest.approx(1)
        assert all(one >= other for one, other in pairwise(chances))
        likely = next(iter(intent.chances))
        assert (intent.intent, likely) == (reason.intent, reason.likely)
        assert intent.weight == reason.weight


@pytest.mark.parametrize("name", CONFIGS)
def test_unknown_members_have_the_intents_of_new_ones(name: str) -> None:
    """They are cold; and a model without intents predicts none."""
    one, other = (ranker_of(name).intents(member, TONIGHT) for member in ("x", "y"))
    assert one.cold_start
    assert (one.intents, one.model_version) == (other.intents, "v")
    assert bool(one.intents) == (name != "no intent")
    known = ranker_of(name).intents("member-0", TONIGHT)
    assert not known.cold_start
    assert known.intents != one.intents or name == "no intent"


def test_what_makes_no_difference_is_left_out_of_a_request() -> None:
    """A device that no event had ranks as an unknown one does."""
    ranker = ranker_of("hierarchical")
    odd = RequestContext(TONIGHT.at, "fridge", "tlh", "Atlantis", "moon")
    assert known_request(ranker, odd) == RequestContext(TONIGHT.at)
    assert known_request(ranker, TONIGHT) == TONIGHT
    plain, unknown = (
        ranker.rank("member-0", TITLES, each) for each in (known_request(ranker, odd), odd)
    )
    assert plain.title_ids == unknown.title_ids
    assert plain.titles[0].score == pytest.approx(unknown.titles[0].score, abs=1e-4)


def test_each_members_own_request_counts_in_a_batch() -> None:
    """Read together, cached, or for another request than before: as when ranked alone."""
    requests = [
        RequestContext(TONIGHT.at, "tv"),
        NO_CONTEXT,
        RequestContext(device="tv"),
        RequestContext((TONIGHT.at or 0) + 40 * DAY),
    ]
    checkpoint = Checkpoint(NETWORKS["hierarchical"], "v")
    together, alone = (Ranker(checkpoint, Histories(EVENTS)) for _ in range(2))
    members = ["member-0", "member-1", "member-0", "nobody"]
    for _ in range(2):
        rankings = together.rank_many(members, TITLES, requests)
        for ranking, member, request in zip(rankings, members, requests, strict=True):
            expected = alone.rank(member, TITLES, request)
            assert ranking.title_ids == expected.title_ids
            for one, another in zip(ranking.titles, expected.titles, strict=True):
                assert one.score == pytest.approx(another.score, abs=1e-4)
        requests.reverse()
        members.reverse()
